"""Which draws a run needs: planned cases, and the jobs for the first look and for every later want."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from mergefloor.core.classes import CaseClass
from mergefloor.core.evidence import Want
from mergefloor.core.keys import candidate_ask, digest
from mergefloor.core.types import ArmName, Case, GraderSpec, Job, Output, Request, SampleId

OWN_SET = " (the change's own golden set)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One arm of a planned case: the request, its hash, and the question in words."""

    request: Request
    hash: str
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCase:
    """One case with its checks and what each side sends for it.

    `suite`: the suite's name, with OWN_SET appended for the head's own golden set. `head_only`: nothing to compare
    with, only the head is drawn. `changed`: the case itself is new or edited, so that equal requests do not spare
    its draw. `rekeyed`: each side has inputs of its own, since the head's prompt takes other variables.
    """

    suite: str
    case: Case
    graders: tuple[GraderSpec, ...]
    base: Side | None
    head: Side | None
    head_only: bool = False
    changed: bool = False
    rekeyed: bool = False
    case_class: CaseClass = "regression"

    @property
    def identical(self) -> bool:
        """Both sides send the same bytes: the change cannot have moved this case, and no call is due."""
        same = self.base is not None and self.head is not None and self.base.hash == self.head.hash
        return same and not self.changed

    @property
    def pair(self) -> str:
        """The address of this pair's fresh draws."""
        return digest([self.base.hash if self.base else None, self.head.hash if self.head else None])

    def side(self, arm: ArmName) -> Side | None:
        """The base's or the head's side."""
        return self.base if arm == "base" else self.head


History = Mapping[str, tuple[Output, ...]]


def plain_job(planned: PlannedCase, arm: ArmName, index: int, known: Output | None = None) -> Job:
    """One plain draw of one arm, or a stored one that only needs grading."""
    return _job(
        planned,
        SampleId(suite=planned.suite, case=planned.case.id, arm=arm, look="plain", index=index),
        known,
    )


def first_jobs(cases: Iterable[PlannedCase], history: History) -> tuple[Job, ...]:
    """Look 0: the stored history of the base (or one stand-in draw), and one head draw, of every changed case.

    `history`: stored outputs of the base's request, by the planned case's base hash.
    """
    jobs: list[Job] = []
    for planned in cases:
        stored = history.get(planned.base.hash, ()) if planned.base else ()
        jobs += _same_on_both_sides(planned, stored) if planned.identical else _look_zero(planned, stored)
    return tuple(jobs)


def _same_on_both_sides(planned: PlannedCase, stored: tuple[Output, ...]) -> list[Job]:
    arm: ArmName = "head" if planned.head_only else "base"
    return [plain_job(planned, arm, index, known) for index, known in enumerate(stored)]


def _look_zero(planned: PlannedCase, stored: tuple[Output, ...]) -> list[Job]:
    base = (
        []
        if planned.head_only or planned.base is None
        else [plain_job(planned, "base", index, known) for index, known in enumerate(stored or (None,))]
    )
    return base + ([] if planned.head is None else [plain_job(planned, "head", 0)])


def jobs_for(wants: Iterable[Want], cases: Mapping[tuple[str, str], PlannedCase]) -> tuple[Job, ...]:
    """The draws behind the wants; the arms of a fresh pair follow one another, so that they meet the same minutes."""
    return tuple(
        _job(cases[want.suite, want.case], sample, None) for want in wants for sample in _samples(want)
    )


def _samples(want: Want) -> Iterator[SampleId]:
    arms: tuple[ArmName, ...] = ("head",) if want.look == "plain" else ("base", "head")
    for index in range(want.count):
        for arm in arms:
            yield SampleId(suite=want.suite, case=want.case, arm=arm, look=want.look, index=index)


def _job(planned: PlannedCase, sample: SampleId, known: Output | None) -> Job:
    side = planned.side(sample.arm)
    if side is None:
        raise ValueError(f"{sample.suite}/{sample.case} has no {sample.arm} side to draw from")
    pair = "" if sample.look == "plain" else digest([planned.pair, sample.arm])
    ask = candidate_ask(side.request, look=sample.look, index=sample.index, pair=pair)
    return Job(
        sample=sample,
        case=planned.case,
        ask=ask,
        question=side.question,
        graders=planned.graders,
        known=known,
    )
