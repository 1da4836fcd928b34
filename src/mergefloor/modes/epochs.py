"""Which stored outputs a run judges again because the judge, or what it is asked, is not what it was.

Nothing here decides: the key of a verdict holds everything that makes it (core/keys.py), so that one of an older epoch
is never found. This tells people what happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from mergefloor import graders
from mergefloor.core.epoch import Epoch
from mergefloor.core.keys import ask_key, component_hashes, is_verdict
from mergefloor.core.ports import Asks, Cache, Grader, Stored, Toolbox
from mergefloor.core.types import Ask, Cell, GradeMissing, Job, Output, SampleId, Subject
from mergefloor.engine.grading import Graders

NO_ANSWER = Output(text="")  # unreadable, so that a check goes on to ask a second time


@dataclass(frozen=True, slots=True)
class _Judge:
    """Who judges and what is asked, by the hashes that a stored verdict has of them."""

    model: str
    prompt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outdated:
    """Stored outputs without a verdict of this epoch and with one of another: sample -> (hash of the text, when the
    newest was drawn, whether another model judged)."""

    samples: Mapping[SampleId, tuple[str, float, bool]]

    def told(self, cells: Mapping[SampleId, Cell]) -> Epoch | None:
        """What came of it: those that have their new verdicts now, a text once a case. None where there are none."""
        again = [sample for sample in self.samples.keys() & cells.keys() if _judged(cells[sample])]
        if not again:
            return None
        last = max(self.samples[sample][1] for sample in again)
        return Epoch(
            outputs=len({(sample.suite, sample.case, self.samples[sample][0]) for sample in again}),
            since=datetime.fromtimestamp(last, UTC).date().isoformat(),
            judge=any(self.samples[sample][2] for sample in again),
        )


def outdated(jobs: Iterable[Job], toolbox: Toolbox, cache: Cache) -> Outdated:
    """Look before anything is judged. The whole cache is read only where a stored output lacks a verdict."""
    built, listed = Graders(partial(graders.build, toolbox=toolbox)), list(jobs)
    lacking = [
        (job.sample, _parts(ask)[0])
        for job in listed
        for ask in _asks(job, built, cache, tries=1)
        if cache.get(ask_key(ask)) is None
    ]
    if not lacking:
        return Outdated(samples={})
    known, current = _verdicts(cache, {text for _, text in lacking}), _current(listed, built, cache)
    found: dict[SampleId, tuple[str, float, bool]] = {}
    for sample, text in lacking:
        old = {judge: at for judge, at in known.get(text, {}).items() if judge not in current[text]}
        if old:
            models = {judge.model for judge in current[text]}
            found[sample] = (text, max(old.values()), all(judge.model not in models for judge in old))
    return Outdated(samples=found)


def _current(jobs: Iterable[Job], built: Graders, cache: Cache) -> Mapping[str, set[_Judge]]:
    """Who is asked what about every stored text in this epoch, a second try included."""
    found: dict[str, set[_Judge]] = {}
    for job in jobs:
        for ask in _asks(job, built, cache, tries=2):
            text, judge = _parts(ask)
            found.setdefault(text, set()).add(judge)
    return found


def _asks(job: Job, built: Graders, cache: Cache, *, tries: int) -> Iterator[Ask]:
    """What its judged checks ask of a stored output at first, and (2) where the answers cannot be read."""
    judged = [spec for spec in job.graders if graders.judged(spec)]
    output = (job.known or _stored(job, cache)) if judged else None
    if output is None:
        return
    subject = Subject(case=job.case, question=job.question, output=output)
    for _, grader in built.of(judged):
        first = _step(grader, subject, 0)
        yield from first
        if tries > 1 and first:
            yield from _step(grader, subject, len(first))


def _step(grader: Grader, subject: Subject, answers: int) -> Sequence[Ask]:
    step = grader.step(subject, (NO_ANSWER,) * answers)
    return [ask for ask in step.asks if ask.kind == "judge"] if isinstance(step, Asks) else []


def _stored(job: Job, cache: Cache) -> Output | None:
    entry = cache.get(ask_key(job.ask))
    return entry.answer if entry is not None and isinstance(entry.answer, Output) else None


def _verdicts(cache: Cache, texts: set[str]) -> dict[str, dict[_Judge, float]]:
    """Every stored verdict on these texts: by whom, and when the newest was drawn."""
    found: dict[str, dict[_Judge, float]] = {}
    for _, entry in cache.entries():
        if (
            isinstance(entry, Stored)
            and is_verdict(entry.components)
            and entry.components["candidate"] in texts
        ):
            judge = _Judge(entry.components["judge"], entry.components["judge_prompt"])
            told = found.setdefault(entry.components["candidate"], {})
            told[judge] = max(entry.at, told.get(judge, entry.at))
    return found


def _parts(ask: Ask) -> tuple[str, _Judge]:
    parts = component_hashes(ask)
    return parts["candidate"], _Judge(parts["judge"], parts["judge_prompt"])


def _judged(cell: Cell) -> bool:
    return bool(cell.grades) and not any(isinstance(grade, GradeMissing) for grade in cell.grades)
