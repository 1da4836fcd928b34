"""What a scheduled run draws, the lines that follow from it, and what the charts make of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mergefloor.core import causes
from mergefloor.core.activity import RunStamp
from mergefloor.core.alarm.alarm import Alarm, alarms
from mergefloor.core.calibration.hearing import Hearing
from mergefloor.core.cost import Ledger
from mergefloor.core.history.entry import Entry, Reading
from mergefloor.core.history.history import History, history_of
from mergefloor.core.queries.found import QueriesFound
from mergefloor.core.scheduled import Ending
from mergefloor.core.types import Output
from mergefloor.modes import voting
from mergefloor.modes.calibration import read_sheets
from mergefloor.modes.hearing import held
from mergefloor.modes.measure import CanaryMiss, canaries
from mergefloor.modes.queries import Sources, watch
from mergefloor.modes.scheduled.draws import Draws, fresh_jobs, taken
from mergefloor.modes.scheduled.entries import Ran, case_set, entry_of
from mergefloor.modes.scheduled.origins import Origins, origins
from mergefloor.modes.scheduled.past import Past
from mergefloor.modes.standing_suites import Standing
from mergefloor.modes.suites import metric_plans
from mergefloor.modes.voting import Vote
from mergefloor.modes.world import Engine, World


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was drawn and what the charts make of it. `entries`: none of a run that is not to be believed."""

    standing: Standing
    draws: Draws
    ledger: Ledger
    ending: Ending
    planted: tuple[CanaryMiss, ...]
    lines: tuple[Entry, ...]
    entries: tuple[Entry, ...]
    alarms: tuple[Alarm, ...]
    origins: Origins
    queries: tuple[QueriesFound, ...]


def measured_by(
    standing: Standing, past: Past, stamp: RunStamp, said: Mapping[str, tuple[str, ...]], world: World
) -> Measured:
    """Everything that needs the engine. `said`: by suite, the metrics whose alert a person has acknowledged."""
    standing = _in_turn(standing, past.history)
    samples, names = standing.config.schedule.samples, [suite.name for suite in standing.config.suites]
    with world.engine(standing.config, standing.toolbox, False) as engine:
        engine.foresee(list(fresh_jobs(tuple(standing.cases), world.cache, samples)))
        hearings = _hearings(standing, engine)
        allowed = voting.vote(standing.config.policy, hearings)
        standing = standing.settled(allowed)
        jobs = list(fresh_jobs(tuple(standing.cases), world.cache, samples))
        planted = canaries(jobs, standing.toolbox, engine, anew=True)
        draws = taken(jobs, engine)
        wrong = [miss for miss in planted if not miss.lost] if _judged(standing, hearings) else []
        ending = _ending(draws, wrong)
        ran = Ran(
            standing=standing,
            draws=draws,
            ledger=engine.ledger,
            hearings=hearings,
            allowed=allowed,
            stamp=stamp,
            samples=samples,
            acknowledged=said,
        )
        lines = tuple(entry_of(suite, planned, ran) for suite, planned in standing.suites)
        entries = () if ending in ("judge", "cancelled") else lines
        found = alarms(_with(past.history, entries, standing), names)
        told = _origins(found, standing, allowed, world, engine) if entries else {}
        return Measured(
            standing=standing,
            draws=draws,
            ledger=engine.ledger,
            ending=ending,
            planted=planted,
            lines=lines,
            entries=entries,
            alarms=found,
            origins=told,
            queries=() if ending == "cancelled" else _queries(standing, world, engine),
        )


def _queries(standing: Standing, world: World, engine: Engine) -> tuple[QueriesFound, ...]:
    sources = Sources(
        settings=standing.config, files=standing.files, models=world.models, exports=world.exports
    )
    return watch([suite for suite, _ in standing.suites], sources, engine)


def _in_turn(standing: Standing, history: History) -> Standing:
    """Whoever waited longest comes first, so that a budget that never pays for all suites pays for each in turn. A run
    that knows fewer than half of the cases is none: no chart counts it."""
    last = {entry.suite: entry.at for entry in history.entries if any(map(_counts, entry.readings))}
    return replace(
        standing, suites=tuple(sorted(standing.suites, key=lambda row: last.get(row[0].name, 0.0)))
    )


def _counts(reading: Reading) -> bool:
    return 0 < len(reading.points) <= 2 * reading.cases


def _hearings(standing: Standing, engine: Engine) -> tuple[Hearing, ...]:
    if standing.config.policy.judge_calibration == "waive":
        return ()
    return held(standing, read_sheets(standing.config, standing.files), engine)


def _judged(standing: Standing, hearings: Sequence[Hearing]) -> bool:
    """Whether a judge's verdicts count in a pass rate."""
    return standing.config.policy.judge_calibration == "waive" or any(each.votes for each in hearings)


def _with(history: History, entries: Sequence[Entry], standing: Standing) -> History:
    sets = (case_set(planned) for _, planned in standing.suites)
    return history_of((*history.entries, *entries), (*history.sets.values(), *sets))


def _origins(
    found: Sequence[Alarm], standing: Standing, allowed: Vote, world: World, engine: Engine
) -> Origins:
    planned = {suite.name: (cases, metric_plans(suite, cases, allowed)) for suite, cases in standing.suites}
    return origins(found, planned, world.cache, engine)


def _ending(draws: Draws, wrong: Sequence[CanaryMiss]) -> Ending:
    """`wrong`: planted verdicts that came back wrong. One that did not come back is an outage like any other."""
    cells = draws.all
    failed = causes.failures(cells)
    if causes.cancelled(failed):
        return "cancelled"
    if any(failure.fatal for failure in failed):
        return "refused"
    if wrong:
        return "judge"
    if not failed:
        return "measured"
    drawn = any(isinstance(cell.output, Output) for cell in cells)
    return "stalled" if not drawn and all(each.stage == "budget" for each in failed) else "partial"
