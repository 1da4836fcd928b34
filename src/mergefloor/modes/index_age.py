"""How old the search index of a suite is."""

from __future__ import annotations

from datetime import UTC, datetime

from mergefloor.core.index import Indexed, IndexRule, too_old
from mergefloor.core.lifecycle import SECONDS_A_DAY


def notice(suite: str, rule: IndexRule | None, found: Indexed, today: int) -> tuple[str, ...]:
    """That the index is older than `index.max_age_days`; nothing where no age is set. `today`: days since 1970."""
    told = too_old(rule, found, None if found.now.built is None else today - _day(found.now.built))
    return () if told is None else (f"suite {suite!r}: {told}",)


def _day(built: str) -> int:
    """Days since 1970 of a moment that was checked where it was read; without an offset it is UTC."""
    read = datetime.fromisoformat(built)
    moment = read if read.tzinfo else read.replace(tzinfo=UTC)
    return int(moment.timestamp() // SECONDS_A_DAY)
