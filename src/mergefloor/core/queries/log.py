"""A log of production queries: what a suite says of it, its rows, and the two newest windows of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from mergefloor.core.types import Place

WINDOW = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryLog:
    """Which files hold a suite's queries. `file`: a glob; `window`: queries that are compared with as many before
    them; `show`: whether reports may hold the text of a query."""

    file: str
    window: int = WINDOW
    show: bool = False
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One query. `at`: seconds since 1970; `day`: the same as an ISO date in UTC. Its text stays out of every `repr`."""

    at: float
    day: str
    text: str = field(repr=False)
    place: Place

    @property
    def words(self) -> str:
        """The text without what does not matter: case and blanks."""
        return " ".join(self.text.casefold().split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """Two consecutive windows, oldest query first. `rows`: all queries of the log; `repeats`: those that were asked
    before in their window, word for word, and count once."""

    before: tuple[Query, ...]
    after: tuple[Query, ...]
    rows: int
    repeats: int = 0


def windows(queries: Iterable[Query], size: int) -> Windows:
    """The newest `size` distinct queries and as many before them; half of all where there are not enough for both.

    The same words asked fifty times in a window are one query: the test takes queries for independent.
    """
    newest = sorted(queries, key=lambda query: query.at, reverse=True)
    held = min(size, len({query.words for query in newest}) // 2)
    after, rest, twice = _window(newest, held)
    before, _, again = _window(rest, held)
    return Windows(before=before, after=after, rows=len(newest), repeats=twice + again)


def _window(newest: Sequence[Query], size: int) -> tuple[tuple[Query, ...], Sequence[Query], int]:
    """The window, the queries before it, and how many of its rows were repeats."""
    chosen: dict[str, Query] = {}
    used = 0
    for query in newest:
        if query.words not in chosen and len(chosen) == size:
            break
        chosen.setdefault(query.words, query)
        used += 1
    return tuple(reversed(chosen.values())), newest[used:], used - len(chosen)
