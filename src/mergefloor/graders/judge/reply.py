"""A judge's reply, read strictly: exactly the JSON that was asked for, or nothing (THREATS 7, R02, R03)."""

from __future__ import annotations

from dataclasses import dataclass

from mergefloor.core.types import Json
from mergefloor.graders.judge.sheet import Sheet
from mergefloor.graders.judge.shown import quotable, repeats, squeezed
from mergefloor.graders.strict_json import NotJson, parse

MAX_REPLY = 200_000
MAX_QUOTES = 50  # of one check; each is looked up in the whole candidate


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the judge says of one check: its score (0 or 1, or that of the choice), why, and on which passages."""

    check: str
    score: float
    reason: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """Why a reply does not count."""

    why: str


def read(reply: str, sheet: Sheet, candidate: str | None) -> tuple[Verdict, ...] | Unreadable:
    """One verdict a check, in the order of the checks.

    Nothing around the JSON, no key twice, every id exactly once, evidence that the candidate does not contain is
    dropped (candidate None: not looked up). A verdict is taken from its own field alone, never from text that quotes
    one, and a reply that repeats a passage of the candidate is none.
    """
    value = NotJson(why="it is too long") if len(reply) > MAX_REPLY else parse(reply)
    if isinstance(value, NotJson):
        return Unreadable(why=f"it is not the JSON that was asked for: {value.why}")
    if not isinstance(value, dict) or set(value) != {"checks"} or not isinstance(value["checks"], list):
        return Unreadable(why="it is not an object with the one key 'checks'")
    passages = None if candidate is None else quotable(candidate)
    if passages is not None and repeats(reply, passages):
        return Unreadable(why="it stands in the output word for word, so it may be the output's own verdict")
    verdicts: dict[str, Verdict] = {}
    for row in value["checks"]:
        verdict = _verdict(row, sheet, passages)
        if isinstance(verdict, Unreadable):
            return verdict
        if verdict.check in verdicts:
            return Unreadable(why=f"check {verdict.check} is answered twice")
        verdicts[verdict.check] = verdict
    absent = [name for name in sheet.ids if name not in verdicts]
    if absent or not verdicts:
        return Unreadable(why=f"check {', '.join(absent)} is not answered")
    return tuple(verdicts[name] for name in sheet.ids)


def _verdict(row: Json, sheet: Sheet, passages: tuple[str, str] | None) -> Verdict | Unreadable:
    decision = "choice" if sheet.choices else "pass"
    if not isinstance(row, dict) or set(row) != {"id", "reason", "evidence", decision}:
        return Unreadable(why=f"an entry has other keys than id, reason, evidence and {decision}")
    name, reason, score = row["id"], row["reason"], _score(row[decision], sheet)
    if not isinstance(name, str) or name not in sheet.ids:
        return Unreadable(why="an entry names no check that was asked")
    if not isinstance(reason, str) or score is None:
        return Unreadable(why=f"check {name} has no readable reason or {decision}")
    quotes = _quotes(row["evidence"])
    if quotes is None:
        return Unreadable(why=f"the evidence of check {name} is not a list of at most {MAX_QUOTES} texts")
    found = quotes if passages is None else tuple(quote for quote in quotes if _occurs(quote, passages))
    return Verdict(check=name, score=score, reason=_remark(reason, len(quotes) - len(found)), evidence=found)


def _remark(reason: str, invented: int) -> str:
    """Judges quote loosely. A quote that the output does not contain is no evidence and is not shown as such; the
    verdict beside it is still the judge's, and how far that can be trusted is what calibration measures."""
    if not invented:
        return reason
    return f"{reason} ({invented} {'quote' if invented == 1 else 'quotes'} not found in the output)"


def _score(said: Json, sheet: Sheet) -> float | None:
    if sheet.choices:
        return sheet.choices.get(said) if isinstance(said, str) else None
    return float(said) if isinstance(said, bool) else None


def _occurs(quote: str, passages: tuple[str, str]) -> bool:
    wanted = squeezed(quote)
    return any(wanted in passage for passage in passages)


def _quotes(listed: Json) -> tuple[str, ...] | None:
    """The quotes that say something; None when this is no list of texts."""
    if not isinstance(listed, list) or len(listed) > MAX_QUOTES:
        return None
    quotes = [quote for quote in listed if isinstance(quote, str)]
    return tuple(quote for quote in quotes if quote.strip()) if len(quotes) == len(listed) else None
