"""The pins of one tree, the ones that need somebody first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from mergefloor.core.lifecycle import WARN_DAYS, ModelTable, Use, notice
from mergefloor.core.place import Place
from mergefloor.core.roster.listing import Listing

# candidate: answers the cases; code: a target's program may ask it; unused: named, and asked by nobody.
Purpose: TypeAlias = Literal["candidate", "judge", "panel", "embedding", "code", "unused"]
LONGEST_CHAIN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """One place where a name stands. `suites`: those that it speaks for; `frozen`: those of them whose pin nothing may
    move; `assumed`: nothing is written there, the name is the default."""

    place: Place
    purpose: Purpose
    suites: tuple[str, ...] = ()
    frozen: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    assumed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """One model name and everything known of it.

    `instead`: the dated name of a floating one; `retires`: ISO date, `days_left` may be negative; `recommended`: what
    its provider recommends then; `successor`: the name on that way to which a pin may move; `listed`: whether its
    provider lists it, None where nobody knows.
    """

    name: str
    spots: tuple[Spot, ...]
    floating: bool
    instead: str | None = None
    retires: str | None = None
    days_left: int | None = None
    recommended: str | None = None
    successor: str | None = None
    listed: bool | None = None

    @property
    def absent(self) -> bool:
        """Whether its provider was asked and does not list it."""
        return self.listed is False

    @property
    def used(self) -> bool:
        """Whether anything asks it."""
        return any(spot.purpose != "unused" for spot in self.spots)

    @property
    def retired(self) -> bool:
        """Whether it answers no more, by the table."""
        return self.days_left is not None and self.days_left <= 0

    @property
    def ends_soon(self) -> bool:
        """Whether it has ended or will within 60 days."""
        return self.ends_within(WARN_DAYS)

    def ends_within(self, days: int) -> bool:
        """Whether it has ended or will in so many days."""
        return self.days_left is not None and self.days_left <= days

    @property
    def owners(self) -> tuple[str, ...]:
        """Whoever answers for a place where it is used, else for one where it is named."""
        asked = [spot for spot in self.spots if spot.purpose != "unused"]
        return _once(owner for spot in asked or self.spots for owner in spot.owners)

    @property
    def suites(self) -> tuple[str, ...]:
        """The suites whose cases it answers."""
        return _once(suite for spot in self.spots if spot.purpose == "candidate" for suite in spot.suites)

    @property
    def frozen(self) -> tuple[str, ...]:
        """The suites among them that keep it whatever comes."""
        return _once(suite for spot in self.spots for suite in spot.frozen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Every pin of one tree. `looked`, `table`: ISO dates of this look and of the model table; `remarks`: what was
    not read."""

    ref: str
    looked: str
    table: str
    pins: tuple[Pinned, ...]
    listings: tuple[Listing, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def pressing(self) -> tuple[Pinned, ...]:
        """The pins in use that end within 60 days, have ended, or are on no list of their provider."""
        return tuple(pin for pin in self.pins if pin.used and (pin.ends_soon or pin.absent))

    @property
    def moving(self) -> tuple[Pinned, ...]:
        """The names in use that stand for one model today and for another tomorrow."""
        return tuple(pin for pin in self.pins if pin.used and pin.floating)

    @property
    def unowned(self) -> tuple[Pinned, ...]:
        """The pins in use that nobody answers for."""
        return tuple(pin for pin in self.pins if pin.used and not pin.owners)

    @property
    def frozen(self) -> tuple[tuple[str, str], ...]:
        """Suite and model of every flow that is frozen."""
        return tuple((suite, pin.name) for pin in self.pins for suite in pin.frozen)


def pinned(
    spots: Iterable[tuple[str, Spot]],
    table: ModelTable,
    today: int,
    *,
    floats: bool = False,
    listings: Sequence[Listing] = (),
) -> tuple[Pinned, ...]:
    """One entry a name, what needs acting on first. `today`: days since 1970; `floats`: the policy takes a successor
    without a date."""
    named: dict[str, list[Spot]] = {}
    for name, spot in spots:
        named.setdefault(name, []).append(spot)
    found = [_pinned(name, tuple(dict.fromkeys(where)), table, today) for name, where in named.items()]
    told = [
        replace(
            pin,
            successor=_successor(table.full(pin.name), table, today, floats=floats),
            listed=_listed(pin, table, listings),
        )
        for pin in found
    ]
    return tuple(sorted(told, key=_urgency))


def _pinned(name: str, spots: tuple[Spot, ...], table: ModelTable, today: int) -> Pinned:
    # A name that is only ever an embedding model is its own version.
    dated = any(spot.purpose != "embedding" for spot in spots)
    known = notice(Use(name=name, place=spots[0].place, dated=dated), table, today)
    return Pinned(
        name=name,
        spots=spots,
        floating=known.floating,
        instead=known.instead,
        retires=known.retires,
        days_left=known.days_left,
        recommended=known.replacement,
    )


def _successor(name: str, table: ModelTable, today: int, *, floats: bool) -> str | None:
    """The first name on the provider's chain of recommendations that a pin may move to and that stays for a while."""
    for _ in range(LONGEST_CHAIN):
        following = table.facts(name).replacement
        if following is None:
            return None
        told = notice(Use(name=following, place=Place(path="")), table, today)
        chosen = told.instead or (following if floats else None) if told.floating else following
        if chosen is not None and not _ending(chosen, table, today):
            return chosen
        name = following
    return None


def _ending(name: str, table: ModelTable, today: int) -> bool:
    ending = table.facts(name).ending
    return ending is not None and ending.day - today <= WARN_DAYS


def _listed(pin: Pinned, table: ModelTable, listings: Iterable[Listing]) -> bool | None:
    """Whether the provider lists the name, or the snapshot behind it. Lists leave aliases out: that a floating name is
    on none says nothing."""
    names = [name for name in (table.full(pin.name), table.facts(pin.name).alias_for) if name]
    for listing in listings:
        if listing.tells(names[0]):
            there = any(listing.holds(name) for name in names)
            return True if there else None if pin.floating else False
    return None


def _urgency(pin: Pinned) -> tuple[int, int, str]:
    """Ended or gone, ending, floating, ending later, the rest, unused; nearer dates first."""
    days = pin.days_left if pin.days_left is not None else 10**6
    ranks = (
        pin.used and (pin.retired or pin.absent),
        pin.used and pin.ends_soon,
        pin.used and pin.floating,
        pin.used and pin.days_left is not None,
        pin.used,
        True,
    )
    return next(rank for rank, holds in enumerate(ranks) if holds), days, pin.name


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
