"""Judged checks held against people's labels, by the very calls that a gate makes (DECISION 8).

A labelled output is graded like any other: same judge, same parameters, same templates, rubric and parser, through
the same engine and cache. So a calibration is always one of exactly the judge in use: whatever changes about it
changes the calls, and the labels are judged anew. There is no stored calibration that could be out of date.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mergefloor import golden, graders
from mergefloor.core.calibration.eligibility import Terms, eligibility
from mergefloor.core.calibration.figures import calibrate
from mergefloor.core.calibration.hearing import Hearing
from mergefloor.core.calibration.labels import Example, Sheet, sheets
from mergefloor.core.calibration.ruling import Ruling
from mergefloor.core.calibration.scale import Scale
from mergefloor.core.keys import candidate_ask, digest
from mergefloor.core.plan import PlannedCase
from mergefloor.core.ports import Evaluator, Snapshot
from mergefloor.core.settings import Config, Policy
from mergefloor.core.types import (
    Case,
    Cell,
    Failure,
    Grade,
    GradeMissing,
    GraderSpec,
    Job,
    ModelRef,
    Output,
    Request,
    SampleId,
)
from mergefloor.engine.retries import RETRYABLE
from mergefloor.errors import InputError

REPEATS = 3
OFFLINE = "offline"
# A call that ends so may give a verdict another time; everything else is what the judge is like.
PASSING_STAGES = ("budget", "cancelled")


@dataclass(kw_only=True)
class Check:
    """One judged check as suites ask it: its rubrics by hash, and the case behind each input."""

    name: str
    rubrics: dict[str, GraderSpec] = field(default_factory=dict)
    inputs: dict[str, tuple[PlannedCase, GraderSpec]] = field(default_factory=dict)

    def meet(self, planned: PlannedCase, spec: GraderSpec) -> None:
        """A case has this check. Of two cases with one input the first counts."""
        self.rubrics.setdefault(graders.rubric(spec), spec)
        side = planned.base or planned.head
        for text in (planned.case.input, side.question if side else None):
            if text:
                self.inputs.setdefault(text, (planned, spec))


def read_sheets(settings: Config, files: Snapshot) -> tuple[Sheet, ...]:
    """The labels that the config names, by check; none where it names no file. InputError for a file that is not
    there or cannot be read."""
    path = settings.judge.calibration
    if path is None:
        return ()
    if path not in files.files:
        place = settings.judge.place
        line = place.line if place else 1
        what = f"`judge.calibration` names {path!r}, which is not there"
        raise InputError.at(settings.path or "mergefloor.yml", line, what, "commit the labels, or correct it")
    return sheets(golden.read_labels(path, files.read(path)))


def checks(cases: Iterable[PlannedCase]) -> dict[str, Check]:
    """Every judged check of these cases by its name, in the order of the cases."""
    found: dict[str, Check] = {}
    for planned in cases:
        for spec in planned.graders:
            if graders.judged(spec):
                found.setdefault(spec.name, Check(name=spec.name)).meet(planned, spec)
    return found


def hold(
    known: Mapping[str, Check],
    labelled: Sequence[Sheet],
    judge: ModelRef,
    engine: Evaluator,
    *,
    wanted: frozenset[str],
    policy: Policy,
    samples: int = 1,
) -> tuple[Hearing, ...]:
    """Hold every check that has labels against them. `wanted`: names of checks that would block if they may;
    `policy`: the terms, and the share of labels whose verdict may get lost without the check being undecided."""
    work = [(sheet, known[sheet.grader]) for sheet in labelled if sheet.grader in known]
    jobs = [_jobs(sheet, check, judge, samples) for sheet, check in work]
    cells = iter(engine.evaluate([job for row in jobs for job in row.values()]))
    found = []
    for (sheet, check), row in zip(work, jobs, strict=True):
        said = {name: next(cells) for name in row}
        found.append(_hearing(sheet, check, said, str(judge), check.name in wanted, policy))
    return tuple(found)


def _jobs(sheet: Sheet, check: Check, judge: ModelRef, samples: int) -> dict[str, Job]:
    """A job an example; none where it is not known which of several rubrics the example is about."""
    made: dict[int, tuple[GraderSpec, ...]] = {}
    found: dict[str, Job] = {}
    for example in sheet.examples:
        subject = _subject(example, check)
        if subject is None:
            continue
        case, question, spec = subject
        specs = made.setdefault(id(spec), _sampled(spec, samples))
        found[example.id] = Job(
            sample=SampleId(suite="", case=example.id, arm="head", look="plain", index=0),
            case=case,
            ask=candidate_ask(Request(model=judge, messages=())),
            question=question,
            graders=specs,
            known=Output(text=example.output),
        )
    return found


def _subject(example: Example, check: Check) -> tuple[Case, str, GraderSpec] | None:
    """The golden case with this input, so that its reference and context are there; else the input alone."""
    hit = check.inputs.get(example.input)
    if hit is not None:
        planned, spec = hit
        side = planned.base or planned.head
        return planned.case, side.question if side else example.input, spec
    if len(check.rubrics) != 1:
        return None
    (spec,) = check.rubrics.values()
    address = digest([example.input, example.output])
    bare = Case(id=example.id, place=example.place, content_hash=address, input=example.input)
    return bare, example.input, spec


def _sampled(spec: GraderSpec, samples: int) -> tuple[GraderSpec, ...]:
    """Several verdicts of one judge; measures that put their own questions together are asked for once."""
    several = samples if spec.kind == "judge" else 1
    return (spec, *(replace(spec, sample=number) for number in range(1, several)))


def _hearing(
    sheet: Sheet, check: Check, cells: Mapping[str, Cell], judge: str, wanted: bool, policy: Policy
) -> Hearing:
    rulings = {name: _rulings(cell) for name, cell in cells.items()}
    calibration = calibrate(sheet, {k: v for k, v in rulings.items() if v}, _scale(check))
    failures = [found for cell in cells.values() if (found := _failure(cell)) is not None]
    lost = tuple(failure for failure in failures if _passing(failure))
    return Hearing(
        grader=sheet.grader,
        judge=judge,
        labels=len(sheet.examples),
        wanted=wanted,
        calibration=calibration,
        eligibility=eligibility(calibration, Terms.of(policy)),
        rubrics=frozenset(graders.rubric(cells[name].job.graders[0]) for name, row in rulings.items() if row),
        unstored=sum(failure.code == OFFLINE for failure in failures),
        lost=lost,
        undecided=len(lost) > policy.max_unresolved * len(cells),
    )


def _scale(check: Check) -> Scale:
    """Several rubrics under one name are read by one scale: their first."""
    return graders.scale(next(iter(check.rubrics.values())))


def _rulings(cell: Cell) -> tuple[Ruling, ...]:
    """The verdicts; none where the first is missing, for it is the one that a gate would go by."""
    first = cell.grades[0] if cell.grades else None
    if not isinstance(first, Grade):
        return ()
    known = [grade for grade in cell.grades if isinstance(grade, Grade)]
    return tuple(Ruling(passed=grade.passed, score=grade.score, reason=grade.reason) for grade in known)


def _failure(cell: Cell) -> Failure | None:
    if isinstance(cell.output, Failure):
        return cell.output
    first = cell.grades[0] if cell.grades else None
    return first.failure if isinstance(first, GradeMissing) else None


def _passing(failure: Failure) -> bool:
    return failure.fatal or failure.code in RETRYABLE or failure.stage in PASSING_STAGES
