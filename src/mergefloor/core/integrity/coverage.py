"""Prompts and golden sets that leave what the gate looks at: moved, dropped from a suite, or their suite removed (T30)."""

from __future__ import annotations

from collections.abc import Iterator

from mergefloor.core.integrity.fact import Fact
from mergefloor.core.integrity.gate_rules import successor_of
from mergefloor.core.integrity.scene import Changes, FileChange, Scene, SuiteScene
from mergefloor.core.integrity.shingles import Runs, share, shingles, words
from mergefloor.core.settings import Suite

ENOUGH = 0.5
SHORTEST = 8  # words: less than that is found again anywhere


def coverage_facts(before: Scene, after: Scene, changes: Changes) -> Iterator[Fact]:
    """Everything that base's config covers and head's does not."""
    deleted = {change.path for change in changes.files if change.kind == "deleted"}
    for suite in before.config.suites:
        yield from _suite(suite, before, after, deleted)
    yield from _moved(changes)


def _suite(suite: Suite, before: Scene, after: Scene, deleted: set[str]) -> Iterator[Fact]:
    successor = successor_of(suite, after.config)
    if successor is None:
        text = "the suite is removed; it ran {}"
        yield _fact(f"suites.{suite.name}", text, (suite.prompt,), suite.name)
        return
    prompts = {other.prompt for other in after.config.suites}
    if suite.prompt not in prompts and suite.prompt not in deleted:
        text = "no suite runs {} any more; the suite runs {} instead"
        subject = f"suites.{suite.name}.prompt"
        yield _fact(subject, text, (suite.prompt, successor.prompt), suite.name)
    then, now = before.suites.get(suite.name, SuiteScene()), after.suites.get(successor.name, SuiteScene())
    for key, old, new in (("golden", then.golden, now.golden), ("watch", then.watched, now.watched)):
        lost = sorted(old - new)
        if lost:
            text = f"the globs leave out {len(lost)} of {len(old)} files: {{}}"
            yield _fact(f"suites.{suite.name}.{key}", text, (", ".join(lost),), suite.name)


def _moved(changes: Changes) -> Iterator[Fact]:
    """Most of a covered file's words left it and came up in one that no suite looks at."""
    outside = [
        (change, shingles(words("\n".join(change.added))))
        for change in changes.files
        if change.kind != "deleted" and not changes.covered(change.path)
    ]
    for change in changes.files:
        listed = words(change.before or "")
        if len(listed) < SHORTEST or not outside or not changes.covered(change.path):
            continue
        old = shingles(listed)
        gone = old - shingles(words(change.after or ""))
        found = _nearest(gone, outside) if share(old, gone) >= ENOUGH else None
        if found is not None:
            text = "its text is now in {}, which no suite covers"
            yield _fact(change.path, text, (found.path,))


def _nearest(gone: Runs, outside: list[tuple[FileChange, Runs]]) -> FileChange | None:
    best, runs = max(outside, key=lambda item: share(gone, item[1]))
    return best if share(gone, runs) >= ENOUGH else None


def _fact(subject: str, text: str, quotes: tuple[str, ...], suite: str = "") -> Fact:
    return Fact(rule="left-coverage", subject=subject, text=text, quotes=quotes, suite=suite)
