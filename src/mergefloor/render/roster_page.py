"""The pins of a repository as the body of an issue, and what its owner is told when one ends.

Nobody is notified by the issue: owners stand in it as code. A reminder mentions them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from mergefloor.core.lifecycle import WARN_DAYS
from mergefloor.core.owners import is_owner, mentions
from mergefloor.core.roster.advice import headline, todo, when
from mergefloor.core.roster.reminder import Reminder
from mergefloor.core.roster.roster import Pinned, Roster
from mergefloor.render.filters import NAME_LIMIT, code, prose
from mergefloor.render.redact import Redactor
from mergefloor.render.roster import kind, until, uses

Clean: TypeAlias = Callable[[str], str]

MOST_ROWS = 150  # of a table or a list
MOST_PLACES = 5  # of one name
MOST_OWNERS = 10
SIGNS = ("\u2757", "\u26a0\ufe0f", "\u2705")


def roster_page(roster: Roster, *, redact: Clean | None = None) -> str:
    """Markdown: what to do next, the table, frozen flows, floating names, when it was looked at."""
    clean = redact or Redactor()
    show = shown_with(clean)
    sign = SIGNS[0 if roster.pressing else 1 if roster.moving else 2]
    lines = [f"{sign} {headline(roster, show)}", ""]
    if roster.unowned:
        names = _listed([f"`{show(pin.name)}`" for pin in roster.unowned])
        lines += [
            f"\u2757 **Nobody owns** {names}: write `owner:` in the config, or a line in CODEOWNERS.",
            "",
        ]
    lines += _table(roster, show)
    lines += _section("To do", _todos(roster, show))
    lines += _section("Frozen: `freeze: true`, no update moves these", _frozen(roster, show))
    lines += _section("Floating: one model today, perhaps another tomorrow", _floating(roster, show))
    lines += _section("Not looked at", _unread(roster, clean))
    return clean("\n".join([*lines, _footer(roster, show)]) + "\n")


def shown_with(clean: Clean) -> Clean:
    """How a foreign name is written inside a code span."""
    return lambda text: code(_cut(clean(text)))


def _cut(text: str) -> str:
    return text if len(text) <= NAME_LIMIT else f"{text[:NAME_LIMIT]}..."


def _table(roster: Roster, show: Clean) -> Iterator[str]:
    yield "| model | | ends | used for | where | owner |"
    yield "|---|---|---|---|---|---|"
    for pin in roster.pins[:MOST_ROWS]:
        cells = (
            f"`{show(pin.name)}`",
            kind(pin),
            until(pin),
            _uses(pin, show),
            _places(pin, show),
            _owners(pin),
        )
        yield f"| {' | '.join(cells)} |"
    if (more := len(roster.pins) - MOST_ROWS) > 0:
        yield f"\n{more} more: type `mergefloor models`."
    yield ""


def _uses(pin: Pinned, show: Clean) -> str:
    """As in the terminal, each purpose in words of ours and its suites as code."""
    return uses(pin, lambda text: f"`{show(text)}`")


def _places(pin: Pinned, show: Clean) -> str:
    told = dict.fromkeys(
        f"`{show(spot.place.path)}` (the default)"
        if spot.assumed
        else f"`{show(spot.place.path)}:{spot.place.line}`"
        for spot in pin.spots
    )
    return _listed(list(told), MOST_PLACES)


def _owners(pin: Pinned) -> str:
    """Inside code nobody is notified."""
    named = [f"`{owner}`" for owner in pin.owners if is_owner(owner)]
    return _listed(named, MOST_OWNERS) or ("**nobody**" if pin.used else "")


def _todos(roster: Roster, show: Clean) -> list[str]:
    found = [*roster.pressing, *(pin for pin in roster.moving if pin not in roster.pressing)]
    return [f"- {until(pin)}: {todo(pin, show)}" if when(pin) else f"- {todo(pin, show)}" for pin in found]


def _frozen(roster: Roster, show: Clean) -> list[str]:
    return [f"- suite `{show(suite)}` keeps `{show(model)}`" for suite, model in roster.frozen]


def _floating(roster: Roster, show: Clean) -> list[str]:
    return [
        f"- `{show(pin.name)}`: "
        + (f"write `{show(pin.instead)}`" if pin.instead else "no dated name is known for it")
        for pin in roster.moving
    ]


def _unread(roster: Roster, clean: Clean) -> list[str]:
    told = [each.problem for each in roster.listings if each.problem]
    return [f"- {prose(clean(text))}" for text in (*told, *roster.remarks)]


def _section(title: str, items: Sequence[str]) -> list[str]:
    if not items:
        return []
    more = len(items) - MOST_ROWS
    return [f"### {title}", "", *items[:MOST_ROWS], *([f"- and {more} more"] if more > 0 else []), ""]


def _footer(roster: Roster, show: Clean) -> str:
    asked = [each.provider for each in roster.listings if each.names is not None]
    lists = f" The lists of {' and '.join(asked)} were read the same day." if asked else ""
    return (
        f"<sub>Looked at `{show(roster.ref)}` on {roster.looked}.{lists} Dates are those of the model table of "
        f"{roster.table}, after `models` of the config. Owners are mentioned once {WARN_DAYS}, 30 and 7 days before "
        "a pin of theirs retires, never here.</sub>"
    )


def _listed(names: Sequence[str], most: int = MOST_OWNERS) -> str:
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def reminder_text(reminder: Reminder, *, redact: Clean | None = None) -> str:
    """The comment that mentions the owners of one pin."""
    clean = redact or Redactor()
    show, pin = shown_with(clean), reminder.pin
    called = " ".join(mentions(pin.owners)[:MOST_OWNERS])
    others = [f"`{owner}`" for owner in pin.owners if owner not in mentions(pin.owners) and is_owner(owner)]
    verb = "has retired" if pin.retired else "retires"
    lines = [
        f"{called}{' ' if called else ''}`{show(pin.name)}` {verb} ({when(pin)}): {todo(pin, show)}.",
        "",
        f"Used for {_uses(pin, show)}, at {_places(pin, show)}.",
    ]
    if others:
        lines += [f"Owned by {_listed(others)}, whom GitHub does not notify."]
    if not pin.owners:
        lines += ["**Nobody owns it**: write `owner:` in the config, or a line in CODEOWNERS."]
    return clean("\n".join(lines) + "\n")


def issue_title(roster: Roster) -> str:
    """The state of the pins, in the list of issues."""
    if roster.pressing:
        one = len(roster.pressing) == 1
        return f"Models: {len(roster.pressing)} {'pin needs' if one else 'pins need'} an update"
    return "Models: names to pin" if roster.moving else "Models: nothing to do"
