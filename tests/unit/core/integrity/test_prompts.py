"""Another model, and golden answers written into the prompt (T26, T29)."""

from __future__ import annotations

import pytest
from integrity_builders import between, replace, rules, suite

ANSWERS = [
    "You can return anything within fourteen days if you still have the receipt at hand.",
    "Shipping to Norway takes five working days and costs nine euros per parcel.",
    "Please restart the router, wait for two minutes and then try to log in again.",
    "The warranty covers the battery for one year but never the cable that came along.",
    "Our shop in Lyon opens at ten in the morning from Tuesday to Saturday only.",
    "A gift card cannot be paid out in cash, not even when a part is left.",
    "Send us a photo of the damage and we will replace the lamp at once.",
    "Invoices are kept for ten years and can be downloaded from your account page.",
]
BASE = "Answer questions about orders. Be brief and kind."
ROWS = [{"id": f"q{i}", "input": f"Question {i}?", "expected": answer} for i, answer in enumerate(ANSWERS)]


def pasted(text: str, *rows: dict[str, object], base: str = BASE) -> list[str]:
    """The ids of cases whose answer the new prompt holds."""
    listed = rows or ROWS
    found = between(suite(*listed, text=base), suite(*listed, text=text))
    return [one.subject for one in found if one.rule == "answer-in-prompt"]


def test_answers__eight_of_them_in_the_prompt__are_all_named() -> None:
    assert pasted("\n".join([BASE, *ANSWERS])) == [f"q{i}" for i in range(8)]


@pytest.mark.parametrize(
    "change", [str.upper, lambda text: text.replace(" ", "\n "), lambda text: text.replace(",", " --")]
)
def test_answer__dressed_up__is_still_found(change: object) -> None:
    assert callable(change)
    assert pasted(f"{BASE} {change(ANSWERS[0])}") == ["q0"]


def test_answer__half_of_it__is_found() -> None:
    words = ANSWERS[0].split()
    assert pasted(f"{BASE} {' '.join(words[:11])}") == ["q0"]


@pytest.mark.parametrize(
    "text",
    [
        BASE,
        BASE.replace("kind", "friendly") + " Never guess; say that you do not know.",
        BASE + " Returns: fourteen days, with the receipt. Norway: five working days, nine euros.",
        BASE + " Customers may return anything within fourteen days.",
        "",
    ],
)
def test_prompt__with_neutral_text_or_facts__is_left_alone(text: str) -> None:
    assert pasted(text) == []


def test_answer__that_the_base_prompt_holds_already__is_no_finding() -> None:
    base = f"{BASE} {ANSWERS[0]}"
    assert pasted(base + " Be brief.", base=base) == []


@pytest.mark.parametrize(
    ("answer", "flagged"), [("In the north of Italy", True), ("Rome, in Italy", False), ("1666", False)]
)
def test_short_answer__counts_from_four_words_on(answer: str, flagged: bool) -> None:
    row = {"id": "q", "input": "Where?", "expected": answer}
    assert pasted(f"{BASE} If asked where: {answer}.", row) == (["q"] if flagged else [])


def test_short_answer__in_other_order__is_left_alone() -> None:
    row = {"id": "q", "input": "Where?", "expected": "In the north of Italy"}
    assert pasted(f"{BASE} The north of Italy, in short.", row) == []


def test_reference__of_a_check__is_an_answer_and_a_text_it_must_contain_is_not() -> None:
    judged = {"id": "q", "input": "?", "graders": [{"type": "similarity", "reference": ANSWERS[0]}]}
    needed = {"id": "r", "input": "?", "must_contain": [ANSWERS[1]]}
    denied = {"id": "n", "input": "?", "graders": [{"type": "exact", "value": ANSWERS[2], "negate": True}]}
    assert pasted("\n".join([BASE, *ANSWERS]), judged, needed, denied) == ["q"]


def test_answer__of_a_case_that_the_change_adds__is_found_too() -> None:
    before, after = suite(text=BASE), suite(ROWS[0], text=f"{BASE} {ANSWERS[0]}")
    (one,) = between(before, after)
    assert (one.rule, one.subject) == ("answer-in-prompt", "q0")


def test_model__changed_alone__names_both() -> None:
    (one,) = between(suite(model="openai/a"), suite(model="openai/b"))
    assert (one.rule, one.subject, one.evidence) == (
        "model-changed",
        "model",
        "\u201copenai/a\u201d \u2192 \u201copenai/b\u201d",
    )


def test_model__changed_together_with_the_prompt__says_so() -> None:
    """T26: a better model hides a worse prompt."""
    (one,) = between(suite(model="openai/a", text="long"), suite(model="openai/b", text="x"))
    assert one.evidence.endswith("; the prompt changed too")


def test_parameters__changed__are_named_one_by_one() -> None:
    before, after = (
        suite(params={"temperature": 0, "seed": 1}),
        suite(params={"seed": 1, "max_tokens": 9, "temperature": 1}),
    )
    found = between(before, after)
    assert [(one.subject, one.evidence) for one in found] == [
        ("params.max_tokens", "\u201cnot sent\u201d \u2192 \u201c9\u201d"),
        ("params.temperature", "\u201c0\u201d \u2192 \u201c1\u201d"),
    ]


def test_parameters__in_another_order__are_left_alone() -> None:
    assert between(suite(params={"a": 1, "b": 2}), suite(params={"b": 2, "a": 1})) == ()


def test_model__of_a_prompt_that_is_gone__is_not_compared() -> None:
    assert rules(between(suite(model="a"), replace(suite(model="b"), prompt=None))) == []
