"""A gate without git and without a disk: two trees of bytes in, an exit code out. Everything between is the real thing."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from random import Random
from types import MappingProxyType
from typing import Any

from mergefloor import graders
from mergefloor.core.effects import Outcome
from mergefloor.core.ports import Change, Clock, Models, Stored, Toolbox, TreeEntry
from mergefloor.core.settings import Config, Price
from mergefloor.core.tree import compare
from mergefloor.engine import Engine, Limits
from mergefloor.errors import InputError, MergefloorError
from mergefloor.modes import gate, validate
from mergefloor.modes.world import World
from mergefloor.providers import Directory

Tree = Mapping[str, bytes]


@dataclass(frozen=True, kw_only=True)
class MemorySnapshot:
    """A tree of bytes."""

    sha: str
    tree: Tree

    @property
    def files(self) -> Mapping[str, TreeEntry]:
        blobs = {
            path: hashlib.sha1(data, usedforsecurity=False).hexdigest() for path, data in self.tree.items()
        }
        return MappingProxyType(
            {path: TreeEntry(mode="100644", blob=blobs[path], size=len(self.tree[path])) for path in blobs}
        )

    def read(self, path: str) -> bytes:
        if path not in self.tree:
            raise InputError.at(path, 1, "there is no such file", "correct the path")
        return self.tree[path]


@dataclass(frozen=True, kw_only=True)
class MemoryRepo:
    """Two commits, the second branched from the first."""

    base: Tree
    head: Tree

    def snapshot(self, ref: str) -> MemorySnapshot:
        return MemorySnapshot(sha={"base": "b" * 40, "head": "c" * 40}[ref], tree=getattr(self, ref))

    def merge_base(self, base: MemorySnapshot, head: MemorySnapshot) -> MemorySnapshot:
        return base

    def changes(self, base: MemorySnapshot, head: MemorySnapshot) -> tuple[Change, ...]:
        return compare(base.files, head.files)

    def tags(self, snapshot: MemorySnapshot) -> tuple[str, ...]:
        return ()


@dataclass(kw_only=True)
class MemoryCache:
    """The cache port over a dict."""

    rows: dict[str, Stored] = field(default_factory=dict)
    notes: dict[str, Mapping[str, object]] = field(default_factory=dict)

    def get(self, key: str) -> Stored | None:
        return self.rows.get(key)

    def put(self, key: str, entry: Stored) -> None:
        self.rows[key] = entry

    def history(self, subject: str) -> tuple[tuple[str, Stored], ...]:
        return tuple((key, row) for key, row in self.rows.items() if row.subject == subject)

    def entries(self) -> Iterator[tuple[str, object]]:
        return iter(self.rows.items())

    def drop(self, keys: Collection[str]) -> None:
        for key in keys:
            self.rows.pop(key, None)

    def get_note(self, key: str) -> Mapping[str, object] | None:
        return self.notes.get(key)

    def put_note(self, key: str, value: Mapping[str, object]) -> None:
        self.notes[key] = value


class NoProgress:
    """Nobody watches."""

    def start(self, total: int, label: str) -> None: ...

    def step(self, done: int = 1) -> None: ...

    def stop(self) -> None: ...


def world(base: Tree, head: Tree, models: Models | None = None) -> World:
    """The real engine, graders and prompts; `models`: scripted answers of the trees unless told otherwise."""
    cache, known = MemoryCache(), models or Directory({})
    return World(
        repo=MemoryRepo(base=base, head=head),
        models=known,
        cache=cache,
        engine=partial(opened, known, cache),
        clock=time.monotonic,
        now=time.time,
        nonce_key=b"fuzz",
        redact=str,
    )


@contextmanager
def opened(
    models: Models,
    cache: MemoryCache,
    settings: Config,
    toolbox: Toolbox,
    offline: bool,
    *,
    clocks: tuple[Clock, Clock] = (time.monotonic, time.time),
    prices: Mapping[str, Price] | None = None,
    limits: Limits | None = None,
) -> Iterator[Engine]:
    """The real engine; `clocks`: how long a run takes, and the time of day."""
    with Engine(
        models=models,
        cache=cache,
        build=partial(graders.build, toolbox=toolbox),
        budget=settings.budget,
        prices=prices or {},
        clock=clocks[0],
        wall_clock=clocks[1],
        progress=NoProgress(),
        rng=Random(1),
        offline=offline,
        limits=limits or Limits(),
    ) as engine:
        yield engine


@dataclass(frozen=True, kw_only=True)
class Ended:
    """An exit code and everything that would have been written or shown."""

    code: int
    text: str


def run_gate(base: Tree, head: Tree, models: Models | None = None, **asked: Any) -> Ended:
    """`gate`. Only what the program's own error boundary turns into an exit code is caught here: a bug raises."""
    request = gate.GateRequest(base="base", head="head", report_dir="out", **asked)
    return _end(lambda: gate.run(request, world(base, head, models)))


def run_validate(tree: Tree) -> Ended:
    """`validate`."""
    return _end(lambda: validate.run(MemorySnapshot(sha="c" * 40, tree=tree), None, Directory({}), now=0.0))


def _end(mode: Callable[[], Outcome]) -> Ended:
    try:
        outcome = mode()
    except MergefloorError as error:
        return Ended(code=error.exit_code, text=str(error))
    return Ended(code=outcome.exit_code, text="\n".join(effect.text for effect in outcome.effects))
