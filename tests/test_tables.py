"""The shipped tables of facts about models age: these tests are the reminder."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from importlib.resources import files

import pytest

OLDEST = 180
HOW = {
    "models.json": "compare its dates with the providers' deprecation pages (docs/models.md)",
    "prices.json": "compare its prices with the providers' price lists",
}


def age(name: str, today: date) -> int:
    """Days since somebody last looked."""
    table = json.loads(files("mergefloor").joinpath("data", name).read_text(encoding="utf-8"))
    return (today - date.fromisoformat(table["updated"])).days


@pytest.mark.parametrize("name", HOW)
def test_table__is_at_most_180_days_old(name: str) -> None:
    days = age(name, datetime.now(tz=UTC).date())
    told = f"{name} is {days} days old: {HOW[name]}, then set `updated` in src/mergefloor/data/{name}"
    assert days <= OLDEST, told
    assert days >= -1, f"`updated` of {name} lies in the future"


@pytest.mark.parametrize("name", HOW)
def test_age__counts_from_the_day_of_the_look_up(name: str) -> None:
    assert age(name, date(2030, 1, 1)) > OLDEST
