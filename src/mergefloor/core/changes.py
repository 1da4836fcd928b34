"""Which suites a change touches, and why each of them runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from mergefloor.core.ports import Change
from mergefloor.core.settings import Suite
from mergefloor.core.targets import Target

Matches = Callable[[str, str], bool]
SHOWN = 3


def reasons(
    suite: Suite,
    changes: Sequence[Change],
    *,
    prompts: Iterable[str],
    targets: Iterable[Target | None] = (),
    config: str | None,
    matches: Matches,
) -> tuple[str, ...]:
    """Why this suite runs, a sentence each; empty when nothing it depends on changed.

    `prompts`, `targets`: the suite's prompt paths and targets on both sides; `config`: path of the config file; `matches`: the globs.
    """
    code = tuple(target for target in targets if target is not None)
    groups = {
        "prompt": [c for c in changes if c.path in set(prompts)],
        "code": [c for c in changes if any(_depends(t, suite, c.path, matches) for t in code)],
        "golden set": [c for c in changes if any(matches(g, c.path) for g in suite.golden)],
        "watched file": [c for c in changes if any(matches(w, c.path) for w in suite.watch)],
        "configuration": [c for c in changes if c.path == config],
    }
    return tuple(_sentence(noun, found) for noun, found in groups.items() if found)


def _depends(target: Target, suite: Suite, path: str, matches: Matches) -> bool:
    """A deployment holds whatever its repository holds, unless the suite says what to watch."""
    if target.kind == "http":
        return not suite.watch
    return any(matches(glob, path) for glob in target.files)


def _sentence(noun: str, found: Sequence[Change]) -> str:
    shown = ", ".join(f"{c.path} ({c.kind})" for c in found[:SHOWN])
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return f"{noun} changed: {shown}{more}"
