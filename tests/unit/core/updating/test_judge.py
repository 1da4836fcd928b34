"""Another judge: what it turns on stored outputs, and whether people bear it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from mergefloor.core.calibration.eligibility import eligibility
from mergefloor.core.calibration.figures import calibrate
from mergefloor.core.calibration.hearing import Hearing
from mergefloor.core.calibration.labels import Example, Sheet
from mergefloor.core.calibration.ruling import Ruling
from mergefloor.core.calibration.scale import Scale
from mergefloor.core.keys import candidate_ask
from mergefloor.core.types import (
    AnyGrade,
    Case,
    Cell,
    Failure,
    Grade,
    GradeMissing,
    Job,
    ModelRef,
    Output,
    Place,
    Request,
    SampleId,
)
from mergefloor.core.updating.direction import Ending
from mergefloor.core.updating.found import Update
from mergefloor.core.updating.judge import Flip, JudgeUpdate, Standing, compared, concluded, flips

LOST = Failure(stage="judge", code="timeout", message="")


def cell(case: str, *grades: AnyGrade) -> Cell:
    request = Request(model=ModelRef(provider="a", name="b", endpoint=""), messages=())
    sample = SampleId(suite="s", case=case, arm="base", look="plain", index=0)
    known = Case(id=case, place=Place(path="g"), content_hash=case)
    job = Job(sample=sample, case=known, ask=candidate_ask(request), question="", graders=())
    return Cell(job=job, output=Output(text="x"), grades=grades)


def grade(passed: bool) -> Grade:
    return Grade(grader="tone", passed=passed, score=float(passed))


def test_flips__of_both_judges__count_what_both_decided() -> None:
    missing = GradeMissing(grader="tone", failure=LOST)
    old = [cell("a", grade(True)), cell("b", grade(True)), cell("c", missing), cell("d", grade(False))]
    new = [cell("a", grade(True)), cell("b", grade(False)), cell("c", grade(True)), cell("d", missing)]
    found, known, lost = flips(old, new)
    assert found == (Flip(suite="s", case="b", grader="tone", passed=False),)
    assert (known, lost) == (2, 2)


def hearing(right: int, wrong: int, *, wanted: bool = True, undecided: bool = False) -> Hearing:
    """A judge before people: half of the outputs fail, and it errs on some of each kind."""
    examples, rulings = [], {}
    for number in range(right + wrong):
        name, label = str(number), number % 2
        place = Place(path="l.jsonl")
        example = Example(id=name, input=name, output=name, ratings={"": float(label)}, place=place)
        examples.append(example)
        rulings[name] = (Ruling(passed=bool(label) == (number < right), score=0.0),)
    found = calibrate(Sheet(grader="tone", examples=tuple(examples)), rulings, Scale())
    return Hearing(
        grader="tone",
        judge="a/b",
        labels=right + wrong,
        wanted=wanted,
        calibration=found,
        eligibility=eligibility(found),
        rubrics=frozenset({"r"}),
        undecided=undecided,
    )


GOOD, POOR, WORSE = hearing(98, 2), hearing(60, 40), hearing(55, 45)


@pytest.mark.parametrize(
    ("old", "new", "waived", "wanted"),
    [
        (GOOD, GOOD, False, "accepted"),
        (GOOD, replace(GOOD, undecided=True), False, "undecided"),
        (GOOD, POOR, False, "refused"),
        (POOR, POOR, False, "refused"),
        (POOR, POOR, True, "accepted"),
        (WORSE, POOR, True, "accepted"),
        (POOR, WORSE, True, "refused"),
    ],
)
def test_compared__of_two_judges__lets_in_who_earned_it_or_who_is_no_worse_where_that_is_waived(
    old: Hearing, new: Hearing, waived: bool, wanted: Ending
) -> None:
    (found,) = compared([old], [new], waived=waived)
    assert found.ending == wanted


def standings(*endings: Ending, wanted: bool = True) -> Sequence[Standing]:
    return [
        Standing(old=GOOD, new=replace(GOOD, wanted=wanted), ending=each, why=f"because {each}")
        for each in endings
    ]


@pytest.mark.parametrize(
    ("checks", "missed", "known", "wanted", "said"),
    [
        (standings("accepted"), [("good", "failed")], {"tone": True}, "refused", "planted good answer"),
        ((), (), {}, "accepted", "no check asks the judge"),
        (standings("accepted", "refused"), (), {"tone": True}, "refused", "because refused"),
        (standings("undecided", "refused"), (), {"tone": True}, "refused", "because refused"),
        (standings("undecided", "accepted"), (), {"tone": True}, "undecided", "because undecided"),
        (standings("refused", wanted=False), (), {"tone": True}, "refused", "because refused"),
        (
            [*standings("refused", wanted=False), *standings("accepted")],
            (),
            {"tone": True},
            "accepted",
            "people bear it out",
        ),
        ((), (), {"tone": False}, "undecided", "no label says so"),
        (standings("accepted"), (), {"tone": True, "wit": False}, "accepted", "no label is about wit"),
    ],
)
def test_concluded__of_all_checks__is_the_worst_that_counts(
    checks: Sequence[Standing],
    missed: Sequence[tuple[str, str]],
    known: dict[str, bool],
    wanted: Ending,
    said: str,
) -> None:
    ending, reasons = concluded(checks, missed, known)
    assert ending == wanted
    assert said in " ".join(reasons)


def test_update__with_a_judge__ends_as_the_judge_does() -> None:
    judge = JudgeUpdate(ending="refused", reasons=(), verdicts=0, missing=0, flips=(), checks=())
    assert Update(old="a/b", new="a/c", ref="main", sha="0", judge=judge).exit_code == 1
