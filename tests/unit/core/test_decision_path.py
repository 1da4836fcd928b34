"""The way to a verdict, read as a person does who knows no statistics."""

from dataclasses import replace

import pytest
from tests.unit.core.test_view import one, text
from tests.unit.render import samples

from mergefloor.core.decision_path import paths
from mergefloor.core.evidence import Look
from mergefloor.core.settings import MetricRule


def path(metric):
    (found,) = paths(one(metric), 10)
    return found


def steps(metric):
    return [(step.title, text(step.text), step.result, step.tone) for step in path(metric).steps]


def test_paths__a_proven_loss__goes_from_suspicion_to_proof():
    found = path(samples.WORSE)
    assert text(found.title) == "`pass_rate` of `customer-support`"
    assert [(step.title, step.result, step.tone) for step in found.steps] == [
        ("First answers", "Suspicious", "unsure"),
        ("First re-run", "Could be luck", "unsure"),
        ("Second re-run", "Confirmed: worse", "bad"),
        ("Floor", "Below the floor", "bad"),
    ]
    assert (found.ending, found.tone) == ("This metric blocks the merge.", "bad")


def test_paths__a_look__says_cases_runs_loss_and_luck_in_plain_words():
    last = path(samples.WORSE).steps[2]
    assert text(last.text) == "11 cases run again, 7 times a side in all, base and head in the same minutes."
    assert last.loss.text == "The head lost 8.6 cases in sum; a loss of 1.5 is tolerated."
    assert last.luck.text == (
        "Luck alone would show this once in 50,000 runs; it counts as proof from once in 40 runs on."
    )


def test_paths__a_score__is_told_in_score_and_runs_once():
    look = Look(name="one", cases=42, net=-0.031, p=0.012, alpha=0.02, convicts=True)
    metric = replace(samples.TONE, rule=MetricRule(name="tone"), verdict="block", looks=(look,))
    found = path(metric).steps[1]
    assert text(found.text).startswith("42 cases run again, once a side, base")
    assert found.loss.text == "The head lost 0.031 of the mean score in sum; a loss of 0.020 is tolerated."
    assert found.loss.tolerated == pytest.approx(0.02)


@pytest.mark.parametrize(
    ("look", "result"),
    [
        ({"net": 0.0, "p": 0.6}, ("Not worse", "good")),
        ({"net": 2.0, "p": 0.9}, ("Not worse", "good")),
        ({"net": -1.4, "p": 0.001}, ("Within what is tolerated", "good")),
        ({"net": -1.5, "p": 0.3}, ("Could be luck", "unsure")),
        ({"net": -4.0, "p": 0.001}, ("Not yet proof", "unsure")),
        ({"net": -4.0, "p": 0.001, "convicts": True}, ("Confirmed: worse", "bad")),
    ],
)
def test_paths__each_end_of_a_look__has_its_words(look, result):
    drawn = Look(**{"name": "one", "cases": 5, "alpha": 0.025, "convicts": False, **look})
    step = path(samples.metric(looks=(drawn,))).steps[1]
    assert (step.result, step.tone) == result
    assert ("gained" in step.loss.text) == (look["net"] > 0)


@pytest.mark.parametrize(
    ("fields", "result"),
    [
        ({}, ("No suspicion", "good")),
        ({"delta": -0.01}, ("Within the noise", "good")),
        ({"delta": -0.01, "verdict": "inconclusive"}, ("Within the noise", "unsure")),
        ({"verdict": "error"}, ("Not known", "unsure")),
    ],
)
def test_paths__no_fresh_run_needed__says_why(fields, result):
    assert steps(samples.metric(**fields))[0][2:] == result


def test_paths__no_base__speaks_of_the_head_alone():
    found = steps(samples.metric(base=None, delta=None, interval=None, head_only=True))
    assert found[0][1] == "42 cases measured on the head alone: 92.9 %. There is no base to compare with."
    assert found[1][1:] == ("`pass_rate` is 92.9 %, its floor is 85 %.", "Above the floor", "good")


def test_paths__under_a_floor_that_does_not_block__is_doubtful():
    found = steps(samples.metric(head=0.84, verdict="pass"))
    assert found[-1][2:] == ("Below the floor", "unsure")


def test_paths__of_a_report__tell_what_blocks_first_and_nothing_that_is_only_shown():
    found = paths(
        samples.report(
            suites=(samples.suite(metrics=(samples.metric(name="a"), samples.TONE, samples.WORSE)),)
        ),
        10,
    )
    assert [each.tone for each in found] == ["bad", "good"]
    assert len(paths(samples.block(), 0)) == 0


@pytest.mark.parametrize("odd", [{"net": float("nan")}, {"p": float("inf")}])
def test_paths__a_look_without_a_number__is_not_known(odd):
    look = Look(
        **{"name": "one", "cases": 5, "net": -2.0, "p": 0.1, "alpha": 0.025, "convicts": False, **odd}
    )
    step = path(samples.metric(looks=(look,))).steps[1]
    assert (step.result, step.tone, step.loss, step.luck) == ("Not known", "unsure", None, None)
