"""The issue about a query drift: one a suite. People close it, once the golden set has what is new."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from mergefloor.core.activity import RunStamp
from mergefloor.core.alarm.issues import prefix
from mergefloor.core.effects import UpsertIssue
from mergefloor.core.hub import Issue
from mergefloor.core.keys import digest
from mergefloor.core.ports import Cache
from mergefloor.core.queries.found import QueriesFound
from mergefloor.core.queries.words import TITLE
from mergefloor.render.queries import query_issue

LABELS = ("mergefloor", "drift")
DIGITS = 16


def query_marker(config: str, suite: str) -> str:
    """The first line of the issue of one suite; `config` is its path, made safe."""
    return f"{prefix(config)}queries-{digest(suite)[:DIGITS]} -->"


def to_tell(
    found: Iterable[QueriesFound], issues: Sequence[Issue], config: str, cache: Cache
) -> tuple[QueriesFound, ...]:
    """The drifts that an issue should tell of. Windows slide over a change for many runs: an issue that a person has
    closed meanwhile stays closed until the queries that were new then are the older window of another change."""
    closed = {issue.marker for issue in issues if not issue.open}
    return tuple(
        each
        for each in found
        if each.alarming and _new(each, query_marker(config, each.suite) in closed, cache)
    )


def query_alert(
    found: QueriesFound, config: str, stamp: RunStamp, redact: Callable[[str], str], owners: Sequence[str]
) -> UpsertIssue:
    """The issue of one suite. No run closes it: what people ask stays untested until somebody adds cases."""
    return UpsertIssue(
        marker=query_marker(config, found.suite),
        title=redact(f"{TITLE}: {found.suite}"),
        body=query_issue(found, redact=redact),
        stamp=stamp,
        labels=LABELS,
        comment=f"{' '.join(owners)} people ask other things than before." if owners else "",
    )


def _new(found: QueriesFound, closed: bool, cache: Cache) -> bool:
    """Remembers where the new queries of the latest change begin."""
    if found.before is None or found.after is None:
        return False
    key = digest(["query drift", found.suite, found.log])
    since = (cache.get_note(key) or {}).get("since")
    another = not isinstance(since, int | float) or found.before.since >= since
    if another:
        cache.put_note(key, {"since": found.after.since})
    return another or not closed
