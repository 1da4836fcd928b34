"""Which issue an alarm has, and what becomes of it: opened, updated, closed; and what a person said by closing it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from mergefloor.core.alarm.alarm import Alarm
from mergefloor.core.hub import Issue

OPENING = "<!-- mergefloor-drift:"
_OF_ALERT = re.compile(r"<!-- mergefloor-drift:.*:[0-9a-f]{16} -->")
Over: TypeAlias = Literal["recovered", "reset", "gone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """An open issue that is over, and why. `reset`: what began a new baseline."""

    marker: str
    over: Over
    alarm: Alarm
    reset: str = ""


def prefix(config: str) -> str:
    """What the first line of every drift issue of one config begins with; `config` is its path, made safe."""
    return f"{OPENING}{config}:"


def marker(config: str, fingerprint: str) -> str:
    """The first line of the issue of one alert."""
    return f"{prefix(config)}{fingerprint} -->"


def acknowledged(
    alarms: Iterable[Alarm], issues: Sequence[Issue], config: str
) -> Mapping[str, tuple[str, ...]]:
    """By suite, the metrics whose standing alert a person has closed as not planned: what is now, is normal."""
    dismissed = {issue.marker for issue in issues if issue.dismissed}
    found: dict[str, tuple[str, ...]] = {}
    for alarm in alarms:
        if alarm.open and marker(config, alarm.alert.fingerprint) in dismissed:
            found[alarm.series.suite] = (*found.get(alarm.series.suite, ()), alarm.series.metric)
    return found


def closings(alarms: Iterable[Alarm], issues: Sequence[Issue], config: str) -> tuple[Closing, ...]:
    """The open issues that are over. One that no chart explains stays as it is."""
    standing = {issue.marker for issue in issues if issue.open}
    return tuple(
        closing for alarm in alarms for closing in _closings(alarm, config) if closing.marker in standing
    )


def orphans(alarms: Iterable[Alarm], issues: Sequence[Issue], config: str) -> tuple[Issue, ...]:
    """Open issues about an alert of which no chart knows: the runs that it spoke of are gone."""
    known = {
        marker(config, fingerprint)
        for alarm in alarms
        for fingerprint in (alarm.alert.fingerprint, *alarm.found.retired)
    }
    return tuple(
        issue
        for issue in issues
        if issue.open and _OF_ALERT.fullmatch(issue.marker) and issue.marker not in known
    )


def _closings(alarm: Alarm, config: str) -> Iterable[Closing]:
    found = alarm.found
    now = marker(config, alarm.alert.fingerprint)
    if not alarm.watched:
        yield Closing(marker=now, over="gone", alarm=alarm)
    elif alarm.alert.state == "recovered":
        yield Closing(marker=now, over="recovered", alarm=alarm)
    over: Over = "reset" if alarm.watched else "gone"
    why = found.reset.why if found.reset else ""
    for fingerprint in found.retired:
        yield Closing(marker=marker(config, fingerprint), over=over, alarm=alarm, reset=why)
