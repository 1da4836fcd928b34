"""Where an alarm comes from: what was stored before it against new samples of the same requests, made after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mergefloor.core.alarm.alarm import Alarm
from mergefloor.core.compare import MetricPlan, applies, value
from mergefloor.core.drift.attribution import Attribution, Redrawn, attribute
from mergefloor.core.keys import digest
from mergefloor.core.plan import PlannedCase
from mergefloor.core.ports import Cache, Evaluator
from mergefloor.modes.scheduled.draws import Draws, fresh_jobs, stored, taken

SAMPLES, SAMPLES_OF_FEW, FEW = 3, 5, 50  # docs/drift.md: five samples for fewer than 50 cases
Origins = Mapping[str, Attribution]
Planned = Mapping[str, tuple[Sequence[PlannedCase], Sequence[MetricPlan]]]


def origins(alarms: Iterable[Alarm], planned: Planned, cache: Cache, engine: Evaluator) -> Origins:
    """By fingerprint, for every alert that stands. Each is looked into when it is raised and, if that told nothing,
    once more when it is confirmed; in between the answer is remembered. `planned`: the suites that were run."""
    found: dict[str, Attribution] = {}
    due: dict[str, list[Alarm]] = {}
    for alarm in alarms:
        known = _remembered(cache, alarm) if alarm.open else None
        if known is not None:
            found[alarm.alert.fingerprint] = known
        elif alarm.open and alarm.series.suite in planned:
            due.setdefault(alarm.series.suite, []).append(alarm)
    for suite, mine in due.items():
        found |= _looked_into(mine, *planned[suite], cache, engine)
    return found


def _looked_into(
    alarms: Sequence[Alarm],
    cases: Sequence[PlannedCase],
    metrics: Sequence[MetricPlan],
    cache: Cache,
    engine: Evaluator,
) -> Origins:
    """One set of new samples for all alarms of a suite."""
    before = min(onset.entry.at for alarm in alarms if (onset := alarm.onset) is not None)
    then = stored(cases, cache, before, engine)
    known = [case for case in cases if then.cells.get((case.suite, case.case.id))]
    samples = SAMPLES if len(known) >= FEW else SAMPLES_OF_FEW
    now = taken(list(fresh_jobs(known, cache, samples)), engine)
    plans = {plan.rule.name: plan for plan in metrics}
    found = {}
    for alarm in alarms:
        plan = plans.get(alarm.series.metric)
        if plan is not None:
            told = attribute(plan.kind, _redrawn(plan, known, then, now), drop=alarm.alert.change or 0.0)
            found[alarm.alert.fingerprint] = told
            _remember(cache, alarm, told)
    return found


def _redrawn(plan: MetricPlan, cases: Sequence[PlannedCase], then: Draws, now: Draws) -> list[Redrawn]:
    return [
        Redrawn(
            case=case.case.id,
            stored=tuple(value(plan.rule.name, plan.kind, cell) for cell in then.cells[key]),
            fresh=tuple(value(plan.rule.name, plan.kind, cell) for cell in now.cells.get(key, ())),
        )
        for case in cases
        if applies(plan.rule.name, case.graders)
        for key in ((case.suite, case.case.id),)
    ]


def _remembered(cache: Cache, alarm: Alarm) -> Attribution | None:
    """The answer of the run that raised the alert, or of the one that confirmed it."""
    confirmed = _read(cache.get_note(_address(alarm, alarm.alert.confirmed)))
    raised = _read(cache.get_note(_address(alarm, alarm.alert.raised)))
    if alarm.alert.confirmed is None or confirmed is not None:
        return confirmed or raised
    return raised if raised is not None and raised.origin != "cannot tell" else None


def _remember(cache: Cache, alarm: Alarm, found: Attribution) -> None:
    at = alarm.alert.raised if alarm.alert.confirmed is None else alarm.alert.confirmed
    note = {
        "origin": found.origin,
        "p": [found.p_environment, found.p_ours],
        "means": [found.stored, found.fresh],
        "drop": found.drop,
        "counts": [found.cases, found.unresolved],
        "partly": found.partly,
        "why": "".join(piece if isinstance(piece, str) else piece.text for piece in found.why),
    }
    cache.put_note(_address(alarm, at), note)


def _read(note: Mapping[str, object] | None) -> Attribution | None:
    """A note of ours; None where there is none, or one that nobody understands."""
    match note:
        case {
            "origin": ("environment" | "ours" | "cannot tell") as origin,
            "p": [float(environment), float(ours)],
            "means": [(float() | None) as stored_mean, (float() | None) as fresh_mean],
            "drop": float(drop),
            "counts": [int(cases), int(unresolved)],
            "partly": bool(partly),
            "why": str(why),
        }:
            return Attribution(
                origin=origin,
                p_environment=environment,
                p_ours=ours,
                stored=stored_mean,
                fresh=fresh_mean,
                drop=drop,
                cases=cases,
                unresolved=unresolved,
                partly=partly,
                why=(why,),
            )
    return None


def _address(alarm: Alarm, index: int | None) -> str:
    name = "" if index is None else alarm.series.runs[index].name
    return digest(["drift origin", alarm.alert.fingerprint, name])
