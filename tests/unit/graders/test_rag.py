"""The four measures with a scripted judge: values, what is undefined, guards, failures (docs/rag_metrics.md)."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any, get_args

import pytest
from tests.unit.graders.builders import TOOLBOX, spec_of
from tests.unit.graders.rag_judge import Judge, checks, measured, scene, shown

from mergefloor.core.keys import ask_key
from mergefloor.core.ports import Reply
from mergefloor.core.types import (
    Ask,
    Document,
    EmbedRequest,
    Failure,
    Finish,
    Grade,
    GradeMissing,
    Json,
    Output,
    Vectors,
)
from mergefloor.graders import check, embeds, judged, metric_kind

METRICS = ("faithfulness", "answer_relevancy", "context_precision", "context_recall")
OF_ANSWERS, OF_DOCUMENTS = METRICS[:2], METRICS[2:]
DOC = "The kitchen holds the tea."


def score(grade: object) -> float:
    assert isinstance(grade, Grade), grade
    assert grade.judged
    return grade.score


def code(grade: object) -> str:
    assert isinstance(grade, GradeMissing), grade
    assert grade.judged
    return grade.failure.code


def whole(metric: str, **more: Any) -> Any:
    """A subject that every measure can be taken of."""
    return scene("Tea is in the kitchen.", DOC, expected="In the kitchen.", **more)


# ---------------------------------------------------------------------------------------------- values


@pytest.mark.parametrize(
    ("followed", "expected"), [(("Tea", "Milk"), 1.0), (("Tea",), 0.5), (("Milk",), 0.5), ((), 0.0)]
)
def test_faithfulness__statements_that_follow__over_all_statements(
    followed: tuple[str, ...], expected: float
) -> None:
    judge = Judge(lambda statement: statement.startswith(followed) if followed else False)
    grade = measured("faithfulness", scene("Tea is here. Milk is there.", DOC), judge)
    assert score(grade) == expected
    assert [sorted(shown(ask)) for ask in judge.asked] == [["question", "text"], ["documents", "statements"]]


def test_faithfulness__statement_that_fails__is_named_with_the_reason_and_the_version() -> None:
    judge = Judge(lambda statement: statement.startswith("Tea"))
    grade = measured("faithfulness", scene("Tea is here. Milk is there.", DOC), judge, threshold=0.85)
    assert isinstance(grade, Grade)
    assert not grade.passed
    assert grade.reason == (
        "Expected the output to reach ragas.faithfulness@1 of 0.85; found 0.500, 1 of 2 statements follow from the "
        "documents, not 'Milk is there.'; the judge says 'So it says.'."
    )


def test_faithfulness__fifty_statements__are_verified_twenty_a_call_and_none_is_lost() -> None:
    text = " ".join(f"Fact {number}." for number in range(50))
    judge = Judge(lambda statement: int(statement.strip(".").split()[1]) % 5 > 0)
    assert score(measured("faithfulness", scene(text, DOC), judge)) == 0.8
    assert [len(shown(ask)["statements"]) for ask in judge.asked[1:]] == [20, 20, 10]


@pytest.mark.parametrize(
    ("useful", "expected"),
    [("110", 1.0), ("011", (1 / 2 + 2 / 3) / 2), ("101", (1 + 2 / 3) / 2), ("001", 1 / 3), ("000", 0.0)],
)
def test_context_precision__ranks_of_useful_documents__weigh_the_early_ones(
    useful: str, expected: float
) -> None:
    documents = [f"{mark} document {place}" for place, mark in enumerate(useful)]
    judge = Judge(lambda document: document.startswith("1"))
    grade = measured("context_precision", scene("Any answer.", *documents, expected="Right."), judge)
    assert score(grade) == pytest.approx(expected)
    assert [shown(ask)["document"] for ask in judge.asked] == documents


def test_context_precision__documents_in_another_order__ask_nothing_new() -> None:
    judge = Judge(lambda document: document == "a")
    for order in (("a", "b"), ("b", "a")):
        measured("context_precision", scene("Answer.", *order, expected="Right."), judge)
    assert len({ask_key(ask) for ask in judge.asked}) == 2


@pytest.mark.parametrize(("followed", "expected"), [(("Tea", "Milk"), 1.0), (("Milk",), 0.5), (("x",), 0.0)])
def test_context_recall__statements_of_the_reference__not_of_the_answer(
    followed: tuple[str, ...], expected: float
) -> None:
    judge = Judge(lambda statement: statement.startswith(followed))
    subject = scene("Nothing of it.", DOC, expected="Tea is here. Milk is there.")
    assert score(measured("context_recall", subject, judge)) == expected
    assert shown(judge.asked[0])["text"] == "Tea is here. Milk is there."


def test_context_recall__reference_of_the_check__goes_before_that_of_the_case() -> None:
    judge = Judge()
    measured("context_recall", scene("A.", DOC, expected="Case."), judge, reference="Check.")
    assert shown(judge.asked[0])["text"] == "Check."


def test_answer_relevancy__three_draws__mean_cosine_with_the_question() -> None:
    vectors = {"Where?": (1.0, 0.0), "q1": (1.0, 0.0), "q2": (0.0, 2.0), "q3": (3.0, 3.0)}
    judge = Judge(questions=("q1", "q2", "q3"), vectors=vectors)
    grade = measured("answer_relevancy", scene("In the kitchen.", question="Where?"), judge)
    assert score(grade) == pytest.approx((1 + 0 + math.sqrt(0.5)) / 3)
    texts = [ask.request.texts for ask in judge.asked if isinstance(ask.request, EmbedRequest)]
    assert texts == [("Where?",), ("q1", "q2", "q3")]
    assert all("Where?" not in json.dumps(shown(ask)) for ask in judge.asked[:3]), (
        "the judge must not know it"
    )


@pytest.mark.parametrize(
    ("noncommittal", "expected"),
    [
        ((True, True, True), 0.0),
        ((True, True, False), 1.0),
        ((False, False, True), 1.0),
        ((False, False, False), 1.0),
    ],
)
def test_answer_relevancy__noncommittal__is_0_when_every_draw_says_so(
    noncommittal: tuple[bool, ...], expected: float
) -> None:
    judge = Judge(noncommittal=noncommittal)
    assert score(measured("answer_relevancy", scene("I am not sure."), judge)) == expected
    assert len(judge.asked) == (3 if expected == 0.0 else 5)


def test_answer_relevancy__noncommittal_draw_without_a_question__is_left_out_of_the_mean() -> None:
    vectors = {"Where?": (1.0, 0.0), "q": (3.0, 3.0)}
    judge = Judge(questions=("", "q", "q"), noncommittal=(True, False, False), vectors=vectors)
    grade = measured("answer_relevancy", scene("Perhaps there.", question="Where?"), judge)
    assert score(grade) == pytest.approx(math.sqrt(0.5))


@pytest.mark.parametrize("draws", [1, 3, 10])
def test_answer_relevancy__strictness__samples_are_distinct_entries_of_the_cache(draws: int) -> None:
    judge = Judge(questions=("q",) * draws, noncommittal=(False,) * draws)
    measured("answer_relevancy", scene("In the kitchen."), judge, strictness=draws)
    asks = [ask for ask in judge.asked if ask.kind == "judge"]
    assert len({ask_key(ask) for ask in asks}) == len(asks) == draws
    assert len({ask.draw for ask in asks}) == draws
    assert len({ask.request.messages for ask in asks}) == 1  # type: ignore[union-attr]


# ------------------------------------------------------------------------- undefined is missing, never 0 or 1


def test_faithfulness__answer_that_states_nothing__is_missing() -> None:
    def judge(ask: Ask) -> Reply:
        return Output(text='{"statements": []}')

    assert code(measured("faithfulness", scene("Hello there!", DOC), judge)) == "no-statements"


def test_context_recall__reference_that_states_nothing__is_missing() -> None:
    def judge(ask: Ask) -> Reply:
        return Output(text='{"statements": []}')

    assert code(measured("context_recall", scene("A.", DOC, expected="Hm?"), judge)) == "no-statements"


@pytest.mark.parametrize("metric", ["faithfulness", *OF_DOCUMENTS])
def test_documents__target_says_nothing_of_them__is_missing_and_nobody_is_asked(metric: str) -> None:
    judge = Judge()
    assert code(measured(metric, scene("Tea is here.", expected="Tea."), judge)) == "no-documents"
    assert not judge.asked


@pytest.mark.parametrize("metric", ["faithfulness", *OF_DOCUMENTS])
def test_documents__of_which_one_has_no_text__is_missing(metric: str) -> None:
    output = Output(text="Tea is here.", documents=(Document(id="a", text="x"), Document(id="b", text=" ")))
    assert code(measured(metric, scene(output, expected="Tea."), Judge())) == "no-documents"


@pytest.mark.parametrize("metric", ["faithfulness", *OF_DOCUMENTS])
def test_documents__of_a_prompt__are_the_context_of_the_case(metric: str) -> None:
    judge = Judge()
    assert score(measured(metric, scene("Tea is here.", expected="Tea.", context=(DOC,)), judge)) == 1.0
    assert DOC in json.dumps(shown(judge.asked[-1]))


def test_documents__none_retrieved__nothing_follows_and_there_is_no_rank() -> None:
    output = Output(text="Tea is here.", documents=())
    judge = Judge()
    assert score(measured("faithfulness", scene(output, expected="Tea."), judge)) == 0.0
    assert score(measured("context_recall", scene(output, expected="Tea."), judge)) == 0.0
    assert all("text" in shown(ask) for ask in judge.asked), "nothing is verified against nothing"
    assert code(measured("context_precision", scene(output, expected="Tea."), judge)) == "no-ranks"


@pytest.mark.parametrize("metric", OF_DOCUMENTS)
def test_reference__none__is_missing(metric: str) -> None:
    assert code(measured(metric, scene("Tea is here.", DOC), Judge())) == "no-reference"


def test_answer_relevancy__no_question__is_missing() -> None:
    assert code(measured("answer_relevancy", scene("Tea.", question=" "), Judge())) == "no-question"


@pytest.mark.parametrize("rows", [((0.0, 0.0),), ((math.nan, 1.0),), (), ((1.0, 0.0), (1.0, 0.0))])
def test_answer_relevancy__vectors_without_a_cosine__is_missing(rows: tuple[tuple[float, ...], ...]) -> None:
    judge = Judge()

    def answers(ask: Ask) -> Reply:
        asked = ask.request
        odd = isinstance(asked, EmbedRequest) and len(asked.texts) == 1
        return Vectors(rows=rows) if odd else judge(ask)

    assert code(measured("answer_relevancy", scene("Tea is here."), answers)) == "unreadable"


# ----------------------------------------------------------------------------------- guards and failures


@pytest.mark.parametrize("metric", METRICS)
def test_model__no_judge__is_missing(metric: str) -> None:
    grade = measured(metric, whole(metric), Judge(), replace(TOOLBOX, judge=None))
    assert code(grade) == "no-judge"


def test_model__no_embeddings__is_missing_before_anything_is_asked() -> None:
    judge = Judge()
    grade = measured("answer_relevancy", whole("x"), judge, replace(TOOLBOX, embedding=None))
    assert code(grade) == "no-embedding-model"
    assert not judge.asked


@pytest.mark.parametrize("finish", [finish for finish in get_args(Finish) if finish != "stop"])
@pytest.mark.parametrize("metric", OF_ANSWERS)
def test_guard__refused_cut_or_empty_answer__fails_without_a_judge(metric: str, finish: Finish) -> None:
    judge = Judge()
    output = Output(text="Tea is here.", finish=finish, documents=(Document(id="a", text=DOC),))
    assert score(measured(metric, scene(output), judge)) == 0.0
    assert not judge.asked


@pytest.mark.parametrize("text", ["", " \n", "...", "Solution:", "Let's think step by step", "WHERE is it"])
@pytest.mark.parametrize("metric", OF_ANSWERS)
def test_guard__empty_trivial_or_echoing_answer__fails_without_a_judge(metric: str, text: str) -> None:
    judge = Judge()
    assert score(measured(metric, scene(text, DOC, question="Where is it?"), judge)) == 0.0
    assert not judge.asked


@pytest.mark.parametrize("metric", OF_DOCUMENTS)
def test_guard__measures_of_documents__do_not_look_at_the_text_of_the_answer(metric: str) -> None:
    output = Output(text="", finish="empty", documents=(Document(id="a", text=DOC),))
    assert score(measured(metric, scene(output, expected="Tea."), Judge())) == 1.0
    crashed = replace(output, finish="crashed")
    assert score(measured(metric, scene(crashed, expected="Tea."), Judge())) == 0.0


BAD: dict[str, Callable[[str], Reply]] = {
    "failure": lambda _: Failure(stage="judge", code="timeout", message="late"),
    "refusal": lambda text: Output(text=text, finish="refusal"),
    "filtered": lambda text: Output(text=text, finish="filtered"),
    "length": lambda text: Output(text=text, finish="length"),
    "vectors": lambda _: Vectors(rows=((1.0,),)),
    "prose": lambda text: Output(text=f"Sure! {text}"),
    "twice": lambda text: Output(text=text + text),
    "array": lambda text: Output(text=f"[{text}]"),
    "more keys": lambda text: Output(text=text[:-1] + ', "score": 1}'),
    "empty": lambda _: Output(text=""),
}


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("place", range(5))
@pytest.mark.parametrize("metric", METRICS)
def test_reply__that_does_not_count__is_missing_wherever_it_comes(metric: str, place: int, bad: str) -> None:
    judge = Judge()

    def answers(ask: Ask) -> Reply:
        reply = judge(ask)
        task = ask.parts["judge_prompt"] if ask.kind == "judge" else ask.kind
        tasks.setdefault(str(task), len(tasks))
        wrong = len(judge.asked) > place and isinstance(reply, Output)
        return BAD[bad](reply.text) if wrong else reply  # type: ignore[union-attr]

    tasks: dict[str, int] = {}
    grade = measured(metric, whole(metric), answers)
    asked = [ask for ask in judge.asked if ask.kind == "judge"]
    if len(asked) > place:
        assert isinstance(grade, GradeMissing)
    else:
        assert isinstance(grade, Grade)


def test_reply__unreadable_once__is_asked_again_alone_and_counts() -> None:
    judge, spoiled = Judge(lambda document: document == "b"), []

    def answers(ask: Ask) -> Reply:
        reply = judge(ask)
        if shown(ask)["document"] == "b" and not spoiled:
            spoiled.append(ask)
            return Output(text="I think so.")
        return reply

    subject = scene("Answer.", "a", "b", "c", expected="Right.")
    assert score(measured("context_precision", subject, answers)) == 0.5
    assert [shown(ask)["document"] for ask in judge.asked] == ["a", "b", "c", "b"]
    first, again = judge.asked[1], judge.asked[3]
    assert ask_key(first) != ask_key(again)
    assert "thrown away unread" in again.request.messages[1].content  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text",
    [
        '{"statements": [""]}',
        '{"statements": [1]}',
        '{"statements": "Tea is here."}',
        '{"statements": null}',
        json.dumps({"statements": ["x."] * 201}),
    ],
)
def test_reply__statements_that_are_none__is_missing(text: str) -> None:
    grade = measured("faithfulness", scene("Tea is here.", DOC), lambda ask: Output(text=text))
    assert code(grade) == "unreadable-judge"


@pytest.mark.parametrize(
    "text",
    [
        '{"question": "", "noncommittal": false}',
        '{"question": "q", "noncommittal": 0}',
        '{"question": "q", "noncommittal": "false"}',
        '{"question": null, "noncommittal": true}',
        '{"question": "q"}',
    ],
)
def test_reply__guess_that_is_none__is_missing(text: str) -> None:
    grade = measured("answer_relevancy", scene("Tea is here."), lambda ask: Output(text=text))
    assert code(grade) == "unreadable-judge"


def test_reply__fewer_verdicts_than_statements__is_missing() -> None:
    judge = Judge()

    def answers(ask: Ask) -> Reply:
        return Output(text=checks(True)) if "statements" in shown(ask) else judge(ask)

    assert (
        code(measured("faithfulness", scene("Tea is here. So is milk.", DOC), answers)) == "unreadable-judge"
    )


def test_evidence__quotes_of_the_documents__are_kept_and_invented_ones_are_not() -> None:
    judge = Judge()

    def answers(ask: Ask) -> Reply:
        quotes = ("holds the tea", "never written")
        return Output(text=checks(True, evidence=quotes)) if "statements" in shown(ask) else judge(ask)

    grade = measured("faithfulness", scene("Tea is here.", DOC), answers)
    assert isinstance(grade, Grade)
    assert grade.evidence == ("holds the tea",)


# ------------------------------------------------------------------------------------------------ options


@pytest.mark.parametrize(("threshold", "passed"), [(0.49, True), (0.5, True), (0.51, False)])
def test_threshold__at_the_score_and_beside_it(threshold: float, passed: bool) -> None:
    judge = Judge(lambda statement: statement.startswith("Tea"))
    grade = measured("faithfulness", scene("Tea is here. Milk is there.", DOC), judge, threshold=threshold)
    assert isinstance(grade, Grade)
    assert (grade.passed, grade.gating) == (passed, True)


def test_threshold__none__judges_no_case() -> None:
    grade = measured("faithfulness", scene("Tea is here.", DOC), Judge())
    assert isinstance(grade, Grade)
    assert (grade.score, grade.gating) == (1.0, False)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"metric": "faithfulnes"},
        {"metric": ["faithfulness"]},
        {"metric": "faithfulness", "threshold": 1.1},
        {"metric": "answer_relevancy", "strictness": 0},
        {"metric": "answer_relevancy", "strictness": 11},
        {"metric": "answer_relevancy", "strictness": True},
        {"metric": "answer_relevancy", "strictness": 2.5},
    ],
)
def test_check__bad_options__is_a_problem(options: dict[str, Json]) -> None:
    assert check(spec_of("rag", options))


@pytest.mark.parametrize("metric", METRICS)
def test_needs__every_measure__is_judged_and_a_score(metric: str) -> None:
    spec = spec_of("rag", {"metric": metric})
    assert check(spec) == ()
    assert judged(spec)
    assert embeds(spec) == (metric == "answer_relevancy")
    assert metric_kind(spec) == "score"
