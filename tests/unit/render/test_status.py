import random
from dataclasses import replace

import pytest
from tests.unit.render import samples
from tests.unit.render.hostile_texts import FRAGMENTS

from mergefloor.core import bulletin as told
from mergefloor.core.report import Override
from mergefloor.core.types import Place, Problem
from mergefloor.render import Redactor, status_line
from mergefloor.render.status import LIMIT, cut

SHA = "b82a7c61d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0"


def override(reason="the new tone is wanted", **fields):
    return Override(by="ada", role="maintain", reason=reason, sha=SHA, **fields)


def low():
    metric = samples.metric(verdict="block", head=30 / 42, delta=-0.2)
    return samples.report(verdict="block", exit_code=1, suites=(samples.suite(metrics=(metric,)),))


def critical():
    metric = samples.metric(verdict="block", rule=replace(samples.metric().rule, floor=None))
    suite = samples.suite(metrics=(metric,), broken=samples.BROKEN[:1])
    return samples.report(verdict="block", exit_code=1, suites=(suite,))


def by_numbers():
    """Confirmed by the sum, no single case broke for good."""
    suite = samples.suite(metrics=(samples.WORSE,), broken=(samples.DOUBTFUL,))
    return samples.report(verdict="block", exit_code=1, suites=(suite,))


def policy():
    return samples.report(verdict="block", exit_code=1, reasons=("the version is too small; write `1.5.0`",))


def two_suites():
    first = samples.suite(metrics=(samples.WORSE,), broken=samples.BROKEN)
    metric = replace(samples.WORSE, suite="search")
    return samples.report(
        verdict="block",
        exit_code=1,
        suites=(first, replace(first, name="search", metrics=(metric,), broken=())),
    )


def same_bytes():
    suite = samples.suite(identical=42)
    return samples.report(suites=(suite,), cost=replace(samples.report().cost, calls=0))


def tolerated():
    metric = samples.metric(delta=-0.01, head=0.92)
    return samples.report(suites=(samples.suite(metrics=(metric,), broken=samples.BROKEN[:1]),))


def silent():
    return samples.report(suites=(samples.suite(cases_unresolved=2),))


def tiny():
    return samples.report(suites=(samples.suite(metrics=(samples.metric(smallest_drop=None),)),))


def canary():
    return samples.report(
        verdict="error", exit_code=2, reasons=("the judge cannot be believed: planted `bad` answer",)
    )


LINES = {
    "lost": (samples.block, "customer-support got worse: 3 of 42 cases broke (confirmed)"),
    "lost by the sum": (
        by_numbers,
        "customer-support got worse: pass_rate 92.9 % \u2192 71.4 % (floor 85 %) (confirmed)",
    ),
    "lost in two suites": (
        two_suites,
        "customer-support and search got worse: 3 of 42 cases broke in customer-support (confirmed)",
    ),
    "below floor": (low, "customer-support is below the floor: pass_rate is 71.4 %, its floor is 85 %"),
    "critical": (critical, "critical case refund-angry-01 now fails (confirmed)"),
    "policy": (policy, "the version is too small; write 1.5.0"),
    "pass": (samples.passed, "no loss found; 42 cases, sees drops from 12 pt"),
    "improved": (
        samples.improved,
        "no loss found, customer-support improved; 42 cases, sees drops from 12 pt",
    ),
    "tolerated": (
        tolerated,
        "the loss stays within what the policy allows; 42 cases, sees drops from 12 pt",
    ),
    "silent cases": (silent, "no loss found; 42 cases, 2 without an answer, sees drops from 12 pt"),
    "tiny": (tiny, "no loss found; 42 cases, too few to see every drop"),
    "untouched": (samples.untouched, "nothing relevant changed"),
    "untouched, counted": (
        lambda: replace(samples.untouched(), files=14),
        "nothing relevant changed: 14 files, 0 match",
    ),
    "same bytes": (same_bytes, "nothing that reaches the model changed; 42 cases, 0 calls"),
    "inconclusive": (
        samples.inconclusive,
        "may merge, but a loss cannot be ruled out; 42 cases, sees drops from 12 pt",
    ),
    "inconclusive, blocks": (
        lambda: samples.inconclusive(1),
        "not decided, so blocked: a loss can be neither shown nor ruled out; 42 cases, sees drops from 12 pt",
    ),
    "unanswered": (
        samples.error,
        "could not decide: 9 of 42 cases without an answer (rate-limited); re-run resumes",
    ),
    "canary": (canary, "could not decide: the judge cannot be believed: planted bad answer"),
    "override": (
        lambda: replace(samples.block(), override=override()),
        "Overridden by ada: the new tone is wanted",
    ),
    "override of a pass": (
        lambda: replace(samples.passed(), override=override()),
        "no loss found; 42 cases, sees drops from 12 pt",
    ),
}


@pytest.mark.parametrize("name", LINES)
def test_status_line__each_way_to_end__says_the_essence_first(name):
    report, line = LINES[name]
    assert status_line(report()) == line


BULLETINS = {
    "invalid": (
        told.invalid(
            [
                Problem(
                    place=Place(path="mergefloor.yml", line=3),
                    what="unknown key 'flor'",
                    fix="did you mean `floor`?",
                )
            ]
            * 4
        ),
        "config invalid (and 3 more): mergefloor.yml:3: unknown key 'flor'",
    ),
    "undecided": (told.undecided("GitHub is down", "wait"), "could not decide: GitHub is down"),
    "fork": (told.waiting("fork", SHA), f"a maintainer must look at this and type /mergefloor run {SHA}"),
    "dependabot": (
        told.waiting("dependabot", SHA),
        f"a maintainer must look at this and type /mergefloor run {SHA}",
    ),
    "untouched": (told.untouched(14), "nothing relevant changed: 14 files, 0 match"),
    "idle": (told.idle("schedule"), "nothing to check on this event (schedule)"),
    "cancelled": (told.cancelled(), "cancelled before it could decide; re-run resumes"),
}


@pytest.mark.parametrize("name", BULLETINS)
def test_status_line__of_a_bulletin__says_the_essence_first(name):
    found, line = BULLETINS[name]
    assert status_line(found) == line


def test_status_line__hostile_text_in_every_field__is_one_line_of_140_characters_at_most():
    draw = random.Random(140)
    for _ in range(300):
        text = "".join(draw.choices(FRAGMENTS, k=draw.randint(1, 60)))
        hostile = samples.hostile(text)
        reports = (
            replace(hostile, override=override(text)),
            hostile,
            replace(hostile, verdict="error"),
            replace(hostile, verdict="pass"),
        )
        problem = Problem(place=Place(path=text), what=text, fix=text)
        bulletins = (
            told.invalid([problem]),
            told.undecided(text),
            told.waiting("fork", text),
            told.idle(text),
        )
        for found in (*reports, *bulletins):
            line = status_line(found)
            assert 0 < len(line) <= LIMIT
            assert line.isprintable()
            assert "::" not in line


def test_status_line__too_long__is_cut_between_words():
    line = status_line(replace(samples.block(), override=override("because " * 60)))
    assert line.startswith("Overridden by ada: because because")
    assert line.endswith("because\u2026")
    assert len(line) <= LIMIT
    assert len(cut("x" * 200)) == LIMIT


def test_T16__status_line__holds_no_secret():
    secret = "tok+en/with=odd&chars-123456"
    found = (replace(samples.block(), override=override(secret)), told.undecided(f"401 for {secret}"))
    for each in found:
        assert "[redacted]" in status_line(each, redact=Redactor([secret]))


def test_status__of_a_suite_without_a_base__names_no_drop_that_could_be_seen():
    metric = samples.metric(base=None, delta=None, smallest_drop=None, head_only=True)
    found = samples.report(suites=(samples.suite(metrics=(metric,)),))
    assert "sees drops" not in status_line(found)


def test_status__of_files_without_a_problem_to_name__says_invalid():
    assert status_line(told.invalid(())) == "config invalid"
