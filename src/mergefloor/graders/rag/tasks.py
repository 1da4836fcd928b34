"""The four tasks of the measures: break a text into statements, check them, judge a document, guess the question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mergefloor.core.types import Json
from mergefloor.graders.judge.reply import MAX_REPLY, Unreadable, Verdict, read
from mergefloor.graders.judge.sheet import Sheet
from mergefloor.graders.rag.task import Task
from mergefloor.graders.strict_json import NotJson, parse

MAX_STATEMENTS = 200
BATCH = 20  # statements of one call: a longer list comes back cut


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A question that an answer would answer ("" where it answers none), and whether the answer avoids one."""

    question: str
    noncommittal: bool


def statements_task(text: str, question: str) -> Task[tuple[str, ...]]:
    """The statements of a text, in its order."""
    return Task(
        wish="statements",
        form="statements_answer",
        data={"question": question, "text": text},
        schema=_closed({"statements": {"type": "array", "items": {"type": "string"}}}),
        read=_read_statements,
    )


def verify_tasks(
    statements: Sequence[str], documents: Sequence[str]
) -> tuple[Task[tuple[Verdict, ...]], ...]:
    """Which statements follow from the documents, twenty a call."""
    return tuple(
        _verdicts("verify", tuple(statements[start : start + BATCH]), documents)
        for start in range(0, len(statements), BATCH)
    )


def useful_task(document: str, question: str, reference: str) -> Task[tuple[Verdict, ...]]:
    """Whether one document helps to the reference: judged by itself, so that its place in the ranking cannot matter."""
    sheet = Sheet(checks=("useful",), question=question)
    data: dict[str, Json] = {"document": document, "question": question, "reference": reference}
    return Task(
        wish="useful",
        form="verdicts_answer",
        data=data,
        schema=sheet.schema(),
        read=lambda reply: read(reply, sheet, document),
    )


def question_task(answer: str, sample: int) -> Task[Guess]:
    """The question that an answer answers; samples are draws of their own."""
    fields: dict[str, Json] = {"question": {"type": "string"}, "noncommittal": {"type": "boolean"}}
    return Task(
        wish="question",
        form="question_answer",
        data={"answer": answer},
        schema=_closed(fields),
        read=_read_guess,
        sample=sample,
    )


def _verdicts(wish: str, statements: tuple[str, ...], documents: Sequence[str]) -> Task[tuple[Verdict, ...]]:
    sheet = Sheet(checks=statements, question="")
    listed: list[Json] = [
        {"id": name, "statement": each} for name, each in zip(sheet.ids, statements, strict=True)
    ]
    whole = "\n".join(documents)
    return Task(
        wish=wish,
        form="verdicts_answer",
        data={"documents": list(documents), "statements": listed},
        schema=sheet.schema(),
        read=lambda reply: read(reply, sheet, whole),
    )


def _read_statements(reply: str) -> tuple[str, ...] | Unreadable:
    value = _object(reply, {"statements"})
    if isinstance(value, Unreadable):
        return value
    listed = value["statements"]
    if not isinstance(listed, list) or not all(isinstance(each, str) and each.strip() for each in listed):
        return Unreadable(why="the statements are not a list of texts")
    if len(listed) > MAX_STATEMENTS:
        return Unreadable(why=f"it lists more than {MAX_STATEMENTS} statements")
    return tuple(each for each in listed if isinstance(each, str))


def _read_guess(reply: str) -> Guess | Unreadable:
    value = _object(reply, {"question", "noncommittal"})
    if isinstance(value, Unreadable):
        return value
    question, noncommittal = value["question"], value["noncommittal"]
    if not isinstance(question, str) or not isinstance(noncommittal, bool):
        return Unreadable(why="the question is no text or noncommittal is neither true nor false")
    if not question.strip() and not noncommittal:
        return Unreadable(why="it gives no question for an answer that commits itself")
    return Guess(question=question.strip(), noncommittal=noncommittal)


def _object(reply: str, keys: set[str]) -> dict[str, Json] | Unreadable:
    value = NotJson(why="it is too long") if len(reply) > MAX_REPLY else parse(reply)
    if isinstance(value, NotJson):
        return Unreadable(why=f"it is not the JSON that was asked for: {value.why}")
    if not isinstance(value, dict) or set(value) != keys:
        return Unreadable(why=f"it is not an object with the keys {', '.join(sorted(keys))}")
    return value


def _closed(fields: dict[str, Json]) -> dict[str, Json]:
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}
