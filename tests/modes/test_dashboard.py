"""The issue about the models from day to day: its owner hears of one end 60, 30 and 7 days before, once each."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from mergefloor.core.activity import Inputs, RunStamp
from mergefloor.core.effects import CommentIssue, Effect, UpsertIssue
from mergefloor.core.ports import TreeEntry
from mergefloor.core.roster.listing import Listing, nobody_asked
from mergefloor.modes.action.dashboard import dashboard
from mergefloor.modes.action.place import Place

DAY = 86_400
END = 20_798  # 2026-12-11
CONFIG = """\
defaults: {model: openai/gpt-5-2025-08-07, owner: "@ada"}
suites: {s: {prompt: p.yaml, golden: g.yaml}}
"""
FILES = {
    "mergefloor.yml": CONFIG,
    "p.yaml": "version: 1.0.0\nsystem: Hi.\n",
    "g.yaml": "- {input: a, must_contain: [b]}\n",
}


class Files:
    """A tree in memory."""

    sha = "f" * 40

    def __init__(self, contents: Mapping[str, str]) -> None:
        self.contents = contents

    @property
    def files(self) -> dict[str, TreeEntry]:
        return {p: TreeEntry(mode="100644", blob=p, size=len(t)) for p, t in self.contents.items()}

    def read(self, path: str) -> bytes:
        return self.contents[path].encode()


def looked(left: int, files: Mapping[str, str] = FILES, listings: Any = nobody_asked) -> tuple[Effect, ...]:
    """What is written so many days before the end."""
    world: Any = SimpleNamespace(
        repo=SimpleNamespace(snapshot=lambda _ref: Files(files)),
        now=lambda: (END - left) * DAY + 3_600.0,
        listings=listings,
    )
    stamp = RunStamp(run=1, attempt=1, started=1.0)
    place = Place(inputs=Inputs(), stamp=stamp, config="mergefloor.yml", redact=str)
    return dashboard("main", "main", place, world)


def test_dashboard__day_after_day__has_one_reminder_a_threshold() -> None:
    keys = []
    for left in range(70, -10, -1):
        issue, *comments = looked(left)
        assert isinstance(issue, UpsertIssue)
        assert issue.marker == "<!-- mergefloor:models -->"
        assert ("needs an update" in issue.title) == (left <= 60)
        assert all(isinstance(each, CommentIssue) and each.marker == issue.marker for each in comments)
        keys += [each.key for each in comments if isinstance(each, CommentIssue)]
    name = "retires openai/gpt-5-2025-08-07 2026-12-11"
    assert list(dict.fromkeys(keys)) == [f"{name} 60", f"{name} 30", f"{name} 7"]


def test_dashboard__pins_of_the_lists_that_are_asked__are_those_of_the_tree() -> None:
    asked: list[tuple[str, ...]] = []

    def listings(providers: Any) -> tuple[Listing, ...]:
        asked.append(tuple(providers))
        return (Listing(provider="openai", names=frozenset({"gpt-5"})),)

    issue, *_ = looked(100, listings=listings)
    assert asked == [("openai",)]
    assert isinstance(issue, UpsertIssue)
    assert "1 pin is not on its provider's list" in issue.body
    assert "pinned, not listed by its provider" in issue.body


def test_dashboard__code_owners_too_large_for_github__own_nothing() -> None:
    files = {**FILES, "mergefloor.yml": CONFIG.replace(', owner: "@ada"', ""), "CODEOWNERS": "* @ada\n"}
    issue, *_ = looked(100, files)
    assert isinstance(issue, UpsertIssue)
    assert "Nobody owns" not in issue.body
    issue, *_ = looked(100, {**files, "CODEOWNERS": "* @ada\n" + "#" * 3_000_000})
    assert isinstance(issue, UpsertIssue)
    assert "**Nobody owns**" in issue.body
