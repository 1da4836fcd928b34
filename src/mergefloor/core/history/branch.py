"""Where on the branch of data things are kept, and how lines are added to what is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mergefloor.core.effects import AppendHistory
from mergefloor.core.history.case_set import FOLDER as SETS
from mergefloor.core.history.case_set import CaseSet
from mergefloor.core.history.codec import line_of
from mergefloor.core.history.entry import VERSION, Entry
from mergefloor.core.history.lines import filled

BRANCH = "mergefloor-history"
ROOT = "history"
FOLDER = f"{ROOT}/v{VERSION}"
README = "README.md"
DAY = 86_400
ABOUT = """# The measurements of mergefloor

This branch is data, written by mergefloor through GitHub's API. **Do not edit it and do not merge it.**

- `history/v1/2026-11.jsonl`: one line for every suite of every run of that month (UTC). Lines are only ever added.
- `sets/`: the cases of a golden set, in the order in which the lines give their results.
- `index.html`, `badge.svg`, `badge.json`: the weekly report, for GitHub Pages. Written anew every week.
- `seal.json`: what the files held after the last write. mergefloor says so when they were changed by anybody else.

A line that is damaged or that a newer release wrote is skipped and kept. Allow pushes of the workflow to this branch.
What the fields mean: docs/history.md of mergefloor.
"""


def month_path(at: float) -> str:
    """The file for a moment (seconds since 1970): a file a month, in UTC."""
    year, month = _month(int(at // DAY))
    return f"{FOLDER}/{year:04}-{month:02}.jsonl"


def month_paths(paths: Iterable[str], since: float | None = None) -> tuple[str, ...]:
    """Of all paths of the branch the files of lines, oldest month first, of every version; none before `since`."""
    first = "" if since is None else month_path(since).rpartition("/")[2]
    found = (path for path in paths if path.startswith(f"{ROOT}/v") and path.endswith(".jsonl"))
    months = ((path.rpartition("/")[2], path) for path in found if path.count("/") == 2)  # noqa: PLR2004 - root, version, month
    return tuple(path for month, path in sorted(months) if month >= first)


def set_paths(paths: Iterable[str]) -> tuple[str, ...]:
    """Of all paths of the branch those of case sets."""
    return tuple(sorted(p for p in paths if p.startswith(f"{SETS}/") and p.endswith(".json")))


def append(entries: Sequence[Entry], sets: Iterable[CaseSet], message: str) -> AppendHistory:
    """The effect that adds these entries and names their cases, in one commit."""
    known = {each.path: each.line for each in sets}
    lines = (*known.items(), *((month_path(entry.at), line_of(entry)) for entry in entries))
    return AppendHistory(branch=BRANCH, message=message, lines=lines)


def grown(files: Mapping[str, bytes], lines: Iterable[tuple[str, str]]) -> dict[str, bytes]:
    """The files that change when lines are added, whole: what is there stays byte for byte, and a line that is there
    already is not added again. `files`: those that the lines go to, as far as there are any."""
    wanted: dict[str, dict[bytes, None]] = {}
    for path, line in lines:
        wanted.setdefault(path, {})[line.encode()] = None
    changed = {}
    for path, new in wanted.items():
        old = files.get(path, b"")
        there = {line for _, line in filled(old)}
        added = [line for line in new if line not in there]
        if added:
            changed[path] = (
                old
                + (b"" if not old or old.endswith(b"\n") else b"\n")
                + b"".join(line + b"\n" for line in added)
            )
    return changed


def _month(day: int) -> tuple[int, int]:
    """Year and month of a day since 1970, by years that begin in March, so that the leap day comes last."""
    era, rest = divmod(day + 719_468, 146_097)  # days from 1 March 0000; of 400 years
    year = (rest - rest // 1_460 + rest // 36_524 - rest // 146_096) // 365
    month = (5 * (rest - (365 * year + year // 4 - year // 100)) + 2) // 153  # 0 is March
    return 400 * era + year + (month >= 10), month + 3 if month < 10 else month - 9  # noqa: PLR2004 - January is 10
