"""The import direction is a promise: core <- errors <- loading <- golden <- rooms <- modes <- main -> adapters."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SRC = Path(__file__).parent.parent / "src" / "mergefloor"
BASE = {"core", "errors"}
PEERS = {"config", "prompts", "graders", "engine", "render"}
ADAPTERS = {"providers", "repo", "storage", "gh", "runner", "broker", "targets", "desk"}
MAY_IMPORT: dict[str, set[str]] = {
    "core": {"core"},
    "errors": {"core"},
    "loading": BASE | {"loading"},
    "golden": BASE | {"loading", "golden"},
    **{room: BASE | {"loading", "golden", room} for room in PEERS},
    **{room: BASE | {"loading", room} for room in ADAPTERS},
    "modes": BASE | PEERS | {"loading", "golden", "modes"},
    "cli": BASE | {"__init__", "options"},
    "options": BASE,
    "main": BASE | {"application", "cli", "delivery"},
    "release": BASE,
    "application": BASE
    | PEERS
    | ADAPTERS
    | {"modes", "wiring", "delivery", "action", "caches", "labelling", "updates", "schedules", "release"},
    "action": BASE | PEERS | ADAPTERS | {"modes", "wiring", "delivery"},
    "caches": BASE | ADAPTERS | {"modes", "wiring"},
    "labelling": BASE | PEERS | ADAPTERS | {"modes", "wiring"},
    "schedules": BASE | PEERS | ADAPTERS | {"modes", "wiring"},
    "updates": BASE | PEERS | ADAPTERS | {"modes", "wiring"},
    "delivery": BASE | {"gh", "runner"},
    "wiring": BASE | PEERS | ADAPTERS | {"modes", "answerers", "hosting"},
    "answerers": BASE | {"targets", "broker"},
    "hosting": BASE | PEERS | ADAPTERS | {"answerers"},
    "__main__": {"main"},
    "__init__": set(),
}
HOMES: dict[str, set[str]] = {
    "pydantic": {"golden", "config"},
    "pydantic_core": {"golden", "config"},
    "yaml": {"loading"},
    "jinja2": {"prompts", "render"},
    "rich": {"render"},
    "jsonschema": {"graders"},
    "referencing": {"graders"},
    "re2": {"graders"},
    "rapidfuzz": {"graders"},
    "diskcache": {"storage"},
    "openai": {"providers"},
    "anthropic": {"providers"},
    "aiohttp": {"providers", "broker", "targets"},
    "httpx2": {"providers"},
    "numpy": {"providers"},
    "safetensors": {"providers"},
    "threadpoolctl": {"providers"},
    "tokenizers": {"providers"},
    "github": {"gh"},
    "requests": {"gh"},
    "urllib3": {"gh"},
}
PURE_CORE_FORBIDS = {
    "os",
    "sys",
    "time",
    "datetime",
    "pathlib",
    "logging",
    "socket",
    "subprocess",
    "asyncio",
}


def room_of(path: Path) -> str:
    parts = path.relative_to(SRC).parts
    return parts[0] if len(parts) > 1 else path.stem


def imports(path: Path) -> set[str]:
    """Every module a file imports, absolute dotted names; lazy imports inside functions count."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            module = node.module or ""
            found |= (
                {f"{module}.{alias.name}" for alias in node.names} if module == "mergefloor" else {module}
            )
    return found


FILES = sorted(SRC.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SRC)))
def test_imports__of_every_module__point_inwards(path: Path) -> None:
    room = room_of(path)
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "mergefloor":
            target = parts[1] if len(parts) > 1 else "__init__"
            target = "__init__" if target.startswith("__") else target
            assert target in MAY_IMPORT[room], f"{room} must not import {name}"
        else:
            assert room in HOMES.get(parts[0], {room}), f"{parts[0]} has no home in {room}"


@pytest.mark.parametrize("path", [p for p in FILES if room_of(p) == "core"], ids=lambda p: p.stem)
def test_core__imports_nothing_that_touches_the_world(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tops = {name.split(".")[0] for name in imports(path)}
    assert not tops & PURE_CORE_FORBIDS
    calls = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not calls & {"open", "print", "input", "exec", "eval"}
    drawn = {
        a.name
        for n in ast.walk(tree)
        if isinstance(n, ast.ImportFrom) and n.module == "random"
        for a in n.names
    }
    assert drawn <= {"Random"}, "a generator with a seed is pure, the module's own is not"


def test_modules__are_short() -> None:
    long = [
        f"{p.relative_to(SRC)} {n}"
        for p in FILES
        if (n := len(p.read_text(encoding="utf-8").splitlines())) > 250
    ]
    assert not long


def test_functions__fit_on_a_screen() -> None:
    long = []
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                size = (node.end_lineno or node.lineno) - node.lineno + 1
                if size > 50:
                    long.append(f"{path.relative_to(SRC)}:{node.lineno} {node.name} {size}")
    assert not long
