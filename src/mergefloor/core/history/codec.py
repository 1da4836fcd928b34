"""An entry as one line of JSON, and back. Keys have an order, so that equal entries are equal bytes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from mergefloor.core.history.codes import decode, encode
from mergefloor.core.history.entry import VERSION, Entry, Judging, Kind, Pace, PromptPin, Reading, Spend
from mergefloor.core.history.fields import Damaged, Fields
from mergefloor.core.types import Json

DECIMALS = 6


def line_of(entry: Entry) -> str:
    """The line without its line break. What is unknown is left out, and reads as unknown."""
    row: dict[str, Json] = {
        "v": VERSION,
        "id": entry.id,
        "at": _short(entry.at),
        "suite": entry.suite,
        "class": entry.kind,
        "event": entry.event,
        "sha": entry.sha,
        "samples": entry.samples,
        "unresolved": entry.unresolved,
        "metrics": {reading.name: _reading(reading, entry.samples) for reading in entry.readings},
        "case_set": entry.case_set,
        "model": entry.model,
        "prompt": _prompt(entry.prompt),
        "golden": entry.golden,
        "embedding_model": entry.embedding_model,
        "index_built": entry.index_built,
        "judge": _judge(entry.judging),
        "spend": _spend(entry.spend),
        "length": _short(entry.length),
        "seconds": _pace(entry.pace),
        "acknowledged": list(entry.acknowledged) or None,
    }
    return json.dumps(_known(row), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def entry_of(row: Mapping[str, Json]) -> Entry | str:
    """The entry of a parsed line of any version up to this one, or why it is none."""
    version = row.get("v")
    read = READERS.get(version) if isinstance(version, int) else None
    if read is None:
        return f"has the version {version!r}, which there never was"
    try:
        return read(Fields(row))
    except Damaged as damage:
        return str(damage)


def _first(row: Fields) -> Entry:
    samples = row.count("samples")
    return Entry(
        id=row.text("id"),
        at=row.moment("at"),
        suite=row.text("suite"),
        kind=row.text("class"),
        event=row.text("event"),
        sha=row.text("sha"),
        samples=samples,
        unresolved=row.count("unresolved"),
        readings=tuple(_reading_of(name, each, samples) for name, each in row.inside("metrics").parts()),
        case_set=row.maybe_text("case_set"),
        model=row.maybe_text("model"),
        prompt=_prompt_of(row.inside("prompt")) if row.has("prompt") else None,
        golden=row.maybe_text("golden"),
        embedding_model=row.maybe_text("embedding_model"),
        index_built=row.maybe_text("index_built"),
        judging=_judging_of(row.inside("judge")),
        spend=_spend_of(row.inside("spend")),
        length=row.maybe_number("length"),
        pace=Pace(**dict(zip(("p50", "p95", "p99"), row.numbers("seconds", 3), strict=True))),
        acknowledged=row.texts("acknowledged"),
    )


# One reader for every version there ever was. A new version gets a row; a row is never taken away, as the lines of
# three years ago are never rewritten.
READERS: dict[int, Callable[[Fields], Entry]] = {1: _first}


def _reading(reading: Reading, samples: int) -> dict[str, Json]:
    return {
        "kind": reading.kind,
        "value": _short(reading.value),
        "n": reading.cases,
        "low": _short(reading.low),
        "high": _short(reading.high),
        "cases": encode(reading.points, reading.kind, samples) or None,
    }


def _reading_of(name: str, row: Fields, samples: int) -> Reading:
    kind: Kind = "binary" if row.one_of("kind", ("binary", "score")) == "binary" else "score"
    try:
        points = decode(row.maybe_text("cases") or "", kind, samples)
    except ValueError as error:
        raise Damaged(f"has cases of {name!r} that cannot be read: {error}") from None
    return Reading(
        name=name,
        kind=kind,
        value=row.maybe_number("value"),
        cases=row.count("n"),
        low=row.maybe_number("low"),
        high=row.maybe_number("high"),
        points=points,
    )


def _prompt(prompt: PromptPin | None) -> Json:
    if prompt is None:
        return None
    return {"path": prompt.path, "version": prompt.version, "hash": prompt.hash}


def _prompt_of(row: Fields) -> PromptPin:
    return PromptPin(path=row.text("path"), version=row.maybe_text("version"), hash=row.maybe_text("hash"))


def _judge(judging: Judging) -> Json:
    return {
        "model": judging.model,
        "epoch": judging.epoch,
        "agreement": _short(judging.agreement),
        "kappa": _short(judging.kappa),
    }


def _judging_of(row: Fields) -> Judging:
    return Judging(
        model=row.maybe_text("model"),
        epoch=row.maybe_text("epoch"),
        agreement=row.maybe_number("agreement"),
        kappa=row.maybe_number("kappa"),
    )


def _spend(spend: Spend) -> Json:
    return {
        "usd": _short(spend.usd),
        "calls": spend.calls,
        "in": spend.input_tokens,
        "out": spend.output_tokens,
    }


def _spend_of(row: Fields) -> Spend:
    return Spend(
        usd=row.maybe_number("usd"),
        calls=row.maybe_count("calls"),
        input_tokens=row.maybe_count("in"),
        output_tokens=row.maybe_count("out"),
    )


def _pace(pace: Pace) -> Json:
    row: list[Json] = [_short(pace.p50), _short(pace.p95), _short(pace.p99)]
    return row if any(each is not None for each in row) else None


def _known(row: Mapping[str, Json]) -> dict[str, Json]:
    """Without what is null, and without objects of which nothing is left; the metrics stay, were there none."""
    inner = {key: _known(value) if isinstance(value, dict) else value for key, value in row.items()}
    return {
        key: value for key, value in inner.items() if value is not None and (value != {} or key == "metrics")
    }


def _short(value: float | None) -> float | None:
    """Six decimals are more than any run can tell; whole numbers lose their `.0`."""
    if value is None:
        return None
    rounded = round(value, DECIMALS)
    return int(rounded) if rounded == int(rounded) else rounded
