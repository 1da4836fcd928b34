from __future__ import annotations

import pytest

from mergefloor.core.activity import RunStamp
from mergefloor.gh.letter import Facts, commit_of, facts_of, fitting, letter, restated, told
from mergefloor.gh.sticky import Version

MARKER = "<!-- mergefloor:x -->"
STAMP = RunStamp(run=7, attempt=2, started=1.5)
FACTS = Facts(title="a --> b", round=3, files="f")


def test_letter__written_and_read__says_the_same() -> None:
    text = letter(MARKER, STAMP, FACTS, f"{MARKER}\nwords", sha="c" * 40)
    assert text.split("\n")[0] == MARKER and text.endswith("\nwords")
    assert (facts_of(text), commit_of(text)) == (FACTS, "c" * 40)
    assert Version(text=text).order == (1.5, 7, 2)
    assert facts_of(text.replace("\n", "\r\n")) == FACTS
    assert commit_of(text.replace("\n", "\r\n")) == "c" * 40


@pytest.mark.parametrize(
    "line",
    [
        "",
        "words",
        "<!-- mergefloor-facts {} -->",
        "<!-- mergefloor-facts nonsense -->",
        '<!-- mergefloor-facts {"title":"t","open":"yes","round":1,"files":""} -->',
        '<!-- mergefloor-facts {"title":"t","open":true,"round":true,"files":""} -->',
        '<!-- mergefloor-facts {"title":"t","open":true,"round":1,"files":"","more":1} -->',
        "<!-- mergefloor-facts [] -->",
    ],
)
def test_facts__that_are_none__are_not_read(line: str) -> None:
    assert facts_of(f"{MARKER}\nstate\n{line}\nwords") is None
    assert facts_of(MARKER) is None
    assert commit_of(MARKER) == ""


def test_restated__text_without_facts__gets_them_and_keeps_its_words() -> None:
    text = restated(f"{MARKER}\nwords", FACTS)
    assert text.split("\n")[2:] == ["words"]
    again = restated(letter(MARKER, STAMP, FACTS, "words"), Facts(title="t", open=False), state="S")
    assert again.split("\n")[1] == "S" and again.split("\n")[3:] == ["words"]


def test_told__closed_by_a_person__is_a_closed_one_of_the_same_words() -> None:
    text = letter(MARKER, STAMP, FACTS, "words")
    now = told(Version(text=text), title="other", is_open=False)
    assert facts_of(now.text) == Facts(title="a --> b", open=False, round=3, files="f")
    assert now.text.endswith("\nwords")
    assert facts_of(told(Version(text=MARKER), title="t", is_open=True).text) == Facts(title="t")


@pytest.mark.parametrize(
    ("opening", "inside", "closing"),
    [("```text", "x", "```"), ("~~~~", "~~~", "~~~~"), ("````md", "```", "````"), ("plain", "x", "")],
)
def test_fitting__cut_inside_of_a_fence__closes_it(opening: str, inside: str, closing: str) -> None:
    kept = fitting("\n".join([opening, *[inside] * 40_000]), "").split("\n")
    assert sum(len(line) + 1 for line in kept) < 61_000
    assert kept[-3] == (closing or "x")
    assert kept[-1].startswith("The rest does not fit here")


def test_fitting__short__is_as_it_was() -> None:
    assert fitting("words\n", "u") == "words\n"
