"""The scheduled run: measure every suite of one commit anew, write it down, and look at the charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mergefloor.core import lifecycle
from mergefloor.core.activity import RunStamp
from mergefloor.core.alarm.alarm import alarms
from mergefloor.core.alarm.issues import acknowledged, closings, orphans, prefix
from mergefloor.core.compare import value
from mergefloor.core.hub import Hub, Issue
from mergefloor.core.owners import mentions, owner_of
from mergefloor.core.plan import PlannedCase
from mergefloor.core.scheduled import Scheduled, SuiteRun
from mergefloor.core.settings import PASS_RATE
from mergefloor.core.types import Cell
from mergefloor.modes import tally
from mergefloor.modes.code_owners import code_owners
from mergefloor.modes.index_age import remarks
from mergefloor.modes.query_alerts import to_tell
from mergefloor.modes.scheduled.entries import case_set
from mergefloor.modes.scheduled.measured import Measured, measured_by
from mergefloor.modes.scheduled.past import Past, added, read_past
from mergefloor.modes.standing_suites import Standing, read_standing
from mergefloor.modes.world import World

TRIAL = "A trial: nothing was written to the branch of data, and no issue. The new samples count as history for gates here."


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


def examine(request: ScheduledRequest, world: World, hub: Hub | None) -> Scheduled:
    """The whole run as a value. `hub`: None where nobody keeps issues (a terminal)."""
    started = world.clock()
    standing = read_standing(request.ref, request.config, request.suites, world)
    past = read_past(world, hub, prefix(request.place))
    said = _acknowledged(past, [suite.name for suite in standing.config.suites], request.place)
    measured = measured_by(standing, past, request.stamp, said, world)
    sets = tuple(case_set(planned) for _, planned in measured.standing.suites)
    effect, notes = (None, (TRIAL,)) if hub is None else added(past, measured.entries, sets, world)
    known = past.archive.complete and measured.entries
    over = closings(measured.alarms, past.issues, request.place) if known else ()
    left = orphans(measured.alarms, past.issues, request.place) if known else ()
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
        notes=(*past.notes, *notes, *map(_orphan, left), *_indices(measured, world)),
        scripted=measured.ledger.scripted,
        owners=_owners(standing),
        closings=over,
        append=effect if measured.ending != "cancelled" else None,
        queries=measured.queries,
        drifted=to_tell(measured.queries, past.issues, request.place, world.cache),
    )


def _orphan(issue: Issue) -> str:
    return (
        f"Issue {issue.number} tells of a drift that no chart knows any more (its history is gone or was rewritten): it "
        "stays as it is; close it when it is dealt with."
    )


def _indices(measured: Measured, world: World) -> tuple[str, ...]:
    today = lifecycle.day_of(world.now())
    return tuple(
        said
        for suite, _ in measured.standing.suites
        for said in remarks(suite.name, suite.index, _outputs(measured, suite.name), today)
    )


def _outputs(measured: Measured, suite: str) -> list[object]:
    return [cell.output for cells in measured.draws.of(suite).values() for cell in cells]


def _acknowledged(past: Past, names: Sequence[str], place: str) -> Mapping[str, tuple[str, ...]]:
    """What people closed since; the charts are only replayed where somebody did."""
    if not any(issue.dismissed for issue in past.issues):
        return {}
    return acknowledged(alarms(past.history, names), past.issues, place)


def _suites(measured: Measured) -> tuple[SuiteRun, ...]:
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
