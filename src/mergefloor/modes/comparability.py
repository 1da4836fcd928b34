"""What base and head measure with, side by side, for one suite."""

from __future__ import annotations

from mergefloor import graders
from mergefloor.core.comparable import Measure, not_comparable
from mergefloor.core.settings import Config, Suite
from mergefloor.modes.rules import Rules
from mergefloor.modes.suites import SuitePlan, SuiteSide


def of_suite(plan: SuitePlan, rules: Rules) -> tuple[str, ...]:
    """Which numbers of this suite do not measure the same thing on both sides; nothing where one side is missing."""
    if plan.base is None or plan.head is None:
        return ()
    judged = any(graders.judged(spec) for case in plan.planned for spec in case.graders)
    return not_comparable(
        _measure(plan.base, plan.suite, rules.policy),
        _measure(plan.head, _named(plan.suite, rules.head), rules.head),
        tuple(case.case.id for case in plan.binding if case.rekeyed),
        judged=judged,
    )


def _measure(side: SuiteSide, suite: Suite, settings: Config) -> Measure:
    return Measure(
        cases={case.id: case for case in side.cases},
        checks=(*suite.graders, *side.prompt.graders),
        judge=settings.judge,
    )


def _named(suite: Suite, settings: Config) -> Suite:
    return next((each for each in settings.suites if each.name == suite.name), suite)
