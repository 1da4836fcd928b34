"""Which suites a change touches, and why each of them runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from mergefloor.core.ports import Change
from mergefloor.core.settings import Suite

Matches = Callable[[str, str], bool]
SHOWN = 3


def reasons(
    suite: Suite, changes: Sequence[Change], *, prompts: Iterable[str], config: str | None, matches: Matches
) -> tuple[str, ...]:
    """Why this suite runs, a sentence each; empty when nothing it depends on changed.

    `prompts`: the suite's prompt paths on both sides; `config`: path of the config file; `matches`: the globs.
    """
    groups = {
        "prompt": [c for c in changes if c.path in set(prompts)],
        "golden set": [c for c in changes if any(matches(g, c.path) for g in suite.golden)],
        "watched file": [c for c in changes if any(matches(w, c.path) for w in suite.watch)],
        "configuration": [c for c in changes if c.path == config],
    }
    return tuple(_sentence(noun, found) for noun, found in groups.items() if found)


def _sentence(noun: str, found: Sequence[Change]) -> str:
    shown = ", ".join(f"{c.path} ({c.kind})" for c in found[:SHOWN])
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return f"{noun} changed: {shown}{more}"
