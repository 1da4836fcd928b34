"""What the queries of one suite say. No text of a query is in it, unless its config asks for that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mergefloor.core.drift.queries import Incomparable, QueryDrift
from mergefloor.core.queries.coverage import Coverage, Stands
from mergefloor.core.queries.log import Query
from mergefloor.core.types import Place
from mergefloor.core.wording import Words

# Windows of daily runs overlap, so that a year holds many tests: docs/queries.md has how often each level rings.
ISSUE_ALPHA = 0.002


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One window: the days of its first and its last query, and how many they are. `since`: seconds since 1970."""

    first: str
    last: str
    queries: int
    since: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Far:
    """A new query that is far from every golden question. `text` None: the config does not say `show: true`."""

    place: Place
    distance: float
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """`Coverage` with places for indices: see there."""

    cases: int
    middle: tuple[float, float]
    usual: float
    beyond: float
    stands: tuple[Stands, ...]
    far: tuple[Far, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueriesFound:
    """One suite's log. `result`: the test, or why there is none; `near` None: nothing to hold the queries against.

    `before`, `after`: the windows, None where there is none. `failed`: why the windows could not be read or embedded,
    which somebody has to mend; () where all went well. `unplaced`: why the golden set is missing from it.
    """

    suite: str
    log: str
    rows: int = 0
    repeats: int = 0
    files: int = 0
    embedder: str = ""
    before: Span | None = None
    after: Span | None = None
    result: QueryDrift | Incomparable | None = None
    near: Near | None = None
    failed: Words = ()
    unplaced: Words = ()

    @property
    def drifted(self) -> bool:
        """Whether people ask something else than before."""
        return isinstance(self.result, QueryDrift) and self.result.drifted

    @property
    def alarming(self) -> bool:
        """Whether an issue should say so."""
        return isinstance(self.result, QueryDrift) and self.result.p_value <= ISSUE_ALPHA


def span_of(window: Sequence[Query]) -> Span | None:
    """The days of a window; None of an empty one."""
    if not window:
        return None
    return Span(first=window[0].day, last=window[-1].day, queries=len(window), since=window[0].at)


def near_of(found: Coverage | None, window: Sequence[Query], *, show: bool) -> Near | None:
    """Coverage with the places of the far queries, and their texts where those may be shown."""
    if found is None:
        return None
    far = (
        Far(place=window[index].place, distance=distance, text=window[index].text if show else None)
        for index, distance in found.far
    )
    return Near(
        cases=found.cases,
        middle=found.middle,
        usual=found.usual,
        beyond=found.beyond,
        stands=found.stands,
        far=tuple(far),
    )
