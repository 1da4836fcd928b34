"""Made-up labels and verdicts, shared by the tests of this folder."""

from __future__ import annotations

from collections.abc import Mapping

from mergefloor.core.calibration.labels import Example, Label, Sheet, Value
from mergefloor.core.calibration.ruling import Ruling
from mergefloor.core.types import Place

PLACE = Place(path="evals/calibration.jsonl")


def label(id: str, value: Value, rater: str | None = None, grader: str = "tone") -> Label:
    return Label(
        id=id,
        input=f"question {id}",
        output=f"answer {id}",
        label=value,
        grader=grader,
        rater=rater,
        place=PLACE,
    )


def example(id: str, ratings: Mapping[str, Value]) -> Example:
    return Example(id=id, input=f"question {id}", output=f"answer {id}", ratings=ratings, place=PLACE)


def sheet(ratings: Mapping[str, Mapping[str, Value]]) -> Sheet:
    """Ratings by example and rater."""
    return Sheet(grader="tone", examples=tuple(example(id, each) for id, each in ratings.items()))


def alone(values: Mapping[str, Value]) -> Sheet:
    """Labels of one rater, by example."""
    return sheet({id: {"": value} for id, value in values.items()})


def ruled(passed: bool, score: float | None = None, reason: str = "") -> Ruling:
    return Ruling(passed=passed, score=float(passed) if score is None else score, reason=reason)
