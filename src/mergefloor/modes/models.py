"""`mergefloor models`: every pin of the repository, what needs acting on first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mergefloor.core.effects import Outcome, Print
from mergefloor.core.ports import Snapshot
from mergefloor.core.roster.listing import Listings, nobody_asked
from mergefloor.errors import InputError
from mergefloor.modes.roster import read_roster
from mergefloor.render.roster import roster_console, roster_json


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelsRequest:
    """Whose pins. `within`: exit code 1 where one in use has ended or ends in so many days; None: never."""

    ref: str
    config: str | None = None
    as_json: bool = False
    within: int | None = None
    width: int = 80


def run(
    request: ModelsRequest,
    files: Snapshot,
    *,
    now: float,
    listings: Listings = nobody_asked,
    redact: Callable[[str], str] | None = None,
) -> Outcome:
    """Show the pins of one tree. `now`: seconds since 1970."""
    if request.config is not None and request.config not in files.files:
        raise InputError.at(request.config, 1, "there is no such config", "correct `--config`")
    found = read_roster(files, request.config, request.ref, now, listings)
    text = (
        roster_json(found, redact=redact)
        if request.as_json
        else roster_console(found, width=request.width, redact=redact)
    )
    limit = request.within
    late = limit is not None and any(pin.used and pin.ends_within(limit) for pin in found.pins)
    return Outcome(exit_code=1 if late else 0, effects=(Print(text=text),))
