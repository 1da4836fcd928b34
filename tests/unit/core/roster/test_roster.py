"""The pins of a tree: what needs acting first, what a pin may move to, what a provider's own list says."""

from __future__ import annotations

from typing import Any

import pytest

from mergefloor.core.lifecycle import Ending, ModelFacts, ModelTable
from mergefloor.core.place import Place
from mergefloor.core.roster.listing import Listing, nobody_asked
from mergefloor.core.roster.roster import Pinned, Purpose, Roster, Spot, pinned

TODAY = 20_000


def ends(days: int) -> Ending:
    return Ending(date=f"day {days}", day=TODAY + days)


def spot(purpose: Purpose = "candidate", line: int = 1, **more: Any) -> Spot:
    return Spot(place=Place(path="mergefloor.yml", line=line), purpose=purpose, **more)


def table(**models: ModelFacts) -> ModelTable:
    return ModelTable(models={f"openai/{name.replace('_', '-')}": facts for name, facts in models.items()})


def pins(*named: tuple[str, Spot], known: ModelTable | None = None, **more: Any) -> tuple[Pinned, ...]:
    return pinned(named, known or ModelTable(), TODAY, **more)


def roster(*found: Pinned) -> Roster:
    return Roster(ref="main", looked="2026-11-21", table="2026-11-20", pins=found)


def test_pinned__what_needs_acting_first_comes_first() -> None:
    known = table(
        gone_0101=ModelFacts(ending=ends(-3)),
        soon_0101=ModelFacts(ending=ends(60)),
        sooner_0101=ModelFacts(ending=ends(5)),
        later_0101=ModelFacts(ending=ends(61)),
        idle_0101=ModelFacts(ending=ends(-9)),
    )
    names = ["idle-0101", "fine-0101", "later-0101", "floats", "soon-0101", "sooner-0101", "gone-0101"]
    found = pins(
        *((f"openai/{n}", spot("unused" if n == "idle-0101" else "candidate")) for n in names), known=known
    )
    assert [pin.name.removeprefix("openai/") for pin in found] == [
        *("gone-0101", "sooner-0101", "soon-0101", "floats", "later-0101", "fine-0101", "idle-0101")
    ]
    assert [pin.name[7:] for pin in roster(*found).pressing] == ["gone-0101", "sooner-0101", "soon-0101"]
    assert [pin.name[7:] for pin in roster(*found).moving] == ["floats"]
    assert [pin.retired for pin in found] == [True, False, False, False, False, False, True]


def test_pinned__one_entry_a_name_with_every_place() -> None:
    one = spot(suites=("a", "b"), frozen=("b",), owners=("@ada",))
    two = spot("judge", 7, owners=("@bo", "@ada"))
    (pin,) = pins(("openai/x-0101", one), ("openai/x-0101", two), ("openai/x-0101", one))
    assert pin.spots == (one, two)
    assert (pin.owners, pin.suites, pin.frozen) == (("@ada", "@bo"), ("a", "b"), ("b",))
    assert roster(pin).frozen == (("b", "openai/x-0101"),)
    assert roster(pin).unowned == ()


def test_pinned__owner_of_a_place_that_is_not_used__does_not_answer_for_the_pin() -> None:
    (pin,) = pins(("openai/x-0101", spot()), ("openai/x-0101", spot("unused", owners=("@ada",))))
    assert pin.owners == ()
    assert roster(pin).unowned == (pin,)
    (idle,) = pins(("openai/x-0101", spot("unused", owners=("@ada",))))
    assert (idle.owners, roster(idle).unowned) == (("@ada",), ())
    (lonely,) = pins(("openai/x-0101", spot("unused")))
    assert roster(lonely).unowned == ()


def test_pinned__embedding_model__is_its_own_version_unless_it_also_answers() -> None:
    (pin,) = pins(("openai/embed", spot("embedding")))
    assert not pin.floating
    (pin,) = pins(("openai/embed", spot("embedding")), ("openai/embed", spot()))
    assert pin.floating


@pytest.mark.parametrize(
    ("facts", "floats", "wanted"),
    [
        ({"old": ModelFacts()}, False, None),
        ({"old": ModelFacts(replacement="openai/new-0202")}, False, "openai/new-0202"),
        ({"old": ModelFacts(replacement="openai/new")}, False, None),
        ({"old": ModelFacts(replacement="openai/new")}, True, "openai/new"),
        (
            {
                "old": ModelFacts(replacement="openai/new"),
                "new_0202": ModelFacts(snapshot_of="openai/new"),
            },
            True,
            "openai/new-0202",
        ),
        ({"old": ModelFacts(replacement="openai/new"), "new": ModelFacts(fixed=True)}, False, "openai/new"),
        (
            {
                "old": ModelFacts(replacement="openai/mid-0202"),
                "mid_0202": ModelFacts(ending=ends(30), replacement="openai/new-0303"),
            },
            False,
            "openai/new-0303",
        ),
        (
            {
                "old": ModelFacts(replacement="openai/mid-0202"),
                "mid_0202": ModelFacts(ending=ends(30), replacement="openai/mid-0202"),
            },
            False,
            None,
        ),
    ],
)
def test_successor__the_first_name_on_the_chain_that_stays(
    facts: dict[str, ModelFacts], floats: bool, wanted: str | None
) -> None:
    (pin,) = pins(("openai/old", spot()), known=table(**facts), floats=floats)
    assert pin.successor == wanted


@pytest.mark.parametrize(
    ("name", "names", "wanted"),
    [
        ("openai/x-0101", {"x-0101"}, True),
        ("openai/x-0101", {"y"}, False),
        ("openai/x", {"y"}, None),  # an alias: lists leave them out
        ("openai/x", {"x"}, True),
        ("openai/fixed", {"fixed-0101"}, True),  # the snapshot behind it is there
        ("anthropic/x-20250101", {"y"}, None),  # another provider's
        ("openai/x-0101", None, None),
    ],
)
def test_listed__what_the_providers_list_says(name: str, names: set[str] | None, wanted: bool | None) -> None:
    known = table(fixed=ModelFacts(fixed=True, alias_for="openai/fixed-0101"))
    listing = Listing(provider="openai", names=None if names is None else frozenset(names))
    (pin,) = pins((name, spot()), known=known, listings=[listing])
    assert (pin.listed, pin.absent) == (wanted, wanted is False)
    assert bool(roster(pin).pressing) == (wanted is False)
    assert not listing.holds("openai/other")


def test_listings__where_nobody_is_asked__are_none() -> None:
    assert nobody_asked(["openai"]) == ()
    (pin,) = pins(("openai/x-0101", spot()))
    assert pin.listed is None
