"""Short ways to say a planned case and a cell in tests of the core."""

from __future__ import annotations

from mergefloor.core.keys import request_hash
from mergefloor.core.plan import PlannedCase, Side, plain_job
from mergefloor.core.types import (
    ArmName,
    Case,
    Cell,
    Failure,
    Grade,
    GraderSpec,
    Job,
    Message,
    ModelRef,
    Output,
    Place,
    Request,
)

MODEL = ModelRef(provider="scripted", name="a.yaml", endpoint="sha")
CHECK = GraderSpec(kind="equals", name="equals")
DOWN = Failure(stage="candidate", code="timeout", message="no answer in 120 s")


def case(id: str = "c", **more: object) -> Case:
    return Case(id=id, place=Place(path="g.yaml", line=3), content_hash=id, input="hi", **more)  # type: ignore[arg-type]


def side(text: str) -> Side:
    request = Request(model=MODEL, messages=(Message(role="user", content=text),))
    return Side(request=request, hash=request_hash(request), question=text)


def planned(id: str = "c", base: str | None = "old", head: str | None = "new", **more: object) -> PlannedCase:
    options: dict[str, object] = {"suite": "s", "graders": (CHECK,), "case": case(id), **more}
    return PlannedCase(base=side(base) if base else None, head=side(head) if head else None, **options)  # type: ignore[arg-type]


def cell(job: Job, passed: bool | None = True, *, text: str = "out") -> Cell:
    """A cell whose only check passed, failed, or could not be obtained (None)."""
    if passed is None:
        return Cell(job=job, output=DOWN)
    grade = Grade(grader="equals", passed=passed, score=float(passed))
    return Cell(job=job, output=Output(text=text), grades=(grade,))


def draw(one: PlannedCase, arm: ArmName, passed: bool | None = True, index: int = 0) -> Cell:
    return cell(plain_job(one, arm, index), passed, text=f"{arm}{index}")
