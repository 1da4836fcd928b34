"""The data of the shop: orders, articles of the help pages, and the days on which the vans drive."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent / "data"
WEEKS_AHEAD = 3


@dataclass(frozen=True, slots=True)
class Shop:
    """A snapshot: `today` is the day on which it was taken, so that answers stay the same."""

    orders: Mapping[str, Mapping[str, Any]]
    articles: tuple[Mapping[str, str], ...]
    weekdays: Mapping[str, tuple[str, ...]]
    holidays: frozenset[date]
    today: date

    def van_days(self, postcode: str) -> list[date]:
        """The next days on which a van comes to an address, from tomorrow on."""
        ahead = (self.today + timedelta(days=day) for day in range(1, 7 * WEEKS_AHEAD + 1))
        wanted = self.weekdays.get(postcode[:1], ())
        return [day for day in ahead if f"{day:%A}" in wanted and day not in self.holidays]


def load(data: Path = DATA) -> Shop:
    """Everything under data/."""
    vans = json.loads((data / "vans.json").read_text("utf-8"))
    return Shop(
        orders={row["id"]: row for row in _rows(data / "orders.jsonl")},
        articles=tuple(_rows(data / "articles.jsonl")),
        weekdays={area: tuple(days) for area, days in vans["weekdays"].items()},
        holidays=frozenset(date.fromisoformat(day) for day in vans["holidays"]),
        today=date.fromisoformat(vans["today"]),
    )


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
