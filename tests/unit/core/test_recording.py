"""What is said of a recording, however it ends."""

from __future__ import annotations

import pytest

from mergefloor.core.epoch import Epoch
from mergefloor.core.recorded import Ending, Finish, Recorded, SuiteRecord
from mergefloor.core.recording import recording_view
from mergefloor.core.report import Cost
from mergefloor.core.wording import Words


def suite(**more: object) -> SuiteRecord:
    told: dict[str, object] = {
        "name": "s", "before": (2, 0, 0), "after": (0, 1, 1), "calls": 3, "cached_calls": 0, "usd": 0.1,
        "pass_rate": 0.5, "interval": None, "finish": Finish(answers=1, usd=0.02),
    }  # fmt: skip
    return SuiteRecord(**{**told, **more})  # type: ignore[arg-type]


def recorded(ending: Ending, *suites: SuiteRecord, **more: object) -> Recorded:
    told: dict[str, object] = {"cost": Cost(calls=3), "ref": "main", "sha": "a" * 40, "duration_s": 1.0}
    return Recorded(ending=ending, suites=suites or (suite(),), **{**told, **more})  # type: ignore[arg-type]


def text(words: Words) -> str:
    return "".join(piece if isinstance(piece, str) else piece.text for piece in words)


@pytest.mark.parametrize(
    ("ending", "said"),
    [
        ("full", "The history of 1 suite is full: 3 new runs."),
        ("partial", "The history is not full yet: 3 new, 3 of 4 stored runs."),
        ("stalled", "The budget does not pay for a single call"),
        ("refused", "A model cannot be called"),
        ("judge", "The judge gave a wrong verdict"),
        ("cancelled", "The recording was stopped"),
    ],
)
def test_headline__of_every_ending__says_how_far_it_came(ending: Ending, said: str) -> None:
    assert text(recording_view(recorded(ending)).headline).startswith(said)


def test_headline__with_every_run_and_no_verdict__says_which_is_lacking() -> None:
    whole = suite(after=(0, 0, 2), finish=Finish(), ungraded=1)
    shown = recording_view(recorded("partial", whole))
    assert text(shown.headline) == "Every case has its runs, but not every check of them has a verdict yet."
    assert any("1 stored run has a check without a verdict" in text(line) for line in shown.lines)


def test_headline__without_a_call__says_that_nothing_was_due() -> None:
    shown = recording_view(recorded("full", suite(after=(0, 0, 2), finish=Finish()), cost=Cost()))
    assert text(shown.headline) == "The history of 1 suite is full; nothing had to be drawn."


def test_lines__tell_what_was_not_kept_what_was_planted_and_what_it_costs_to_finish() -> None:
    shown = recording_view(recorded("partial", suite(unkept=2), planted=(("good", "failed"),), scripted=True))
    lines = [text(line) for line in shown.lines]
    assert any("2 answers were not kept" in line for line in lines)
    assert "The planted verdict good came back as failed." in lines
    assert any("To finish: 1 more answer, about $0.02" in line for line in lines)
    assert any("scripted answers" in line for line in lines)
    free = recording_view(recorded("partial", suite(finish=Finish(answers=2, usd=None))))
    assert any("2 more answers, for which no price is known" in text(line) for line in free.lines)


def test_view__of_a_new_judge__says_how_many_runs_were_judged_again() -> None:
    told = text(recording_view(recorded("full", unlabelled="l.jsonl")).lines[0])
    assert told.startswith("No judged check can block yet: l.jsonl is not there.")
    view = recording_view(recorded("full", epoch=Epoch(outputs=3, since="2026-11-20", judge=True)))
    assert any("3 stored outputs were judged again" in text(line) for line in view.lines)
