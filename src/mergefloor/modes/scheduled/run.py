"""The scheduled run: measure every suite of one commit anew, write it down, and look at the charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mergefloor.core import causes, lifecycle
from mergefloor.core.activity import RunStamp
from mergefloor.core.alarm.alarm import Alarm, alarms
from mergefloor.core.alarm.issues import acknowledged, closings, prefix
from mergefloor.core.calibration.hearing import Hearing
from mergefloor.core.compare import value
from mergefloor.core.cost import Ledger
from mergefloor.core.history.entry import Entry
from mergefloor.core.history.history import History, history_of
from mergefloor.core.hub import Hub
from mergefloor.core.owners import mentions, owner_of
from mergefloor.core.plan import PlannedCase
from mergefloor.core.queries.found import QueriesFound
from mergefloor.core.scheduled import Ending, Scheduled, SuiteRun
from mergefloor.core.settings import PASS_RATE
from mergefloor.core.types import Cell, Output
from mergefloor.modes import tally, voting
from mergefloor.modes.calibration import read_sheets
from mergefloor.modes.code_owners import code_owners
from mergefloor.modes.hearing import held
from mergefloor.modes.index_age import remarks
from mergefloor.modes.measure import CanaryMiss, canaries
from mergefloor.modes.queries import Sources, watch
from mergefloor.modes.query_alerts import to_tell
from mergefloor.modes.scheduled.draws import Draws, fresh_jobs, taken
from mergefloor.modes.scheduled.entries import Ran, case_set, entry_of
from mergefloor.modes.scheduled.origins import Origins, origins
from mergefloor.modes.scheduled.past import Past, added, read_past
from mergefloor.modes.standing_suites import Standing, read_standing
from mergefloor.modes.suites import metric_plans
from mergefloor.modes.voting import Vote
from mergefloor.modes.world import Engine, World


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledRequest:
    """What to run. `name`: what people call `ref`; `suites` empty: all; `place`: the config's path as the markers of
    issues hold it."""

    ref: str
    stamp: RunStamp
    name: str | None = None
    suites: tuple[str, ...] = ()
    config: str | None = None
    place: str = "mergefloor.yml"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measured:
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


def examine(request: ScheduledRequest, world: World, hub: Hub | None) -> Scheduled:
    """The whole run as a value. `hub`: None where nobody keeps issues (a terminal)."""
    started = world.clock()
    standing = read_standing(request.ref, request.config, request.suites, world)
    past = read_past(world, hub, prefix(request.place))
    measured = _measured(request, _in_turn(standing, past.history), past, world)
    sets = tuple(case_set(planned) for _, planned in measured.standing.suites)
    effect, notes = added(past, measured.entries, sets, world)
    over = closings(measured.alarms, past.issues, request.place) if past.archive.complete else ()
    return Scheduled(
        ref=request.name or request.ref,
        sha=standing.files.sha,
        ending=measured.ending,
        suites=_suites(measured),
        alarms=measured.alarms,
        origins=measured.origins,
        cost=measured.ledger.cost(),
        duration_s=world.clock() - started,
        failures=tally.failures(measured.draws.all),
        planted=tuple((miss.name, miss.got) for miss in measured.planted),
        notes=(*past.notes, *notes, *_indices(measured, world)),
        scripted=measured.ledger.scripted,
        owners=_owners(standing),
        closings=over if measured.entries else (),
        append=effect if measured.ending != "cancelled" else None,
        queries=measured.queries,
        drifted=to_tell(measured.queries, past.issues, request.place, world.cache),
    )


def _measured(request: ScheduledRequest, standing: Standing, past: Past, world: World) -> _Measured:
    """Everything that needs the engine."""
    samples, names = standing.config.schedule.samples, [suite.name for suite in standing.config.suites]
    said = _acknowledged(past, names, request.place)
    with world.engine(standing.config, standing.toolbox, False) as engine:
        hearings = _hearings(standing, engine)
        allowed = voting.vote(standing.config.policy, hearings)
        standing = standing.settled(allowed)
        jobs = list(fresh_jobs(tuple(standing.cases), world.cache, samples))
        planted = canaries(jobs, standing.toolbox, engine)
        draws = taken(jobs, engine)
        believed = () if not _judged(standing, hearings) else planted
        ending = _ending(draws, believed)
        ran = Ran(
            standing=standing,
            draws=draws,
            ledger=engine.ledger,
            hearings=hearings,
            allowed=allowed,
            stamp=request.stamp,
            samples=samples,
            acknowledged=said,
        )
        lines = tuple(entry_of(suite, planned, ran) for suite, planned in standing.suites)
        entries = () if ending in ("judge", "cancelled") else lines
        found = alarms(_with(past.history, entries, standing), names)
        told = _origins(found, standing, allowed, world, engine) if entries else {}
        return _Measured(
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


def _indices(measured: _Measured, world: World) -> tuple[str, ...]:
    today = lifecycle.day_of(world.now())
    return tuple(
        said
        for suite, _ in measured.standing.suites
        for said in remarks(suite.name, suite.index, _outputs(measured, suite.name), today)
    )


def _outputs(measured: _Measured, suite: str) -> list[object]:
    return [cell.output for cells in measured.draws.of(suite).values() for cell in cells]


def _queries(standing: Standing, world: World, engine: Engine) -> tuple[QueriesFound, ...]:
    sources = Sources(
        settings=standing.config, files=standing.files, models=world.models, exports=world.exports
    )
    return watch([suite for suite, _ in standing.suites], sources, engine)


def _acknowledged(past: Past, names: Sequence[str], place: str) -> Mapping[str, tuple[str, ...]]:
    """What people closed since; the charts are only replayed where somebody did."""
    if not any(issue.dismissed for issue in past.issues):
        return {}
    return acknowledged(alarms(past.history, names), past.issues, place)


def _in_turn(standing: Standing, history: History) -> Standing:
    """Whoever waited longest comes first, so that a budget that never pays for all suites pays for each in turn."""
    last = {
        entry.suite: entry.at
        for entry in history.entries
        if any(reading.value is not None for reading in entry.readings)
    }
    return replace(
        standing, suites=tuple(sorted(standing.suites, key=lambda row: last.get(row[0].name, 0.0)))
    )


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


def _ending(draws: Draws, planted: Sequence[CanaryMiss]) -> Ending:
    cells = draws.all
    failed = causes.failures(cells)
    if causes.cancelled(failed):
        return "cancelled"
    if any(failure.fatal for failure in failed):
        return "refused"
    if planted:
        return "judge"
    if not failed:
        return "measured"
    drawn = any(isinstance(cell.output, Output) for cell in cells)
    return "stalled" if not drawn and all(each.stage == "budget" for each in failed) else "partial"


def _suites(measured: _Measured) -> tuple[SuiteRun, ...]:
    lines = {entry.suite: entry for entry in measured.lines}
    return tuple(
        SuiteRun(
            entry=lines[suite.name],
            cases=len(planned),
            unsafe=tuple(_unsafe(planned, measured.draws.of(suite.name))),
        )
        for suite, planned in sorted(measured.standing.suites, key=lambda row: row[0].name)
    )


def _unsafe(cases: Sequence[PlannedCase], drawn: Mapping[str, Sequence[Cell]]) -> list[str]:
    return [
        case.case.id
        for case in cases
        if case.case_class == "safety"
        if any(value(PASS_RATE, "binary", cell) == 0.0 for cell in drawn.get(case.case.id, ()))
    ]


def _owners(standing: Standing) -> dict[str, tuple[str, ...]]:
    code = code_owners(standing.files)
    return {suite.name: mentions(owner_of(suite, standing.config, code)) for suite, _ in standing.suites}
