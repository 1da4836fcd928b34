"""Every suite of one tree, read and planned as the base of the next change will be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mergefloor.core.plan import PlannedCase
from mergefloor.core.ports import Snapshot, Toolbox
from mergefloor.core.settings import Config, Suite
from mergefloor.core.types import Place, Problem
from mergefloor.errors import InputError, UsageError
from mergefloor.modes.code_targets import refuse_code
from mergefloor.modes.planning import check_problems, plan_cases
from mergefloor.modes.rules import read_config
from mergefloor.modes.selection import toolbox
from mergefloor.modes.suites import SuiteSide, read_side
from mergefloor.modes.voting import Vote, settled
from mergefloor.modes.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One tree's suites: both sides of every case are its own, so that a gate's requests and checks come out."""

    files: Snapshot
    config: Config
    suites: tuple[tuple[Suite, tuple[PlannedCase, ...]], ...]
    toolbox: Toolbox
    sides: Mapping[str, SuiteSide] = field(default_factory=dict)  # by suite

    @property
    def cases(self) -> Iterator[PlannedCase]:
        """The cases of every suite."""
        return (case for _, planned in self.suites for case in planned)

    def settled(self, allowed: Vote) -> Standing:
        """The same with every judged check that may not block shown only."""
        return replace(
            self, suites=tuple((suite, settled(planned, allowed)) for suite, planned in self.suites)
        )


def read_standing(ref: str, path: str | None, only: Sequence[str], world: World) -> Standing:
    """Read the tree of a ref. InputError lists the problems of all suites at once."""
    files = world.repo.snapshot(ref)
    settings = read_config(files, path)
    if path is not None and settings.path is None:
        raise InputError.at(path, 1, f"there is no such config at {ref}", "correct `--config`")
    suites: list[tuple[Suite, tuple[PlannedCase, ...]]] = []
    sides: dict[str, SuiteSide] = {}
    problems: list[Problem] = []
    for suite in _chosen(settings, only):
        try:
            sides[suite.name], planned = _planned(suite, settings, files, world)
            suites.append((suite, planned))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(tuple(dict.fromkeys(problems)))
    specs = (spec for _, planned in suites for case in planned for spec in case.graders)
    box = toolbox(specs, settings, files, world)
    return Standing(files=files, config=settings, suites=tuple(suites), toolbox=box, sides=sides)


def _chosen(settings: Config, only: Sequence[str]) -> tuple[Suite, ...]:
    names = [suite.name for suite in settings.suites]
    unknown = sorted(set(only) - set(names))
    if unknown:
        quoted = ", ".join(repr(name) for name in unknown)
        raise UsageError(f"there is no suite {quoted}", f"the suites are {', '.join(names)}")
    return tuple(suite for suite in settings.suites if not only or suite.name in only)


def _planned(
    suite: Suite, settings: Config, files: Snapshot, world: World
) -> tuple[SuiteSide, tuple[PlannedCase, ...]]:
    refuse_code((suite,), settings, code=True)
    side = read_side(suite, settings, files, world.models)
    place = suite.place or Place(path=settings.path or "mergefloor.yml")
    if side is None:
        what = f"there is no prompt file {suite.prompt!r}"
        raise InputError([Problem(place=place, what=what, fix="correct `prompt:`")])
    if not side.cases:
        what = f"suite {suite.name!r} has no golden case"
        raise InputError([Problem(place=place, what=what, fix="correct `golden:` or add cases")])
    planned, _ = plan_cases(suite, side, side)
    problems = [p for case in planned for p in check_problems(case.graders, case.case.place)]
    if problems:
        raise InputError(tuple(dict.fromkeys(problems)))
    return side, planned
