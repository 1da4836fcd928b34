"""What a gate does before it plans a single draw: it asks people whether the judge may vote."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from mergefloor import graders
from mergefloor.core.calibration.hearing import Hearing
from mergefloor.core.calibration.labels import Sheet
from mergefloor.core.calibration.votes import Member
from mergefloor.core.plan import PlannedCase
from mergefloor.core.ports import Evaluator
from mergefloor.core.report import JudgeReport
from mergefloor.core.settings import Suite
from mergefloor.core.types import ModelRef
from mergefloor.errors import InputError
from mergefloor.modes import voting
from mergefloor.modes.calibration import checks, hold, read_sheets
from mergefloor.modes.rules import Rules
from mergefloor.modes.selection import Selected
from mergefloor.modes.standing_suites import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The suites as they run, and every judged check that was held against people. `unheard`: checks that would
    block and that no label is about; `problems`: what is wrong with the labels of the base branch."""

    selected: Selected
    hearings: tuple[Hearing, ...] = ()
    unheard: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    def silenced(self) -> Heard:
        """The same where a planted answer has convicted the judge: whatever it judges is shown only."""
        return replace(
            self,
            selected=self.selected.settled(voting.NOBODY),
            hearings=tuple(replace(each, silenced=True) for each in self.hearings),
        )


def unasked(selected: Selected, rules: Rules) -> Heard:
    """Where nothing runs, nobody is asked, and no judged check may block unless the policy waives it."""
    return Heard(selected=selected.settled(voting.vote(rules.policy.policy)))


def heard(selected: Selected, rules: Rules, engine: Evaluator) -> Heard:
    """Hold the judge against the labels at the tip of the base branch, on the base's golden set and rubrics, and
    settle who may block. Nothing is asked where the policy waives it or where there are no labels."""
    judges, policy = selected.toolbox.judges, rules.policy.policy
    if not judges or policy.judge_calibration == "waive":
        return unasked(selected, rules)
    labelled, problems = _labels(rules)
    due = [plan for plan in selected.plans if not all(planned.identical for planned in plan.planned)]
    known = checks(case for plan in due for case in plan.binding or plan.own)
    asking = wanted((plan.suite, plan.planned) for plan in due)
    hearings = hold(known, labelled, judges, engine, wanted=asking, policy=policy)
    said = {hearing.grader for hearing in hearings}
    return Heard(
        selected=selected.settled(voting.vote(policy, hearings)),
        hearings=hearings,
        unheard=tuple(name for name in known if name in asking and name not in said) if labelled else (),
        problems=problems,
    )


def held(
    standing: Standing, labelled: Sequence[Sheet], engine: Evaluator, *, samples: int = 1
) -> tuple[Hearing, ...]:
    """Hold the judge of one tree against labels, on that tree's own golden sets."""
    judges = standing.toolbox.judges
    if not judges:
        return ()
    return hold(
        checks(standing.cases),
        labelled,
        judges,
        engine,
        wanted=wanted(standing.suites),
        policy=standing.config.policy,
        samples=samples,
    )


def judge_report(judges: Sequence[ModelRef], hearings: Sequence[Hearing]) -> JudgeReport | None:
    """The judge and its agreement with people: of several checks the one on which it agrees least beyond chance."""
    if not judges:
        return None
    model = " + ".join(map(str, judges))
    known = [each for each in hearings if each.calibration.kappa is not None]
    least = min(known or hearings, key=_beyond_chance, default=None)
    if least is None:
        return JudgeReport(model=model, members=_members(judges, ()))
    found = least.calibration
    return JudgeReport(
        model=model,
        agreement=found.agreement,
        kappa=found.kappa.value if found.kappa else None,
        kappa_interval=(found.kappa.low, found.kappa.high) if found.kappa else None,
        members=_members(judges, least.members),
    )


def _members(judges: Sequence[ModelRef], held: Sequence[Member]) -> tuple[JudgeReport, ...]:
    """The judges of a panel, each with its own agreement where people have been asked; none of a single judge."""
    if len(judges) == 1:
        return ()
    known = {member.judge: member for member in held}
    return tuple(
        _alone(name, known[name]) if name in known else JudgeReport(model=name) for name in map(str, judges)
    )


def _alone(name: str, held: Member) -> JudgeReport:
    interval = (held.kappa.low, held.kappa.high) if held.kappa else None
    kappa = held.kappa.value if held.kappa else None
    return JudgeReport(model=name, agreement=held.agreement, kappa=kappa, kappa_interval=interval)


def _beyond_chance(found: Hearing) -> float:
    return found.calibration.kappa.value if found.calibration.kappa else 0.0


def _labels(rules: Rules) -> tuple[tuple[Sheet, ...], tuple[str, ...]]:
    """A base that is broken already must not keep a change from mending it: its judge just may not block."""
    try:
        return read_sheets(rules.policy, rules.policy_files), ()
    except InputError as error:
        return (), tuple(map(str, error.problems))


def wanted(suites: Iterable[tuple[Suite, tuple[PlannedCase, ...]]]) -> frozenset[str]:
    """Names of judged checks that would block: they count in the pass rate, or their own metric gates."""
    return frozenset(name for suite, cases in suites for name in _wanted(suite, cases))


def _wanted(suite: Suite, cases: Iterable[PlannedCase]) -> Iterator[str]:
    metrics = {rule.name for rule in suite.metrics if rule.gating}
    for case in cases:
        for spec in case.graders:
            if graders.judged(spec) and (spec.gating or spec.name in metrics):
                yield spec.name
