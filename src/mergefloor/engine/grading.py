"""All checks of one output: every check is asked for its next step until it has a grade."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from mergefloor.core.ports import Asks, Grader, Reply
from mergefloor.core.targets import is_target
from mergefloor.core.types import (
    AnyGrade,
    Ask,
    Failure,
    GradeMissing,
    GraderSpec,
    Job,
    Message,
    Output,
    Request,
    Subject,
)

Build = Callable[[GraderSpec], Grader]
Obtain = Callable[[Ask], Awaitable[Reply]]

# A verdict, its repair, and embeddings before it: no check needs more rounds.
MAX_ROUNDS = 8
MAX_BUILT = 256


@dataclass(slots=True)
class Check:
    """One check on its way to a grade."""

    spec: GraderSpec
    grader: Grader
    replies: tuple[Reply, ...] = ()
    grade: AnyGrade | None = None

    def step(self, subject: Subject) -> tuple[Ask, ...]:
        """What it needs next; nothing when it has its grade. A check that breaks is missing, never passed."""
        try:
            found = self.grader.step(subject, self.replies)
        except Exception as error:  # noqa: BLE001 - a bug in one check must not cost the answers of the others
            found = self.missing(
                "check-crashed", f"{type(error).__name__}: {error}; please report this as a bug"
            )
        if isinstance(found, Asks):
            return found.asks
        self.grade = found
        return ()

    def missing(self, code: str, message: str) -> GradeMissing:
        """No grade, and why."""
        failure = Failure(stage="grade", code=code, message=message)
        return GradeMissing(grader=self.spec.name, failure=failure, gating=self.spec.gating)


class Graders:
    """Graders of specs, built once where many jobs share a spec (a suite's checks), and forgotten in time."""

    def __init__(self, build: Build) -> None:
        self._build = build
        # By identity, for a spec holds a mapping and cannot be hashed; the spec is kept, so its id is not reused.
        self._built: dict[int, tuple[GraderSpec, Grader]] = {}

    def of(self, specs: Sequence[GraderSpec]) -> tuple[tuple[GraderSpec, Grader], ...]:
        """Each spec with its grader. InputError when a spec is not valid."""
        return tuple(self._one(spec) for spec in specs)

    def _one(self, spec: GraderSpec) -> tuple[GraderSpec, Grader]:
        if id(spec) not in self._built:
            if len(self._built) >= MAX_BUILT:
                self._built.clear()
            self._built[id(spec)] = (spec, self._build(spec))
        return self._built[id(spec)]


def subject_of(job: Job, output: Output) -> Subject:
    """What the checks of a job look at."""
    return Subject(case=job.case, question=job.question, output=output, messages=_sent(job.ask))


def _sent(ask: Ask) -> tuple[Message, ...]:
    """What a model was told; of a target nobody knows."""
    request = ask.request
    if not isinstance(request, Request) or is_target(str(request.model)):
        return ()
    return request.messages


async def grade(
    subject: Subject, graders: Sequence[tuple[GraderSpec, Grader]], obtain: Obtain
) -> tuple[AnyGrade, ...]:
    """Every check's grade, in the order of the checks. What several checks ask for is asked for together."""
    checks = [Check(spec, grader) for spec, grader in graders]
    for _ in range(MAX_ROUNDS):
        wanted = [(check, check.step(subject)) for check in checks if check.grade is None]
        asks = [ask for _, needed in wanted for ask in needed]
        if not asks:
            break
        replies = iter(await _all(asks, obtain))
        for check, needed in wanted:
            check.replies += tuple(next(replies) for _ in needed)
    return tuple(check.grade or check.missing("check-endless", "it asks and asks") for check in checks)


async def _all(asks: Sequence[Ask], obtain: Obtain) -> Sequence[Reply]:
    if len(asks) == 1:
        return [await obtain(asks[0])]
    return await asyncio.gather(*(obtain(ask) for ask in asks))
