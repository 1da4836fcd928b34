"""One page of a provider's list of models: names, and the day on which each ends where the provider says so.

OpenAI's `GET /v1/models` gives `{data: [{id, shutdown_date?}]}`, Anthropic's `{data: [{id, lifecycle, retires_at?}],
has_more, last_id}` (openai 3.52.0, types/model.py; anthropic 2.11.0, types/model_info.py).
"""

from __future__ import annotations

from datetime import date
from typing import TypeAlias

from mergefloor.core.lifecycle import Ending
from mergefloor.core.types import Failure, Output
from mergefloor.providers.fault import fault
from mergefloor.providers.reply import items, mapping, parse, text

# Name -> the day from which it answers no more, None where the provider tells none.
Found: TypeAlias = dict[str, Ending | None]

EPOCH = date(1970, 1, 1).toordinal()
DAY = len("2026-12-11")
ENDS = ("retires_at", "shutdown_date")


def one_page(got: bytes | Output | Failure, name: str) -> Found | Failure:
    """Any reply as a page. One without a single name is no list."""
    if isinstance(got, Failure):
        return got
    rows = [mapping(row) for row in items(_body(got).get("data"))]
    found = {
        text(row.get("id")): _ending(row)
        for row in rows
        if text(row.get("id")) and row.get("lifecycle") != "retired"
    }
    return found or fault("unreadable-reply", f"{name}: a reply without any model")


def next_page(got: bytes | Output | Failure) -> str:
    """Where the next page begins; "" after the last."""
    body = _body(got)
    return text(body.get("last_id")) if body.get("has_more") is True else ""


def _body(got: bytes | Output | Failure) -> dict[str, object]:
    return dict(mapping(parse(got))) if isinstance(got, bytes) else {}


def _ending(row: object) -> Ending | None:
    """The announced day, whatever time of it is told."""
    for key in ENDS:
        told = text(mapping(row).get(key))[:DAY]
        try:
            return Ending(date=told, day=date.fromisoformat(told).toordinal() - EPOCH)
        except ValueError:
            continue
    return None
