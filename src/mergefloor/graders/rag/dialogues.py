"""The four measures as dialogues with the judge: what is asked in which order, and the score in the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from mergefloor.core.keys import embedding_ask
from mergefloor.core.ports import Toolbox
from mergefloor.core.types import Ask, EmbedRequest, Failure, GraderSpec, ModelRef, Subject, Vectors
from mergefloor.graders.check import no_reference
from mergefloor.graders.finding import excerpt
from mergefloor.graders.judge.reply import Verdict
from mergefloor.graders.options import count
from mergefloor.graders.rag.formulas import average_precision, mean_cosine, share
from mergefloor.graders.rag.scene import documents, reference, undefined
from mergefloor.graders.rag.task import Dialogue, done
from mergefloor.graders.rag.tasks import Guess, question_task, statements_task, useful_task, verify_tasks

STRICTNESS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One check of one answer, and whom it may ask."""

    spec: GraderSpec
    subject: Subject
    toolbox: Toolbox
    judge: ModelRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A score in [0, 1], how it came about in words, and the passages that it rests on."""

    score: float
    how: str
    evidence: tuple[str, ...] = ()


Measure: TypeAlias = Callable[[Desk], Dialogue[Measured | Failure]]


def faithfulness(desk: Desk) -> Dialogue[Measured | Failure]:
    """|statements of the answer that follow from the documents| / |statements of the answer| (ragas, section 3)."""
    return (yield from _supported(desk, desk.subject.output.text, "the answer states nothing"))


def context_recall(desk: Desk) -> Dialogue[Measured | Failure]:
    """|statements of the reference that follow from the documents| / |statements of the reference|."""
    wanted = reference(desk.spec, desk.subject)
    if not wanted:
        return no_reference(desk.spec, desk.subject, "reference")
    return (yield from _supported(desk, wanted, "the reference states nothing"))


def context_precision(desk: Desk) -> Dialogue[Measured | Failure]:
    """Mean of precision@k over the ranks of the useful documents; each document is judged by itself."""
    wanted, question = reference(desk.spec, desk.subject), desk.subject.question
    if not wanted:
        return no_reference(desk.spec, desk.subject, "reference")
    found = documents(desk.spec, desk.subject)
    if isinstance(found, Failure):
        return found
    judged = yield from done(
        [useful_task(each, question, wanted) for each in found], desk.toolbox, desk.judge
    )
    if isinstance(judged, Failure):
        return judged
    verdicts = [one for (one,) in judged]
    useful = [_holds(verdict) for verdict in verdicts]
    score = average_precision(useful)
    if score is None:
        return undefined(desk.spec, desk.subject, "no-ranks", "no document was retrieved")
    ranks = ", ".join(str(rank) for rank, each in enumerate(useful, 1) if each) or "none"
    how = f"useful documents at ranks {ranks} of {len(useful)}"
    return Measured(score=score, how=how, evidence=_evidence(verdicts))


def answer_relevancy(desk: Desk) -> Dialogue[Measured | Failure]:
    """Mean cosine of questions that the judge makes of the answer with the question; 0 when every draw calls the
    answer noncommittal, as published."""
    asked, model = desk.subject.question, desk.toolbox.embedding
    if not asked.strip():
        return undefined(desk.spec, desk.subject, "no-question", "the case asks nothing")
    if model is None:
        return _no_embeddings(desk)
    draws = count(desk.spec, "strictness") or STRICTNESS
    tasks = [question_task(desk.subject.output.text, sample) for sample in range(draws)]
    guesses = yield from done(tasks, desk.toolbox, desk.judge)
    if isinstance(guesses, Failure):
        return guesses
    if all(guess.noncommittal for guess in guesses):
        return Measured(score=0.0, how=f"an answer that {draws} of {draws} draws call noncommittal")
    questions = tuple(guess.question for guess in guesses if guess.question)
    replies = yield (_embed(model, (asked,)), _embed(model, questions))
    first = next((reply for reply in replies if isinstance(reply, Failure)), None)
    if first is not None:
        return first
    own, others = (reply.rows if isinstance(reply, Vectors) else () for reply in replies)
    score = mean_cosine(own[0], others) if len(own) == 1 and len(others) == len(questions) else None
    if score is None:
        what = "vectors came back that have no cosine; check `embedding_model`"
        return Failure(stage="embedding", code="unreadable", message=what)
    return Measured(score=score, how=_guessed(guesses))


def _supported(desk: Desk, text: str, nothing: str) -> Dialogue[Measured | Failure]:
    found = documents(desk.spec, desk.subject)
    if isinstance(found, Failure):
        return found
    listed = yield from done([statements_task(text, desk.subject.question)], desk.toolbox, desk.judge)
    if isinstance(listed, Failure):
        return listed
    statements = listed[0]
    # Nothing follows from no documents at all: that needs no judge.
    tasks = verify_tasks(statements, found) if found else ()
    judged = yield from done(tasks, desk.toolbox, desk.judge)
    if isinstance(judged, Failure):
        return judged
    verdicts = [verdict for batch in judged for verdict in batch]
    score = share([_holds(verdict) for verdict in verdicts] if found else [False] * len(statements))
    if score is None:
        return undefined(desk.spec, desk.subject, "no-statements", nothing)
    return Measured(score=score, how=_told(statements, verdicts), evidence=_evidence(verdicts))


def _holds(verdict: Verdict) -> bool:
    return verdict.score >= 1.0


def _told(statements: Sequence[str], verdicts: Sequence[Verdict]) -> str:
    """How many follow, and the first that does not, with the judge's reason."""
    held = sum(map(_holds, verdicts))
    said = f"{held} of {len(statements)} statements follow from the documents"
    if not verdicts:
        return f"{said}, for there are none"
    failing = next((place for place, verdict in enumerate(verdicts) if not _holds(verdict)), None)
    if failing is None:
        return said
    return f"{said}, not {excerpt(statements[failing])}; the judge says {excerpt(verdicts[failing].reason)}"


def _guessed(guesses: Sequence[Guess]) -> str:
    avoided = sum(guess.noncommittal for guess in guesses)
    first = next(guess.question for guess in guesses if guess.question)
    more = f", {avoided} of {len(guesses)} call it noncommittal" if avoided else ""
    return f"an answer to {excerpt(first)}{more}"


def _evidence(verdicts: Sequence[Verdict]) -> tuple[str, ...]:
    return tuple(quote for verdict in verdicts for quote in verdict.evidence)


def _embed(model: ModelRef, texts: tuple[str, ...]) -> Ask:
    sendable = tuple(each.encode("utf-8", "replace").decode("utf-8") for each in texts)
    return embedding_ask(EmbedRequest(model=model, texts=sendable))


def _no_embeddings(desk: Desk) -> Failure:
    what = f"check {desk.spec.name!r} compares embeddings and no embedding model is configured"
    fix = "add `embedding_model: openai/text-embedding-3-small` under `defaults`"
    return Failure(stage="embedding", code="no-embedding-model", message=f"{what}; {fix}")
