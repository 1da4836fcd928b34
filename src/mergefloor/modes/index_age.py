"""What there is to say of the search index of one suite: its age, and whether config and target agree."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from mergefloor.core.index import Indexed, IndexRule, indexed, too_old, unlike
from mergefloor.core.lifecycle import SECONDS_A_DAY


def notice(suite: str, rule: IndexRule | None, found: Indexed, today: int) -> tuple[str, ...]:
    """That the index is older than `index.max_age_days`; nothing where no age is set. `today`: days since 1970."""
    told = too_old(rule, found, None if found.now.built is None else today - _day(found.now.built))
    return () if told is None else (f"suite {suite!r}: {told}",)


def remarks(suite: str, rule: IndexRule | None, outputs: Iterable[object], today: int) -> tuple[str, ...]:
    """Both, of answers that were just drawn. `today`: days since 1970."""
    found = indexed(rule, outputs)
    return (*(f"suite {suite!r}: {said}" for said in unlike(found)), *notice(suite, rule, found, today))


def _day(built: str) -> int:
    """Days since 1970 of a moment that was checked where it was read; without an offset it is UTC."""
    read = datetime.fromisoformat(built)
    moment = read if read.tzinfo else read.replace(tzinfo=UTC)
    return int(moment.timestamp() // SECONDS_A_DAY)
