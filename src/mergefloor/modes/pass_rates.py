"""Pass rates of judged checks as people would give them, from what was drawn anyway. Nothing is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from mergefloor import graders
from mergefloor.core.calibration.hearing import Hearing
from mergefloor.core.calibration.rates import Judged, Rates, pass_rates
from mergefloor.core.types import ArmName, Cell, Grade, Output, SampleId
from mergefloor.modes.suites import SuitePlan

ARMS: tuple[ArmName, ArmName] = ("base", "head")


def rates(
    plans: Iterable[SuitePlan], cells: Mapping[SampleId, Cell], hearings: Sequence[Hearing]
) -> tuple[Rates, ...]:
    """Every check that passes or fails and was held against people, suite by suite. Fresh pairs do not count: only
    doubtful cases get them. Nor do safety and capability cases, which are no part of the check's metric."""
    return tuple(found for plan in plans for found in _of_suite(plan, cells, hearings))


def _of_suite(
    plan: SuitePlan, cells: Mapping[SampleId, Cell], hearings: Sequence[Hearing]
) -> Iterator[Rates]:
    cases = plan.binding or plan.own
    mine = {(case.suite, case.case.id) for case in cases if case.case_class == "regression"}
    plain = [
        cell
        for sample, cell in cells.items()
        if sample.look == "plain" and (sample.suite, sample.case) in mine
    ]
    for hearing in hearings:
        drawn = [judged((cell for cell in plain if cell.job.sample.arm == arm), hearing) for arm in ARMS]
        if any(drawn):
            base, head = pass_rates(drawn, hearing)
            yield Rates(
                suite=plan.suite.name,
                grader=hearing.grader,
                base=base,
                head=head,
                rubric_of=hearing.rubric_of,
            )


def judged(cells: Iterable[Cell], hearing: Hearing) -> list[Judged]:
    """The verdicts that a check of exactly this rubric gave."""
    found = []
    for cell in cells:
        if not isinstance(cell.output, Output) or not _asks(cell, hearing):
            continue
        grade = next((each for each in cell.grades if each.grader == hearing.grader), None)
        if isinstance(grade, Grade):
            content = (cell.job.question, cell.output.text)
            found.append(Judged(case=cell.job.sample.case, content=content, passed=grade.passed))
    return found


def _asks(cell: Cell, hearing: Hearing) -> bool:
    return any(
        spec.name == hearing.grader
        and graders.metric_kind(spec) == "binary"
        and graders.rubric(spec) in hearing.rubrics
        for spec in cell.job.graders
    )
