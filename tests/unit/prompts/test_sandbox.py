"""T64: what other people's templates may not reach. T65: what they may not use up. T66: no other files."""

from __future__ import annotations

import itertools
import os
import resource
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from jinja2 import TemplateError

from mergefloor.errors import InputError
from mergefloor.prompts import Limits, parse, render_all
from mergefloor.prompts.sandbox import Job, Refusal, Sandbox
from mergefloor.prompts.sandbox_child import environment

PAYLOADS = Path(__file__).with_name("payloads.txt").read_text(encoding="utf-8").splitlines()
BOMBS = {
    "repeated text": "{{ 'a' * 10**9 }}",
    "centred text": "{{ 'a' | center(10**10) }}",
    "nested ranges": "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "powers": "{{ 9**(9**(9**9)) }}",
    "repeated list": "{{ ([0] * 10**9) | length }}",
    "padded number": "{{ '%0999999999d' % 1 }}",
    "padded format": "{{ '{:>9999999999}'.format(1) }}",
    "endless macro": "{% macro m(n) %}{{ m(n + 1) }}{% endmacro %}{{ m(1) }}",
    "doubled text": "{% set n = namespace(x='aaaaaaaa') %}"
    "{% for i in range(99) %}{% set n.x = n.x ~ n.x %}{% endfor %}{{ n.x }}",
    "huge range": "{{ range(10**9) | list }}",
    "endless output": "{% for a in range(99999) %}{{ 'a' * 99999 }}{% endfor %}",
    "joined ranges": "{{ range(99999) | join('a' * 99999) }}",
    "deep list": "{% set n = namespace(x=[]) %}{% for i in range(20000) %}{% set n.x = [n.x] %}{% endfor %}{{ n.x }}",
    "many loops": "{% for a in [1] %}" * 25 + "{% endfor %}" * 25,
    "half a character": "{{ '\\ud800' }}",
}


def children() -> Iterator[int]:
    """Rendering children of this process that are alive."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = (entry / "stat").read_text().rsplit(")", 1)[1].split()[1]
            command = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if int(parent) == os.getpid() and b"sandbox_child.py" in command:
            yield int(entry.name)


def test_payloads__are_enough_and_all_different() -> None:
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 60


@pytest.mark.parametrize("payload", PAYLOADS)
def test_environment__payload__is_refused_by_the_sandbox_itself(payload: str) -> None:
    """Without our own reading of the syntax tree, which refuses most of these before."""
    with pytest.raises((TemplateError, TypeError, LookupError)):
        environment().from_string(payload).render({})


def test_render__payloads__none_gives_a_message(case, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)

    def refused(payload: str) -> bool:
        try:
            prompt = parse("prompts/a.j2", payload.encode())
        except InputError:
            return True
        return render_all(prompt, [case(vars={})]).messages == {}

    with ThreadPoolExecutor(2) as pool:
        passed = [
            payload for payload, ok in zip(PAYLOADS, pool.map(refused, PAYLOADS), strict=True) if not ok
        ]
    assert passed == []
    assert not (tmp_path / "CANARY").exists()


def test_environment__loader__is_none_so_no_file_is_ever_read() -> None:
    for template in ("{% include 'a' %}", "{% extends 'a' %}", "{% import 'a' as b %}"):
        with pytest.raises(TypeError, match="no loader"):
            environment().from_string(template).render()


def test_render__bombs__end_soon_and_cost_the_parent_nothing(case) -> None:
    limits = Limits(cpu=0.5, wall=10)

    def what(body: str) -> str:
        rendered = render_all(parse("prompts/a.j2", body.encode()), [case(vars={})], limits=limits)
        return rendered.problems[0].what if rendered.problems else str(rendered.messages)[:200]

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with ThreadPoolExecutor(2) as pool:
        told = dict(zip(BOMBS, pool.map(what, BOMBS.values()), strict=True))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert {name: said for name, said in told.items() if "cannot be rendered" not in said} == {}
    assert "it used more than 512 MiB of memory" in told["repeated text"]
    assert "it used more than 0.5 s of CPU" in told["nested ranges"]
    assert "it wrote more than 1,048,576 bytes" in told["endless output"]
    assert grown < 50 * 1024 * (1024 if sys.platform == "darwin" else 1)
    assert list(children()) == []


def test_render__case_kills_the_child__loses_its_own_messages_only(case) -> None:
    body = "{% for i in range(n) %}{% for j in range(99999) %}{% endfor %}{% endfor %}{{ n }}"
    cases = [case("a", vars={"n": 0}), case("b", 9, vars={"n": 99999}), case("c", vars={"n": 1})]
    rendered = render_all(parse("prompts/a.j2", body.encode()), cases, limits=Limits(cpu=0.5))
    assert {name: turns[0].content for name, turns in rendered.messages.items()} == {"a": "0", "c": "1"}
    (problem,) = rendered.problems
    assert str(problem) == (
        "evals/set.yaml:9: case 'b' cannot be rendered from prompts/a.j2: it used more than 0.5 s of CPU; "
        "make the template's loops smaller"
    )


def test_render__too_many_deaths__refuses_the_rest(case) -> None:
    body = "{% for i in range(n) %}{% for j in range(99999) %}{% endfor %}{% endfor %}"
    cases = [case(f"c{i}", vars={"n": 99999}) for i in range(40)]
    rendered = render_all(parse("prompts/a.j2", body.encode()), cases, limits=Limits(wall=0.4, deaths=2))
    assert len(rendered.problems) == 40
    assert ["it took more than 0.4 s" in p.what for p in rendered.problems[:3]] == [True, True, False]
    assert "stopped too often" in rendered.problems[39].what


def test_render__batch_takes_too_long__refuses_the_rest(case) -> None:
    clock = itertools.count(0, 5).__next__
    cases = [case(f"c{i}", vars={"n": i}) for i in range(6)]
    limits = Limits(wall=1_000, batch=100)
    rendered = render_all(parse("prompts/a.j2", b"{{ n }}"), cases, limits=limits, clock=clock)
    assert rendered.messages and rendered.problems
    assert "took too long in all" in rendered.problems[-1].what


def test_render__literal_prompt__starts_no_child(case, monkeypatch) -> None:
    monkeypatch.setattr("subprocess.Popen", None)
    rendered = render_all(parse("prompts/a.md", b"Be kind."), [case(input="Hi")])
    assert [m.content for m in rendered.messages["c1"]] == ["Be kind.", "Hi"]


def test_render__runtime_error__names_the_line_of_the_text(case) -> None:
    rendered = render_all(parse("prompts/a.j2", b"a\nb\n{{ 1 / n }}"), [case(vars={"n": 0})])
    assert "'ZeroDivisionError: division by zero' (line 3 of its text)" in rendered.problems[0].what


@pytest.mark.parametrize(
    "body, values, what",
    [
        ("{{ a.b }}", {"a": {}}, "UndefinedError: 'dict object' has no attribute 'b'"),
        ("{{ [a.b] }}", {"a": {}}, "UndefinedError: 'dict object' has no attribute 'b'"),
        ("{{ {'x': [a.b]} }}", {"a": {}}, "UndefinedError"),
        ("{{ a.upper }}", {"a": "x"}, "a builtin_function_or_method cannot be printed, only data"),
        ("{% for x in [1] %}{{ loop }}{% endfor %}", {}, "cannot be printed"),
    ],
)
def test_sandbox__undefined_or_no_data__is_never_printed(body: str, values: dict, what: str) -> None:
    with Sandbox(Job(templates=(body,)), Limits()) as sandbox:
        refusal = sandbox.render(values)
    assert isinstance(refusal, Refusal)
    assert what in refusal.error
    assert not refusal.died


def test_sandbox__good_cases__share_one_child() -> None:
    with Sandbox(Job(templates=("{{ a }}", "{{ a }}{{ a }}")), Limits()) as sandbox:
        first = sandbox.render({"a": "é\U0001f600\r\n"})
        pids = set(children())
        second = sandbox.render({"a": "x" * 500_000})
        assert set(children()) == pids and len(pids) == 1
    assert first == ("é\U0001f600\r\n", "é\U0001f600\r\n" * 2)
    assert second == ("x" * 500_000, "x" * 1_000_000)
    assert list(children()) == []


def test_sandbox__template_that_does_not_compile__is_refused_once_for_all_cases() -> None:
    with Sandbox(Job(templates=("{% for a in [1] %}" * 25 + "{% endfor %}" * 25,)), Limits()) as sandbox:
        first, second = sandbox.render({}), sandbox.render({})
    assert isinstance(first, Refusal) and "SyntaxError" in first.error
    assert second is first


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_sandbox__child__has_no_secrets_its_own_group_and_limits(monkeypatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-secret")
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    with Sandbox(Job(templates=("{{ a }}",)), Limits(memory=300 * 1024 * 1024)) as sandbox:
        sandbox.render({"a": 1})
        (pid,) = children()
        environ = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
        limits = Path(f"/proc/{pid}/limits").read_text()
        assert os.getpgid(pid) == pid != os.getpgid(0)
    assert {line.split("=")[0] for line in environ if line} == {"PATH", "LANG"}
    soft = {line[:26].strip(): line[26:].split()[0] for line in limits.splitlines()}
    assert soft["Max address space"] == str(300 * 1024 * 1024)
    assert soft["Max core file size"] == soft["Max file size"] == "0"
    assert int(soft["Max cpu time"]) <= 7


@pytest.mark.parametrize(
    "child",
    [
        "import os; os._exit(3)",
        "import os; os.write(1, b'\\xff\\xff\\xff\\xff'); input()",
        "import os; os.write(1, b'\\0\\0\\0\\3abc'); input()",
        "import os; os.write(1, b'\\0\\0\\0\\2[]'); input()",
        "import os; os.write(1, b'\\0\\0\\0\\2{}' * 2); os.read(0, 9999); input()",
        "import time; time.sleep(60)",
    ],
)
def test_sandbox__child_that_breaks_the_protocol__is_a_refusal(child: str, tmp_path) -> None:
    script = tmp_path / "sandbox_child.py"
    script.write_text(child)
    with Sandbox(Job(templates=("x",)), Limits(wall=1), child=script) as sandbox:
        refusal = sandbox.render({"a": "x" * 1_000_000})
    assert isinstance(refusal, Refusal) and refusal.died
    assert list(children()) == []


def test_sandbox__child_that_cannot_start__is_a_refusal(monkeypatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with Sandbox(Job(templates=("x",)), Limits()) as sandbox:
        refusal = sandbox.render({})
    assert isinstance(refusal, Refusal)
    assert "the renderer cannot start" in refusal.error
