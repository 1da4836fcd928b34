"""When the owner of a pin is told that it ends: once 60, 30 and 7 days before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mergefloor.core.lifecycle import WARN_DAYS
from mergefloor.core.roster.roster import Pinned, Roster

THRESHOLDS = (7, 30, WARN_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """One pin that has come closer than `threshold` days to its end."""

    pin: Pinned
    threshold: int

    @property
    def key(self) -> str:
        """What makes it one reminder: a provider that moves the day is a new one."""
        return f"retires {self.pin.name} {self.pin.retires} {self.threshold}"


def reminders(roster: Roster) -> Iterator[Reminder]:
    """The nearest threshold of every pin in use. The further ones are past: who looks late is told once, not thrice."""
    for pin in roster.pins:
        passed = [days for days in THRESHOLDS if pin.used and pin.ends_within(days)]
        if passed:
            yield Reminder(pin=pin, threshold=passed[0])
