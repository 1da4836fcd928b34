"""Planted answers that a judge missed, in words."""

from __future__ import annotations

from mergefloor.core import planted


def test_missed__tells_what_came_back_alike_together() -> None:
    found = [
        ("good", "failed"),
        ("bad", "no answer (timeout: late)"),
        ("empty", "failed"),
        ("injection", "failed"),
    ]
    assert planted.missed(found) == (
        "good, empty and injection answers: failed; bad answer: no answer (timeout: late)"
    )


def test_conviction__of_a_judge_that_is_not_there__does_not_call_it_a_liar() -> None:
    silent = [("good", "no answer (connection: refused)"), ("bad", "no answer (connection: refused)")]
    assert planted.conviction(silent) == (
        "the judge does not answer: planted good and bad answers: no answer (connection: refused)"
    )
    assert planted.advice(silent) == planted.advice([]) == ()
    mixed = [*silent, ("empty", "passed")]
    assert planted.conviction(mixed).startswith("the judge cannot be believed: planted good and bad answers")
    (told,) = planted.advice(mixed)
    assert told.startswith("name another `judge.model`")
