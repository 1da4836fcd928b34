"""One suite's draws as a line of the history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from mergefloor import graders
from mergefloor.core.activity import RunStamp
from mergefloor.core.calibration.hearing import Hearing
from mergefloor.core.cost import Ledger
from mergefloor.core.history.case_set import CONTENT_DIGITS, DIGITS, CaseName, CaseSet
from mergefloor.core.history.entry import Entry, Judging, Pace, PromptPin, Spend, entry_id
from mergefloor.core.history.reading import readings
from mergefloor.core.index import indexed
from mergefloor.core.keys import digest
from mergefloor.core.plan import PlannedCase
from mergefloor.core.settings import PASS_RATE, Suite
from mergefloor.core.stats import percentile
from mergefloor.core.types import Cell, GradeMissing, GraderSpec, Json, Output
from mergefloor.modes.hearing import judge_report
from mergefloor.modes.scheduled.draws import Draws
from mergefloor.modes.standing_suites import Standing
from mergefloor.modes.suites import SuiteSide, metric_plans
from mergefloor.modes.voting import Vote

EVENT = "scheduled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """One run of all suites, as far as every entry needs it. `samples`: new draws of each case that were wanted."""

    standing: Standing
    draws: Draws
    ledger: Ledger
    hearings: tuple[Hearing, ...]
    allowed: Vote
    stamp: RunStamp
    samples: int
    acknowledged: Mapping[str, tuple[str, ...]]


def entry_of(suite: Suite, cases: Sequence[PlannedCase], ran: Ran) -> Entry:
    """The line of one suite. A draw that failed is unknown, whatever was the reason."""
    drawn = ran.draws.of(suite.name)
    cells = [cell for mine in drawn.values() for cell in mine]
    side = ran.standing.sides[suite.name]
    index = indexed(suite.index, [cell.output for cell in cells]).now
    return Entry(
        id=entry_id(ran.stamp, suite.name),
        at=ran.stamp.started,
        sha=ran.standing.files.sha,
        event=EVENT,
        suite=suite.name,
        kind=suite.case_class,
        samples=ran.samples,
        readings=readings(
            metric_plans(suite, cases, ran.allowed), cases, drawn, _untold(cases, ran.hearings)
        ),
        unresolved=sum(not _known(cell) for cell in cells),
        case_set=case_set(cases).hash,
        model=str(side.model),
        prompt=_prompt(side),
        golden=_golden(cases),
        embedding_model=index.embedding_model or ran.standing.config.embedding_model,
        index_built=index.built,
        judging=_judging(cases, ran),
        spend=_spend(suite.name, ran.ledger),
        length=_length(cells),
        pace=_pace(cells),
        acknowledged=ran.acknowledged.get(suite.name, ()),
    )


def case_set(cases: Iterable[PlannedCase]) -> CaseSet:
    """The cases as the history names them. A case with another check is another case: it measures something else."""
    return CaseSet(
        cases=tuple(
            CaseName(id=planned.case.id, content=_content(planned)[:CONTENT_DIGITS]) for planned in cases
        )
    )


def _golden(cases: Iterable[PlannedCase]) -> str:
    rows: Json = [[id, content] for id, content in sorted((c.case.id, c.case.content_hash) for c in cases)]
    return digest(rows)[:DIGITS]


def _content(planned: PlannedCase) -> str:
    return digest([planned.case.content_hash, [_check(spec) for spec in planned.graders]])


def _check(spec: GraderSpec) -> Json:
    return [spec.kind, spec.name, dict(spec.options), spec.negate, spec.gating]


def _known(cell: Cell) -> bool:
    missing = any(isinstance(grade, GradeMissing) and grade.gating for grade in cell.grades)
    return isinstance(cell.output, Output) and not missing


def _untold(cases: Iterable[PlannedCase], hearings: Iterable[Hearing]) -> frozenset[str]:
    """Where the judge could not be held against people in this run, nobody knows which checks count in the pass rate,
    and it must not seem to have changed."""
    lost = {hearing.grader for hearing in hearings if hearing.undecided}
    return frozenset({PASS_RATE} if any(spec.name in lost for c in cases for spec in c.graders) else ())


def _prompt(side: SuiteSide) -> PromptPin:
    """What we send besides the case: the file, and what the config adds to it. Of a target, all it can depend on."""
    sent: Json = [side.prompt.content_hash, dict(side.params), side.model.endpoint]
    return PromptPin(path=side.prompt.path, version=side.prompt.version, hash=digest(sent)[:DIGITS])


def _judging(cases: Iterable[PlannedCase], ran: Ran) -> Judging:
    """The epoch: who judges, with which parameters, by which rubrics. Nothing where nothing is judged."""
    specs = {id(spec): spec for case in cases for spec in case.graders if graders.judged(spec)}
    box = ran.standing.toolbox
    if not specs or not box.judges:
        return Judging()
    names = {spec.name for spec in specs.values()}
    told = judge_report(box.judges, [each for each in ran.hearings if each.grader in names])
    rubrics: Json = [*sorted({graders.rubric(spec) for spec in specs.values()})]
    return Judging(
        model=" + ".join(map(str, box.judges)),
        epoch=digest([[str(judge) for judge in box.judges], dict(box.judge_params), rubrics])[:DIGITS],
        agreement=None if told is None else told.agreement,
        kappa=None if told is None else told.kappa,
    )


def _spend(suite: str, ledger: Ledger) -> Spend:
    uses = ledger.uses(suite)
    amounts = [use.usd for use in uses]
    return Spend(
        usd=None if None in amounts else fsum(amount or 0.0 for amount in amounts),
        calls=sum(use.calls for use in uses),
        input_tokens=sum(use.input_tokens for use in uses),
        output_tokens=sum(use.output_tokens for use in uses),
    )


def _length(cells: Iterable[Cell]) -> float | None:
    sizes = [len(cell.output.text) for cell in cells if isinstance(cell.output, Output)]
    return fsum(sizes) / len(sizes) if sizes else None


def _pace(cells: Iterable[Cell]) -> Pace:
    waits = [c.output.latency_s for c in cells if isinstance(c.output, Output) and not c.output.cached]
    return Pace(p50=percentile(waits, 0.5), p95=percentile(waits, 0.95), p99=percentile(waits, 0.99))
