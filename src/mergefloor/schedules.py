"""`mergefloor scheduled` and `mergefloor weekly`: what a scheduled run would measure and say, and what the history says
of the week. Neither branch nor issue is written from here."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from mergefloor.core.activity import RunStamp
from mergefloor.core.effects import Outcome
from mergefloor.modes import weekly
from mergefloor.modes.scheduled.run import ScheduledRequest, examine
from mergefloor.modes.scheduled.telling import effects
from mergefloor.wiring import Env, world


def run_scheduled(invocation: argparse.Namespace, env: Env) -> Outcome:
    """Every suite anew, and the charts with this run in them; new samples become history of the next gates here."""
    with world(Path(invocation.repo), invocation.cache, env) as everything:
        now = everything.now()
        request = ScheduledRequest(
            ref=invocation.ref,
            stamp=RunStamp(run=int(now), attempt=1, started=now),
            suites=tuple(invocation.suite),
            config=invocation.config,
        )
        found = examine(request, everything, None)
        width = shutil.get_terminal_size((80, 24)).columns
        told = effects(found, invocation.report, everything.redact, width=width)
    return Outcome(exit_code=found.exit_code, effects=told)


def run_weekly(invocation: argparse.Namespace, env: Env) -> Outcome:
    """The report of the last seven days, from the branch of data as this clone has fetched it."""
    with world(Path(invocation.repo), invocation.cache, env) as everything:
        width = shutil.get_terminal_size((80, 24)).columns
        return weekly.run(weekly.WeeklyRequest(report_dir=invocation.report, width=width), everything)


RUNS: Mapping[str, Callable[[argparse.Namespace, Env], Outcome]] = {
    "scheduled": run_scheduled,
    "weekly": run_weekly,
}
