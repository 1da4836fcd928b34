"""The workflow of scheduled runs: what it needs, and whether GitHub still starts it."""

from __future__ import annotations

import pytest
from tests.unit.core.doctor.builders import GOOD, SETUP, bent, examined, line_of, parsed, said

from mergefloor.core.doctor import diagnose
from mergefloor.core.doctor.diagnose import Watched
from mergefloor.core.doctor.finding import Finding
from mergefloor.core.doctor.scene import Scene
from mergefloor.core.gate_setup import SCHEDULE, WORKFLOW
from mergefloor.render.workflow import schedule_workflow

TEXT = schedule_workflow(SETUP)


def told(states: dict[str, str]) -> tuple[Finding, ...]:
    files = (parsed(GOOD, WORKFLOW), parsed(TEXT, SCHEDULE))
    return diagnose(Scene(workflows=files, minutes=20.0), Watched(), states=states).findings


def test_schedule__as_init_writes_it__nothing_to_say() -> None:
    assert said(examined(GOOD, TEXT)) == []


@pytest.mark.parametrize(
    ("edit", "rule", "level"),
    [
        (("      contents: write # the lines of the history\n", ""), "missing-permission", "error"),
        (("      issues: write # one issue for every drift\n", ""), "missing-permission", "warning"),
        (("issues: write # one issue for", "actions: write # one issue for"), "wide-permissions", "error"),
        (
            ("      contents: write # the dashboard and its badge, on the same branch\n", ""),
            "missing-permission",
            "error",
        ),
        (("      issues: write # one issue with the newest report\n", ""), "missing-permission", "warning"),
    ],
)
def test_schedule__other_rights__found(edit: tuple[str, str], rule: str, level: str) -> None:
    found = said(examined(GOOD, bent(TEXT, edit)))
    assert (rule, level) in [(name, degree) for name, degree, _ in found]


def test_schedule__switched_off_by_github__says_why_and_what_to_type() -> None:
    (finding,) = told({SCHEDULE: "disabled_inactivity"})
    assert (finding.rule, finding.level) == ("schedule-off", "warning")
    assert "after 60 days without activity" in finding.what
    assert finding.fix == "type `gh workflow enable mergefloor-schedule.yml`"
    assert finding.place is not None
    assert (finding.place.path, finding.place.line) == (SCHEDULE, line_of(TEXT, "\non:") + 1)


@pytest.mark.parametrize("states", [{}, {SCHEDULE: "active"}, {WORKFLOW: "disabled_inactivity"}])
def test_schedule__active_or_unknown__nothing_to_say(states: dict[str, str]) -> None:
    assert told(states) == ()


def test_schedule__in_a_state_that_nobody_knows__names_it() -> None:
    (finding,) = told({SCHEDULE: "deleted"})
    assert "switched off (deleted)" in finding.what
