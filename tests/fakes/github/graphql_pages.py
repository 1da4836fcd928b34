"""Connections: first or last, before or after, with cursors nobody should read."""

from __future__ import annotations

import base64
from typing import Any

CURSOR = base64.b64encode(b"cursor:v2:").decode()[:12]  # how every cursor begins


class GraphRefusal(Exception):
    """GraphQL says no: a type (FORBIDDEN, NOT_FOUND, ...) and the words GitHub uses."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def connection(name: str, nodes: list[dict[str, Any]], args: dict[str, Any]) -> dict[str, Any]:
    """One page of nodes. A cursor names a node, not a position: what is written meanwhile does not shift the pages."""
    first, last = args.get("first"), args.get("last")
    if first is None and last is None:
        text = f"You must provide a `first` or `last` value to properly paginate the `{name}` connection."
        raise GraphRefusal("MISSING_PAGINATION_BOUNDARIES", text)
    for which, value in (("first", first), ("last", last)):
        if value is not None and not 0 <= value <= 100:
            text = f"Requesting {value} records on the `{name}` connection exceeds the `{which}` limit of 100 records."
            raise GraphRefusal("EXCESSIVE_PAGINATION", text)
    low, high = _bound(nodes, args.get("after"), 1, 0), _bound(nodes, args.get("before"), 0, len(nodes))
    inner = (low, high)
    if first is not None:
        high = min(high, low + first)
    if last is not None:
        low = max(low, high - last)
    page = nodes[low:high]
    return {
        "nodes": page,
        "totalCount": len(nodes),
        "pageInfo": {
            "startCursor": _cursor(page[0]) if page else None,
            "endCursor": _cursor(page[-1]) if page else None,
            "hasNextPage": high < inner[1] if first is not None else inner[1] < len(nodes),
            "hasPreviousPage": low > inner[0] if last is not None else inner[0] > 0,
        },
    }


def _cursor(node: dict[str, Any]) -> str:
    return base64.b64encode(f"cursor:v2:{node['id']}".encode()).decode()


def _bound(nodes: list[dict[str, Any]], cursor: str | None, beyond: int, otherwise: int) -> int:
    if cursor is None:
        return otherwise
    for at, node in enumerate(nodes):
        if _cursor(node) == cursor:
            return at + beyond
    # The node behind the cursor was deleted: ids grow with time, so its place is known.
    try:
        gone = base64.b64decode(cursor, validate=True).decode().removeprefix("cursor:v2:")
    except ValueError:
        gone = ""
    if not gone:
        raise GraphRefusal("INVALID_CURSOR_ARGUMENTS", f"`{cursor}` does not appear to be a valid cursor.")
    return sum(_order(node["id"]) < _order(gone) for node in nodes)


def _order(node_id: str) -> tuple[int, str]:
    digits = node_id.rpartition("_")[2]
    return (int(digits) if digits.isdigit() else 0, node_id)
