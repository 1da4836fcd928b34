"""What a change does to golden cases, and the honest edits that look like it (T21)."""

from __future__ import annotations

from typing import Any

import pytest
from integrity_builders import between, cases, replace, rules, suite

Row = dict[str, Any]
Q: Row = {"id": "q", "input": "Where is it?"}


def graders(*specs: Row) -> Row:
    return {**Q, "graders": list(specs)}


def words(**more: Any) -> Row:
    return graders({"type": "words", **more})


def schema(**more: Any) -> Row:
    return graders({"type": "json", "schema": {"type": "object", **more}})


SOFT = {"type": "chars", "max": 9}
# name: before, after, the rules that speak
TAMPERED: dict[str, tuple[Row, Row, list[str]]] = {
    "the question": (
        {**Q, "expected": "Rome"},
        {**Q, "input": "Is it Rome?", "expected": "Rome"},
        ["case-edited"],
    ),
    "a variable": (
        {"id": "q", "vars": {"a": "x"}, "expected": "Rome"},
        {"id": "q", "vars": {"a": "y"}, "expected": "Rome"},
        ["case-edited"],
    ),
    "the context": (
        {**Q, "context": ["Rome is old."], "expected": "Rome"},
        {**Q, "context": ["Rome."], "expected": "Rome"},
        ["case-edited"],
    ),
    "the answer": ({**Q, "expected": "Rome"}, {**Q, "expected": "Paris"}, ["expectation-flipped"]),
    "the answer of a suite's check": (
        {**Q, "expected": "Rome", "method": "judge"},
        {**Q, "expected": "Paris", "method": "judge"},
        ["expectation-flipped"],
    ),
    "a text it must contain": (
        {**Q, "must_contain": ["14 days", "refund"]},
        {**Q, "must_contain": ["refund"]},
        ["case-weakened"],
    ),
    "a shorter text it must contain": (
        {**Q, "must_contain": ["14 days"]},
        {**Q, "must_contain": ["14"]},
        ["case-weakened"],
    ),
    "all instead of any": (
        graders({"type": "contains", "values": ["a1", "b1"]}),
        graders({"type": "contains", "values": ["a1", "b1"], "mode": "any"}),
        ["case-weakened"],
    ),
    "a text it must not contain": (
        {**Q, "must_not_contain": ["sorry", "cannot"]},
        {**Q, "must_not_contain": ["cannot"]},
        ["case-weakened"],
    ),
    "a longer text it must not contain": (
        {**Q, "must_not_contain": ["sorry"]},
        {**Q, "must_not_contain": ["sorry, but no"]},
        ["case-weakened"],
    ),
    "none instead of not all": (
        graders({"type": "not_contains", "values": ["a1", "b1"]}),
        graders({"type": "not_contains", "values": ["a1", "b1"], "mode": "all"}),
        ["case-weakened"],
    ),
    "must and must not swapped": (
        {**Q, "must_contain": ["Rome"]},
        {**Q, "must_not_contain": ["rome"]},
        ["expectation-flipped"],
    ),
    "must not and must swapped": (
        {**Q, "must_not_contain": ["Rome"]},
        {**Q, "must_contain": ["Rome"]},
        ["expectation-flipped"],
    ),
    "case no longer counts": (
        graders({"type": "contains", "value": "ROME", "case": True}),
        graders({"type": "contains", "value": "ROME"}),
        ["case-weakened"],
    ),
    "case counts where it must not be there": (
        graders({"type": "not_contains", "value": "ROME"}),
        graders({"type": "not_contains", "value": "ROME", "case": True}),
        ["case-weakened"],
    ),
    "a contains check only shown": (
        graders({"type": "contains", "value": "a"}, SOFT),
        graders({"type": "contains", "value": "a", "gating": False}, SOFT),
        ["case-weakened"],
    ),
    "gating": (
        graders({"type": "words", "max": 9}, SOFT),
        graders({"type": "words", "max": 9, "gating": False}, SOFT),
        ["case-weakened"],
    ),
    "negate": (words(max=9), words(max=9, negate=True), ["expectation-flipped"]),
    "more words": (words(max=9), words(max=90), ["case-weakened"]),
    "no upper bound": (words(min=1, max=9), words(min=1), ["case-weakened"]),
    "no lower bound": (words(min=3, max=9), words(max=9), ["case-weakened"]),
    "a looser bound turned round": (words(max=90, negate=True), words(max=9, negate=True), ["case-weakened"]),
    "a lower threshold": (
        {**Q, "graders": [{"type": "similarity", "reference": "Rome", "threshold": 0.9}]},
        {**Q, "graders": [{"type": "similarity", "reference": "Rome", "threshold": 0.1}]},
        ["case-weakened"],
    ),
    "another reference": (
        {**Q, "graders": [{"type": "similarity", "reference": "Rome"}]},
        {**Q, "graders": [{"type": "similarity", "reference": "Paris"}]},
        ["expectation-flipped"],
    ),
    "another measure": (
        {**Q, "graders": [{"type": "similarity", "reference": "Rome"}]},
        {**Q, "graders": [{"type": "similarity", "reference": "Rome", "method": "lexical"}]},
        ["case-edited"],
    ),
    "a shorter pattern": (
        graders({"type": "regex", "pattern": "^Rome, 753 BC$"}),
        graders({"type": "regex", "pattern": "Rome"}),
        ["case-weakened"],
    ),
    "a pattern with a way out": (
        graders({"type": "regex", "pattern": "Rome"}),
        graders({"type": "regex", "pattern": "Rome|Paris"}),
        ["case-weakened"],
    ),
    "a pattern for anything": (
        graders({"type": "regex", "pattern": "Rome"}),
        graders({"type": "regex", "pattern": "R.*e"}),
        ["case-weakened"],
    ),
    "another pattern": (
        graders({"type": "regex", "pattern": "Rome"}),
        graders({"type": "regex", "pattern": "Paris"}),
        ["case-edited"],
    ),
    "somewhere instead of everywhere": (
        graders({"type": "regex", "pattern": "Rome", "whole": True}),
        graders({"type": "regex", "pattern": "Rome"}),
        ["case-weakened"],
    ),
    "a shorter beginning": (
        graders({"type": "starts_with", "value": "Dear Ada"}),
        graders({"type": "starts_with", "value": "Dear"}),
        ["case-weakened"],
    ),
    "another end": (
        graders({"type": "ends_with", "value": "Yours"}),
        graders({"type": "ends_with", "value": "Bye"}),
        ["expectation-flipped"],
    ),
    "a rubric": (
        {**Q, "expected_behavior": "Names the city."},
        {**Q, "expected_behavior": "Says something."},
        ["rubric-changed"],
    ),
    "fewer judged checks": (
        graders({"type": "judge", "checks": ["a", "b"]}),
        graders({"type": "judge", "checks": ["a"]}),
        ["case-weakened"],
    ),
    "other judged checks": (
        graders({"type": "judge", "checks": ["a", "b"]}),
        graders({"type": "judge", "checks": ["a", "c"]}),
        ["rubric-changed"],
    ),
    "a check removed": (graders({"type": "words", "max": 9}, SOFT), graders(SOFT), ["case-weakened"]),
    "an exact answer turned into a text": (
        {**Q, "expected": "Rome"},
        {**Q, "must_contain": ["Rome"]},
        ["case-weakened"],
    ),
    "critical": ({**Q, "expected": "Rome", "critical": True}, {**Q, "expected": "Rome"}, ["case-weakened"]),
    "cluster": ({**Q, "expected": "Rome"}, {**Q, "expected": "Rome", "cluster": "all"}, ["case-edited"]),
    "documents to retrieve": (
        {**Q, "expected": "Rome", "relevant": ["a"]},
        {**Q, "expected": "Rome"},
        ["case-edited"],
    ),
    "tools to call": (
        {**Q, "expected": "Rome", "expected_tools": ["a"]},
        {**Q, "expected": "Rome", "expected_tools": ["b"]},
        ["case-edited"],
    ),
    "a tag": (
        {**Q, "expected": "Rome", "tags": ["hard", "city"]},
        {**Q, "expected": "Rome", "tags": ["city"]},
        ["case-retagged"],
    ),
    "every tag": ({**Q, "expected": "Rome", "tags": ["hard"]}, {**Q, "expected": "Rome"}, ["case-retagged"]),
    "the id": ({**Q, "expected": "Rome"}, {**Q, "id": "q2", "expected": "Rome"}, ["case-renamed"]),
    "the id and the check": (
        {**Q, "must_contain": ["Rome", "Italy"]},
        {**Q, "id": "q2", "must_contain": ["Rome"]},
        ["case-renamed", "case-weakened"],
    ),
    "the check of a case without an id": (
        {"input": "Where?", "must_contain": ["Rome", "Italy"]},
        {"input": "Where?", "must_contain": ["Rome"]},
        ["case-weakened"],
    ),
    "a schema's field": (
        schema(required=["city", "year"]),
        schema(required=["city"]),
        ["case-weakened"],
    ),
    "a schema": (
        schema(required=["city"]),
        graders({"type": "json"}),
        ["case-weakened"],
    ),
    "a schema's labels": (
        schema(properties={"mood": {"enum": ["good", "bad"]}}),
        schema(properties={"mood": {"enum": ["fine", "poor"]}}),
        ["expectation-flipped"],
    ),
}
HONEST: dict[str, tuple[Row, Row]] = {
    "nothing": ({**Q, "expected": "Rome"}, {"expected": "Rome", **Q}),
    "white space": (
        {**Q, "expected": "Rome in\n Italy", "must_contain": ["a", "b"]},
        {**Q, "input": "Where  is\nit?\n", "expected": "Rome in Italy", "must_contain": ["a", "b"]},
    ),
    "white space in variables": (
        {"id": "q", "vars": {"a": "x y", "n": 1, "l": ["a b"]}, "expected": "Rome"},
        {"id": "q", "vars": {"l": ["a  b"], "n": 1, "a": "x\ny"}, "expected": "Rome"},
    ),
    "the order of texts": (
        {**Q, "must_contain": ["a", "b"], "must_not_contain": ["c", "d"]},
        {**Q, "must_contain": ["b", "a"], "must_not_contain": ["d", "c"]},
    ),
    "the same in other words": (
        {**Q, "must_contain": ["Rome"], "expected": "Rome"},
        {**Q, "graders": [{"type": "contains", "value": "Rome"}, {"type": "exact", "value": "Rome"}]},
    ),
    "the order of checks": (
        graders({"type": "words", "max": 9}, SOFT),
        graders(SOFT, {"type": "words", "max": 9}),
    ),
    "one more text": (
        {**Q, "must_contain": ["a"]},
        {**Q, "must_contain": ["a", "b"], "must_not_contain": ["c"]},
    ),
    "a longer text": ({**Q, "must_contain": ["14"]}, {**Q, "must_contain": ["14 days"]}),
    "a shorter text that must not be there": (
        {**Q, "must_not_contain": ["sorry, no"]},
        {**Q, "must_not_contain": ["sorry"]},
    ),
    "any turned into all": (
        graders({"type": "contains", "values": ["a1", "b1"], "mode": "any"}),
        graders({"type": "contains", "values": ["a1", "b1"]}),
    ),
    "not all turned into none": (
        graders({"type": "not_contains", "values": ["a1", "b1"], "mode": "all"}),
        graders({"type": "not_contains", "values": ["a1", "b1"]}),
    ),
    "case counts now": (
        graders({"type": "contains", "value": "ROME"}),
        graders({"type": "contains", "value": "ROME", "case": True}),
    ),
    "a text turned into the whole answer": ({**Q, "must_contain": ["Rome"]}, {**Q, "expected": "Rome"}),
    "a text that must not be there turned into the whole answer": (
        {**Q, "must_not_contain": ["Paris"]},
        {**Q, "expected": "Rome"},
    ),
    "one more check": (words(max=9), graders({"type": "words", "max": 9}, SOFT)),
    "gating now": (words(max=9, gating=False), words(max=9)),
    "fewer words": (words(max=90), words(max=9)),
    "a bound more": (words(max=9), words(max=9, min=1)),
    "a tighter bound turned round": (words(max=9, negate=True), words(max=90, negate=True)),
    "a higher threshold": (
        {**Q, "graders": [{"type": "similarity", "reference": "Rome", "threshold": 0.1}]},
        {**Q, "graders": [{"type": "similarity", "reference": "Rome", "threshold": 0.9}]},
    ),
    "everywhere instead of somewhere": (
        graders({"type": "regex", "pattern": "Rome"}),
        graders({"type": "regex", "pattern": "Rome", "whole": True}),
    ),
    "a longer beginning": (
        graders({"type": "starts_with", "value": "Dear"}),
        graders({"type": "starts_with", "value": "dear Ada"}),
    ),
    "more judged checks": (
        graders({"type": "judge", "checks": ["a"]}),
        graders({"type": "judge", "checks": ["a", "b"]}),
    ),
    "critical now": ({**Q, "expected": "Rome"}, {**Q, "expected": "Rome", "critical": True}),
    "one more tag": ({**Q, "expected": "Rome", "tags": ["a"]}, {**Q, "expected": "Rome", "tags": ["b", "a"]}),
    "an id where there was none": (
        {"input": "Where?", "expected": "Rome"},
        {"input": "Where?", "expected": "Rome", "id": "q"},
    ),
    "a schema with one more field": (schema(required=["city"]), schema(required=["city", "year"])),
    "an answer given a check": (
        {**words(max=9)},
        {**words(max=9), "expected": "Rome"},
    ),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_case__loses_something__is_found(name: str) -> None:
    before, after, expected = TAMPERED[name]
    assert rules(between(suite(before), suite(after))) == expected


@pytest.mark.parametrize("name", HONEST)
def test_case__loses_nothing__is_left_alone(name: str) -> None:
    before, after = HONEST[name]
    assert between(suite(before), suite(after)) == ()


def test_case__removed__is_named_with_its_question() -> None:
    (one,) = between(
        suite(Q | {"expected": "Rome"}, {"id": "r", "vars": {"a": 1}, "expected": "x"}),
        suite(Q | {"expected": "Rome"}),
    )
    assert (one.rule, one.subject, one.suite, one.evidence) == (
        "case-removed",
        "r",
        "s",
        'asked \u201c{"a":1}\u201d',
    )


def test_cases__added__are_no_finding() -> None:
    assert (
        between(
            suite(Q | {"expected": "Rome"}),
            suite(Q | {"expected": "Rome"}, {"id": "r", "input": "?", "expected": "x"}),
        )
        == ()
    )


def test_cases__exchanged_their_questions__are_both_edited() -> None:
    first, second = {"id": "a", "input": "1?", "expected": "x"}, {"id": "b", "input": "2?", "expected": "x"}
    found = between(suite(first, second), suite(first | {"input": "2?"}, second | {"input": "1?"}))
    assert rules(found) == ["case-edited", "case-edited"]


def test_case__doubled__names_its_twin() -> None:
    easy, hard = (
        {"id": "easy", "input": "1 + 1?", "expected": "2"},
        {"id": "hard", "input": "17 * 23?", "expected": "391"},
    )
    found = between(suite(easy, hard), suite(easy, hard, easy | {"id": "easy2", "input": "1 +  1?"}))
    assert [(one.rule, one.subject, one.evidence) for one in found] == [
        ("case-duplicated", "easy2", "asks and checks the same as \u201ceasy\u201d")
    ]


def test_case__replaced_by_a_copy_of_another__is_edited_and_doubled() -> None:
    easy, hard = (
        {"id": "easy", "input": "1 + 1?", "expected": "2"},
        {"id": "hard", "input": "17 * 23?", "expected": "391"},
    )
    found = between(suite(easy, hard), suite(easy, easy | {"id": "hard"}))
    assert rules(found) == ["case-duplicated", "case-edited", "expectation-flipped"]


def test_cases__alike_before_and_after__are_no_finding() -> None:
    one, two = {"id": "a", "input": "1?", "expected": "x"}, {"id": "b", "input": "1?", "expected": "x"}
    assert between(suite(one, two), suite(two, one)) == ()


def test_cases__alike_but_for_their_checks__are_no_twins() -> None:
    one = {"id": "a", "input": "1?", "expected": "x"}
    assert between(suite(one), suite(one, {"id": "b", "input": "1?", "must_contain": ["y"]})) == ()


def test_case__weakened_in_many_ways__shows_three_and_counts_the_rest() -> None:
    before = {**Q, "must_contain": ["a1", "b1", "c1", "d1", "e1"]}
    (one,) = between(suite(before), suite({**Q, "must_contain": ["e1"]}))
    assert one.evidence.count("no longer asks") == 3
    assert one.evidence.endswith("; and 1 more")


@pytest.mark.parametrize("answer", ["Paris", None])
def test_case__whose_answer_only_a_suites_check_uses__is_found(answer: str | None) -> None:
    (case,) = (replace(one, graders=()) for one in cases({**Q, "expected": "Rome"}))
    before, after = (replace(suite(), cases=(one,)) for one in (case, replace(case, expected=answer)))
    (one,) = between(before, after)
    assert (one.rule, one.evidence) == (
        "expectation-flipped",
        f"expected \u201cRome\u201d \u2192 \u201c{answer or 'nothing'}\u201d",
    )
