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
from mergefloor.core.calibration.votes import as_compared, compared, members
from mergefloor.core.keys import candidate_ask, digest
from mergefloor.core.plan import PlannedCase
from mergefloor.core.ports import Evaluator, Snapshot
from mergefloor.core.settings import Config, Policy
from mergefloor.core.types import (
    AnyGrade,
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
    """One judged check as suites ask it: its rubrics by hash, each with the first case that has it, and the case
    behind each input."""

    name: str
    rubrics: dict[str, tuple[GraderSpec, str]] = field(default_factory=dict)
    inputs: dict[str, tuple[PlannedCase, GraderSpec]] = field(default_factory=dict)

    def meet(self, planned: PlannedCase, spec: GraderSpec) -> None:
        """A case has this check. Of two cases with one input the first counts."""
        self.rubrics.setdefault(graders.rubric(spec), (spec, planned.case.id))
        side = planned.base or planned.head
        for text in (planned.case.input, side.question if side else None):
            if text:
                self.inputs.setdefault(text, (planned, spec))


@dataclass(kw_only=True)
class Part:
    """The labels of one rubric, each with the case and the question that the judge sees (None: it is not known)."""

    spec: GraderSpec
    rubric_of: str
    sheet: Sheet = field(init=False)
    examples: list[tuple[Example, tuple[Case, str] | None]] = field(default_factory=list)


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
        raise InputError.at(
            settings.path or "mergefloor.yml",
            line,
            what,
            "type `mergefloor record`, then `mergefloor label`, and commit the labels; or correct it",
        )
    return sheets(golden.read_labels(path, files.read(path)))


def unlabelled(settings: Config, files: Snapshot) -> str | None:
    """The file of labels that the config names and that is not there: to label, people need stored outputs first. None
    where the policy waives labels."""
    path = settings.judge.calibration
    waived = settings.policy.judge_calibration == "waive"
    return None if path is None or waived or path in files.files else path


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
    judges: tuple[ModelRef, ...],
    engine: Evaluator,
    *,
    wanted: frozenset[str],
    policy: Policy,
    samples: int = 1,
) -> tuple[Hearing, ...]:
    """Hold every check that has labels against them. `wanted`: names of checks that would block if they may;
    `policy`: the terms, and the share of labels whose verdict may get lost without the check being undecided."""
    work = [
        part for sheet in labelled if sheet.grader in known for part in _parts(sheet, known[sheet.grader])
    ]
    jobs = [_jobs(part, judges[0], samples) for part in work]
    cells = iter(engine.evaluate([job for row in jobs for job in row.values()]))
    found = []
    for part, row in zip(work, jobs, strict=True):
        said = {name: next(cells) for name in row}
        found.append(_hearing(part, said, " + ".join(map(str, judges)), part.sheet.grader in wanted, policy))
    return tuple(found)


def _parts(sheet: Sheet, check: Check) -> list[Part]:
    """The labels of a check rubric by rubric: labels of one say nothing of another. Where it has several, those that
    are about none of its cases belong to no rubric; they are counted with the first."""
    several = len(check.rubrics) > 1
    parts = {
        rubric: Part(spec=spec, rubric_of=case if several else "")
        for rubric, (spec, case) in check.rubrics.items()
    }
    first = next(iter(parts.values()))
    for example in sheet.examples:
        subject = _subject(example, check)
        part = first if subject is None else parts[graders.rubric(subject[2])]
        part.examples.append((example, None if subject is None else subject[:2]))
    for part in parts.values():
        part.sheet = replace(sheet, examples=tuple(example for example, _ in part.examples))
    return list(parts.values())


def _jobs(part: Part, judge: ModelRef, samples: int) -> dict[str, Job]:
    """A job an example; none where it is not known which of several rubrics the example is about."""
    specs = _sampled(part.spec, samples)
    return {
        example.id: Job(
            sample=SampleId(suite="", case=example.id, arm="head", look="plain", index=0),
            case=subject[0],
            ask=candidate_ask(Request(model=judge, messages=())),
            question=subject[1],
            graders=_about(example, specs),
            known=Output(text=example.output),
        )
        for example, subject in part.examples
        if subject is not None
    }


def _about(example: Example, specs: tuple[GraderSpec, ...]) -> tuple[GraderSpec, ...]:
    """The check with the reference that the rater saw, where the label says which."""
    if example.reference is None:
        return specs
    return tuple(replace(spec, options={**spec.options, "reference": example.reference}) for spec in specs)


def _subject(example: Example, check: Check) -> tuple[Case, str, GraderSpec] | None:
    """The golden case with this input, so that its reference and context are there; else the input alone."""
    hit = check.inputs.get(example.input)
    if hit is not None:
        planned, spec = hit
        side = planned.base or planned.head
        return planned.case, side.question if side else example.input, spec
    if len(check.rubrics) != 1:
        return None
    ((spec, _),) = check.rubrics.values()
    address = digest([example.input, example.output])
    bare = Case(id=example.id, place=example.place, content_hash=address, input=example.input)
    return bare, example.input, spec


def _sampled(spec: GraderSpec, samples: int) -> tuple[GraderSpec, ...]:
    """Several verdicts of one judge; measures that put their own questions together are asked for once."""
    several = samples if spec.kind in ("judge", "pairwise") else 1
    return (spec, *(replace(spec, sample=number) for number in range(1, several)))


def _hearing(part: Part, cells: Mapping[str, Cell], judge: str, wanted: bool, policy: Policy) -> Hearing:
    rulings = {name: _rulings(cell) for name, cell in cells.items()}
    scale = graders.scale(part.spec)
    calibration = calibrate(part.sheet, {k: v for k, v in rulings.items() if v}, scale)
    known = {name: grade for name, cell in cells.items() if isinstance(grade := _first(cell), Grade)}
    pairs = compared(part.sheet, known, scale) if graders.compares(part.spec) else None
    failures = [found for cell in cells.values() if (found := _failure(cell)) is not None]
    lost = tuple(failure for failure in failures if _passing(failure))
    return Hearing(
        grader=part.sheet.grader,
        judge=judge,
        labels=len(part.sheet.examples),
        wanted=wanted,
        calibration=calibration if pairs is None else as_compared(calibration, pairs),
        eligibility=eligibility(pairs or calibration, Terms.of(policy)),
        rubrics=frozenset({graders.rubric(part.spec)} if any(rulings.values()) else ()),
        unstored=sum(failure.code == OFFLINE for failure in failures),
        lost=lost,
        undecided=len(lost) > policy.max_unresolved * len(cells),
        rubric_of=part.rubric_of,
        pairwise=pairs,
        members=members(part.sheet, known, scale),
    )


def _rulings(cell: Cell) -> tuple[Ruling, ...]:
    """The verdicts; none where the first is missing, for it is the one that a gate would go by."""
    if not isinstance(_first(cell), Grade):
        return ()
    known = [grade for grade in cell.grades if isinstance(grade, Grade)]
    return tuple(Ruling(passed=grade.passed, score=grade.score, reason=grade.reason) for grade in known)


def _failure(cell: Cell) -> Failure | None:
    if isinstance(cell.output, Failure):
        return cell.output
    first = _first(cell)
    return first.failure if isinstance(first, GradeMissing) else None


def _first(cell: Cell) -> AnyGrade | None:
    return cell.grades[0] if cell.grades else None


def _passing(failure: Failure) -> bool:
    return failure.fatal or failure.code in RETRYABLE or failure.stage in PASSING_STAGES
