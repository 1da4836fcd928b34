"""What a judge's reply decides, without its wording: two replies are compared by this and by nothing else."""

from __future__ import annotations

from mergefloor.graders.strict_json import NotJson, parse

Decisions = tuple[tuple[str, str], ...]


def decisions(reply: str) -> Decisions | None:
    """(check, decision) for every check, in the order of the checks' ids; None for a reply that decides nothing."""
    value = parse(reply)
    rows = value.get("checks") if isinstance(value, dict) else None
    if isinstance(value, NotJson) or not isinstance(rows, list) or not rows:
        return None
    found: list[tuple[str, str]] = []
    for row in rows:
        decided = row.get("pass", row.get("choice")) if isinstance(row, dict) else None
        if not isinstance(row, dict) or decided is None:
            return None
        found.append((str(row.get("id")), str(decided)))
    return tuple(sorted(found))
