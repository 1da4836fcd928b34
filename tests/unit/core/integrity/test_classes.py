"""A change that lowers the class of a suite, a tag or a case is told."""

from __future__ import annotations

import pytest
from integrity_builders import between, cases, found, rules, scene, suite

from mergefloor.core.integrity import Tampering

Q = {"id": "q", "input": "Where is it?", "expected": "Rome"}
SUITE = "suites: {s: {prompt: p.md, %s}}\n"


def told(before: str, after: str) -> list[tuple[str, str]]:
    tampering = found(scene(SUITE % before), scene(SUITE % after))
    return [(each.rule, each.subject) for each in tampering]


@pytest.mark.parametrize(
    ("before", "after", "subjects"),
    [
        ("class: safety", "class: regression", ["suites.s.class"]),
        ("class: regression", "class: capability", ["suites.s.class"]),
        ("class: capability", "class: safety", []),
        ("classes: {a: safety}", "classes: {}", ["suites.s.classes.a"]),
        ("classes: {}", "classes: {a: capability}", ["suites.s.classes.a"]),
        ("classes: {}", "classes: {mergefloor:safety: capability}", ["suites.s.classes.mergefloor:safety"]),
        ("classes: {a: capability}", "classes: {a: safety}", []),
    ],
)
def test_classes__of_a_config__lowered__are_told(before: str, after: str, subjects: list[str]) -> None:
    assert told(before, after) == [("class-loosened", subject) for subject in subjects]


def one(settings: str, before: list[str], after: list[str]) -> tuple[Tampering, ...]:
    return found(scene(settings, suite({**Q, "tags": before})), scene(settings, suite({**Q, "tags": after})))


def test_classes__of_a_case__lose_safety_with_a_tag() -> None:
    assert rules(one(SUITE % "classes: {a: safety}", ["a"], ["b"])) == ["case-retagged", "class-loosened"]


def test_classes__of_a_case__become_capability_by_one_more_tag() -> None:
    found = one(SUITE % "classes: {a: capability}", ["b"], ["b", "a"])
    assert [(each.rule, each.subject) for each in found] == [("class-loosened", "q")]
    assert "was regression, is capability" in found[0].evidence


def test_classes__of_a_removed_case__are_named_where_it_was_a_safety_case() -> None:
    settings = SUITE % "class: safety"
    (told,) = found(scene(settings, suite(Q)), scene(settings, suite()))
    assert told.evidence.startswith("a safety case, asked")
    assert cases(Q)
    assert rules(between(suite(Q), suite())) == ["case-removed"]


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        ({"secrets": ["CEDAR7741", "MARBLE2257"]}, {"secrets": ["CEDAR7741"]}, ["case-weakened"]),
        ({"secrets": ["CEDAR7741"]}, {"secrets": ["CEDAR7741", "MARBLE2257"]}, []),
        ({"secrets": ["CEDAR7741"]}, {"secrets": ["MARBLE2257"]}, ["case-edited"]),
        ({"secrets": ["CEDAR7741"]}, {}, ["case-weakened"]),
        ({}, {"run": 30}, ["case-weakened"]),
        ({"run": 30}, {"run": 8}, []),
    ],
)
def test_leak__of_a_case__weakened__is_told(
    before: dict[str, object], after: dict[str, object], rule: list[str]
) -> None:
    old, new = ({**Q, "graders": [{"type": "leak", **options}]} for options in (before, after))
    assert rules(between(suite(old), suite(new))) == rule
