"""A Python function asked like a model: how it is called, what it may return, what its exceptions are."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from mergefloor.core.types import Document, Failure


def python(desk: Any, source: str, name: str = "app:answer", **files: str) -> tuple[Any, Any]:
    d = desk()
    return d, d.side({"app.py": source, **files}, kind="python", run=(name,))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("def answer(input): return input", "q"),
        ("def answer(input, **more): return input + ','.join(more)", "qvars,context"),
        ("def answer(input, vars): return vars['name']", "n"),
        ("def answer(name): return name", "n"),
        ("def answer(input, name='x', other='o'): return input + name + other", "qno"),
        ("def answer(question): return ' '.join(question)", "input vars context"),
        ("def answer(input, context): return context[0]", "c"),
        ("async def answer(input): return input", "q"),
        ("class A:\n    async def __call__(self, input): return input\nanswer = A()", "q"),
        ("async def inner(input): return input\ndef answer(input): return inner(input)", "q"),
        ("import asyncio\nasync def inner(i): return i\ndef answer(input): return asyncio.run(inner(input))", "q"),
        ("print('at import')\ndef answer(input):\n    print('in a call'); return input", "q"),
        ("import sys\ndef answer(input):\n    sys.stdout.write('x'); sys.stdout.flush(); return input", "q"),
        ("import subprocess\ndef answer(input):\n    subprocess.run(['echo', 'x']); return input", "q"),
    ],
)  # fmt: skip
def test_answer__called_by_its_names(desk: Any, source: str, text: str) -> None:
    d, side = python(desk, source)
    out = d.run(lambda: side.ask("q", vars={"name": "n"}, context=["c"]), side)
    assert getattr(out, "text", out) == text


def test_answer__dict_and_list__are_documents_tools_and_numbers_of_other_libraries(desk: Any) -> None:
    source = """
class Number:
    def item(self): return 0.5
def answer(input):
    if input == "list": return ["a", {"id": "b"}]
    return {"text": "t", "documents": [{"id": "a", "score": Number()}], "tool_calls": [{"name": "f"}]}
"""
    d, side = python(desk, source)
    listed, full = d.answers(side, "list", "dict")
    assert listed.documents == (Document(id="a"), Document(id="b"))
    assert full.documents == (Document(id="a", score=0.5),)
    assert full.tools[0].name == "f"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def answer(input): raise ValueError('no such city')", "ValueError: no such city"),
        ("async def answer(input): raise ValueError('no such city')", "ValueError: no such city"),
        ("def answer(input): return 3", "it returned a int; return a str"),
        ("def answer(input): return None", "it returned a NoneType"),
        ("def answer(input): return {'txt': ''}", "it returned ['txt']; known are"),
        ("def answer(input): return {'trace': float('nan')}", "ValueError"),
        ("def answer(input): return {'trace': object()}", "a object is no JSON"),
        ("def answer(missing): return missing['x']", "KeyError: 'x'"),
        ("def answer(a, b): return a", "missing 2 required positional arguments"),
    ],
)
def test_answer__that_fails__is_the_cases_failure_with_the_last_line(
    desk: Any, source: str, said: str
) -> None:
    d, side = python(desk, source)
    first, second = d.answers(side, "x", "y")
    assert first.code == second.code == "target-crashed"
    assert not second.fatal
    assert said in first.message


@pytest.mark.parametrize(
    ("source", "name", "said"),
    [
        ("import no_such_module", "app:answer", "No module named 'no_such_module'"),
        ("", "app:answer", "has no attribute 'answer'"),
        ("answer = 3", "app:answer", "is no function but a int"),
        ("", "other:answer", "No module named 'other'"),
    ],
)
def test_load__what_is_not_there__is_a_crash_that_says_so(
    desk: Any, source: str, name: str, said: str
) -> None:
    d, side = python(desk, source, name)
    [out] = d.answers(side, "x")
    assert out.code == "target-crashed"
    assert said in out.message


def test_answer__asynchronous__runs_many_at_once(desk: Any) -> None:
    source = "import asyncio\nasync def answer(input):\n    await asyncio.sleep(0.5)\n    return input"
    d, side = python(desk, source)

    async def work() -> float:
        await side.ask("start")
        began = time.monotonic()
        outs = await asyncio.gather(*(side.ask(str(n)) for n in range(20)))
        assert [out.text for out in outs] == [str(n) for n in range(20)]
        return time.monotonic() - began

    assert d.run(work, side) < 20 * 0.5 / 2


def test_answer__files_named_like_the_library__do_not_reach_the_shim(desk: Any) -> None:
    """T05: what the shim imports, it imports before the repository's folder is on the path."""
    planted = {
        f"{name}.py": "raise SystemExit('planted')" for name in ("json", "asyncio", "inspect", "traceback")
    }
    d = desk()
    files = {
        "app.py": "def answer(input): return input",
        **planted,
        "sitecustomize.py": "raise SystemExit(9)",
    }
    [out] = d.answers(d.side(files, kind="python", run=("app:answer",)), "q")
    assert getattr(out, "text", out) == "q"


def test_answer__package_and_data_files__are_where_the_repository_has_them(desk: Any) -> None:
    d = desk()
    files = {
        "src/app/__init__.py": "",
        "src/app/rag.py": "def f(input): return open('data/x.txt').read()",
        "data/x.txt": "D",
    }
    [out] = d.answers(d.side(files, kind="python", run=("src.app.rag:f",)), "q")
    assert out.text == "D"


def test_answer__that_ends_the_process__is_a_crash(desk: Any) -> None:
    d, side = python(desk, "import os\ndef answer(input): os._exit(0)")
    [out] = d.answers(side, "q")
    assert isinstance(out, Failure)
    assert "exit status 0" in out.message
