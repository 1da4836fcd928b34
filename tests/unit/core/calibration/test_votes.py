"""What lies behind a verdict: the judges of a panel one by one, and both orders of a comparison."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from mergefloor.core.calibration.figures import calibrate
from mergefloor.core.calibration.labels import Label, Sheet, sheets
from mergefloor.core.calibration.pairwise import compare
from mergefloor.core.calibration.ruling import Ruling
from mergefloor.core.calibration.scale import Scale
from mergefloor.core.calibration.votes import as_compared, compared, members
from mergefloor.core.place import Place
from mergefloor.core.types import Grade, Vote

PLAIN = Scale()
PREFERENCE = Scale(classes={"better": 1, "tie": 0.5, "worse": 0})
HALF = 0.5


def sheet(*labels: float | str) -> Sheet:
    rows = [
        Label(id=f"l{i}", input="q", output=f"o{i}", label=each, grader="g", place=Place(path="l.jsonl"))
        for i, each in enumerate(labels)
    ]
    (found,) = sheets(rows)
    return found


def grade(score: float, *votes: Vote) -> Grade:
    return Grade(grader="g", passed=score >= HALF, score=score, judged=True, votes=votes)


def vote(judge: str, score: float | None, orders: tuple[float, float] | None = None) -> Vote:
    passed = None if score is None else score >= HALF
    return Vote(judge=judge, passed=passed, score=score, orders=orders)


def numbered(grades: Iterable[Grade]) -> dict[str, Grade]:
    return {f"l{i}": each for i, each in enumerate(grades)}


def test_members__of_one_judge__are_none() -> None:
    assert members(sheet(1, 0), numbered([grade(1), grade(0)]), PLAIN) == ()
    alone = numbered([grade(1, vote("a", 1, (1, 1)))])
    assert members(sheet(1, 0), alone, PREFERENCE) == ()


def test_members__of_a_panel__agree_with_people_each_as_far_as_it_does() -> None:
    people = [1, 1, 0, 0]
    said = {"a": (1, 1, 0, 0), "b": (1, 0, 0, 1), "c": (0, None, 1, None)}
    grades = numbered(
        grade(people[i], *(vote(judge, scores[i]) for judge, scores in said.items())) for i in range(4)
    )
    a, b, c = members(sheet(*people), grades, PLAIN)
    assert [(each.judge, each.n, each.agreement) for each in (a, b, c)] == [
        ("a", 4, 1.0),
        ("b", 4, 0.5),
        ("c", 2, 0.0),
    ]
    assert a.kappa is not None
    assert a.kappa.value == 1.0
    assert a.same is None


def test_members__of_outputs_without_majority_or_verdict__do_not_count() -> None:
    found = members(sheet("maybe", 1, 1), {"l0": grade(1, vote("a", 1), vote("b", 1), vote("c", 0))}, PLAIN)
    assert found == ()


def test_members__comparing__say_how_often_both_orders_agree() -> None:
    grades = numbered(
        grade(1, vote("a", 1, (1, 1)), vote("b", 1, (1, 1)), vote("c", HALF, (1, 0))) for _ in range(2)
    )
    a, _, c = members(sheet("better", "worse"), grades, PREFERENCE)
    assert (a.same, a.agreement) == (1.0, 0.5)
    assert (c.same, c.agreement) == (0.0, 0.0)


def test_compared__of_one_judge__takes_both_orders_and_its_ties() -> None:
    grades = numbered(
        [
            grade(1, vote("a", 1, (1, 1))),
            grade(0, vote("a", 0, (0, 0))),
            grade(HALF, vote("a", HALF, (1, 0))),
            grade(HALF, vote("a", HALF, (HALF, HALF))),
            grade(0),
        ]
    )
    found = compared(sheet("better", "worse", "better", "tie", "worse"), grades, PREFERENCE)
    assert (found.n, found.forward, found.swapped, found.both, found.right) == (5, 5, 4, 4, 4)
    assert (found.swap.n, found.swap.same) == (5, 4)
    assert found.sides == ((1, 2), (2, 2))


def test_compared__of_a_panel__has_its_verdict_and_the_orders_of_all_judges() -> None:
    row = grade(1, vote("a", 1, (1, 1)), vote("b", 1, (1, 1)), vote("c", HALF, (1, 0)))
    found = compared(sheet("better"), numbered([row]), PREFERENCE)
    assert (found.n, found.both, found.right) == (1, 1, 1)
    assert (found.swap.n, found.swap.same) == (3, 2)
    assert found.swap.leaning == pytest.approx(4 / 6)


def test_compared__numbers__are_read_as_the_nearest_of_better_tie_and_worse() -> None:
    found = compared(sheet(1, 0.5, 0.1), numbered([grade(1), grade(HALF), grade(0)]), PREFERENCE)
    assert found.right == 3


def test_as_compared__puts_the_verdict_of_both_orders_in_place_of_scores() -> None:
    rows = sheet(*["better"] * 6, *["worse"] * 6)
    orders = [(1.0, 1.0)] * 5 + [(1.0, 0.0)] + [(0.0, 0.0)] * 6
    grades = numbered(
        grade(one if one == two else HALF, vote("a", one if one == two else HALF, (one, two)))
        for one, two in orders
    )
    rulings = {name: (Ruling(passed=each.passed, score=each.score),) for name, each in grades.items()}
    pairs = compared(rows, grades, PREFERENCE)
    found = as_compared(calibrate(rows, rulings, PREFERENCE), pairs)
    assert found.agreement == 11 / 12
    assert (found.kappa, found.ordinal, found.spearman) == (pairs.kappa, False, None)


def test_as_compared__of_nothing__knows_no_agreement() -> None:
    rows = sheet("better")
    found = as_compared(calibrate(rows, {}, PREFERENCE), compare([]))
    assert (found.agreement, found.kappa) == (None, None)
