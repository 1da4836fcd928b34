"""A list in GraphQL, page by page until it is exhausted (R27)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from mergefloor.core.types import Json
from mergefloor.errors import HubError
from mergefloor.gh import fields

Direction = Literal["forwards", "backwards"]
LOOKS = 3
PAGE_INFO: dict[Direction, tuple[str, str]] = {
    "forwards": ("hasNextPage", "endCursor"),
    "backwards": ("hasPreviousPage", "startCursor"),
}


def pages(ask: Callable[[str | None], Json], direction: Direction) -> Iterator[list[Json]]:
    """The nodes of every page. `ask` gets the cursor to go on from (None: the first page) and returns the connection.

    Raises HubError when the cursor does not move or a page stays lost: the rest cannot be read, and must not be taken
    for absent.
    """
    more, edge = PAGE_INFO[direction]
    seen: set[str] = set()
    cursor: str | None = None
    while True:
        page = _whole(ask, cursor, edge)
        yield fields.rows(page, "nodes")
        if not fields.flag(page, "pageInfo", more):
            return
        cursor = fields.text(page, "pageInfo", edge)
        if cursor in seen:
            raise HubError(
                f"GitHub repeats the page at {cursor!r}, the rest of a list cannot be read", fields.FIX
            )
        seen.add(cursor)


def _whole(ask: Callable[[str | None], Json], cursor: str | None, edge: str) -> Json:
    """A page that has an edge has something on it: one without is asked for again."""
    for _ in range(LOOKS):
        page = ask(cursor)
        if fields.rows(page, "nodes") or fields.found(page, "pageInfo", edge) is None:
            return page
    raise HubError("GitHub sends a page of a list without what is on it", fields.FIX, status=502)
