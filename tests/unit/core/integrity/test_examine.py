"""Findings as the report has them: actions, order, bounds, escaped and cleaned texts."""

from __future__ import annotations

import pytest
from integrity_builders import between, found, scene, suite, touched

from mergefloor.core.integrity import DEFAULT_ACTIONS, RULES, Action, Rule, Tampering
from mergefloor.core.integrity.fact import LONGEST, escaped

FLOOR = "suites: {s: {prompt: p.md, metrics: {pass_rate: {floor: 0.8}}}}"
WORKFLOW = touched(".github/workflows/a.yml", None, "on: push")


def both(actions: dict[Rule, Action]) -> list[tuple[str, str]]:
    got = found(scene(FLOOR), scene(), WORKFLOW, actions=actions)
    return [(one.rule, one.action) for one in got]


def test_actions__by_default__warn_about_everything() -> None:
    assert set(DEFAULT_ACTIONS) == set(RULES)
    assert set(DEFAULT_ACTIONS.values()) == {"warn"}
    assert both({}) == [("floor-loosened", "warn"), ("workflow-changed", "warn")]


def test_findings__that_block__come_first() -> None:
    assert both({"workflow-changed": "block"}) == [("workflow-changed", "block"), ("floor-loosened", "warn")]


def test_rule__switched_off__is_silent() -> None:
    assert both({"workflow-changed": "off"}) == [("floor-loosened", "warn")]


def test_findings__of_one_rule__are_bounded_and_counted() -> None:
    rows = [{"id": f"q{i}", "input": f"{i}?", "expected": "x"} for i in range(203)]
    got = between(suite(*rows), suite())
    assert len(got) == 201
    (rest,) = (one for one in got if one.subject == "3 more")
    assert rest.evidence == "3 more like the 200 listed"


def test_findings__are_sorted_and_each_is_there_once() -> None:
    rows = [{"id": name, "input": f"{name}?", "expected": "x"} for name in "cab"]
    assert [one.subject for one in between(suite(*rows), suite())] == ["a", "b", "c"]
    assert len(found(scene(), scene(), WORKFLOW, WORKFLOW)) == 1


def edited(before: str, after: str, **more: object) -> Tampering:
    row = {"id": "q", "expected": "x"}
    first, second = suite({**row, "input": before}), suite({**row, "input": after})
    (one,) = found(scene(one=first), scene(one=second), **more)  # type: ignore[arg-type]
    return one


def test_evidence__of_long_texts__shows_where_they_part() -> None:
    one = edited("a " * 5000 + "old end", "a " * 5000 + "new end")
    assert len(one.evidence) <= LONGEST
    assert "old end" in one.evidence
    assert "new end" in one.evidence


def test_evidence__where_one_text_goes_on__shows_its_end() -> None:
    assert "and more" in edited("b" * 400, "b" * 400 + " and more").evidence


def test_evidence__of_long_different_texts__is_cut() -> None:
    one = edited("a" * 5000, "b" * 5000)
    assert one.evidence.count("\u2026") == 2
    assert len(one.evidence) <= LONGEST


def test_evidence__is_cleaned_before_it_is_cut() -> None:
    """Half a key is a leak: the whole of it is seen by the filter, wherever the cut falls."""
    key = "sk-" + "a1" * 20
    for lead in range(60, 110, 5):
        one = edited("x" * lead + key, "y", clean=lambda text: text.replace(key, "[removed]"))
        assert "sk-" not in one.evidence


def test_subject__is_cleaned_and_escaped() -> None:
    path = ".github/workflows/a\u202e.yml"
    (one,) = found(
        scene(), scene(), touched(path, None, "x"), clean=lambda text: text.replace("work", "[...]")
    )
    assert one.subject == ".github/[...]flows/a\\u{202E}.yml"


@pytest.mark.parametrize(("text", "shown"), [("a\nb", "a\\u{A}b"), ("\u200b", "\\u{200B}"), ("é☃", "é☃")])
def test_escaped__unseen_characters__have_their_numbers(text: str, shown: str) -> None:
    assert escaped(text) == shown


def test_suite__that_only_one_side_has__is_not_compared() -> None:
    after = scene()
    assert (
        found(scene(one=suite({"id": "q", "input": "?", "expected": "x"})), type(after)(config=after.config))
        == ()
    )
