from __future__ import annotations

from dataclasses import replace

from core_builders import DOWN, draw, planned

from mergefloor.core import causes
from mergefloor.core.types import GradeMissing

LOST = replace(DOWN, code="budget", message="the next call could cross the budget; raise `budget.usd`")


def test_failures__of_draws_and_of_gating_checks_only() -> None:
    lost = draw(planned(), "head", None)
    missing = (GradeMissing(grader="a", failure=LOST), GradeMissing(grader="b", failure=DOWN, gating=False))
    ungraded = replace(draw(planned("b"), "head"), grades=missing)
    assert causes.failures([lost, ungraded, draw(planned("c"), "head")]) == (DOWN, LOST)


def test_sentences__count_each_cause_most_frequent_first() -> None:
    assert causes.sentences([DOWN, LOST, LOST]) == (
        "2 draws without an answer: the next call could cross the budget; raise `budget.usd`.",
        "1 draw without an answer: no answer in 120 s.",
    )
    assert len(causes.sentences(replace(DOWN, message=str(i)) for i in range(9))) == causes.SHOWN


def test_cancelled__when_a_signal_ended_the_run() -> None:
    assert causes.cancelled([DOWN, replace(DOWN, code="cancelled")])
    assert not causes.cancelled([DOWN])
