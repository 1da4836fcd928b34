"""`mergefloor label` from the command line: options to a request, the terminal and the file behind their ports."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from mergefloor.core.desk import Screen
from mergefloor.core.effects import Outcome
from mergefloor.desk import FileBook, opened
from mergefloor.errors import InputError, RepositoryError, UsageError
from mergefloor.modes import label, label_import
from mergefloor.modes.world import World
from mergefloor.repo import LocalRepo
from mergefloor.wiring import Env, for_git, world

COUNT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeDesk:
    """The terminal of this process; label files of the repository at `top`, or wherever `out` says."""

    env: Env
    top: Path
    out: str | None

    def screen(self) -> AbstractContextManager[Screen]:
        """Standard input and output."""
        return opened(sys.stdin, sys.stdout, self.env)

    def book(self, default: str) -> FileBook:
        """`--out`, else the file of the config. UsageError for a table, which cannot grow line by line."""
        place = Path(self.out) if self.out is not None else self.top / default
        shown = self.out or default
        if place.suffix.lower() not in (".jsonl", ".ndjson"):
            what = f"labels cannot be added to {shown!r}"
            raise UsageError(
                what, "name a `.jsonl` file with `--out`, and in the config as `judge.calibration`"
            )
        if self.out is None and not place.parent.resolve().is_relative_to(self.top.resolve()):
            raise UsageError(f"{shown!r} leads out of the repository", "name the file with `--out`")
        return FileBook(place=place, path=shown)


def run_label(invocation: argparse.Namespace, env: Env, bases: Sequence[str]) -> Outcome:
    """`mergefloor label`. `bases`: where the base branch may be, the likeliest first."""
    with LocalRepo(Path(invocation.repo), environ=for_git(env)) as repo:
        desk = HomeDesk(env=env, top=repo.top, out=invocation.out)
        if invocation.table is not None:
            return _imported(invocation, desk, repo)
    _check_refs(invocation)
    with world(Path(invocation.repo), invocation.cache, env) as everything:
        request = label.LabelRequest(
            ref=invocation.ref or invocation.head or "HEAD",
            base=None if invocation.ref else invocation.base or _base(everything, bases),
            grader=invocation.grader,
            rater=invocation.rater,
            suites=tuple(invocation.suite),
            config=invocation.config,
            count=invocation.count or COUNT,
            random=invocation.random,
        )
        return label.run(request, desk, everything)


def _check_refs(invocation: argparse.Namespace) -> None:
    if invocation.ref and (invocation.base or invocation.head):
        raise UsageError("`--ref` names one commit, `--base` and `--head` two", "type one or the other")


def _base(everything: World, bases: Sequence[str]) -> str | None:
    """The branch a change is merged into, where there is one: without it the outputs of the change are labelled."""
    for ref in bases:
        try:
            everything.repo.snapshot(ref)
        except RepositoryError:
            continue
        return ref
    return None


def _imported(invocation: argparse.Namespace, desk: HomeDesk, repo: LocalRepo) -> Outcome:
    given = {
        "--grader": invocation.grader,
        "--suite": invocation.suite,
        "--count": invocation.count,
        "--base": invocation.base,
        "--head": invocation.head,
        "--ref": invocation.ref,
    }
    if odd := [name for name, value in given.items() if value]:
        raise UsageError(
            f"`--import` takes every row of its file, whatever {odd[0]} says", f"leave out `{odd[0]}`"
        )
    default = label.DEFAULT_BOOK
    if desk.out is None:
        default = label_import.default_book(repo.snapshot("WORKTREE"), invocation.config)
    return label_import.run(invocation.table, _read(invocation.table), invocation.rater, desk.book(default))


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        what = f"the labels cannot be read ({error.strerror or error})"
        raise InputError.at(path, 1, what, "correct `--import`") from error
