"""What the change does to its own gate: the two scenes and the touched files, read with bounds, and examined.

The change starts at the merge base, so that a branch that is merely behind is not blamed for what others added; what
a finding does is decided by the policy at the tip of the base branch.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from mergefloor import config, golden
from mergefloor.core import integrity
from mergefloor.core.integrity import Changes, FileChange, Scene, SuiteScene, Tampering
from mergefloor.core.ports import Change, Snapshot
from mergefloor.core.prompt import PromptVersion
from mergefloor.core.settings import Config, Suite
from mergefloor.core.types import Case
from mergefloor.errors import InputError
from mergefloor.modes.rules import Rules, Sides
from mergefloor.modes.selection import Selected
from mergefloor.modes.suites import SuitePlan, SuiteSide, read_golden, read_side
from mergefloor.modes.world import World

MIB = 1024 * 1024
LARGEST_COVERED, LARGEST = 5 * MIB, MIB  # bytes of one file that is searched
LARGEST_SUM = 64 * MIB  # bytes of both sides of all files


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What was found, and the changed files that were too large to be searched."""

    tampering: tuple[Tampering, ...] = ()
    unread: tuple[str, ...] = ()


def examine(sides: Sides, rules: Rules, selected: Selected, world: World) -> Examined:
    """Compare what the change starts from with what it leaves."""
    covered = _coverage(rules)
    files, unread = _files(selected.changes, sides, covered)
    before, after = _scenes(sides, rules, selected, world)
    found = integrity.examine(
        before,
        after,
        Changes(files=files, covered=covered),
        rules.policy.policy.integrity,
        clean=world.redact,
    )
    return Examined(tampering=found, unread=unread)


def _scenes(sides: Sides, rules: Rules, selected: Selected, world: World) -> tuple[Scene, Scene]:
    before = {suite.name: _globbed(suite, sides.head) for suite in rules.base.suites}
    after = {suite.name: _globbed(suite, sides.head) for suite in rules.head.suites}
    known = {suite.name for suite in rules.policy.suites}
    for plan in selected.plans:
        name = plan.suite.name
        then = _start(plan, sides, rules, world)
        if then is None and name in known:
            continue  # the base cannot be read: what the change did to it is not known
        old = _filled(before.get(name, SuiteScene()), then)
        new = _filled(after.get(name, SuiteScene()), plan.head)
        if plan.head is None:
            old, new = _without_prompt(plan.suite, old, new, sides.head)
        before[name], after[name] = old, new
    return Scene(config=rules.base, suites=before), Scene(config=rules.head, suites=after)


def _globbed(suite: Suite, head: Snapshot) -> SuiteScene:
    return SuiteScene(
        golden=frozenset((*config.select(suite.golden, head.files), *golden.shipped_sets(suite.golden))),
        watched=frozenset(config.select(suite.watch, head.files)),
    )


def _start(plan: SuitePlan, sides: Sides, rules: Rules, world: World) -> SuiteSide | None:
    """The suite at the merge base, less the cases that the base branch itself has dropped since."""
    if plan.base is None or sides.fork.sha == sides.base.sha:
        return plan.base
    try:
        side = read_side(rules.at_base(plan.suite), rules.base, sides.fork, world.models)
    except InputError:
        return None
    kept = {case.id for case in plan.base.cases}
    return side and replace(side, cases=tuple(case for case in side.cases if case.id in kept))


def _filled(scene: SuiteScene, side: SuiteSide | None) -> SuiteScene:
    if side is None:
        return scene
    return replace(
        scene,
        prompt=side.prompt,
        prompt_text=_text(side.prompt),
        cases=side.cases,
        model=str(side.model),
        params={} if side.is_target else side.params,  # of a target: what its index is said to be
    )


def _text(prompt: PromptVersion) -> str:
    """Everything of a prompt that reaches the model or can; its embedded cases do not."""
    more = [dict(prompt.optional_vars), dict(prompt.response_schema or {})]
    dumped = [json.dumps(each, ensure_ascii=False, default=str) for each in more if each]
    return "\n".join([*(turn.content for turn in prompt.turns), *dumped])


def _without_prompt(
    suite: Suite, old: SuiteScene, new: SuiteScene, head: Snapshot
) -> tuple[SuiteScene, SuiteScene]:
    """A prompt that is gone takes its embedded cases along: only those of golden files can be compared."""
    cases: tuple[Case, ...]
    try:
        cases = read_golden(suite.golden, head)
    except InputError:
        return replace(old, cases=()), new
    outside = tuple(
        case
        for case in old.cases
        if case.place.path != suite.prompt and not golden.is_shipped(case.place.path)
    )
    return replace(old, cases=outside), replace(new, cases=cases)


def _coverage(rules: Rules) -> Callable[[str], bool]:
    """Whether a path reaches the gate on either side: as prompt, golden set, watched file, config or labels."""
    configs: tuple[Config, ...] = (rules.policy, rules.base, rules.head)
    suites = [suite for each in configs for suite in each.suites]
    paths = {suite.prompt for suite in suites} | {each.path for each in configs}
    paths |= {each.judge.calibration for each in configs}
    globs = {glob for suite in suites for glob in (*suite.golden, *suite.watch, *_code(suite))}
    return lambda path: path in paths or any(config.matches(glob, path) for glob in globs)


def _code(suite: Suite) -> tuple[str, ...]:
    target = suite.target
    return () if target is None or target.kind == "http" else target.files


def _files(
    changes: Sequence[Change], sides: Sides, covered: Callable[[str], bool]
) -> tuple[tuple[FileChange, ...], tuple[str, ...]]:
    """Every changed file with both texts, and the ones that were left unread for their size."""
    found: list[FileChange] = []
    unread: list[str] = []
    left = LARGEST_SUM
    for change in changes:
        path = change.path
        size = sum(side.files[path].size for side in (sides.fork, sides.head) if path in side.files)
        if size > min(left, 2 * (LARGEST_COVERED if covered(path) else LARGEST)):
            unread.append(path)
            found.append(FileChange(path=path, kind=change.kind))
            continue
        left -= size
        found.append(
            FileChange(
                path=path,
                kind=change.kind,
                before=_read(sides.fork, path),
                after=_read(sides.head, path),
            )
        )
    return tuple(found), tuple(unread)


def _read(files: Snapshot, path: str) -> str | None:
    """The text of a file; None for no file, no regular file, and bytes that are no text."""
    if path not in files.files:
        return None
    try:
        text = files.read(path).decode("utf-8")
    except (InputError, UnicodeDecodeError):
        return None
    return None if "\0" in text else text
