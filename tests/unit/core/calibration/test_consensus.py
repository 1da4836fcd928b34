from __future__ import annotations

from collections.abc import Mapping

import pytest
from calibration_people import example, sheet

from mergefloor.core.calibration.consensus import Consensus, among_people, consensus
from mergefloor.core.calibration.labels import Value
from mergefloor.core.calibration.scale import Scale

STARS = Scale(threshold=0.5, classes={"bad": 0, "fair": 0.5, "good": 1})


def agreed(ratings: Mapping[str, Value], scale: Scale | None = None) -> Consensus:
    found = consensus(example("a", ratings), scale or Scale())
    assert isinstance(found, Consensus)
    return found


def test_consensus__of_one_rater__is_what_they_say() -> None:
    assert agreed({"": 0.7}) == Consensus(score=0.7, passed=True, level=1, support=1)


def test_consensus__of_three__is_the_majority_with_its_share() -> None:
    found = agreed({"Ada": 1, "Ben": 0, "Cleo": 1})
    assert (found.passed, found.support) == (True, 2 / 3)


@pytest.mark.parametrize("scores", [(0.6, 0.9, 0.0), (0.5, 0.6, 0.7, 0.0), (0.1, 0.2, 1.0)])
def test_consensus__of_scores__has_the_median_on_the_majoritys_side(scores: tuple[float, ...]) -> None:
    found = agreed({str(index): score for index, score in enumerate(scores)})
    assert found.passed == (sum(score >= 0.5 for score in scores) > len(scores) / 2)
    assert Scale().passes(found.score) == found.passed


@pytest.mark.parametrize(
    ("ratings", "scale"),
    [
        ({"Ada": 1, "Ben": 0}, Scale()),
        ({"Ada": "good", "Ben": "fair", "Cleo": "bad"}, STARS),
        ({"Ada": "good", "Ben": "good", "Cleo": "bad", "Dan": "fair"}, STARS),
    ],
)
def test_consensus__without_more_than_half__is_a_tie(ratings: Mapping[str, Value], scale: Scale) -> None:
    assert consensus(example("a", ratings), scale) == "tie"


def test_consensus__of_classes__is_the_class_of_the_majority() -> None:
    assert agreed({"Ada": "fair", "Ben": "fair", "Cleo": "bad"}, STARS) == Consensus(
        score=0.5, passed=True, level=0.5, support=2 / 3
    )


def test_consensus__of_words_that_nobody_defined__is_unknown() -> None:
    assert consensus(example("a", {"": "splendid"}), Scale()) == "unknown"
    assert agreed({"Ada": "splendid", "Ben": "pass"}).support == 0.5


def test_among_people__of_one_rater__says_nothing() -> None:
    found = among_people(sheet({"a": {"": 1}, "b": {"": 0}}), Scale())
    assert (found.count, found.shared, found.agreement, found.kappa, found.alpha) == (1, 0, None, None, None)


def test_among_people__of_two__is_their_agreement_and_kappa() -> None:
    ratings = [*[(1, 1)] * 20, *[(1, 0)] * 5, *[(0, 1)] * 10, *[(0, 0)] * 15]
    found = among_people(sheet({str(i): {"Ada": a, "Ben": b} for i, (a, b) in enumerate(ratings)}), Scale())
    assert (found.count, found.shared, found.agreement, found.alpha) == (2, 50, 0.7, None)
    assert found.kappa == pytest.approx(0.4)


def test_among_people__of_two_with_gaps__counts_what_both_rated_and_alpha_too() -> None:
    rated = {"a": {"Ada": 1, "Ben": 1}, "b": {"Ben": 0, "Ada": 0}, "c": {"Ada": 1}, "d": {"Ada": 0, "Ben": 1}}
    found = among_people(sheet(rated), Scale())
    assert (found.shared, found.agreement) == (3, 2 / 3)
    assert found.kappa == pytest.approx(0.4)  # Ada passes 1 of 3, Ben 2: (2/3 - 4/9) / (5/9)
    assert found.alpha == pytest.approx(1 - 5 * 2 / 18)


def test_among_people__of_three__is_alpha() -> None:
    rated = {"a": {"x": 1, "y": 1, "z": 1}, "b": {"x": 0, "y": 0, "z": 1}, "c": {"x": 0, "y": 0, "z": 0}}
    found = among_people(sheet(rated), Scale())
    assert (found.count, found.kappa, found.agreement) == (3, None, None)
    assert found.alpha == pytest.approx(1 - 8 * 2 / (2 * 4 * 5))


def test_among_people__of_ordered_classes__forgives_one_step_more_than_two() -> None:
    def kappa(other: Value) -> float:
        rated = {
            "a": {"x": "good", "y": "good"},
            "b": {"x": "bad", "y": "bad"},
            "c": {"x": "good", "y": other},
        }
        found = among_people(sheet({**rated, "d": {"x": "fair", "y": "fair"}}), STARS).kappa
        assert found is not None
        return found

    assert kappa("bad") < kappa("fair") < kappa("good") == 1
