"""One stored entry as canonical JSON text, and back. Reading trusts no field: a malformed entry is a Defect."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, NoReturn, TypeAlias, cast, get_args

from mergefloor.core.keys import canonical
from mergefloor.core.ports import Stored
from mergefloor.core.types import Finish, Json, Output, Usage, Vectors
from mergefloor.storage import extras
from mergefloor.storage.packing import LETTERS, pack, unpack

SCHEMA = 1
# A filter's refusal and a cut answer may be gone on the next try; they are never kept (DECISION 6).
FINISHES = frozenset(get_args(Finish)) - {"filtered", "length", "crashed"}
MOST = 2**63
# Who drew an answer travels among the components: readers of before there were producers read the entry all the same.
PRODUCER = "produced-by"

DefectKind: TypeAlias = Literal[
    "unreadable", "file-kind", "file-size", "line-size", "line", "signature", "schema", "entry", "refused"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """Something stored that cannot be used. It counts as absent."""

    kind: DefectKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A small JSON record and when it was written, seconds since 1970."""

    value: Mapping[str, object]
    at: float


Entry: TypeAlias = Stored | Noted


def encode(entry: Entry) -> str | None:
    """The canonical text of an entry, or None if reading would refuse it (a NaN, a cut answer)."""
    try:
        text = canonical(_record(entry))
    except (ValueError, OverflowError):
        return None
    return None if isinstance(decode(text), Defect) else text


def decode(text: str) -> Entry | Defect:
    """The entry of a text. Other schema versions are told apart from damage."""
    try:
        record = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return Defect(kind="entry")
    if type(record) is not dict:
        return Defect(kind="entry")
    if record.get("schema") != SCHEMA:
        return Defect(kind="schema")
    return _entry(record) or Defect(kind="entry")


def _record(entry: Entry) -> dict[str, Json]:
    if isinstance(entry, Noted):
        return {"schema": SCHEMA, "kind": "note", "at": entry.at, "value": cast("Json", dict(entry.value))}
    return {
        "schema": SCHEMA,
        "kind": "sample",
        "at": entry.at,
        "subject": entry.subject,
        "components": {**entry.components, **({PRODUCER: entry.producer} if entry.producer else {})},
        "answer": _answer_record(entry.answer),
    }


def _answer_record(answer: Output | Vectors) -> dict[str, Json]:
    usage = answer.usage
    call: dict[str, Json] = {
        "usage": [usage.input_tokens, usage.output_tokens, usage.cached_input_tokens],
        "latency_s": answer.latency_s,
        "served_model": answer.served_model,
        "scripted": answer.scripted,
        "cached": answer.cached,
    }
    if isinstance(answer, Output):
        return {"text": answer.text, "finish": answer.finish, **call, **extras.record(answer)}
    width, rows = pack(answer.rows)
    return {"width": width, "rows": list[Json](rows), **call}


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _text(value: object) -> bool:
    return type(value) is str


def _flag(value: object) -> bool:
    return type(value) is bool


def _mapping(value: object) -> bool:
    return type(value) is dict


def _number(value: Any) -> bool:
    """Finite and not negative: a NaN fails every comparison."""
    return type(value) in {int, float} and 0 <= value < MOST


def _usage(value: Any) -> bool:
    return type(value) is list and [type(n) for n in value] == [int] * 3 and all(map(_number, value))


def _finish(value: Any) -> bool:
    return type(value) is str and value in FINISHES


def _texts(value: Any) -> bool:
    return type(value) is list and all(map(_text, value))


def _names(value: Any) -> bool:
    return type(value) is dict and all(map(_text, value.values()))


def _width(value: Any) -> bool:
    return type(value) is int and value in LETTERS


Shape: TypeAlias = Mapping[str, Callable[[Any], bool]]
CALL: Shape = {
    "usage": _usage,
    "latency_s": _number,
    "served_model": _text,
    "scripted": _flag,
    "cached": _flag,
}
OUTPUT: Shape = {"text": _text, "finish": _finish, **CALL}
VECTORS: Shape = {"width": _width, "rows": _texts, **CALL}
HEAD: Shape = {"schema": _number, "kind": _text, "at": _number}
SAMPLE: Shape = {**HEAD, "subject": _text, "components": _names, "answer": _mapping}
NOTE: Shape = {**HEAD, "value": _mapping}


def _fits(record: dict[str, Any], shape: Shape) -> bool:
    return record.keys() == shape.keys() and all(fits(record[name]) for name, fits in shape.items())


def _entry(record: dict[str, Any]) -> Entry | None:
    match record.get("kind"):
        case "sample" if _fits(record, SAMPLE):
            return _sample(record)
        case "note" if _fits(record, NOTE):
            return Noted(value=record["value"], at=float(record["at"]))
        case _:
            return None


def _sample(record: dict[str, Any]) -> Stored | None:
    answer = _answer(record["answer"])
    if answer is None:
        return None
    components = dict(record["components"])
    return Stored(
        answer=answer,
        at=float(record["at"]),
        subject=record["subject"],
        producer=components.pop(PRODUCER, ""),
        components=components,
    )


def _answer(record: dict[str, Any]) -> Output | Vectors | None:
    plain = {name: value for name, value in record.items() if name not in extras.NAMES}
    if _fits(plain, OUTPUT):
        more = extras.read(record)
        if more is None:
            return None
        return replace(more, text=record["text"], finish=record["finish"], **_call(record))
    if not _fits(record, VECTORS):
        return None
    rows = unpack(record["width"], record["rows"])
    return None if rows is None else Vectors(rows=rows, **_call(record))


def _call(record: dict[str, Any]) -> dict[str, Any]:
    read, written, cached = record["usage"]
    return {
        "usage": Usage(input_tokens=read, output_tokens=written, cached_input_tokens=cached),
        "latency_s": float(record["latency_s"]),
        "served_model": record["served_model"],
        "scripted": record["scripted"],
        "cached": record["cached"],
    }
