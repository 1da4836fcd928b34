"""Notices about model names: what floats, what ends when, and what to name instead."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mergefloor.core.lifecycle import (
    Ending,
    ModelFacts,
    ModelTable,
    Use,
    day_of,
    notice,
    notices,
    sentence,
)
from mergefloor.core.types import Place

TODAY = 20_000
PLACE = Place(path="prompts/a.prompt.yml", line=3)


def ends(days: int) -> Ending:
    return Ending(date=f"day {days}", day=TODAY + days)


TABLE = ModelTable(
    models={
        "openai/a": ModelFacts(alias_for="openai/a-2026-01-02"),
        "openai/a-2026-01-02": ModelFacts(snapshot_of="openai/a", released="2026-01-02"),
        "openai/a-2026-05-06": ModelFacts(snapshot_of="openai/a", released="2026-05-06"),
        "openai/b-0125": ModelFacts(snapshot_of="openai/b", released="2026-01-25"),
        "openai/b-1106": ModelFacts(snapshot_of="openai/b", released="2025-11-06"),
        "openai/c": ModelFacts(alias_for="openai/c-0101", ending=ends(-1), replacement="openai/d"),
        "openai/c-0101": ModelFacts(snapshot_of="openai/c", ending=ends(-1)),
        "anthropic/claude-e-5": ModelFacts(fixed=True),
    }
)


def use(name: str, **more: bool) -> Use:
    return Use(name=name, place=PLACE, **more)


def only(name: str, table: ModelTable = TABLE, **more: bool) -> list[str]:
    return [sentence(each) for each in notices([use(name, **more)], table, TODAY)]


def ending_in(days: int) -> ModelTable:
    return ModelTable(models={"openai/x-2026-01-02": ModelFacts(ending=ends(days), replacement="openai/y")})


def test_notices__of_an_alias__name_the_snapshot_that_it_stands_for_though_a_newer_one_exists() -> None:
    (found,) = notices([use("openai/a")], TABLE, TODAY)
    assert (found.floating, found.instead, found.place) == (True, "openai/a-2026-01-02", PLACE)
    assert sentence(found) == "`openai/a` is not a dated snapshot: name `openai/a-2026-01-02` instead"


def test_notices__of_an_alias_without_a_known_target__name_the_newest_snapshot_by_release() -> None:
    """By the day it came out, not by its name: 0125 came after 1106."""
    assert notices([use("openai/b")], TABLE, TODAY)[0].instead == "openai/b-0125"


def test_notices__of_an_alias_whose_snapshot_ended__offer_the_newest_that_has_not() -> None:
    ended = TABLE.models["openai/a-2026-01-02"]
    for days, instead in ((1, "openai/a-2026-01-02"), (0, "openai/a-2026-05-06")):
        table = ModelTable(models={**TABLE.models, "openai/a-2026-01-02": replace(ended, ending=ends(days))})
        assert notices([use("openai/a")], table, TODAY)[0].instead == instead


def test_notices__of_an_alias_that_ended_with_its_snapshot__offer_none_and_say_both() -> None:
    assert only("openai/c") == [
        "`openai/c` is not a dated snapshot, and no dated name is known for it; it retired on day -1, 1 day ago; "
        "its provider recommends `openai/d`"
    ]


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (61, []),
        (60, ["retires on day 60, in 60 days"]),
        (1, ["retires on day 1, in 1 day"]),
        (0, ["retires today, day 0"]),
        (-1, ["retired on day -1, 1 day ago"]),
        (-400, ["retired on day -400, 400 days ago"]),
    ],
)
def test_notices__of_a_dated_name__warn_from_sixty_days_before_its_end(days: int, said: list[str]) -> None:
    told = [f"`openai/x-2026-01-02` {text}; its provider recommends `openai/y`" for text in said]
    assert only("openai/x-2026-01-02", ending_in(days)) == told


def test_notice__of_a_name_that_ends_later__still_carries_its_date() -> None:
    found = notice(use("openai/x-2026-01-02"), ending_in(61), TODAY)
    assert (found.retires, found.days_left, found.ends_soon) == ("day 61", 61, False)


def test_notices__of_unknown_names__have_no_date_and_a_dated_one_no_notice() -> None:
    assert only("openai/unheard-2026-01-02") == []
    (found,) = notices([use("openai/unheard")], TABLE, TODAY)
    assert (found.floating, found.instead, found.retires, found.days_left) == (True, None, None, None)


def test_notices__of_a_name_that_its_provider_keeps_fixed__are_none() -> None:
    """A promise without a date is a promise; an undated name without one floats."""
    assert notices([Use(name="anthropic/claude-e-5", place=PLACE)], TABLE, TODAY) == ()
    assert notice(Use(name="anthropic/claude-e-5", place=PLACE), TABLE, TODAY).fixed


def test_notices__of_embedding_models__never_float_and_still_end() -> None:
    table = ModelTable(models={"openai/embed-3": ModelFacts(ending=ends(5))})
    assert only("openai/embed-3", ModelTable(), dated=False) == []
    assert only("openai/embed-3", table, dated=False) == ["`openai/embed-3` retires on day 5, in 5 days"]


def test_notices__of_a_name_that_is_not_used__are_always_given() -> None:
    assert only("openai/a-2026-05-06", used=False) == ["`openai/a-2026-05-06` (named here and not used)"]


@pytest.mark.parametrize("name", ["a", "openai:a", "openai:chat:a"])
def test_notices__of_names_as_other_tools_write_them__find_the_provider(name: str) -> None:
    assert notices([use(name)], TABLE, TODAY)[0].instead == "openai/a-2026-01-02"


def test_notices__of_a_dated_name_without_a_provider__do_not_call_it_floating() -> None:
    assert only("a-2026-05-06") == only("zzz-2026-05-06") == []


def test_notices__of_one_name_written_once_and_read_twice__are_one() -> None:
    assert len(notices([use("openai/a"), use("openai/a")], TABLE, TODAY)) == 1
    elsewhere = Use(name="openai/a", place=Place(path="mergefloor.yml", line=2))
    assert len(notices([use("openai/a"), elsewhere], TABLE, TODAY)) == 2


def test_sentence__of_a_name_with_control_characters__shows_them_escaped_and_cut() -> None:
    (told,) = only("\x1b[2J" + "a" * 1000)
    assert "\x1b" not in told
    assert len(told) < 250


def test_day_of__counts_from_1970() -> None:
    assert [day_of(seconds) for seconds in (0.0, 86_399.9, 86_400.0)] == [0, 0, 1]


def test_told__days_of_a_provider_go_before_the_table_and_not_before_the_config() -> None:
    old, new = Ending(date="2027-01-01", day=1), Ending(date="2027-02-02", day=2)
    table = ModelTable(models={"openai/a": ModelFacts(ending=old, replacement="openai/z")}, updated="x")
    told = table.told({"openai/a": new, "openai/b": new, "openai/c": new}, {"openai/c"})
    assert told.facts("openai/a") == ModelFacts(ending=new, replacement="openai/z")
    assert told.facts("openai/b").ending == new
    assert told.facts("openai/c").ending is None
    assert told.updated == "x"
