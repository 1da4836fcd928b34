"""Keys that a run lacks for the calls that it will have to make, found before the first of them is paid for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from mergefloor.core.ports import Reply
from mergefloor.core.types import Ask, Failure, GraderSpec, Job, ModelRef, Output, Vectors
from mergefloor.engine.grading import MAX_ROUNDS, Check, Graders, subject_of


def _no_key_needed(ref: ModelRef) -> str:
    return ""


def _nobody(spec: GraderSpec) -> tuple[ModelRef, ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """`missing_key`: the variable whose key a model lacks, "" where it can be asked. `asked`: the models that a check
    asks."""

    missing_key: Callable[[ModelRef], str] = _no_key_needed
    asked: Callable[[GraderSpec], tuple[ModelRef, ...]] = _nobody


@dataclass(kw_only=True, slots=True)
class Foresight:
    """Looks ahead at jobs and asks. Nothing is read from the cache and no check is built while every key is there."""

    needs: Needs
    stored: Callable[[Ask], Output | Vectors | None]
    graders: Graders
    _missing: dict[ModelRef, str] = field(default_factory=dict)

    def lacks(self, ref: ModelRef) -> bool:
        """Whether a call to this model must fail for want of a key."""
        if ref not in self._missing:
            self._missing[ref] = self.needs.missing_key(ref)
        return bool(self._missing[ref])

    def failure(self, jobs: Iterable[Job], asks: Iterable[Ask]) -> Failure | None:
        """All keys that are missing for what no stored answer serves; None where none is."""
        called = [ref for job in jobs for ref in self._called(job)]
        called += [ask.request.model for ask in asks if self._call(ask)]
        lacking = {str(ref): self._missing[ref] for ref in called if self.lacks(ref)}
        if not lacking:
            return None
        names = ", ".join(repr(name) for name in sorted(lacking))
        keys = " and ".join(f"`{key}`" for key in sorted(set(lacking.values())))
        message = f"no key for {names}; set {keys}"
        return Failure(stage="candidate", code="refused-key", message=message, fatal=True)

    def _called(self, job: Job) -> Iterator[ModelRef]:
        """Whom a job asks. An answer that is not there yet cannot have been judged."""
        asking = [spec for spec in job.graders if any(map(self.lacks, self.needs.asked(spec)))]
        if not asking and not self.lacks(job.ask.request.model):
            return
        output = job.known or self.stored(job.ask)
        if not isinstance(output, Output):
            yield job.ask.request.model
            yield from (ref for spec in asking for ref in self.needs.asked(spec))
            return
        subject = subject_of(job, output)
        for spec, grader in self.graders.of(asking):
            check, rounds = Check(spec, grader), 0
            while (asks := check.step(subject)) and rounds < MAX_ROUNDS:
                rounds += 1
                replies: list[Reply | None] = [self.stored(ask) for ask in asks]
                yield from (a.request.model for a, got in zip(asks, replies, strict=True) if got is None)
                if None in replies:
                    break
                check.replies += tuple(reply for reply in replies if reply is not None)

    def _call(self, ask: Ask) -> bool:
        return self.lacks(ask.request.model) and self.stored(ask) is None
