from typing import Any

import pytest

from mergefloor.errors import InputError
from mergefloor.golden import read_golden


def checks(text: str) -> list[tuple[str, str, dict[str, Any], bool]]:
    case = read_golden("g.yaml", f"- {{id: a, input: x, {text}}}".encode())[0]
    return [(s.kind, s.name, dict(s.options), s.negate) for s in case.graders]


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("expected: E", ("equals", "equals", {"value": "E", "case": True}, False)),
        ("expected: E, method: exact", ("equals", "equals", {"value": "E", "case": True}, False)),
        (
            "expected: E, method: similarity",
            ("similarity", "similarity", {"reference": "E", "threshold": 0.8, "method": "embedding"}, False),
        ),
        (
            "must_contain: [a, b]",
            ("contains", "must_contain", {"values": ["a", "b"], "mode": "all", "case": False}, False),
        ),
        (
            "must_not_contain: [a, b]",
            ("contains", "must_not_contain", {"values": ["a", "b"], "mode": "any", "case": False}, True),
        ),
        ("expected_behavior: B", ("judge", "expected_behavior", {"rubric": "B"}, False)),
        ("tone_check: T", ("judge", "tone_check", {"rubric": "T"}, False)),
        ("graders: [{type: words, max: 5, name: brief}]", ("words", "brief", {"max": 5}, False)),
    ],
)
def test_checks__each_field__has_its_normal_form(written: str, normal: tuple[Any, ...]) -> None:
    assert checks(written) == [normal]


def test_checks__expected_judged__asks_whether_it_says_the_same() -> None:
    kind, name, options, negate = checks("expected: E, method: judge")[0]
    assert (kind, name, options["reference"], negate) == ("judge", "judge", "E", False)
    assert "the same as the reference" in options["rubric"]


def test_checks__all_fields__keep_their_order_and_their_lines() -> None:
    text = "- input: x\n  graders: [{type: chars, max: 9}]\n  tone_check: t\n  must_not_contain: [n]\n  must_contain: [m]\n"
    graders = read_golden("g.yaml", (text + "  expected: e\n  expected_behavior: b\n").encode())[0].graders
    assert [(s.name, s.place.line if s.place else None) for s in graders] == [
        ("equals", 6),
        ("must_contain", 5),
        ("must_not_contain", 4),
        ("expected_behavior", 7),
        ("tone_check", 3),
        ("chars", 2),
    ]


@pytest.mark.parametrize(
    ("grader", "option"),
    [
        ("{type: equals}", "value"),
        ("{type: similarity}", "reference"),
        ("{type: overlap, metric: bleu}", "reference"),
        ("{type: judge, rubric: r}", "reference"),
    ],
)
def test_checks__nothing_to_compare_with__is_the_cases_expected(grader: str, option: str) -> None:
    assert checks(f"expected: E, graders: [{grader}]")[1][2][option] == "E"


def test_checks__own_reference__stays() -> None:
    assert checks("expected: E, graders: [{type: similarity, reference: R}]")[1][2]["reference"] == "R"
    assert "reference" not in checks("expected: E, tone_check: T")[1][2]


@pytest.mark.parametrize("kind", ["equals", "similarity", "overlap"])
def test_checks__nothing_to_compare_with_at_all__is_a_problem(kind: str) -> None:
    extra = ", metric: bleu" if kind == "overlap" else ""
    with pytest.raises(InputError, match=f"g.yaml:2: the {kind} check has nothing to compare with; add "):
        read_golden("g.yaml", f"- input: x\n  graders: [{{type: {kind}{extra}}}]".encode())
    assert read_golden("g.yaml", b"- {input: x, graders: [{type: judge, rubric: r}]}")[0].graders
