"""Which suites run, and everything they need: read, checked and planned, before a call is made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from mergefloor import config, graders
from mergefloor.core import changes
from mergefloor.core.ports import Change, Snapshot, Toolbox
from mergefloor.core.settings import Config, Suite
from mergefloor.core.types import GraderSpec, ModelRef, Place, Problem
from mergefloor.errors import InputError
from mergefloor.modes.code_targets import refuse_address, refuse_code
from mergefloor.modes.planning import check_problems, plan_cases
from mergefloor.modes.rules import Rules, Sides
from mergefloor.modes.shipped import remarks
from mergefloor.modes.suites import SuitePlan, SuiteSide, metric_plans, read_side, settled_plan
from mergefloor.modes.voting import ALL, Vote
from mergefloor.modes.world import World

NEW_SUITE = "the suite is new: there is no base to compare with"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """The suites that run, the ones that need not, what was assumed, and the graders' toolbox. `allowed`: the judged
    checks that may block; all of them until the judge was held against people."""

    plans: tuple[SuitePlan, ...]
    idle: tuple[Suite, ...]
    changes: tuple[Change, ...]
    toolbox: Toolbox
    allowed: Vote = ALL
    notes: tuple[str, ...] = ()

    @property
    def judge_gates(self) -> bool:
        """Whether any judged check may block."""
        return self.allowed == ALL or bool(self.allowed)

    def settled(self, allowed: Vote) -> Selected:
        """The same with every judged check that may not block shown only."""
        plans = tuple(settled_plan(plan, allowed) for plan in self.plans)
        return replace(self, plans=plans, allowed=allowed)


def select(
    rules: Rules, sides: Sides, world: World, only: Sequence[str] = (), *, code: bool = True
) -> Selected:
    """Plan every suite that the change touches. InputError lists the problems of all suites at once.

    `code`: whether this run may run code of the repository at all; MergefloorError where it would have to.
    """
    changed = world.repo.changes(sides.fork, sides.head)
    plans: list[SuitePlan] = []
    idle: list[Suite] = []
    problems: list[Problem] = []
    for suite, new in rules.suites():
        if only and suite.name not in only:
            continue
        why = _why(suite, new, changed, rules)
        if not why:
            idle.append(suite)
            continue
        try:
            plans.append(_plan(suite, why, rules, sides, world, code=code))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(tuple(dict.fromkeys(problems)))
    return Selected(
        plans=tuple(plans),
        idle=tuple(idle),
        changes=changed,
        toolbox=toolbox(_specs(plans), rules.policy, rules.policy_files, world),
        notes=(*_notes(rules), *remarks(plan.suite for plan in plans)),
    )


def _why(suite: Suite, new: bool, changed: Sequence[Change], rules: Rules) -> tuple[str, ...]:
    if new:
        return (NEW_SUITE,)
    return changes.reasons(
        suite,
        changed,
        prompts=(suite.prompt, rules.at_head(suite).prompt),
        targets=(suite.target, rules.at_head(suite).target),
        config=rules.policy.path or rules.head.path,
        matches=config.matches,
    )


def _plan(
    suite: Suite, why: tuple[str, ...], rules: Rules, sides: Sides, world: World, *, code: bool
) -> SuitePlan:
    mine = rules.at_head(suite)
    refuse_code((suite, mine), rules.policy, code=code)
    refuse_address(suite, mine, new=why == (NEW_SUITE,))
    head = read_side(mine, rules.head, sides.head, world.models)
    base, notes = _base_side(suite, rules, sides, world)
    binding, own = plan_cases(suite, base, head)
    problems = [
        p for planned in (*binding, *own) for p in check_problems(planned.graders, planned.case.place)
    ]
    if head is not None and not head.cases:
        problems.append(_empty(suite))
    if problems:
        raise InputError(tuple(dict.fromkeys(problems)))
    metrics = metric_plans(suite, binding + own)
    return SuitePlan(
        suite=suite, why=why, base=base, head=head, binding=binding, own=own, metrics=metrics, notes=notes
    )


def _base_side(
    suite: Suite, rules: Rules, sides: Sides, world: World
) -> tuple[SuiteSide | None, tuple[str, ...]]:
    """The base arm: the merge base's prompt on the base tip's golden set. A base that is broken already cannot be
    compared with, and must not keep a change from mending it."""
    try:
        mine = rules.at_base(suite)
        return read_side(mine, rules.base, sides.fork, world.models, cases=sides.base, arm="base"), ()
    except InputError as error:
        return None, tuple(f"the base cannot be compared with: {problem}" for problem in error.problems)


def _empty(suite: Suite) -> Problem:
    where = ", ".join(suite.golden) or "no golden globs"
    place = suite.place or _root()
    return Problem(
        place=place,
        what=f"suite {suite.name!r} has no golden case ({where}, and no test_cases in {suite.prompt})",
        fix="correct `golden:` or add cases",
    )


def _root() -> Place:
    return Place(path="mergefloor.yml")


def _specs(plans: Sequence[SuitePlan]) -> Iterator[GraderSpec]:
    return (spec for plan in plans for planned in plan.planned for spec in planned.graders)


def toolbox(specs: Iterable[GraderSpec], settings: Config, files: Snapshot, world: World) -> Toolbox:
    """Connects names to models only where a check needs them, so that a run without a judge needs no judge."""
    listed = tuple(specs)
    judged = any(graders.judged(spec) for spec in listed)
    embedded = any(graders.embeds(spec) for spec in listed)
    describe: Callable[[str], ModelRef] = lambda name: world.models.describe(name, files)  # noqa: E731
    embedding = settings.embedding_model
    return Toolbox(
        judge=describe(settings.judge.model) if judged else None,
        judge_params=settings.judge.params,
        embedding=describe(embedding) if embedded and embedding else None,
        nonce_key=world.nonce_key,
        panel=tuple(map(describe, settings.judge.panel)) if judged else (),
    )


def _notes(rules: Rules) -> tuple[str, ...]:
    listed = [*rules.policy.notes, *rules.head.notes]
    return tuple(dict.fromkeys(f"{note.place}: {note.text}" for note in listed))
