"""The candidate model moved: the ordinary gate, its head arm being the tree with the pins rewritten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from mergefloor.core import verdict
from mergefloor.core.calibration import hearing
from mergefloor.core.evidence import MetricDecision
from mergefloor.core.lifecycle import day_of
from mergefloor.core.report import CaseChange, Report
from mergefloor.core.semver import VersionCheck
from mergefloor.core.semver.check import reason
from mergefloor.core.settings import PASS_RATE
from mergefloor.core.types import ArmName
from mergefloor.core.updating.direction import direction, ending
from mergefloor.core.updating.figures import ArmFigures, figures, longest
from mergefloor.core.updating.found import SuiteUpdate
from mergefloor.modes import findings, measure, version
from mergefloor.modes.integrity import Examined
from mergefloor.modes.measure import Measured
from mergefloor.modes.rules import Rules, Sides, read_rules
from mergefloor.modes.selection import Selected, select
from mergefloor.modes.suites import SuitePlan, judge_votes
from mergefloor.modes.updating.overlay import Overlaid, Overlay
from mergefloor.modes.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """The gate's report on the overlay, every suite's update, and what the version rule asks, by suite."""

    report: Report
    suites: tuple[SuiteUpdate, ...]
    versions: Mapping[str, VersionCheck]
    selected: Selected


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What to try: which suites of which tree, under which config, and how the two sides are called."""

    suites: tuple[str, ...]
    config: str | None
    old: str
    new: str
    offline: bool


def try_out(wish: Wish, overlay: Overlay, world: World) -> Tried:
    """Select, measure both ways, decide: the gate, once. The version rule is asked, and blocks nothing here: what it
    wants is written into the same pull request."""
    started, within = world.clock(), replace(world, repo=Overlaid(world.repo))
    sides = Sides(base=overlay.below, fork=overlay.below, head=overlay)
    rules = read_rules(sides, wish.config)
    selected = select(rules, sides, within, only=wish.suites)
    measured = measure.run(selected, rules, within, offline=wish.offline, both_ways=True)
    heard = measured.heard.selected
    versions = version.checks(heard, measured, rules, sides, within)
    report = findings.report(
        findings.Run(
            base_ref=wish.old,
            head_ref=wish.new,
            sides=sides,
            rules=rules,
            selected=heard,
            measured=measured,
            duration_s=world.clock() - started,
            today=day_of(world.now()),
            examined=Examined(),
            remarks=world.remarks(),
        )
    )
    suites = tuple(
        _suite(plan, report, measured, rules, versions.get(plan.suite.name)) for plan in heard.plans
    )
    return Tried(report=report, suites=suites, versions=versions, selected=heard)


def _suite(
    plan: SuitePlan, report: Report, measured: Measured, rules: Rules, check: VersionCheck | None
) -> SuiteUpdate:
    found = next(suite for suite in report.suites if suite.name == plan.suite.name)
    forward, reverse = found.metrics, _of(plan, measured.reverse)
    policy = rules.policy.policy
    doubt = _doubt(plan, measured)
    cells = {s: cell for s, cell in measured.cells.items() if s.suite == plan.suite.name}
    return SuiteUpdate(
        name=found.name,
        prompt=found.prompt,
        ending="undecided" if doubt and found.verdict != "block" else ending(found.verdict, policy),
        direction="worse" if found.verdict == "block" else direction(forward, reverse, policy),
        reasons=(*verdict.of_suite(found.name, forward).reasons, *doubt),
        metrics=forward,
        reverse=reverse,
        base=_figures(plan, "base", measured),
        head=_figures(plan, "head", measured),
        cases=found.cases_total,
        broken=found.broken,
        fixed=_fixed(found.fixed, reverse),
        longest=longest(cells),
        version=None if check is None or check.ok is True else reason(check),
    )


def _fixed(changes: tuple[CaseChange, ...], reverse: tuple[MetricDecision, ...]) -> tuple[CaseChange, ...]:
    """What is fixed by the new model would be broken by the old one: the pairs of the way back confirm it too."""
    sure = {case for metric in reverse if metric.rule.name == PASS_RATE for case in metric.confirmed_broken}
    told = [replace(each, confirmed=each.confirmed or each.case in sure) for each in changes]
    return tuple(sorted(told, key=lambda each: not each.confirmed))


def _of(plan: SuitePlan, decisions: tuple[MetricDecision, ...]) -> tuple[MetricDecision, ...]:
    return tuple(metric for metric in decisions if metric.suite == plan.suite.name)


def _doubt(plan: SuitePlan, measured: Measured) -> tuple[str, ...]:
    """Why nothing that the judge says of this suite can be believed; none where no judged check may block."""
    if not (plan.suite.name in measured.silenced or judge_votes(plan)):
        return ()
    lost = [each for each in measured.heard.hearings if each.wanted and each.undecided]
    return (*verdict.of_canaries(measured.missed, gates=True).reasons, *map(hearing.undecided, lost))


def _figures(plan: SuitePlan, arm: ArmName, measured: Measured) -> ArmFigures:
    side = plan.base if arm == "base" else plan.head
    cells = [cell for sample, cell in measured.cells.items() if sample.suite == plan.suite.name]
    return figures(cells, arm, "" if side is None else str(side.model), measured.ledger.price)
