"""Real GPT-4 and ChatGPT judges against 419 comparisons by people: the figures of LLMBar's authors, and who may block.

LLMBar: Zeng et al. (2023), https://arxiv.org/abs/2310.07641.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from types import ModuleType
from typing import Any

import pytest

from mergefloor.core.calibration.agreement import kappa
from mergefloor.core.calibration.eligibility import eligibility
from mergefloor.core.calibration.figures import calibrate
from mergefloor.core.calibration.labels import sheets
from mergefloor.core.calibration.longer import longer_wins
from mergefloor.core.calibration.pairwise import Choice, Comparison, compare
from mergefloor.core.calibration.ruling import Ruling
from mergefloor.core.calibration.scale import Scale
from mergefloor.golden import read_labels

ADVERSARIAL = ("neighbor", "gptinst", "gptout", "manual")
SUBSETS = ("natural", *ADVERSARIAL)
JUDGES = ("GPT-4.Vanilla", "GPT-4.Vanilla_NoRules", "GPT-4.CoT", "ChatGPT.Vanilla", "ChatGPT.Vanilla_NoRules")
CHOICES: tuple[Choice, Choice] = ("first", "second")
FIRST_WINS = Scale(classes={"1": 1, "2": 0})


class Judged:
    """What one recorded judge said of the comparisons of some subsets, and what people did."""

    def __init__(self, recording: Any, replay: ModuleType) -> None:
        self.recording, self.replay = recording, replay

    def completion(self, judge: str, subset: str, index: int, swap: bool) -> str:
        said: str = self.recording.answers[tuple(judge.split(".", 1))][subset, index, swap]
        return said

    def choice(self, judge: str, subset: str, index: int, swap: bool) -> Choice:
        """The output that the judge prefers, whichever place it was shown in."""
        place = self.replay.choice(self.completion(judge, subset, index, swap))
        return "tie" if place is None else CHOICES["ab".index(place) ^ swap]

    def comparisons(self, judge: str, *subsets: str) -> list[Comparison]:
        return [
            Comparison(
                id=case["id"],
                people=CHOICES[case["label"] - 1],
                forward=self.choice(judge, subset, index, False),
                swapped=self.choice(judge, subset, index, True),
            )
            for subset in subsets
            for index, case in enumerate(self.recording.cases[subset])
        ]


@pytest.fixture(scope="module")
def judged(recording: Any, replay: ModuleType) -> Judged:
    return Judged(recording, replay)


def recoded(choices: Sequence[Choice]) -> list[int]:
    """As the authors' script codes the judge's choices before it computes kappa: output 1 is 1, all else is 0."""
    return [int(choice == "first") for choice in choices]


def rate(right: int, total: int) -> str:
    return f"{right} / {total} = {right / total * 100}%"


@pytest.mark.parametrize("subset", SUBSETS)
@pytest.mark.parametrize("judge", JUDGES)
def test_compare__of_every_recorded_judge__has_the_published_accuracy_and_swap_agreement(
    judged: Judged, judge: str, subset: str
) -> None:
    found, published = compare(judged.comparisons(judge, subset)), judged.recording.published[judge][subset]
    assert rate(found.forward, found.n) == published["correct_False"]
    assert rate(found.swapped, found.n) == published["correct_True"]
    assert rate(found.both, found.n) == published["correct_both"]
    assert f"{(found.forward + found.swapped) / 2 / found.n * 100}%" == published["correct_average"]
    assert rate(found.swap.same, found.n) == published["equal"]


@pytest.mark.parametrize("subset", SUBSETS)
@pytest.mark.parametrize("judge", JUDGES)
def test_kappa__between_the_orders__is_the_published_one(judged: Judged, judge: str, subset: str) -> None:
    """Cohen's kappa. The authors' recoding renames a class on both sides alike, which changes nothing."""
    found = compare(judged.comparisons(judge, subset)).swap.kappa
    assert found == pytest.approx(judged.recording.published[judge][subset]["kappa_agreement"], abs=1e-12)


@pytest.mark.parametrize("subset", SUBSETS)
@pytest.mark.parametrize("judge", JUDGES)
def test_kappa__with_people__differs_from_the_published_one_by_its_coding(
    judged: Judged, judge: str, subset: str
) -> None:
    """The published kappa_False and kappa_True compare a judge coded {0, 1} with labels coded {1, 2}: a comparison
    that output 2 wins can never agree. With the same codes on both sides Cohen's kappa is far higher."""
    rows, published = judged.comparisons(judge, subset), judged.recording.published[judge][subset]
    labels = [1 + CHOICES.index(row.people) for row in rows if row.people != "tie"]
    orders = {
        "kappa_False": [row.forward for row in rows],
        "kappa_True": [row.swapped for row in rows],
    }
    for name, choices in orders.items():
        theirs = kappa(list(zip(recoded(choices), labels, strict=True)))
        ours = kappa(list(zip(choices, [row.people for row in rows], strict=True)))
        assert theirs == pytest.approx(published[name], abs=1e-12)
        assert ours is not None
        assert abs(ours) > abs(published[name])


@pytest.mark.parametrize("judge", ["GPT-4.Vanilla", "GPT-4.CoT"])
def test_eligibility__of_gpt_4_with_rules_on_natural__is_accepted(judged: Judged, judge: str) -> None:
    found = eligibility(compare(judged.comparisons(judge, "natural")))
    assert found.gates
    assert found.advice == ()


@pytest.mark.parametrize("subsets", [*((subset,) for subset in ADVERSARIAL), ADVERSARIAL], ids="+".join)
def test_eligibility__of_chatgpt_without_rules_on_adversarial_ones__is_refused(
    judged: Judged, subsets: tuple[str, ...]
) -> None:
    found = compare(judged.comparisons("ChatGPT.Vanilla_NoRules", *subsets))
    verdict = eligibility(found)
    assert not verdict.gates
    assert found.kappa is not None
    assert found.kappa.high < 0.2
    fixes = ["".join(map(str, shortfall.fix)) for shortfall in verdict.shortfalls]
    assert sum(fix.startswith("choose another `judge.model`") for fix in fixes) == 2


def test_eligibility__of_chatgpt_on_natural__is_refused_once_both_orders_count(judged: Judged) -> None:
    rows = judged.comparisons("ChatGPT.Vanilla", "natural")
    found = compare(rows)
    assert (found.forward, found.both) == (80, 67)
    assert not eligibility(found).gates


@pytest.mark.parametrize("subset", SUBSETS)
@pytest.mark.parametrize("judge", JUDGES)
def test_calibrate__of_a_file_of_labels__has_the_published_accuracy_of_each_order(
    judged: Judged, judge: str, subset: str
) -> None:
    cases = judged.recording.cases[subset]
    rows = [
        {
            "id": case["id"],
            "input": case["input"],
            "output": f"1:\n{case['output_1']}\n2:\n{case['output_2']}",
            "label": str(case["label"]),
            "grader": "better",
        }
        for case in cases
    ]
    (sheet,) = sheets(read_labels("labels.jsonl", "".join(f"{json.dumps(row)}\n" for row in rows).encode()))
    for swap in (False, True):
        rulings = {
            case["id"]: (ruling(judged, judge, subset, index, swap),) for index, case in enumerate(cases)
        }
        found = calibrate(sheet, rulings, FIRST_WINS)
        right = found.confusion.pass_pass + found.confusion.fail_fail
        assert rate(right, found.n) == judged.recording.published[judge][subset][f"correct_{swap}"]
        assert found.agreement == right / found.n
        assert len(found.worst) == min(10, found.n - right)
        assert all("Output (" in each.reason for each in found.worst)


def ruling(judged: Judged, judge: str, subset: str, index: int, swap: bool) -> Ruling:
    passed = judged.choice(judge, subset, index, swap) == "first"
    return Ruling(passed=passed, score=float(passed), reason=judged.completion(judge, subset, index, swap))


# Errors for the longer output of the pairs where people choose the shorter, and against it where they choose it.
LENGTHS = {
    ("GPT-4.Vanilla", "natural"): (1, 43, 1, 56),
    ("GPT-4.Vanilla", "adversarial"): (38, 261, 10, 57),
    ("ChatGPT.Vanilla", "natural"): (3, 43, 1, 56),
    ("ChatGPT.Vanilla", "adversarial"): (152, 261, 24, 57),
    ("ChatGPT.Vanilla_NoRules", "adversarial"): (146, 261, 19, 57),
}


@pytest.mark.parametrize(("judge", "named"), LENGTHS)
def test_longer_wins__of_recorded_judges__finds_those_that_favour_the_longer_output(
    judged: Judged, judge: str, named: str
) -> None:
    rows = [
        (row, len(case["output_1"]), len(case["output_2"]))
        for subset in (("natural",) if named == "natural" else ADVERSARIAL)
        for row, case in zip(judged.comparisons(judge, subset), judged.recording.cases[subset], strict=True)
    ]
    found = longer_wins(rows)
    counts = (found.for_longer, found.shorter, found.against_longer, found.longer)
    assert counts == LENGTHS[judge, named]
    assert found.biased is (judge.startswith("ChatGPT") and named == "adversarial")
