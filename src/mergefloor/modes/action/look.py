"""What a change touches, found without running anything of it: blob ids and, where it is safe, the files as data."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mergefloor import config
from mergefloor.core import changes
from mergefloor.core.ports import Change
from mergefloor.core.settings import Config
from mergefloor.core.tampering import Tampering
from mergefloor.core.types import Problem
from mergefloor.errors import InputError
from mergefloor.modes import integrity
from mergefloor.modes.action.unasked import Unasked
from mergefloor.modes.rules import Sides, read_config, read_rules, read_sides
from mergefloor.modes.selection import select
from mergefloor.modes.world import World

CONFIGS = ("mergefloor.yml", ".github/mergefloor.yml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """Which suites of the base a change touches, of how many changed files. `unknown`: the base has no rules yet,
    and the change brings some. `problems`, `tampering`: what a full reading of the head found."""

    files: int
    suites: tuple[tuple[str, tuple[str, ...]], ...] = ()
    unknown: bool = False
    problems: tuple[Problem, ...] = ()
    tampering: tuple[Tampering, ...] = ()

    @property
    def relevant(self) -> bool:
        """Whether somebody has to run the gate."""
        return bool(self.suites) or self.unknown


def by_blobs(base: str, head: str, path: str | None, world: World) -> Touched:
    """From blob ids and the base's own config alone: no byte that the change wrote is read."""
    sides = read_sides(world.repo, base, head)
    return _touched(sides, path, world.repo.changes(sides.fork, sides.head))


def by_reading(base: str, head: str, path: str | None, world: World) -> Touched:
    """The same, and where a suite is touched, what is wrong with the head's files and what they do to the gate."""
    sides = read_sides(world.repo, base, head)
    found = _touched(sides, path, world.repo.changes(sides.fork, sides.head))
    if not found.relevant:
        return found
    try:
        rules = read_rules(sides, path)
        selected = select(rules, sides, replace(world, models=Unasked(world.models)))
        examined = integrity.examine(sides, rules, selected, world)
    except InputError as error:
        return Touched(files=found.files, suites=found.suites, unknown=found.unknown, problems=error.problems)
    return Touched(
        files=found.files, suites=found.suites, unknown=found.unknown, tampering=examined.tampering
    )


def _touched(sides: Sides, path: str | None, changed: tuple[Change, ...]) -> Touched:
    rules = _base_rules(sides, path)
    if rules is None or (rules.path is None and any(c.path in CONFIGS for c in changed)):
        return Touched(files=len(changed), unknown=bool(changed))
    reasons = {
        suite.name: changes.reasons(
            suite,
            changed,
            prompts=(suite.prompt,),
            targets=(suite.target,),
            config=rules.path,
            matches=config.matches,
        )
        for suite in rules.suites
    }
    return Touched(files=len(changed), suites=tuple((name, why) for name, why in reasons.items() if why))


def _base_rules(sides: Sides, path: str | None) -> Config | None:
    try:
        return read_config(sides.base, path)
    except InputError:
        return None
