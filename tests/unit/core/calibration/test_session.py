"""What is said of a calibration as a whole, and of each check in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from calibration_people import alone, ruled

from mergefloor.core.calibration.consensus import Raters
from mergefloor.core.calibration.eligibility import eligibility
from mergefloor.core.calibration.figures import calibrate
from mergefloor.core.calibration.hearing import (
    Hearing,
    by_length,
    halves,
    line,
    undecided,
    unheard,
    unread,
    visible,
)
from mergefloor.core.calibration.labels import Value
from mergefloor.core.calibration.length import LengthBias
from mergefloor.core.calibration.pairwise import Comparison, compare
from mergefloor.core.calibration.ruling import Ruling
from mergefloor.core.calibration.scale import Scale
from mergefloor.core.calibration.session import Calibrated, figures, headline, reasons, verdict
from mergefloor.core.calibration.votes import Member
from mergefloor.core.report import Cost
from mergefloor.core.types import Failure
from mergefloor.core.wording import share

GOOD = {(1, True): 66, (1, False): 4, (0, True): 3, (0, False): 37}
POOR = {(1, True): 40, (1, False): 20, (0, True): 20, (0, False): 20}
COIN = {(1, True): 30, (1, False): 30, (0, True): 30, (0, False): 30}


def hearing(counts: Mapping[tuple[int, bool], int], **more: object) -> Hearing:
    labels: dict[str, Value] = {}
    rulings: dict[str, Sequence[Ruling]] = {}
    for (value, passed), count in counts.items():
        for number in range(count):
            labels[f"{value}{passed}{number}"] = value
            rulings[f"{value}{passed}{number}"] = (ruled(passed), ruled(passed))
    found = calibrate(alone(labels), rulings, Scale())
    told: dict[str, object] = {"rubrics": frozenset({"r"}), "wanted": True}
    return Hearing(
        grader="tone",
        judge="openai/x",
        labels=len(labels),
        calibration=found,
        eligibility=eligibility(found),
        **{**told, **more},  # type: ignore[arg-type]
    )


def session(*hearings: Hearing, **more: object) -> Calibrated:
    told: dict[str, object] = {"labels": "l.jsonl", "judge": "openai/x", "cost": Cost(), "duration_s": 1.0}
    return Calibrated(ref="HEAD", sha="a" * 40, hearings=hearings, **{**told, **more})  # type: ignore[arg-type]


def test_session__of_a_judge_that_agrees__has_earned_the_vote() -> None:
    found = session(hearing(GOOD))
    assert found.exit_code == 0
    assert headline(found).startswith("The judge has earned its vote")
    assert verdict(found.hearings[0]).startswith("may block")
    assert "it gates; a real drop of 10 points shows as" in line(found.hearings[0])
    assert ("agreement", "94 %") in figures(found.hearings[0])
    assert ("how outputs were chosen", "with more failures than there are, or nobody says") in figures(
        found.hearings[0]
    )
    assert dict(figures(found.hearings[0]))["90 % passed by the judge"].endswith(" by people")


def test_session__of_a_judge_that_guesses__blocks_nothing_and_says_why() -> None:
    found = session(hearing(POOR))
    assert found.exit_code == 1
    assert headline(found) == "The judge has not earned its vote on `tone`: shown, cannot block."
    assert verdict(found.hearings[0]).startswith("cannot block: ")
    assert "kappa" in reasons(found.hearings[0])
    assert "shown, cannot block" in line(found.hearings[0])
    assert visible(hearing(COIN)) == "a real drop does not show at all"


def test_session__whose_verdicts_are_not_stored__is_undecided() -> None:
    found = session(hearing(POOR, unstored=3))
    assert (found.exit_code, found.unstored) == (2, 3)
    assert headline(found).startswith("Could not decide: 3 verdicts not stored.")
    assert session(hearing(GOOD, unstored=1)).exit_code == 0  # it may block without them
    assert "blocks all the same" in headline(session(hearing(POOR), waived=True))


def test_line__of_a_judge_that_missed_a_planted_answer__says_that_it_lost_its_vote_in_this_run() -> None:
    caught = hearing(GOOD, silenced=True)
    assert not caught.votes
    assert line(caught).endswith("shown, cannot block in this run; the judge missed a planted answer.")
    assert "kappa" in line(hearing(POOR, silenced=True)).partition("cannot block; ")[2]


def test_session__that_could_not_finish__is_undecided() -> None:
    lost = Failure(stage="judge", code="timeout", message="late")
    open_one = hearing(GOOD, undecided=True, lost=(lost, lost))
    found = session(open_one)
    assert (found.exit_code, open_one.votes) == (2, False)
    assert headline(found).startswith("Could not decide")
    assert verdict(open_one) == "not decided: 2 of 110 verdicts are missing"
    assert "not decided, 2 of 110 verdicts are missing (late); run it again" in line(open_one)
    assert headline(session(cancelled=True)).startswith("Stopped before")
    missed = session(hearing(GOOD), planted=(("good", "failed"),))
    assert (missed.exit_code, headline(missed)) == (
        2,
        "The judge cannot be believed: planted good answer: failed.",
    )


def test_session__without_checks_or_labels__says_what_is_lacking() -> None:
    assert headline(session()) == "There is nothing to calibrate: no suite has a judged check."
    lacking = session(unheard=("style",))
    assert (lacking.exit_code, "`style`" in headline(lacking)) == (1, True)
    assert "no label says what people think" in unheard("style", "openai/x")
    assert "cannot be read on the base branch: x" in unread("x", "openai/x")


def test_line__of_few_labels__asks_for_more() -> None:
    few = hearing({(1, True): 5})
    assert "only 5 labels, 50 are needed" in line(few)
    assert "label more: `mergefloor label`" in line(few)
    none = hearing({}, rubrics=frozenset())
    assert "only 0 labels" in line(none)
    assert visible(none) == "what a real drop shows as is not known"
    assert "no label is about an output that it judges" in line(hearing(GOOD, rubrics=frozenset()))
    silent = hearing(GOOD)
    mute = replace(silent, calibration=replace(silent.calibration, agreement=None, kappa=None))
    assert "gave no verdict" in line(mute)
    doubtful = replace(silent, calibration=replace(silent.calibration, kappa=None))
    assert "(kappa" not in line(doubtful)


def test_line__of_an_offline_run__sends_to_calibrate() -> None:
    found = hearing(GOOD, unstored=7, rubrics=frozenset())
    assert "7 of 110 verdicts are not stored" in line(found)
    assert "mergefloor calibrate" in verdict(found)


def test_visible__with_the_smallest_drop__turns_it_into_a_real_one() -> None:
    assert visible(hearing(GOOD), 0.06).endswith("shows as 6")


def test_figures__of_steady_ranks__are_told() -> None:
    found = hearing(GOOD)
    ranked = replace(found, calibration=replace(found.calibration, spearman=0.5))
    once = replace(found, calibration=replace(found.calibration, repeats=None))
    assert "the judge with itself" not in dict(figures(once))
    names = dict(figures(ranked))
    assert names["rank correlation (Spearman)"] == "0.50"
    assert "outputs always alike" in names["the judge with itself"]


def lengthy(found: LengthBias) -> Hearing:
    it = hearing(GOOD)
    return replace(it, calibration=replace(it.calibration, length=found))


def test_length__of_a_biased_judge__is_warned_of_with_its_direction_and_changes_no_vote() -> None:
    bias = LengthBias(n=110, p=0.0004, lean=0.4, longer=0.82, shorter=0.61)
    told = by_length(lengthy(bias))
    assert told is not None
    assert "`tone`: the judge openai/x favours longer outputs" in told
    assert "passes 82 % of the longer half and 61 % of the shorter half (p = 0.0004)" in told
    assert lengthy(bias).votes
    assert "favours shorter outputs" in (by_length(lengthy(replace(bias, lean=-0.4))) or "")


def test_length__of_any_other_judge__is_a_figure_alone() -> None:
    for bias, said in (
        (LengthBias(n=110, p=0.31, lean=0.1, longer=0.8, shorter=0.78), "(p = 0.31)"),
        (LengthBias(n=40, untold="few"), "not known: 50 outputs are needed"),
        (LengthBias(n=90, untold="alike"), "outputs that people call equal all get the same"),
    ):
        found = lengthy(bias)
        assert by_length(found) is None
        assert said in halves(bias)
        assert ("longer and shorter outputs", halves(bias)) in figures(found)


def test_figures__of_a_comparing_judge__tell_of_both_orders() -> None:
    rows = [
        Comparison(id=f"{i}", people="first", forward="first", swapped="first" if i else "second")
        for i in range(4)
    ]
    found = replace(hearing(GOOD), pairwise=compare(rows))
    told = dict(figures(found))
    # Shown first were its choice in four forward verdicts and in the one that the order turned.
    assert told["order"] == "the same verdict in both orders on 75 %, 62 % of its choices are shown first"
    assert "differences that it sees" in told
    assert "a drop through this judge" not in told
    assert "it gates; the same verdict in both orders" in line(found)


def test_visible__of_a_judge_that_only_ties__has_no_leaning() -> None:
    rows = [Comparison(id="a", people="tie", forward="tie", swapped="tie")]
    assert visible(replace(hearing(GOOD), pairwise=compare(rows))) == (
        f"the same verdict in both orders on {share(1.0, 0)}"
    )


def test_figures__of_a_panel__have_a_row_a_member() -> None:
    members = (
        Member(judge="openai/a", n=9, agreement=0.5, kappa=None),
        Member(judge="openai/b", n=8, agreement=0.75, kappa=None, same=0.25),
    )
    told = dict(figures(replace(hearing(GOOD), members=members)))
    assert told["openai/a alone"].startswith("50 % of 9 outputs, kappa ")
    assert told["openai/b alone"].endswith("; 25 % the same in both orders")


def test_session__of_a_check_with_several_rubrics__names_the_one_that_is_refused() -> None:
    poor = hearing(POOR, rubric_of="c7")
    assert "`tone (the rubric of c7)`: shown, cannot block" in headline(session(hearing(GOOD), poor))
    assert line(poor).startswith("`tone (the rubric of c7)`: the judge openai/x agrees")
    assert undecided(poor).startswith(
        "the judge could not be compared with people on tone (the rubric of c7): "
    )


def test_figures__of_two_raters__tell_how_far_they_agree() -> None:
    found = hearing(GOOD)
    two = replace(found.calibration, raters=Raters(count=2, shared=40, agreement=0.9, kappa=0.75))
    three = replace(found.calibration, raters=Raters(count=3, alpha=0.6))
    none = replace(found.calibration, raters=Raters(count=2))
    said = [
        dict(figures(replace(found, calibration=each)))["people among themselves"]
        for each in (two, three, none)
    ]
    assert said == ["agree on 90 % of 40, kappa 0.75", "alpha 0.60", "\u2013"]
