"""Embeddings: kept a text at a time, so that a corpus of which one chunk changed is paid for by that chunk.

They are what they are, whoever asks and how often: no turn, no sample.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from mergefloor.broker.answer import Answer, parse
from mergefloor.broker.desk import Desk
from mergefloor.broker.question import Question
from mergefloor.broker.refusal import Refusal, run_error
from mergefloor.broker.side import Side
from mergefloor.core.types import Json, Usage

Row = Answer | Refusal


@dataclass(kw_only=True)
class Vectors:
    """Answers requests for embeddings on the loop of its desk. `under_way`: texts that somebody is asking for."""

    desk: Desk
    under_way: dict[str, asyncio.Future[Row]] = field(default_factory=dict)

    async def answer(self, side: Side, question: Question) -> Answer | Refusal:
        """One body with a row for every text, whatever of them was stored; entered in the books as one call."""
        pieces = _pieces(question)
        if pieces is None:
            return await self.desk.answer(side, question, "", 0)
        keys = [self.desk.key(piece, "", 0) for piece in pieces]
        wanted = dict(zip(keys, pieces, strict=True))
        rows: dict[str, Row] = {key: row for key in wanted if (row := self.desk.stored(key)) is not None}
        mine = [key for key in wanted if key not in rows and key not in self.under_way]
        theirs = [self.under_way[key] for key in wanted if key in self.under_way and key not in rows]
        fresh = await self._fresh(side, question, {key: wanted[key] for key in mine}) if mine else {}
        others = await asyncio.gather(*(asyncio.shield(each) for each in theirs))
        rows |= fresh | dict(
            zip((k for k in wanted if k not in rows and k not in fresh), others, strict=True)
        )
        found = _whole(question, [rows[key] for key in keys])
        return self.desk.again(side, question, found) if isinstance(found, Answer) and not mine else found

    async def _fresh(self, side: Side, question: Question, wanted: Mapping[str, Question]) -> dict[str, Row]:
        """One call for the texts that nobody has, each kept under its own key."""
        loop = asyncio.get_running_loop()
        claimed = {key: loop.create_future() for key in wanted}
        self.under_way |= claimed
        try:
            texts: list[Json] = [piece.body["input"] for piece in wanted.values()]
            asked = replace(question, body={**question.body, "input": texts})
            rows = _rows(await self.desk.fresh(side, asked), len(texts))
            found: dict[str, Row] = dict(zip(wanted, rows, strict=True))
            for key, row in found.items():
                if isinstance(row, Answer):
                    self.desk.keep(key, wanted[key], row)
                    # A large corpus takes its time on the disk; others may be served meanwhile.
                    await asyncio.sleep(0)
                claimed[key].set_result(row)
            return found
        finally:
            for key, future in claimed.items():
                del self.under_way[key]
                future.cancel()


def _pieces(question: Question) -> tuple[Question, ...] | None:
    """One question a text (or list of tokens); None for what is neither, which the provider may tell."""
    given = question.body.get("input")
    texts = given if isinstance(given, list) and not _tokens(given) else [given]
    if not texts or not all((isinstance(text, str) and text) or _tokens(text) for text in texts):
        return None
    return tuple(replace(question, body={**question.body, "input": text}) for text in texts)


def _tokens(value: Json) -> bool:
    return isinstance(value, list) and bool(value) and all(type(each) is int for each in value)


def _rows(got: Answer | Refusal, count: int) -> list[Row]:
    """The rows of a body, in the order of the texts; the one refusal for all of them when some are missing."""
    if isinstance(got, Refusal):
        return [got] * count
    data = (parse(got.text) or {}).get("data")
    listed = [row for row in data if isinstance(row, dict)] if isinstance(data, list) else []
    by_index = {row.get("index"): row.get("embedding") for row in listed}
    if set(by_index) != set(range(count)) or not all(by_index.values()):
        return [
            run_error(502, "unreadable-reply", "the provider sent no embedding for some text", again=True)
        ] * count
    share = Usage(input_tokens=got.usage.input_tokens // count)
    return [replace(got, text=json.dumps(by_index[index]), usage=share) for index in range(count)]


def _whole(question: Question, rows: Sequence[Row]) -> Answer | Refusal:
    """The body for a child, as OpenAI writes it."""
    refused = next((row for row in rows if isinstance(row, Refusal)), None)
    if refused is not None:
        return refused
    answers = [row for row in rows if isinstance(row, Answer)]
    spent = sum(row.usage.input_tokens for row in answers)
    data: list[Json] = [
        {"object": "embedding", "index": index, "embedding": json.loads(row.text)}
        for index, row in enumerate(answers)
    ]
    body: Json = {
        "object": "list",
        "data": data,
        "model": answers[0].served or question.name,
        "usage": {"prompt_tokens": spent, "total_tokens": spent},
    }
    usage = Usage(input_tokens=spent)
    return Answer(text=json.dumps(body), usage=usage, served=answers[0].served)
