from __future__ import annotations

from dataclasses import dataclass
from math import nan

import pytest

from mergefloor.core.calibration.corrected import Estimate, wilson
from mergefloor.core.calibration.eligibility import Eligibility, Terms, eligibility
from mergefloor.core.settings import Policy
from mergefloor.core.wording import Words

KAPPA = Estimate(value=0.7, low=0.55, high=0.82)
SPECIFICITY = Estimate(value=0.8, low=0.63, high=0.9)


@dataclass(frozen=True, kw_only=True)
class Found:
    n: int = 100
    failures: int = 30
    kappa: Estimate | None = KAPPA
    specificity: Estimate | None = SPECIFICITY


def told(words: Words) -> str:
    return "".join(piece for piece in words if isinstance(piece, str))


def whys(found: Eligibility) -> list[str]:
    return [told(each.why) for each in found.shortfalls]


def fixes(found: Eligibility) -> list[str]:
    return [told(each.fix) for each in found.shortfalls]


def test_eligibility__of_a_good_judge__gates() -> None:
    found = eligibility(Found())
    assert found.gates
    assert (found.shortfalls, found.advice) == ((), ())


def test_eligibility__at_the_very_bounds__gates() -> None:
    kappa, specificity = Estimate(value=0.6, low=0.4, high=0.7), Estimate(value=0.8, low=0.6, high=0.9)
    assert eligibility(Found(n=50, kappa=kappa, specificity=specificity)).gates


def test_eligibility__of_too_few_labels__does_not_and_says_how_many_are_missing() -> None:
    found = eligibility(Found(n=34))
    assert not found.gates
    assert whys(found) == ["34 outputs compared with people; 50 are needed"]
    assert fixes(found) == ["label 16 more"]


def test_terms__of_a_policy__are_named_where_they_are_not_met() -> None:
    terms = Terms.of(Policy(judge_labels=200, judge_kappa=0.6, judge_specificity=0.7))
    found = eligibility(Found(), terms)
    assert found.terms is terms
    assert whys(found) == [
        "100 outputs compared with people; 200 are needed",
        "agreement beyond chance (kappa) is 0.70, at least 0.55 for certain; 0.60 is needed",
        "the judge sees 80 % of the failures that people see, at least 63 % for certain; 70 % is needed",
    ]


def test_terms__of_a_policy_that_names_none__are_the_usual_ones() -> None:
    assert Terms.of(Policy()) == Terms()


def test_eligibility__of_labels_of_one_class__asks_for_failures() -> None:
    found = eligibility(Found(failures=0, kappa=None, specificity=None))
    assert whys(found) == [
        "people fail no output, so nobody knows whether the judge sees failures",
    ]
    assert fixes(found) == ["label outputs that fail, 30 or more"]
    none = eligibility(Found(failures=0, kappa=Estimate(value=0.0, low=-0.1, high=0.1), specificity=None))
    assert fixes(none) == fixes(found)  # not: "more labels will not help"
    assert not found.gates and not none.gates


def test_eligibility__of_failures_alone__asks_for_outputs_that_pass() -> None:
    found = eligibility(Found(n=100, failures=100, kappa=Estimate(value=0.0, low=0.0, high=0.0)))
    assert whys(found) == ["people pass no output, so nobody knows whether the judge tells good from bad"]
    assert fixes(found) == ["label outputs that pass as well"]


def test_eligibility__of_a_kappa_without_an_interval__is_refused() -> None:
    assert whys(eligibility(Found(kappa=None))) == [
        "people and the judge know one verdict only, so their agreement proves nothing"
    ]


def test_eligibility__of_low_agreement__says_by_how_much() -> None:
    found = eligibility(Found(kappa=Estimate(value=0.31, low=0.12, high=0.49)))
    assert whys(found) == [
        "agreement beyond chance (kappa) is 0.31, at least 0.12 for certain; 0.40 is needed"
    ]


def test_eligibility__of_a_judge_that_misses_failures__says_which_share_it_sees() -> None:
    found = eligibility(Found(specificity=Estimate(value=0.5, low=0.33, high=0.67)))
    assert whys(found) == [
        "the judge sees 50 % of the failures that people see, at least 33 % for certain; 60 % is needed"
    ]


@pytest.mark.parametrize(
    ("kappa", "fix"),
    [
        (Estimate(value=0.5, low=0.39, high=0.6), "label more outputs"),
        (Estimate(value=0.39, low=0.2, high=0.6), "read the disagreements"),
        (Estimate(value=0.1, low=-0.1, high=0.39), "choose another `judge.model`"),
    ],
)
def test_eligibility__names_the_remedy_that_can_help(kappa: Estimate, fix: str) -> None:
    assert fixes(eligibility(Found(kappa=kappa)))[0].startswith(fix)


def test_eligibility__of_what_is_no_number__does_not_gate() -> None:
    broken = Estimate(value=nan, low=nan, high=nan)
    found = eligibility(Found(kappa=broken, specificity=broken))
    assert len(found.shortfalls) == 2


def test_eligibility__tells_everything_that_is_missing_at_once() -> None:
    low = Estimate(value=0.1, low=0, high=0.2)
    assert len(eligibility(Found(n=10, kappa=low, specificity=low)).shortfalls) == 3


def test_eligibility__of_other_terms__holds_to_them() -> None:
    strict = Terms(kappa=0.6, specificity=0.7, labels=200)
    assert len(eligibility(Found(), strict).shortfalls) == 3
    lenient = Terms(kappa=0.0, specificity=0.1, labels=5)
    low = Estimate(value=0.3, low=0.1, high=0.4)
    assert eligibility(Found(n=5, kappa=low, specificity=low), lenient).gates


def test_eligibility__of_few_labels_that_suffice__advises_more() -> None:
    found = eligibility(Found(n=60, failures=12))
    assert found.gates
    assert [told(each) for each in found.advice] == [
        "60 labels are few: 100 or more are recommended",
        "12 failures among the labels: 30 or more are recommended",
    ]


def test_eligibility__of_18_failures_all_seen__gates_on_wilsons_bound() -> None:
    assert eligibility(Found(failures=18, specificity=wilson(18, 18))).gates
    assert not eligibility(Found(failures=5, specificity=wilson(5, 5))).gates
