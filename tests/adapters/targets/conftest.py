"""Snapshots in memory, programs of a few lines, and targets in folders that other users may pass through."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import pytest

from mergefloor.core.ports import TreeEntry
from mergefloor.core.targets import CodeTarget
from mergefloor.core.types import Failure, Message, ModelRef, Output, Request
from mergefloor.targets import Targets, users_here

T = TypeVar("T")
ROOT = os.geteuid() == 0 and sys.platform == "linux"


def _readable(program: str) -> bool:
    """Whether every user can run it."""
    path = Path(program).resolve()
    return all(folder.stat().st_mode & 0o001 for folder in path.parents) and bool(path.stat().st_mode & 0o001)


PYTHONS = [sys.executable, *filter(None, (shutil.which("python3", path="/usr/local/bin:/usr/bin:/bin"),))]
PYTHON = next((each for each in PYTHONS if _readable(each)), sys.executable)
APART = ROOT and _readable(PYTHON)

# A program that answers with what `answer(question)` of its second part gives.
LOOP = """
import json, os, sys, time
def say(number, **reply):
    print(json.dumps({"id": number, **reply}), flush=True)
%s
for line in sys.stdin:
    question = json.loads(line)
    answer(question)
"""
ECHO = 'def answer(q):\n    say(q["id"], text=str(q.get("input")).upper())\n'


class Files:
    """A snapshot of `path -> text`. `modes`: those that are no plain files."""

    def __init__(self, contents: Mapping[str, str], modes: Mapping[str, str] | None = None) -> None:
        self.contents, self.modes, self.sha = dict(contents), dict(modes or {}), "f" * 40

    @property
    def files(self) -> dict[str, TreeEntry]:
        return {path: self._entry(path) for path in self.contents}

    def _entry(self, path: str) -> TreeEntry:
        data = self.read(path)
        blob = hashlib.sha1(data).hexdigest()
        return TreeEntry(mode=self.modes.get(path, "100644"), blob=blob, size=len(data))

    def read(self, path: str) -> bytes:
        return self.contents[path].encode()


class Side:
    """One connected side."""

    def __init__(self, model: Any, ref: ModelRef) -> None:
        self.model, self.ref = model, ref

    async def ask(self, text: str, **more: Any) -> Output | Failure:
        content = json.dumps({"input": text, **more})
        request = Request(model=self.ref, messages=(Message(role="user", content=content),))
        found: Output | Failure = await self.model.complete(request, draw=0)
        return found


class Desk:
    """Targets in a folder of this test, and what was asked of whom."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self.folder = folder
        settings: dict[str, Any] = {
            "matches": lambda glob, path: glob in ("**", path),
            "env": {"PATH": f"{Path(PYTHON).parent}:/usr/bin:/bin"},
            "folder": folder,
            "cache": folder / "cache",
            "broker": lambda target, identity: {},
            "redact": lambda text: text,
            "token": lambda: secrets.token_hex(16),
            "users": None,
            "interpreter": PYTHON,
            "platform": "tests",
        }
        self.targets = Targets(**{**settings, **options})

    def side(self, tree: Mapping[str, str] | Files, **options: Any) -> Side:
        """One side of a target. `python p.py` unless options say otherwise."""
        settings: dict[str, Any] = {
            "kind": "command", "run": (PYTHON, "-u", "p.py"), "files": ("**",), "timeout_s": 20.0,
        }  # fmt: skip
        target = CodeTarget(**{**settings, **options})
        snapshot = tree if isinstance(tree, Files) else Files(tree)
        ref = self.targets.host(target, snapshot, "s")
        return Side(self.targets.connect(ref), ref)

    def program(self, body: str, **options: Any) -> Side:
        """A side whose program has this `answer`."""
        return self.side({"p.py": LOOP % body}, **options)

    def run(self, work: Callable[[], Awaitable[T]], *sides: Side) -> T:
        """In an event loop, and close the sides in it."""

        async def whole() -> T:
            try:
                return await work()
            finally:
                await asyncio.gather(*(side.model.close() for side in sides))

        return asyncio.run(whole())

    def answers(self, side: Side, *texts: str) -> list[Any]:
        """Asked one after the other."""

        async def work() -> list[Any]:
            return [await side.ask(text) for text in texts]

        return self.run(work, side)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every user may pass through (pytest's own is private)."""
    made = Path(tempfile.mkdtemp(prefix="mf-", dir="/tmp"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def desk(folder: Path) -> Iterator[Callable[..., Desk]]:
    made: list[Desk] = []

    def make(**options: Any) -> Desk:
        made.append(Desk(folder, **options))
        return made[-1]

    yield make
    for each in made:
        each.targets.close()


@pytest.fixture
def apart(desk: Callable[..., Desk]) -> Desk:
    """Targets whose programs have users of their own."""
    if not APART:
        pytest.skip("users of their own need root and a Python that everybody can run")
    return desk(users=users_here(), strict=True)


@pytest.fixture
def kit() -> Any:
    """The names of this file: importlib mode gives tests no module to import from."""
    return type("Kit", (), {"Files": Files, "LOOP": LOOP, "ECHO": ECHO, "PYTHON": PYTHON, "APART": APART})
