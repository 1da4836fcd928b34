"""Which of two runs is the newer, and whose workflow a run is."""

from __future__ import annotations

import pytest

from mergefloor.core.activity import (
    Activity,
    Commented,
    GroupQueued,
    Inputs,
    Job,
    Other,
    Pull,
    PullChanged,
    Pushed,
    RunStamp,
)

SHA = "a" * 40
PULL = Pull(number=12, head_sha=SHA, head_ref="x", base_ref="main", base_sha=SHA, author="ada")
COMMENT = Commented(
    number=1,
    comment=77,
    author="ada",
    body="/mergefloor",
    on_pull=True,
    human=True,
    by_app=False,
    action="created",
)


def test_stamp__of_a_later_start__is_newer_whatever_the_numbers() -> None:
    early = RunStamp(run=9, attempt=3, started=1.0)
    late = RunStamp(run=8, attempt=1, started=2.0)
    assert early.order < late.order
    assert RunStamp(run=9, attempt=1, started=1.0).order < early.order


def test_stamp__read_back_from_microseconds__is_not_newer_than_itself() -> None:
    written = round(1795278551.1234567, 6)
    assert (
        RunStamp(run=1, attempt=1, started=written).order
        == RunStamp(run=1, attempt=1, started=1795278551.1234567).order
    )


@pytest.mark.parametrize(
    ("activity", "origin"),
    [
        (PullChanged(pull=PULL), "pull/12"),
        (
            GroupQueued(base_sha=SHA, head_sha=SHA, base_ref="main", head_ref="gh-readonly-queue/x"),
            "gh-readonly-queue/x",
        ),
        (Pushed(sha=SHA, ref="refs/heads/main", default=True), "refs/heads/main"),
        (COMMENT, "comment/77"),
        (Other(name="fork"), "fork"),
    ],
)
def test_origin__of_every_activity__names_what_started_the_run(activity: Activity, origin: str) -> None:
    stamp = RunStamp(run=1, attempt=1, started=0.0)
    job = Job(activity=activity, inputs=Inputs(), repository="a/b", stamp=stamp, workspace="/w", sha=SHA)
    assert job.origin == f"{origin}@{SHA}"
