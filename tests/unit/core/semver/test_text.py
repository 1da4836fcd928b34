from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mergefloor.core.semver.sentences import edits, sentences
from mergefloor.core.semver.text import text_facts
from mergefloor.core.semver.wording import likeness, tokens

BASE = """# Steps
You answer customers of a shop. Be friendly and quick.
1. Give the answer in 3 sentences.
2. You must name the order number.
3. Reply in English.
- Include the link before the signature.
"""


def kinds(before: str, after: str) -> list[str]:
    return [fact.kind for fact in text_facts(before, after)]


def edited(old: str, new: str) -> list[str]:
    assert old in BASE
    return kinds(BASE, BASE.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("3 sentences", "5 sentences"),
        ("3 sentences", "3 paragraphs"),
        ("3 sentences", "three sentences"),
        ("must name", "may name"),
        ("must name", "must not name"),
        ("must name", "mustn't name"),
        ("must name", "mustn’t name"),
        ("must name", "must never name"),
        ("must name", "must only name"),
        ("must name", "always must name"),
        ("the order number", "the order number unless asked"),
        ("the order number", "the order number except dates"),
        ("the answer in", "the answer without names in"),
        ("English", "German"),
        ("English", "en-GB"),
        ("English", "Markdown"),
        ("Include the link", "Exclude the link"),
        ("before the signature", "after the signature"),
        ("friendly", "unfriendly"),
        ("the answer", "the answers for 5 €"),
        ("3 sentences", "3 %"),
    ],
)
def test_text_facts__of_one_word_that_weighs__is_weighty_however_small(old: str, new: str) -> None:
    assert edited(old, new) == ["weighty-words"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Translate English to French.", "Translate French to English."),
        ("Antworte immer auf Deutsch.", "Antworte nie auf Deutsch."),
        ("Réponds avec un lien.", "Réponds sans lien."),
        ("必须给出链接。", "不必须给出链接。"),
        ("Write a careful answer.", "Write a careless answer."),
    ],
)
def test_text_facts__of_order_opposites_and_other_languages__is_weighty(before: str, after: str) -> None:
    assert kinds(before, after) == ["weighty-words"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("quick.", "quick. Never argue."),
        ("- Include", "- Offer a refund.\n- Include"),
        ("3. Reply in English.\n", ""),
        ("Be friendly and quick.", "Sound like a pirate captain from old novels."),
    ],
)
def test_text_facts__of_an_instruction_that_came_or_went__is_an_instruction(old: str, new: str) -> None:
    assert set(edited(old, new)) == {"instructions"}


def test_text_facts__of_a_sentence_with_new_content__is_a_rewritten_instruction() -> None:
    (fact,) = text_facts(
        "Name the order and the shop.", "Name the order, parcel, courier, depot and the shop."
    )
    assert fact.kind == "instructions"
    assert "rewritten" in fact.why


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("quick.\n", "quick.  \n", "blanks or line ends changed"),
        ("quick.\n", "quick.\r\n", "blanks or line ends changed"),
        ("friendly and quick", "friendly, quick", "wording changed: “and” became “,”"),
        ("friendly", "freindly", "wording changed: “friendly” became “freindly”"),
        ("Be friendly", "be friendly", "capitals changed"),
        ("signature.", "signature", "wording removed: “.”"),
        ("signature", "big signature", "wording added: “big”"),
        ("friendly and quick", "quick and friendly", "sentences or words changed places"),
        ("1. Give", "1) Give", None),
        ("# Steps", "## Steps", None),
    ],
)
def test_text_facts__of_the_rest__is_other_wording(old: str, new: str, why: str | None) -> None:
    (fact,) = text_facts(BASE, BASE.replace(old, new))
    assert fact.kind == "wording"
    assert why in (None, fact.why)


def test_text_facts__of_sentences_that_only_moved__is_other_wording() -> None:
    lines = BASE.splitlines()
    assert kinds(BASE, "\n".join([lines[0], *reversed(lines[1:])])) == ["wording"]


def test_text_facts__of_a_line_of_signs__is_no_instruction() -> None:
    assert kinds("One.\nTwo.", "One.\n---\n***\nTwo.") == ["wording"]


def test_text_facts__of_the_same_bytes__is_nothing() -> None:
    assert kinds(BASE, BASE) == []


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("Return valid JSON.", "Return a short poem.", "output-format"),
        ("Return a short poem.", "Only output JSON in this format.", "output-format"),
        ('Output JSON: {"a": 1, "b": 2}', 'Output JSON: {"a": 1, "c": 2}', "output-field"),
        ('Output JSON: {"a": 1}', 'Output JSON: {"a": 1, "c": 2}', "output-field-added"),
    ],
)
def test_text_facts__of_the_json_that_a_text_asks_for__are_output_facts(
    before: str, after: str, kind: str
) -> None:
    assert kinds(before, after)[0] == kind


def test_text_facts__of_a_field_named_elsewhere_too__is_no_field_that_went() -> None:
    before = 'Output JSON {"a": 1}\nKeep.\nThe key "a": is a number.'
    assert "output-field" not in kinds(
        before, before.replace('The key "a": is a number.', "The key is a number.")
    )


def test_text_facts__shows_foreign_text_in_one_cut_line() -> None:
    (fact,) = text_facts("Keep.", "Keep.\n" + "very " * 100 + "long")
    assert len(fact.why) < 100
    assert "…" in fact.why


def test_sentences__of_a_list__drop_markers_and_blank_lines() -> None:
    assert sentences("1. One. Two.\n\n  - (a) three\n> ## Four\n---") == ("One.", "Two.", "three", "Four")
    assert sentences("See e.g. this. 2nd") == ("See e.g. this.", "2nd")


def test_edits__of_repeated_sentences__count_them() -> None:
    found = edits("A one.\nA one.\nB two.", "A one.\nB two.\nB two.")
    assert (found.removed, found.added, found.edited) == (("A one.",), ("B two.",), ())


def test_edits__of_too_much_to_pair__calls_all_of_it_added_and_removed() -> None:
    old, new = ("\n".join(f"{word} number {i}" for i in range(60)) for word in ("old", "new"))
    found = edits(old, new)
    assert (len(found.removed), len(found.added), found.edited) == (60, 60, ())


def test_likeness__of_nothing__is_nothing() -> None:
    assert likeness((), ()) == 0
    assert likeness(tokens("OUPTUT"), tokens("OUTPUT")) == 1


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_text_facts__of_any_two_texts__are_nothing_only_for_equal_ones(before: str, after: str) -> None:
    assert bool(kinds(before, after)) == (before != after)


def test_text_facts__of_two_large_strange_texts__take_no_time() -> None:
    started = time.process_time()
    kinds("a " * 50_000, "b " * 50_000)
    kinds("\n".join(f"{i} x" for i in range(20_000)), "\n".join(f"{i} y" for i in range(20_000)))
    kinds("- " * 50_000, '"' * 50_000)
    assert time.process_time() - started < 8


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("In a section called IDEAS, list ten.", "In a section called TAKEAWAYS, list ten.", "output-field"),
        ('Write one section called "Summary".', "Write one line.", "output-field"),
        ("List ten.", "In a section called ONE-SENTENCE SUMMARY, sum up. List ten.", "output-field-added"),
    ],
)
def test_text_facts__named_sections__are_fields_of_the_output(before: str, after: str, kind: str) -> None:
    assert kind in {fact.kind for fact in text_facts(before, after)}


def test_text_facts__section_that_only_moved__is_no_field() -> None:
    before = "In a section called IDEAS, list ten. Be brief."
    assert not {
        fact.kind for fact in text_facts(before, "Be brief. In a section called IDEAS, list ten.")
    } & {
        "output-field",
        "output-field-added",
    }
