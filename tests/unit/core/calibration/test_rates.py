"""Pass rates as people would give them: which correction, on what terms, and what is said where there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from tests.unit.core.calibration.people import alone, ruled

from mergefloor.core.calibration.corrected import Estimate, ppi_share, rogan_gladen
from mergefloor.core.calibration.eligibility import Terms, eligibility
from mergefloor.core.calibration.figures import calibrate
from mergefloor.core.calibration.hearing import Hearing
from mergefloor.core.calibration.labels import Value
from mergefloor.core.calibration.rates import (
    Judged,
    PassRate,
    Rates,
    chosen,
    line,
    obstacle,
    pass_rates,
    stands_for,
)
from mergefloor.core.calibration.ruling import Ruling
from mergefloor.core.calibration.scale import Scale
from mergefloor.core.wording import Name, Words

GOOD = {(1, True): 66, (1, False): 4, (0, True): 3, (0, False): 37}
COIN = {(1, True): 30, (1, False): 30, (0, True): 30, (0, False): 30}


def hearing(counts: Mapping[tuple[int, bool], int], *, random: bool = False, **more: object) -> Hearing:
    labels: dict[str, Value] = {}
    rulings: dict[str, Sequence[Ruling]] = {}
    for (value, passed), count in counts.items():
        for number in range(count):
            labels[f"{value}{passed}{number}"] = value
            rulings[f"{value}{passed}{number}"] = (ruled(passed),)
    found = replace(calibrate(alone(labels), rulings, Scale()), random=random)
    return Hearing(
        grader="tone",
        judge="openai/x",
        labels=len(labels),
        wanted=True,
        calibration=found,
        eligibility=eligibility(found),
        rubrics=frozenset({"r"}),
        **more,  # type: ignore[arg-type]
    )


def side(passes: int, failures: int) -> list[Judged]:
    rows = [True] * passes + [False] * failures
    return [Judged(case=f"c{i}", content=(f"q{i}", f"a{i}"), passed=passed) for i, passed in enumerate(rows)]


def labelled(it: Hearing) -> list[Judged]:
    """The labelled outputs themselves, as a side drew them; the judge says of them what it said before."""
    return [
        Judged(case=text, content=(question, text), passed="True" in text)
        for question, text in it.calibration.people
    ]


def told(words: Words) -> str:
    return "".join(piece.text if isinstance(piece, Name) else str(piece) for piece in words)


def test_rates__of_enriched_labels__are_rogan_and_gladens_on_both_sides() -> None:
    base, head = pass_rates([side(176, 24), side(162, 38)], hearing(GOOD))
    sensitivity, specificity = (66, 70), (37, 40)
    for found, passed in ((base, 176), (head, 162)):
        assert found is not None and found.method == "rogan-gladen" and found.why == ""
        assert (found.raw, found.cases) == (passed / 200, 200)
        wanted = rogan_gladen(passed, 200, sensitivity=sensitivity, specificity=specificity)
        assert found.corrected == wanted


def test_rates__of_several_draws_a_case__count_the_case_once() -> None:
    drawn = [Judged(case="a", content=("q", str(i)), passed=i < 3) for i in range(4)]
    drawn += [Judged(case="b", content=("r", str(i)), passed=True) for i in range(2)]
    terms = hearing(GOOD)
    (found,) = pass_rates([drawn], terms)
    assert found is not None
    assert (found.raw, found.cases) == (pytest.approx(0.875), 2)


def test_rates__of_a_random_sample_of_the_very_outputs__are_ppi() -> None:
    it = hearing(GOOD, random=True)
    (found,) = pass_rates([[*labelled(it), *side(150, 50)]], it)
    pairs = [(float(it.calibration.people[e.content]), float(e.passed)) for e in labelled(it)]
    assert found is not None and found.method == "ppi"
    assert found.corrected == ppi_share(pairs, [float(e.passed) for e in side(150, 50)])


def test_rates__of_random_labels_of_other_outputs__are_rogan_and_gladens() -> None:
    """PPI++ would take the pass rate of the labelled outputs for that of the side, and hide a drop."""
    it = hearing(GOOD, random=True)
    near, far = [*labelled(it), *side(150, 50)], side(100, 100)
    assert [found and found.method for found in pass_rates([near, far], it)] == ["rogan-gladen"] * 2
    enriched = hearing(GOOD)
    assert [found and found.method for found in pass_rates([near], enriched)] == ["rogan-gladen"]
    few = [*labelled(it)[:49], *side(150, 50)]
    assert [found and found.method for found in pass_rates([few], it)] == ["rogan-gladen"]
    nothing_else = labelled(it)
    assert [found and found.method for found in pass_rates([nothing_else], it)] == ["rogan-gladen"]


@pytest.mark.parametrize(
    ("counts", "more", "why"),
    [
        ({(1, True): 30, (0, False): 19}, {}, "only 49 labels, 50 are needed"),
        ({(1, True): 60}, {}, "people fail none of the labelled outputs"),
        ({(0, False): 60}, {}, "people pass none of the labelled outputs"),
        (COIN, {}, "the judge does not tell good outputs from bad ones"),
        (GOOD, {"undecided": True}, "verdicts on labelled outputs are missing"),
        (GOOD, {"unstored": 3}, "verdicts on labelled outputs are missing"),
    ],
)
def test_rates__that_cannot_be_corrected__say_why_and_show_no_number(
    counts: Mapping[tuple[int, bool], int], more: dict[str, object], why: str
) -> None:
    it = hearing(counts, **more)
    assert obstacle(it) == why
    (found,) = pass_rates([side(8, 2)], it)
    assert found == PassRate(raw=0.8, cases=10, why=why)


def test_rates__by_the_policys_terms__need_as_many_labels_as_it_says() -> None:
    it = hearing(GOOD)
    strict = replace(it, eligibility=eligibility(it.calibration, Terms(labels=200)))
    assert obstacle(strict) == "only 110 labels, 200 are needed"


def test_rates__of_an_interval_over_more_than_half_of_the_scale__are_not_shown() -> None:
    weak = hearing({(1, True): 35, (1, False): 25, (0, True): 25, (0, False): 35})
    (found,) = pass_rates([side(6, 5)], weak)
    assert found is not None
    assert (found.corrected, found.why) == (None, "more labels, or more cases, are needed")


def test_rates__of_a_side_without_verdicts__are_none() -> None:
    base, head = pass_rates([[], side(190, 10)], hearing(GOOD))
    assert base is None and head is not None and head.corrected is not None


def rated(raw: float, low: float, value: float, high: float) -> PassRate:
    return PassRate(
        raw=raw, cases=100, corrected=Estimate(value=value, low=low, high=high), method="rogan-gladen"
    )


def test_line__of_both_sides__names_people_first_and_the_judge_last() -> None:
    found = Rates(
        suite="s", grader="tone", base=rated(0.88, 0.78, 0.84, 0.89), head=rated(0.81, 0.7, 0.77, 0.83)
    )
    said = "as people would rate it: base 84 % (78 to 89), head 77 % (70 to 83); the judge says 88 % \u2192 81 %."
    assert told(line(found)) == f"tone {said}"
    assert told(line(found, several=True)) == f"tone of s {said}"
    assert told(line(replace(found, rubric_of="c7"))) == f"tone (the rubric of c7) {said}"


def test_line__of_one_side__tells_that_one() -> None:
    found = Rates(suite="s", grader="tone", base=None, head=rated(0.81, 0.7, 0.77, 0.83))
    assert told(line(found)) == "tone as people would rate it: head 77 % (70 to 83); the judge says 81 %."


def test_line__without_a_correction__shows_the_judges_rates_alone() -> None:
    raw, lower = (
        PassRate(raw=0.88, cases=9, why="only 9 labels"),
        PassRate(raw=0.5, cases=9, why="only 9 labels"),
    )
    both = Rates(suite="s", grader="tone", base=raw, head=lower)
    assert told(line(both)) == (
        "tone: the judge says 88 % \u2192 50 %; what people would say cannot be told: only 9 labels."
    )
    half = replace(both, head=rated(0.81, 0.7, 0.77, 0.83))
    assert "base cannot be told (only 9 labels), head 77 % (70 to 83)" in told(line(half))


def test_stands_for__a_judges_rate__is_what_the_labels_alone_tell() -> None:
    found = rogan_gladen(9e8, 1e9, sensitivity=(66, 70), specificity=(37, 40))
    assert found is not None
    low, value, high = (f"{100 * end:.0f}" for end in (found.low, found.value, found.high))
    assert stands_for(0.9, hearing(GOOD)) == f"{value} % ({low} to {high}) by people"


def test_stands_for__labels_that_do_not_tell__says_so() -> None:
    assert (
        stands_for(0.9, hearing(COIN)) == "cannot be told: the judge does not tell good outputs from bad ones"
    )
    weak = hearing({(1, True): 35, (1, False): 25, (0, True): 25, (0, False): 35})
    assert stands_for(0.5, weak) == "cannot be told: more labels are needed"


def test_chosen__at_random__tells_the_share_that_people_pass() -> None:
    assert chosen(hearing(GOOD, random=True)) == "at random: people pass 64 % (54 to 72) of all such outputs"
    assert chosen(hearing(GOOD)) == "with more failures than there are, or nobody says"
    assert chosen(hearing({}, random=True)) == "with more failures than there are, or nobody says"
