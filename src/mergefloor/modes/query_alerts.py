"""The issue about a query drift: one a suite. People close it, once the golden set has what is new."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from mergefloor.core.activity import RunStamp
from mergefloor.core.effects import UpsertIssue
from mergefloor.core.keys import digest
from mergefloor.core.queries.found import QueriesFound
from mergefloor.core.queries.words import TITLE
from mergefloor.render.filters import cell
from mergefloor.render.queries import query_issue

LABELS = ("mergefloor", "drift")
DIGITS = 16


def query_alerts(
    found: Iterable[QueriesFound],
    config: str,
    stamp: RunStamp,
    redact: Callable[[str], str],
    owners: Callable[[str], str] = lambda _: "",
) -> tuple[UpsertIssue, ...]:
    """An issue for each suite whose queries drifted at p <= .01; `config`: the config's path; `owners`: what to say
    below it when it is opened, by suite. A later drift opens it again, and no run closes it: what people ask was new
    once, and stays untested until somebody adds cases."""
    return tuple(
        UpsertIssue(
            marker=f"<!-- mergefloor-queries:{cell(config)}:{digest(each.suite)[:DIGITS]} -->",
            title=redact(f"{TITLE}: {each.suite}"),
            body=query_issue(each, redact=redact),
            stamp=stamp,
            labels=LABELS,
            comment=owners(each.suite),
        )
        for each in found
        if each.drifted
    )
