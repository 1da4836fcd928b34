"""Recording: top up the stored runs of a commit of the default branch, so that every later gate finds a history.

A gate looks back on up to five stored runs of the base (docs/decision.md). Without them it draws one stand-in a case
for every pull request anew; with them it draws the change alone. The judged checks of the stored runs are asked for
here too, and the verdicts on the outputs that people labelled, so that the next gate reads them from the cache.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from mergefloor.core import causes
from mergefloor.core.calibration.hearing import Hearing
from mergefloor.core.cost import Ledger
from mergefloor.core.effects import Annotate, AppendSummary, Effect, Outcome, Print, SetOutput, WriteFile
from mergefloor.core.recorded import Ending, Recorded, SuiteRecord, runs
from mergefloor.core.types import Failure
from mergefloor.modes import tally, voting
from mergefloor.modes.calibration import read_sheets, unlabelled
from mergefloor.modes.drawing import Drawn, Turn, all_jobs, draw, stored_jobs
from mergefloor.modes.epochs import outdated
from mergefloor.modes.hearing import held
from mergefloor.modes.measure import CanaryMiss
from mergefloor.modes.standing_suites import Standing, read_standing
from mergefloor.modes.stock import Stocks, remember_unkept, take_stock
from mergefloor.modes.world import Engine, World
from mergefloor.render import recording, recording_console, recording_json, recording_line

# Nobody has to act on a history that is not full yet; GitHub shows the line, and the branch stays green.
LEVELS: dict[Literal[0, 2], Literal["warning", "error"]] = {0: "warning", 2: "error"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRequest:
    """What to record and where to leave the report. `name`: what people call `ref`; `suites` empty: all."""

    ref: str
    name: str | None = None
    suites: tuple[str, ...] = ()
    config: str | None = None
    report_dir: str | None = None
    width: int = 80


def run(request: RecordRequest, world: World) -> Outcome:
    """Record a commit. Exit 0 when the history grew or is full, 2 when somebody has to mend something first."""
    record = examine(request, world)
    return Outcome(exit_code=record.exit_code, effects=_effects(request, record, world))


def examine(request: RecordRequest, world: World) -> Recorded:
    """The whole recording as a value. Everything that was paid for is in the cache, however it ends."""
    started, now = world.clock(), world.now()
    standing = read_standing(request.ref, request.config, request.suites, world)
    cases = tuple(standing.cases)
    before = take_stock(cases, world.cache, now)
    with world.engine(standing.config, standing.toolbox, False) as engine:
        engine.foresee(all_jobs(cases, before))
        hearings = _hearings(standing, engine)
        standing = standing.settled(voting.vote(standing.config.policy, hearings))
        old = outdated(stored_jobs(tuple(standing.cases), before), standing.toolbox, world.cache)
        drawn = draw(tuple(standing.cases), before, standing.toolbox, engine)
        ledger = engine.ledger
    _remember(drawn, before, world, now)
    after = take_stock(cases, world.cache, now)
    suites = _suites(standing, drawn, before, after, ledger)
    cells = [cell for _, cell in drawn.turns]
    waived = standing.config.policy.judge_calibration == "waive"
    gates = waived or any(hearing.votes for hearing in hearings)
    return Recorded(
        ref=request.name or request.ref,
        sha=standing.files.sha,
        ending=_ending(suites, causes.failures(cells), drawn.planted if gates else ()),
        suites=suites,
        cost=ledger.cost(),
        duration_s=world.clock() - started,
        failures=tally.failures(cells),
        planted=tuple((miss.name, miss.got) for miss in drawn.planted),
        scripted=ledger.scripted,
        unlabelled=unlabelled(standing.config, standing.files),
        epoch=old.told({turn.job.sample: cell for turn, cell in drawn.turns if turn.draw is None}),
    )


def _hearings(standing: Standing, engine: Engine) -> tuple[Hearing, ...]:
    """The verdicts on labelled outputs, which the next gate reads from the cache; none where the policy waives them."""
    if standing.config.policy.judge_calibration == "waive" or unlabelled(standing.config, standing.files):
        return ()
    return held(standing, read_sheets(standing.config, standing.files), engine)


def _remember(drawn: Drawn, before: Stocks, world: World, now: float) -> None:
    """Answers that may not be stored count as drawn: else every push would pay for them again."""
    made: dict[str, list[Turn]] = {}
    for turn, cell in drawn.turns:
        if turn.draw is not None and not isinstance(cell.output, Failure):
            made.setdefault(turn.side.hash, []).append(turn)
    for subject, turns in made.items():
        indices = [turn.draw for turn in turns if turn.draw is not None]
        remember_unkept(turns[0].side, indices, before[subject], world.cache, now)


def _suites(
    standing: Standing, drawn: Drawn, before: Stocks, after: Stocks, ledger: Ledger
) -> tuple[SuiteRecord, ...]:
    return tuple(
        tally.suite_record(
            suite.name,
            planned,
            [(turn, cell) for turn, cell in drawn.turns if turn.case.suite == suite.name],
            before,
            after,
            ledger,
        )
        for suite, planned in standing.suites
    )


def _ending(
    suites: Sequence[SuiteRecord], failed: Sequence[Failure], planted: Sequence[CanaryMiss]
) -> Ending:
    if causes.cancelled(failed):
        return "cancelled"
    if any(failure.fatal for failure in failed):
        return "refused"
    if planted:
        return "judge"
    if not any(suite.finish.answers or suite.ungraded for suite in suites):
        return "full"
    grown = any(runs(suite.after) > runs(suite.before) for suite in suites)
    return "stalled" if not grown and failed and all(f.stage == "budget" for f in failed) else "partial"


def _effects(request: RecordRequest, record: Recorded, world: World) -> tuple[Effect, ...]:
    clean = world.redact
    page, data = recording(record, redact=clean), recording_json(record, redact=clean)
    effects: list[Effect] = [
        SetOutput(name="verdict", value="pass" if record.exit_code == 0 else "error"),
        SetOutput(name="summary", value=data),
        SetOutput(name="cost-usd", value=f"{record.cost.usd:.4f}"),
    ]
    rates = [suite.pass_rate for suite in record.suites if suite.pass_rate is not None]
    effects += [SetOutput(name="pass-rate", value=f"{min(rates):.4f}")] if rates else []
    if request.report_dir is not None:
        effects += [
            SetOutput(name="report", value=request.report_dir),
            WriteFile(path=f"{request.report_dir}/record.md", text=page),
            WriteFile(path=f"{request.report_dir}/record.json", text=f"{data}\n"),
        ]
    effects += [
        AppendSummary(text=page),
        Print(text=recording_console(record, width=request.width, redact=clean)),
    ]
    if record.ending != "full":
        line = recording_line(record, redact=clean)
        effects.append(Annotate(level=LEVELS[record.exit_code], message=line, title="mergefloor"))
    return tuple(effects)
