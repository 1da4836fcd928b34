"""The words of the weekly report and of the dashboard that are the same every week."""

from __future__ import annotations

from typing import Final

from mergefloor.core.weekly.board import Standing

STANDING: Final[dict[Standing, tuple[str, str]]] = {
    "fell": ("Fell", "lower than in the week before, beyond what chance explains"),
    "drifting": ("Drifting", "the drift watch has an open alarm"),
    "idle": ("No run", "no scheduled run in the last seven days"),
    "rose": ("Rose", "higher than in the week before, beyond what chance explains"),
    "unknown": ("Unknown", "cannot be compared with the week before"),
    "steady": ("Steady", "no difference to the week before that chance does not explain"),
}
DRIFT: Final = {
    "unready": "needs history",
    "quiet": "quiet",
    "raised": "raised",
    "confirmed": "confirmed",
    "recovered": "recovered",
}
CLASS: Final = {
    "safety": "tolerates nothing",
    "regression": "gates by the rule",
    "capability": "shown, never blocks",
}
PAGE: Final = {
    "skip": "Skip to the suites",
    "contents": "On this page",
    "theme": "Light or dark",
    "week": "The week to {}",
    "suites": "Suites",
    "suite": "Suite",
    "class": "Class",
    "metric": "Metric",
    "this": "This week",
    "last": "Week before",
    "change": "Change (95 %)",
    "standing": "Week",
    "drift": "Drift",
    "trend": "Last 90 days",
    "cost": "USD",
    "slow": "p95",
    "runs": "Runs",
    "suites_hint": (
        "Means over the runs of seven days. A change holds every case against itself; its 95 % interval is for one "
        "metric alone, Fell and Rose are corrected for all metrics on this page."
    ),
    "over_time": "One suite over time",
    "over_time_hint": (
        "The band is the 95 % interval of a run, a thin dashed line a change: touch it, or look it up in the list below. "
        "A line that breaks is a run that is missing."
    ),
    "no_script": "Without scripts the lines over time are not drawn; the tables have everything of this week.",
    "classes": "Classes",
    "cases": "Cases",
    "failing": "Failing now",
    "moved": "Fell or drifting",
    "flaky": "Flakiest cases",
    "flaky_hint": (
        "Over the last 30 runs of each suite, pairs of runs with unchanged prompt, pin and judge: how far the outcome "
        "moves from one run to the next, 0 % for never and 100 % for a turn at every run. An edited case is another case."
    ),
    "case": "Case",
    "flips": "Flip rate",
    "mean": "Mean",
    "recent": "Last 30 runs",
    "none_flaky": "No case flipped.",
    "changes": "What changed in the last four weeks",
    "none_changed": "Nothing changed.",
    "day": "Day",
    "fact": "What",
    "old": "Before",
    "new": "Since",
    "metrics": "Every metric",
    "metrics_hint": "All metrics of all suites: outcome first, then retrieval, then scores",
    "uses": "Cost, speed and the judge",
    "uses_hint": "Of a run, on average over the week; below it the change to the week before with its 95 % interval",
    "footer": "Days are those of UTC. What is not known is left out or shown as \u2013, never as 0.",
}
SCRIPT: Final = {
    "search": "Search",
    "suite": "Suite",
    "class": "Class",
    "standing": "Week",
    "every": "All",
    "count": "{shown} of {all} suites",
    "none": "No suite matches.",
    "range": "Time",
    "quarter": "90 days",
    "year": "1 year",
    "all": "All",
    "unknown": "unknown",
    "week": "{width} days from {day}",
    "change": "{fact}: {old} \u2192 {new}",
    "usd": "Cost of a run, USD",
    "tokens": "Tokens of a run",
    "in": "in",
    "out": "out",
    "seconds": "Seconds of an answer",
    "p50": "half",
    "p95": "95 %",
    "p99": "99 %",
    "length": "Characters of an answer",
    "unresolved": "Draws without an outcome",
    "judge": "Judge against people",
    "agreement": "agreement",
    "kappa": "kappa",
    "outcome": "Outcome",
    "retrieval": "Retrieval",
    "score": "Scores",
    "changes": "Changes",
    "noChanges": "Nothing changed in this time.",
    "noData": "The lines of this suite are left out to keep the page small.",
}
