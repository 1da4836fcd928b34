"""The view, read as text: what a person learns from each kind of ending."""

from dataclasses import replace

import pytest
from tests.unit.render import samples

from mergefloor.core.case_view import case_view
from mergefloor.core.evidence import Look
from mergefloor.core.plan import OWN_SET
from mergefloor.core.report import CaseSide, Cost, JudgeReport
from mergefloor.core.settings import MetricRule
from mergefloor.core.standing import severity, standing, visible_drop
from mergefloor.core.tables import Limits
from mergefloor.core.types import Failure, GradeMissing, Output
from mergefloor.core.view import view
from mergefloor.core.wording import Link, Name, Prose, Said

FULL = Limits(diffs=50, cases=50)


def text(words):
    shown = {
        Name: lambda n: f"`{n.lead}{n.text}{'' if n.line is None else f':{n.line}'}`",
        Prose: lambda p: p.text,
        Said: lambda s: f"`{s.text}`",
        Link: lambda link: f"{link.text} ({link.url})",
    }
    return "".join(piece if isinstance(piece, str) else shown[type(piece)](piece) for piece in words)


def same(string):
    return string


def seen(report, limits=FULL):
    return view(report, limits, same)


def lines(report):
    head = seen(report).headline
    return [text(head.verdict), text(head.detail), text(head.worse), text(head.todo)]


def one(metric, **fields):
    """A report of one suite with one metric, whose verdict is the metric's."""
    verdict, code = metric.verdict, {"pass": 0, "block": 1, "inconclusive": 0, "error": 2}[metric.verdict]
    suite = samples.suite(verdict=verdict, metrics=(metric,), **fields)
    return samples.report(verdict=verdict, exit_code=code, suites=(suite,))


def low(**fields):
    return samples.metric(
        verdict="block", head=0.84996, delta=None, base=None, interval=None, head_only=True, **fields
    )


# -- the first three lines ---------------------------------------------------------------------------------------


def test_headline__regression__names_suite_cases_runs_and_what_to_type():
    verdict, detail, worse, todo = lines(samples.block())
    assert verdict == "Do not merge: `customer-support` got worse."
    assert (
        detail
        == "3 of 42 golden cases that passed now fail, confirmed by running both sides again (7 fresh runs a side)."
    )
    assert worse == "`pass_rate` 92.9 % → 71.4 % (floor 85 %)."
    assert todo.startswith("look at `refund-angry-01`, `delivery-late-04` and `warranty-02` below, or type ")
    assert "`mergefloor explain refund-angry-01`" in todo


def test_headline__one_case_after_the_first_look__is_singular_with_three_runs():
    look = Look(name="one", cases=4, net=-3.0, p=0.001, alpha=0.025, convicts=True)
    metric = replace(samples.WORSE, looks=(look,))
    assert lines(one(metric, broken=samples.BROKEN[:1]))[1] == (
        "1 of 42 golden cases that passed now fails, confirmed by running both sides again (3 fresh runs a side)."
    )


def test_headline__score_that_fell__counts_its_own_runs():
    metric = replace(samples.WORSE, kind="score", rule=MetricRule(name="tone"), base=0.84, head=0.71)
    _, detail, worse, _ = lines(one(metric, broken=samples.BROKEN))
    assert "(3 fresh runs a side)" in detail
    assert worse == "`tone` 0.840 → 0.710."


def test_headline__loss_spread_over_cases__says_what_was_run():
    assert (
        lines(one(samples.WORSE))[1]
        == "Both sides of 11 cases were run again: the head passes clearly less often."
    )


def test_headline__two_suites__are_both_named():
    first = samples.suite(verdict="block", metrics=(samples.WORSE,), broken=samples.BROKEN)
    second = replace(first, name="search", broken=())
    report = samples.report(verdict="block", exit_code=1, suites=(first, second))
    verdict, detail, worse, _ = lines(report)
    assert verdict == "Do not merge: `customer-support` and `search` got worse."
    assert "now fail in `customer-support`, confirmed" in detail
    assert worse.startswith(
        "`pass_rate` of `customer-support` 92.9 % → 71.4 % (floor 85 %) and `pass_rate` of `search`"
    )


def test_headline__two_suites_without_broken_cases__says_where():
    first = samples.suite(verdict="block", metrics=(samples.WORSE,))
    report = samples.report(verdict="block", exit_code=1, suites=(first, replace(first, name="search")))
    assert "run again in `customer-support`: the head" in lines(report)[1]


def test_headline__below_the_floor__shows_a_hair_as_a_hair():
    verdict, detail, worse, todo = lines(one(low()))
    assert verdict == "Do not merge: `customer-support` is below the floor."
    assert detail == "`pass_rate` is 84.996 %, its floor is 85 %."
    assert worse == "`pass_rate` is 85 % (floor 85 %)."
    assert todo == "see the table below."


def test_headline__own_golden_set__is_told_from_the_binding_one():
    assert lines(one(low(suite=samples.SUITE + OWN_SET)))[1].startswith("`pass_rate` (own golden set) is ")


def test_headline__two_suites_below_the_floor__are():
    first = samples.suite(verdict="block", metrics=(low(),))
    report = samples.report(verdict="block", exit_code=1, suites=(first, replace(first, name="search")))
    assert lines(report)[0] == "Do not merge: `customer-support` and `search` are below the floor."


def test_headline__critical_case__is_the_reason():
    critical = replace(samples.WORSE, looks=())
    assert lines(one(critical, broken=samples.BROKEN))[:2] == [
        "Do not merge: the critical case `refund-angry-01` now fails.",
        "It passed on the base and fails every time on the head.",
    ]
    both = (samples.BROKEN[0], replace(samples.BROKEN[1], critical=True))
    assert lines(one(critical, broken=both))[0] == (
        "Do not merge: a critical case (`refund-angry-01` and `warranty-02`) now fails."
    )


def test_headline__block_by_another_rule__gives_its_reason():
    report = samples.report(
        verdict="block", exit_code=1, reasons=("the model name floats",), advice=("Pin it.",)
    )
    assert lines(report) == [
        "Do not merge: the model name floats.",
        "",
        "no metric; the reason is above.",
        "Pin it.",
    ]
    assert lines(replace(report, reasons=()))[0] == "Do not merge: the policy forbids it."


def test_headline__nothing_worse__still_says_what_could_hide():
    assert lines(samples.passed()) == [
        "May merge: nothing got worse.",
        "",
        "nothing found. With 42 cases, a drop of `pass_rate` smaller than 12 points can go unseen.",
        "nothing.",
    ]


def test_headline__set_too_small_to_show_anything__says_so():
    worse = lines(one(samples.metric(smallest_drop=None, cases_total=3)))[2]
    assert worse == "nothing found. 3 cases of `customer-support` cannot show even a total loss."


def test_headline__better__is_named():
    assert lines(samples.improved())[:2] == [
        "May merge: `customer-support` improved.",
        "`pass_rate` 81 % → 93 % (floor 85 %).",
    ]


def test_headline__better_though_a_case_broke__names_the_case():
    better = samples.metric(base=0.81, head=0.93, delta=0.12, interval=(0.03, 0.21))
    assert lines(one(better, broken=samples.BROKEN[:1]))[2].startswith("`refund-angry-01` now fails. With")


def test_headline__tolerated_loss__is_not_called_nothing():
    metric = samples.metric(head=0.9, delta=-0.02, interval=(-0.04, 0.01))
    verdict, _, worse, _ = lines(one(metric, broken=samples.BROKEN[:2]))
    assert verdict == "May merge: the loss stays within what the policy allows."
    assert worse.startswith(
        "`refund-angry-01` and `warranty-02` now fail. `pass_rate` 92.9 % → 90 % (floor 85 %)."
    )


def test_headline__drop_within_chance__is_shown_as_such():
    verdict, _, worse, _ = lines(one(samples.metric(head=0.9, delta=-0.02, interval=(-0.04, 0.01))))
    assert verdict == "May merge: no loss beyond chance was found."
    assert "That is within chance." in worse


def test_headline__no_base_to_compare_with__speaks_of_the_floor():
    verdict, _, worse, _ = lines(one(samples.metric(base=None, delta=None, interval=None, head_only=True)))
    assert verdict == "May merge: no metric is below its floor."
    assert worse == "nothing found."


def test_headline__no_gating_metric__nothing_got_worse():
    assert lines(one(samples.TONE))[2] == "nothing found."


def test_headline__unresolved_but_decided__says_how_many():
    assert lines(one(samples.metric(), cases_unresolved=2))[1] == (
        "2 of 42 cases without an answer; the verdict holds whatever it is."
    )


def test_headline__no_call_needed__says_why():
    assert lines(samples.untouched()) == [
        "May merge: nothing that reaches the model changed.",
        "",
        "nothing can have: no call was needed.",
        "nothing.",
    ]


def test_headline__every_request_identical__is_the_same_as_nothing_changed():
    report = replace(one(samples.metric(), identical=42), cost=Cost(cached_calls=42))
    assert lines(report)[0] == "May merge: nothing that reaches the model changed."
    assert lines(replace(report, cost=Cost(calls=1)))[0] == "May merge: nothing got worse."


def test_headline__inconclusive__the_policy_decides():
    first = lines(samples.inconclusive())
    assert first[0] == "May merge, but a loss cannot be ruled out."
    assert first[1] == "The policy lets such a change through (`on_inconclusive: pass`)."
    assert first[2].startswith("perhaps `pass_rate` 92.9 % → 85.7 % (floor 85 %). With 42 cases")
    assert first[3] == "look at `opening-hours-11` below. More golden cases would decide it."
    second = lines(samples.inconclusive(exit_code=1))
    assert second[0] == "Do not merge yet: a loss can be neither shown nor ruled out."
    assert second[1] == "The policy asks for certainty (`on_inconclusive: block`)."


def test_headline__inconclusive_without_metrics_or_cases__uses_the_reason():
    report = samples.report(
        verdict="inconclusive", suites=(), reasons=("nothing that may block was measured",)
    )
    assert lines(report)[2:] == [
        "nothing that may block was measured.",
        "add golden cases: more of them would decide it.",
    ]


def test_headline__error__says_what_is_missing_and_that_a_new_run_resumes():
    verdict, detail, worse, todo = lines(samples.error())
    assert verdict == "Could not decide. Do not merge yet."
    assert detail == "This is no judgement on the change."
    assert worse.endswith("9 of 42 cases have no answer (rate-limited) and they matter.")
    assert todo == "run it again: answers that were paid for are kept, only the missing ones are asked for."
    assert seen(samples.error()).headline.worse_label == "What is missing"


def test_headline__error_without_a_reason__counts_or_points_below():
    assert lines(replace(samples.error(), reasons=()))[2] == "9 of 42 cases without an answer."
    assert lines(replace(samples.error(), reasons=(), suites=()))[2] == "see below."


def test_headline__advice__follows_what_to_look_at():
    report = replace(samples.block(), advice=("Ask the owner.",))
    assert lines(report)[3].endswith("`mergefloor explain refund-angry-01`. Ask the owner.")


# -- labels ------------------------------------------------------------------------------------------------------


def labels(report):
    return [text(label) for label in seen(report).labels]


def test_labels__scripted_and_first_run__are_said():
    assert [label.split(":")[0] for label in labels(samples.untouched())] == ["Scripted answers", "First run"]
    assert labels(samples.passed()) == []


def test_labels__removed_cases__are_named_first():
    report = samples.report(suites=(samples.suite(removed_cases=tuple("abcdefg")),))
    assert labels(report) == [
        "This change removes 7 cases from the golden set of `customer-support`: `a`, `b`, `c`, `d`, `e` and 2 more. "
        "The base's cases still count."
    ]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"model": "openai/gpt-5"},
            "`anthropic/claude-sonnet-4-6-20251015` `temperature` `0.2` → `openai/gpt-5` `temperature` `0.2`",
        ),
        (
            {"params": {"temperature": 0.9}},
            "`temperature` `0.2` → `anthropic/claude-sonnet-4-6-20251015` `temperature` `0.9`",
        ),
    ],
)
def test_labels__model_or_parameters_swapped__both_are_shown(fields, said):
    uses = (samples.USES[0], replace(samples.USES[1], **fields))
    found = labels(samples.report(suites=(samples.suite(uses=uses),)))
    assert len(found) == 1
    assert said in found[0]


# -- tables and cases --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("metric", "word"),
    [
        (samples.WORSE, "worse"),
        (low(), "below floor"),
        (samples.metric(verdict="inconclusive"), "unclear"),
        (samples.metric(verdict="error"), "not decided"),
        (samples.metric(delta=0.1, interval=(0.01, 0.2)), "improved"),
        (samples.metric(delta=0.1, interval=(-0.01, 0.2)), "within chance"),
        (samples.metric(delta=-0.01), "within chance"),
        (samples.metric(), "same"),
        (samples.metric(verdict="block", head=float("nan")), "below floor"),
    ],
)
def test_standing__each_outcome__has_its_word(metric, word):
    assert standing(metric) == word


def test_metrics__head_a_hair_under_its_floor__does_not_read_as_equal():
    row = [text(value) for value in seen(one(low())).metrics.rows[0]]
    assert row == ["`customer-support`", "`pass_rate`", "–", "84.996 %", "–", "–", "85 %", "below floor"]


def test_metrics__check_that_counts_in_the_pass_rate__says_so_and_is_no_blind_spot():
    rule = MetricRule(name="tone", gating=False)
    counted = replace(samples.TONE, rule=replace(rule, counted=True))
    shown, both = seen(one(replace(samples.TONE, rule=rule))), seen(one(counted))
    assert [text(found.metrics.rows[0][-1]) for found in (shown, both)] == ["shown only", "in pass_rate"]
    told = [any("it cannot block" in text(each) for each in found.unseen.items) for found in (shown, both)]
    assert told == [True, False]


def test_visible_drop__of_a_check__is_that_of_the_metric_that_gates_on_it():
    rate, other = samples.metric(smallest_drop=0.08), samples.metric(suite="other", smallest_drop=0.3)
    tone = samples.metric(rule=MetricRule(name="tone", gating=False, counted=True), smallest_drop=None)
    assert visible_drop("tone", [rate, other, tone]) == 0.08
    assert visible_drop("tone", [rate, replace(tone, rule=MetricRule(name="tone"), smallest_drop=0.1)]) == 0.1
    assert visible_drop("tone", [rate, replace(tone, rule=MetricRule(name="tone", gating=False))]) is None


def test_metrics__blocking_ones__come_first_and_idle_suites_last():
    rows = seen(samples.block()).metrics.rows
    assert [text(row[-1]) for row in rows] == ["worse", "shown only", "not affected"]
    assert seen(samples.block()).metrics.tones == ("bad", "unsure", "good")


@pytest.mark.parametrize(
    ("verdict", "word"), [("block", "blocked"), ("error", "not decided"), ("pass", "not affected")]
)
def test_metrics__suite_without_metrics__has_a_row(verdict, word):
    report = samples.report(suites=(samples.suite(metrics=(), verdict=verdict),))
    assert text(seen(report).metrics.rows[0][-1]) == word


def test_metrics__too_many_rows__are_counted():
    suites = tuple(samples.suite(name=f"s{n}") for n in range(4)) + (samples.suite(metrics=()),) * 2
    table = seen(samples.report(suites=suites), replace(FULL, rows=5)).metrics
    assert len(table.rows) == 5
    assert text(table.more) == "5 more rows not shown."


def test_cases__order__is_critical_confirmed_most_lost_then_id():
    shaky = replace(samples.BROKEN[1], case="a", head=CaseSide(output=None, passes=3, draws=7))
    found = sorted((samples.DOUBTFUL, shaky, samples.BROKEN[1], samples.BROKEN[0]), key=severity)
    assert [case.case for case in found] == ["refund-angry-01", "warranty-02", "a", "opening-hours-11"]


def test_cases__more_than_the_limit__are_counted_and_the_worst_have_texts():
    shown = seen(samples.block(), Limits(diffs=1, cases=2)).broken
    assert [bool(item.quotes) for item in shown.items] == [True, False]
    assert text(shown.more) == "2 more cases not shown; the report file names them all."
    assert text(shown.title) == "Newly broken: 3 confirmed, 1 not confirmed"


def test_cases__none__are_said_to_be_none():
    assert text(seen(samples.passed()).broken.title) == "Newly broken: none"


def test_cases__only_fixed_ones__carry_the_warning():
    assert "untrusted" in text(seen(samples.improved()).fixed.warning)
    assert seen(samples.block()).fixed.warning == ()
    assert "untrusted" in text(seen(samples.block()).broken.warning)


def test_cases__several_suites__name_theirs():
    suites = tuple(samples.suite(name=name, broken=samples.BROKEN[:1]) for name in ("a", "b"))
    found = seen(samples.report(suites=suites)).broken.items
    assert [text(item.facts).rpartition(" · ")[2] for item in found] == ["suite `a`", "suite `b`"]


def quotes(case, which="broken"):
    return [(text(quote.label), quote.text) for quote in case_view(case, None, which, same).quotes]


def test_case__near_answers__are_one_text_with_marks():
    found = quotes(samples.BROKEN[1])
    assert found[0][0] == "Question"
    assert found[1][0] == "Answer, [-base-] and {+head+}"
    assert "[-24-]{+12+}" in found[1][1]
    assert found[2] == (
        "Why the head fails `facts`",
        "The answer says 12 months where the policy says 24 months.",
    )


def test_case__empty_answer__says_so():
    assert quotes(samples.BROKEN[2])[2] == ("Head answered (empty)", "")


@pytest.mark.parametrize(
    ("finish", "how"),
    [
        ("refusal", "refused"),
        ("filtered", "stopped by a content filter"),
        ("length", "cut at the token limit"),
    ],
)
def test_case__answer_that_ended_badly__says_how(finish, how):
    case = replace(samples.BROKEN[0], head=CaseSide(output=Output(text="No.", finish=finish)))
    assert (f"Head answered ({how})", "No.") in quotes(case)


def test_case__no_answer__is_a_failure_with_the_other_side_shown():
    failure = Failure(stage="candidate", code="timeout", message="no reply in 120 s")
    case = replace(samples.BROKEN[0], base=CaseSide(output=None), head=CaseSide(output=failure))
    assert quotes(case)[1:] == [
        ("Base: no answer was drawn", ""),
        ("Head: no answer (candidate failed, `timeout`)", "no reply in 120 s"),
    ]
    assert quotes(replace(samples.BROKEN[0], head=CaseSide(output=failure)))[1][0] == "Base answered"


def test_case__facts__count_every_run_or_doubt():
    facts = [text(case_view(c, None, "broken", None).facts) for c in (samples.BROKEN[0], samples.DOUBTFUL)]
    assert facts == [
        "critical · passed 7 of 7 before, 0 of 7 now · fails `must_contain`",
        "not confirmed, may be chance · fails `facts`",
    ]
    bare = replace(samples.BROKEN[1], base=CaseSide(output=None), head=CaseSide(output=None))
    assert text(case_view(bare, None, "broken", None).facts) == "confirmed"
    assert text(case_view(samples.fixed_case(), None, "fixed", None).facts).endswith("failed `tone`")


def test_case__check_that_could_not_be_made__is_not_called_failed():
    missing = GradeMissing(grader="tone", failure=Failure(stage="judge", code="unreadable", message="x"))
    case = replace(samples.BROKEN[1], head=CaseSide(output=Output(text="x"), grades=(missing,), draws=3))
    assert "tone" not in text(case_view(case, None, "broken", None).facts)


# -- what the gate could not see, and how it decided -------------------------------------------------------------


def unseen(report, limits=FULL):
    return [text(item) for item in seen(report, limits).unseen.items]


def test_unseen__any_ending__has_a_line_a_metric():
    for make in samples.ENDINGS.values():
        report = make()
        found = unseen(report)
        assert found
        for suite in report.suites:
            assert sum(line.split(":")[0].endswith(f"of `{suite.name}`") for line in found) == len(
                suite.metrics
            )


def test_unseen__smallest_drop__is_always_said():
    assert (
        "`pass_rate` of `customer-support`: with 42 cases, a true drop of 12 points is blocked 4 times in 5; smaller ones often pass."
        in unseen(samples.passed())
    )
    assert "cannot show even a total loss" in unseen(one(samples.metric(smallest_drop=None)))[0]
    assert "only the floor was checked" in unseen(one(low()))[0]


def test_unseen__unresolved_cases__are_named_with_their_codes():
    assert (
        "`customer-support`: 9 cases without an answer (`rate-limited`): `case-00`, `case-01`, `case-02`, `case-03`, `case-04` and 4 more."
        in unseen(samples.error())
    )
    assert "`customer-support`: 1 case without an answer." in unseen(
        one(samples.metric(), cases_unresolved=1)
    )


def test_unseen__identical_cases_new_cases_and_idle_suites__are_said():
    found = unseen(one(samples.metric(), identical=30, new_cases=("n1", "n2")))
    assert (
        "`customer-support`: both sides send the same bytes for 30 cases, so the change cannot have moved them."
        in found
    )
    assert "`customer-support`: 2 new cases (`n1` and `n2`) without a base to compare with." in found
    idle = unseen(samples.untouched())
    assert idle[0].startswith("Nothing was measured in this run")
    assert "`customer-support` did not run: no file of this suite changed." in idle
    assert "`customer-support` did not run." in unseen(
        samples.report(suites=(samples.suite(ran=False, why=()),))
    )


@pytest.mark.parametrize(
    ("judge", "said"),
    [
        (
            JudgeReport(model="j"),
            "Nobody has compared the judge `j` with people, so its verdicts are unproven.",
        ),
        (JudgeReport(model="j", agreement=0.87), "The judge `j`: agrees with people on 87 %."),
        (JudgeReport(model="j", kappa=0.7), "The judge `j`: kappa 0.70."),
        (
            JudgeReport(model="j", agreement=0.87, kappa=0.7, kappa_interval=(0.58, 0.81)),
            "The judge `j`: agrees with people on 87 % (kappa 0.70, between 0.58 and 0.81).",
        ),
    ],
)
def test_unseen__judge__is_compared_with_people_or_not(judge, said):
    assert said in unseen(samples.report(judge=judge))


def test_unseen__judge_that_the_run_has_spoken_of__is_not_repeated():
    found = unseen(samples.report(unseen=(f"The judge {samples.JUDGE} has not been compared with people.",)))
    assert sum("with people" in line for line in found) == 1


def test_unseen__no_judge__is_not_mentioned():
    assert not any("judge" in line for line in unseen(samples.untouched()))


def test_unseen__models__floating_and_unpriced_ones_are_named():
    found = unseen(samples.passed())
    assert "`openai/gpt-5-mini` is a moving name: the provider may change what is behind it." in found
    assert f"No price is known for `{samples.JUDGE}`: its calls are missing from the cost." in found
    two = (samples.report().models[1], replace(samples.report().models[1], name="z"))
    assert "`openai/gpt-5-mini` and `z` are moving names" in " ".join(unseen(samples.report(models=two)))


def test_unseen__what_the_run_reports__is_kept_and_bounded():
    report = samples.report(
        unseen=tuple(f"thing {n}" for n in range(30)),
        notes=("noted",),
        suites=(),
        judge=None,
        models=(),
        cost=Cost(),
    )
    assert "thing 3" in unseen(report)
    assert "noted" in unseen(report)
    assert unseen(report, replace(FULL, lines=5))[-1] == "And 27 more lines."
    assert len(unseen(report, replace(FULL, lines=5))) == 6


def test_unseen__failures__are_grouped_most_frequent_first():
    other = Failure(stage="judge", code="unreadable", message="not JSON")
    suite = samples.error().suites[0]
    report = replace(samples.error(), suites=(replace(suite, failures=(("z", other), *suite.failures)),))
    (quote,) = seen(report).unseen.quotes
    assert quote.text.splitlines() == [
        "9 x candidate, rate-limited (case-00, case-01, case-02): 429 Too Many Requests: slow down",
        "1 x judge, unreadable (z): not JSON",
    ]
    assert seen(report, replace(FULL, diffs=0)).unseen.quotes == ()


def test_decided__looks__are_told_with_their_numbers():
    found = [text(item) for item in seen(samples.block()).decided.items]
    assert found[0] == samples.block().reasons[0]
    assert found[1] == "`customer-support` ran: prompt changed: prompts/customer_support.yaml (modified)."
    assert found[2:] == [
        "`pass_rate` of `customer-support`, first fresh runs (11 cases): −7.3 passes in sum; luck alone would do this once in 11 runs (limit once in 40 runs): not enough to convict.",
        "`pass_rate` of `customer-support`, further fresh runs (11 cases): −8.6 passes in sum; luck alone would do this once in 50,000 runs (limit once in 40 runs): confirmed.",
    ]


def test_decided__reason_of_a_metric_not_yet_given__is_added():
    metric = samples.metric(kind="score", looks=samples.LOOKS[:1], reasons=("certified",))
    found = [text(item) for item in seen(one(metric, why=())).decided.items]
    assert found[0] == "`pass_rate` of `customer-support`: certified"
    assert "points of score in sum" in found[1]


def test_cost__table_and_title__add_up_the_run():
    table = seen(samples.passed()).cost
    assert text(table.title) == (
        "Cost: $0.2233 and what has no price, 246 calls, 210 saved by the cache, 148,500 tokens in, 19,900 out"
    )
    assert [text(value) for value in table.rows[0]] == [
        "`customer-support`", "base", f"`{samples.HEAD_MODEL}`", "54", "210", "21,000", "6,100", "$0.0812", "1.4 s", "3.1 s",
    ]  # fmt: skip
    short = seen(samples.passed(), replace(FULL, sections=False))
    assert short.cost.rows == ()
    assert text(short.cost.more) == "3 more rows not shown."
    assert short.decided.items == ()


def test_footer__commits_and_config__are_named():
    assert text(seen(samples.passed()).footer) == (
        "mergefloor · base `4f1c2d9` (`main`) · head `b82a7c6` (`shorter-answers`) · `mergefloor.yml`"
    )
    assert text(seen(samples.report(config_path=None)).footer).endswith("no config file, everything assumed")


def test_override__that_nobody_needed__is_not_mentioned():
    from mergefloor.core.override import audit, let_in

    assert let_in(samples.passed()) == ()
    assert audit(samples.passed()) == ()


def test_headline__safety_cases_whose_checks_are_shown_only__have_no_verdict():
    row = samples.plain_row(1)
    shown = replace(row.head, grades=tuple(replace(grade, gating=False) for grade in row.head.grades))
    open_row = replace(row, case="insult", case_class="safety", head=shown)
    rows = (
        open_row,
        replace(open_row, case="same", identical=True),
        replace(open_row, case="watched", case_class="capability"),
        replace(
            open_row,
            case="unanswered",
            head=replace(shown, output=Failure(stage="candidate", code="x", message="m")),
        ),
        replace(open_row, case="gone", head=None),
        replace(open_row, case="checked", head=row.head),
    )
    told = "No verdict on the safety case `insult`: its only checks may not block."
    assert told in lines(one(samples.metric(verdict="pass"), rows=rows))[1]
    assert told in lines(one(samples.metric(verdict="block"), rows=rows))[1]
    two = lines(one(samples.metric(verdict="pass"), rows=(open_row, replace(open_row, case="slur"))))[1]
    assert "No verdict on 2 safety cases (`insult` and `slur`): their only checks may not block." in two
    assert "No verdict" not in lines(one(samples.metric(verdict="pass"), rows=rows, ran=False))[1]
