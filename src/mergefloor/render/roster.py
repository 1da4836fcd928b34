"""The pins of a repository for a terminal and for machines."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterator
from io import StringIO
from typing import TYPE_CHECKING, TypeAlias

from mergefloor.core.roster.advice import headline, todo, when
from mergefloor.core.roster.roster import Pinned, Purpose, Roster, Spot
from mergefloor.core.types import Json
from mergefloor.render.filters import inline
from mergefloor.render.redact import Redactor

if TYPE_CHECKING:
    from rich.table import Table

Clean: TypeAlias = Callable[[str], str]

NARROWEST = 60
WHERE = "model, and where"
COLUMNS = ("ends", "used for", "owner")
GAP = 3  # between two of them
LONGEST = 120  # characters of one name
NOBODY = "NOBODY"
UNKNOWN = "-"
PURPOSES: dict[Purpose, str] = {
    "candidate": "answers",
    "judge": "judge",
    "panel": "panel",
    "embedding": "embeddings",
    "code": "asked by code",
    "unused": "not used",
}


def roster_console(roster: Roster, *, width: int = 80, redact: Clean | None = None) -> str:
    """A table for people at a terminal, what to do first above it and all of it below. Lines of `width` (60 at least)."""
    clean = redact or Redactor()
    wide = max(width, NARROWEST)
    show: Clean = lambda text: plain(clean(text))  # noqa: E731
    parts = [*_wrapped(headline(roster, show), wide), ""]
    parts += [_drawn(_table(roster, show, wide), wide)] if roster.pins else []
    parts += [line for text in _below(roster, show) for line in _wrapped(text, wide)]
    return clean("\n".join(parts).rstrip())


def plain(text: str) -> str:
    """A foreign name in a line of a terminal: it cannot move the cursor, and it ends."""
    return inline(text if len(text) <= LONGEST else f"{text[:LONGEST]}...")


def _table(roster: Roster, show: Clean, width: int) -> Table:
    """Rich on first use, without markup: a name may hold what rich would read as such."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    first = min(max(len(WHERE), *(len(show(pin.name)) for pin in roster.pins)), width * 9 // 20)
    rest = (width - first - GAP * len(COLUMNS)) // len(COLUMNS)
    table.add_column(WHERE, overflow="fold", max_width=first)
    for name in COLUMNS:
        table.add_column(name, overflow="fold", max_width=rest)
    for pin in roster.pins:
        named = "\n".join((show(pin.name), f"  {kind(pin)}", *(f"  {each}" for each in _places(pin, show))))
        table.add_row(*(Text(each) for each in (named, until(pin), uses(pin, show), owners(pin, show))))
    return table


def kind(pin: Pinned) -> str:
    """Whether the name is one model, and whether its provider lists it."""
    named = "floating" if pin.floating else "pinned"
    return f"{named}, not listed by its provider" if pin.absent else named


def until(pin: Pinned) -> str:
    """The day on which it ends, where one is known."""
    return when(pin) or "no date known"


def uses(pin: Pinned, show: Clean) -> str:
    """What it is used for, and the suites; frozen ones say so."""
    found: dict[Purpose, list[str]] = {}
    for spot in pin.spots:
        named = found.setdefault(spot.purpose, [])
        named += [
            f"{show(suite)} (frozen)" if suite in spot.frozen else show(suite)
            for suite in spot.suites
            if spot.purpose != "unused"
        ]
    return "; ".join(
        f"{PURPOSES[purpose]}{': ' if suites else ''}{', '.join(dict.fromkeys(suites))}"
        for purpose, suites in found.items()
    )


def _places(pin: Pinned, show: Clean) -> Iterator[str]:
    """Every place, once, in the order of reading."""
    yield from dict.fromkeys(place(spot, show) for spot in pin.spots)


def place(spot: Spot, show: Clean) -> str:
    """File and line; of a default the file that does not name it."""
    path = show(spot.place.path)
    return f"{path} (the default)" if spot.assumed else f"{path}:{spot.place.line}"


def owners(pin: Pinned, show: Clean) -> str:
    """Who answers for it."""
    return ", ".join(map(show, pin.owners)) or (NOBODY if pin.used else UNKNOWN)


def _drawn(table: Table, width: int) -> str:
    from rich.console import Console

    out = StringIO()
    Console(file=out, width=width, color_system=None, markup=False, emoji=False, highlight=False).print(table)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def _below(roster: Roster, show: Clean) -> Iterator[str]:
    """What to do about every pin, whom nobody owns, what is frozen, what was not read."""
    for pin in roster.pins:
        if text := todo(pin, show):
            yield f"- {show(pin.name)}: {text}"
    if roster.unowned:
        names = ", ".join(show(pin.name) for pin in roster.unowned)
        yield f"- NOBODY owns {names}: write `owner:` in the config, or a line in CODEOWNERS"
    yield from (f"- frozen: suite {show(suite)} keeps {show(model)}" for suite, model in roster.frozen)
    yield from (f"- {inline(each.problem)}" for each in roster.listings if each.problem)
    yield from (f"- {inline(text)}" for text in roster.remarks)
    yield f"Looked at {show(roster.ref)} on {roster.looked}; dates are those of the model table of {roster.table}."


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, subsequent_indent="  ", break_on_hyphens=False, break_long_words=False)


def roster_json(roster: Roster, *, redact: Clean | None = None) -> str:
    """`{schema, ref, looked, table, next, pins[], frozen[], providers[], remarks[]}`."""
    clean = redact or Redactor()
    record: dict[str, Json] = {
        "schema": 1,
        "ref": clean(roster.ref),
        "looked": roster.looked,
        "table": roster.table,
        "next": clean(headline(roster, clean)),
        "pins": [_pin(pin, clean) for pin in roster.pins],
        "frozen": [{"suite": clean(suite), "model": clean(model)} for suite, model in roster.frozen],
        "providers": [
            {
                "name": clean(each.provider),
                "endpoint": clean(each.endpoint),
                "models": None if each.names is None else len(each.names),
                "problem": clean(each.problem) or None,
            }
            for each in roster.listings
        ],
        "remarks": [clean(text) for text in roster.remarks],
    }
    return json.dumps(record, indent=2, allow_nan=False)


def _pin(pin: Pinned, clean: Clean) -> Json:
    return {
        "name": clean(pin.name),
        "used": pin.used,
        "floating": pin.floating,
        "instead": _maybe(pin.instead, clean),
        "retires": pin.retires,
        "days_left": pin.days_left,
        "recommended": _maybe(pin.recommended, clean),
        "successor": _maybe(pin.successor, clean),
        "listed": pin.listed,
        "owners": [clean(owner) for owner in pin.owners],
        "todo": clean(todo(pin, clean)) or None,
        "places": [_spot(spot, clean) for spot in pin.spots],
    }


def _spot(spot: Spot, clean: Clean) -> Json:
    return {
        "path": clean(spot.place.path),
        "line": None if spot.assumed else spot.place.line,
        "used_for": spot.purpose,
        "suites": [clean(suite) for suite in spot.suites],
        "frozen": [clean(suite) for suite in spot.frozen],
        "owners": [clean(owner) for owner in spot.owners],
        "assumed": spot.assumed,
    }


def _maybe(text: str | None, clean: Clean) -> str | None:
    return None if text is None else clean(text)
