"""What base and head measure with, side by side, for one suite."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mergefloor import graders
from mergefloor.core.comparable import Measure, not_comparable
from mergefloor.core.index import differences, indexed
from mergefloor.core.plan import OWN_SET
from mergefloor.core.settings import Config, Suite
from mergefloor.core.types import ArmName, Cell, SampleId
from mergefloor.modes.index_age import notice
from mergefloor.modes.rules import Rules
from mergefloor.modes.suites import SuitePlan, SuiteSide

Cells = Mapping[SampleId, Cell]


def of_suite(plan: SuitePlan, rules: Rules, cells: Cells) -> tuple[str, ...]:
    """Which numbers of this suite do not measure the same thing on both sides; nothing where one side is missing."""
    if plan.base is None or plan.head is None:
        return ()
    judged = any(graders.judged(spec) for case in plan.planned for spec in case.graders)
    measures = not_comparable(
        _measure(plan.base, plan.suite, rules.policy),
        _measure(plan.head, _named(plan.suite, rules.head), rules.head),
        tuple(case.case.id for case in plan.binding if case.rekeyed),
        judged=judged,
    )
    base = indexed(rules.at_base(plan.suite).index, _outputs(plan, cells, "base"))
    head = indexed(rules.at_head(plan.suite).index, _outputs(plan, cells, "head"))
    return (*measures, *differences(base, head))


def aged(plans: Iterable[SuitePlan], rules: Rules, cells: Cells, today: int) -> tuple[str, ...]:
    """Indices of the head that are older than their config allows. `today`: days since 1970."""
    return tuple(said for plan in plans for said in _aged(plan, rules, cells, today))


def _aged(plan: SuitePlan, rules: Rules, cells: Cells, today: int) -> tuple[str, ...]:
    rule = rules.at_head(plan.suite).index
    return notice(plan.suite.name, rule, indexed(rule, _outputs(plan, cells, "head")), today)


def _outputs(plan: SuitePlan, cells: Cells, arm: ArmName) -> list[object]:
    names = {plan.suite.name, plan.suite.name + OWN_SET}
    return [cell.output for sample, cell in cells.items() if sample.suite in names and sample.arm == arm]


def _measure(side: SuiteSide, suite: Suite, settings: Config) -> Measure:
    return Measure(
        cases={case.id: case for case in side.cases},
        checks=(*suite.graders, *side.prompt.graders),
        judge=settings.judge,
    )


def _named(suite: Suite, settings: Config) -> Suite:
    return next((each for each in settings.suites if each.name == suite.name), suite)
