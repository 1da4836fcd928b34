"""What to do about a pin, and by when.

Names come from files of the repository: `show` makes one safe for where the sentence goes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeAlias

from mergefloor.core.lifecycle import WARN_DAYS
from mergefloor.core.roster.roster import Pinned, Roster

Show: TypeAlias = Callable[[str], str]

FEW = 5  # names in one sentence
COMMAND = "mergefloor model-update"
# What a shell takes as one plain word, so that a copied command does what it says.
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+-]*")


def headline(roster: Roster, show: Show) -> str:
    """What to do next and by when, in one sentence."""
    ended = [pin for pin in roster.pressing if pin.retired]
    gone = [pin for pin in roster.pressing if pin.absent and not pin.retired]
    soon = [pin for pin in roster.pressing if not pin.retired and not pin.absent]
    told = [f"{_count(ended, 'pin has', 'pins have')} retired: {_listed(ended, show)}"] if ended else []
    told += (
        [f"{_count(gone, 'pin is', 'pins are')} not on its provider's list: {_listed(gone, show)}"]
        if gone
        else []
    )
    told += (
        [f"{_count(soon, 'pin retires', 'pins retire')} within {WARN_DAYS} days: {_listed(soon, show)}"]
        if soon
        else []
    )
    if told:
        return f"{'; '.join(told)}. Next: {todo(roster.pressing[0], show)}."
    if roster.moving:
        count = _count(roster.moving, "name is no dated snapshot", "names are no dated snapshots")
        return f"No pin retires within {WARN_DAYS} days; {count}. Next: {todo(roster.moving[0], show)}."
    return f"Nothing needs doing: no pin retires within {WARN_DAYS} days, and every name in use is fixed."


def todo(pin: Pinned, show: Show) -> str:
    """What to do about one pin; "" where nothing needs doing."""
    if not pin.used:
        return ""
    if pin.ends_soon or pin.absent:
        return _moved(pin, show)
    if not pin.floating:
        return ""
    name = f"`{show(pin.name)}`"
    if pin.instead is not None:
        return f"write `{show(pin.instead)}` in the place of {name}"
    return f"no dated name is known for {name}: pin a dated snapshot of another model"


def when(pin: Pinned) -> str:
    """Until when it answers: `2026-12-11, in 20 days`; "" where no day is known."""
    if pin.retires is None or pin.days_left is None:
        return ""
    if pin.days_left == 0:
        return f"{pin.retires}, today"
    days = f"{abs(pin.days_left)} day{'' if abs(pin.days_left) == 1 else 's'}"
    return f"{pin.retires}, in {days}" if pin.days_left > 0 else f"{pin.retires}, {days} ago"


def _moved(pin: Pinned, show: Show) -> str:
    purposes = {spot.purpose for spot in pin.spots if spot.purpose != "unused"}
    if purposes <= {"embedding"}:
        return f"name another embedding model than `{show(pin.name)}` and set the thresholds of `similarity` checks anew"
    if purposes <= {"code", "embedding"}:
        return f"change `{show(pin.name)}` in the code that asks it and under `models` of its target"
    if all(spot.assumed for spot in pin.spots if spot.purpose != "unused"):
        key = "judge" if purposes <= {"judge", "panel"} else "defaults"
        return (
            f"nothing names `{show(pin.name)}`, it is the default: write `{key}: {{model: {_to(pin, show)}}}`"
        )
    kept = ", ".join(f"`{show(suite)}`" for suite in pin.frozen[:FEW])
    lift = f"lift `freeze: true` of {kept}, then " if pin.frozen else ""
    return f"{lift}run {_command(pin, show)}{_why(pin, show)}"


def _command(pin: Pinned, show: Show) -> str:
    """The command to type; a name that a shell would not take as one word is left to the person."""
    if not _PLAIN.fullmatch(pin.name):
        return f"`{COMMAND}` for `{show(pin.name)}`"
    return f"`{COMMAND} --from {show(pin.name)} --to {_to(pin, show)}`"


def _to(pin: Pinned, show: Show) -> str:
    to = pin.successor
    return show(to) if to is not None and _PLAIN.fullmatch(to) else "MODEL"


def _why(pin: Pinned, show: Show) -> str:
    """What the provider says, where no name could be put into the command."""
    if pin.successor is not None:
        return ""
    if pin.recommended is None:
        return " with a dated snapshot that stays"
    return f" (its provider recommends `{show(pin.recommended)}`, of which no dated name is known)"


def _listed(pins: Sequence[Pinned], show: Show) -> str:
    told = [f"`{show(pin.name)}`{_until(pin)}" for pin in pins[:FEW]]
    more = len(pins) - FEW
    return ", ".join(told) + (f" and {more} more" if more > 0 else "")


def _until(pin: Pinned) -> str:
    day = when(pin)
    return f" ({day})" if day else ""


def _count(pins: Sequence[Pinned], one: str, many: str) -> str:
    return f"{len(pins)} {one if len(pins) == 1 else many}"
