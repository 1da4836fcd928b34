from __future__ import annotations

import re

import pytest

from mergefloor.core.effects import SuggestChange
from mergefloor.core.semver import Suggestion
from mergefloor.core.types import Place
from mergefloor.gh.patch import right_side
from mergefloor.gh.suggestion import Wanted, fenced, key_of, wanted
from mergefloor.gh.suggestion_plan import Begin, Edit, Remove, Reopen, Retire, plan
from mergefloor.gh.threads import Thread

MARKER = "<!-- mergefloor-suggestion:mergefloor.yml -->"


def effect(*lines: tuple[str, int, str, str]) -> SuggestChange:
    made = tuple(
        (Suggestion(place=Place(path=path, line=line), old=old, new=new), f"why {new}")
        for path, line, old, new in lines
    )
    return SuggestChange(pull=7, marker=MARKER, sha="a" * 40, suggestions=made)


WISH = wanted(effect(("p.yml", 3, "version: 1.0.1", "version: 1.1.0")))[0]


def thread(wish: Wanted = WISH, **but: object) -> Thread:
    facts = {
        "node": "T1", "comment": 1, "key": wish.key, "body": wish.body, "path": wish.place.path,
        "line": wish.place.line, "resolved": False, "outdated": False,
    }  # fmt: skip
    return Thread(**(facts | but))  # type: ignore[arg-type]


def test_suggestion__text__has_marker_key_reason_and_block() -> None:
    assert re.fullmatch(
        rf"{re.escape(MARKER)}\n<!-- mergefloor-suggestion-line:[0-9a-f]{{16}} -->\n"
        r"why version: 1\.1\.0\n\n```suggestion\nversion: 1\.1\.0\n```",
        WISH.body,
    )
    assert key_of(WISH.body, MARKER) == key_of(WISH.body.replace("\n", "\r\n"), MARKER) == WISH.key


def test_suggestion__key__is_of_the_line_and_not_of_its_number_or_the_new_text() -> None:
    same = wanted(effect(("p.yml", 9, "version: 1.0.1", "version: 2.0.0")))[0]
    others = wanted(
        effect(("q.yml", 3, "version: 1.0.1", "x"), ("p.yml", 3, "a", "b"), ("p.yml", 8, "a", "b"))
    )
    assert same.key == WISH.key
    assert len({WISH.key, *(one.key for one in others)}) == 4


@pytest.mark.parametrize(
    "body", ["", MARKER, f"{MARKER}\n", f"x\n{WISH.body}", f"{MARKER}\nwhy\n{WISH.body}", f" {WISH.body}"]
)
def test_suggestion__text_that_does_not_begin_as_ours__has_no_key(body: str) -> None:
    assert key_of(body, MARKER) is None


@pytest.mark.parametrize(("text", "ticks"), [("a", 3), ("a `b`", 3), ("```", 4), ("`````x", 6)])
def test_suggestion__fence__is_longer_than_any_in_the_text(text: str, ticks: int) -> None:
    fence = "`" * ticks
    assert fenced(text) == f"{fence}suggestion\n{text}\n{fence}"


def test_plan__nothing_there__begins() -> None:
    assert plan([], [WISH]) == (Begin(wanted=WISH),)


def test_plan__there_and_equal__does_nothing() -> None:
    assert plan([thread()], [WISH]) == ()
    assert plan([thread(body=WISH.body.replace("\n", "\r\n") + "\n")], [WISH]) == ()


def test_plan__other_text_on_the_same_line__is_edited() -> None:
    assert plan([thread(body="old")], [WISH]) == (Edit(thread=thread(body="old"), body=WISH.body),)


@pytest.mark.parametrize("moved", [{"outdated": True, "line": None}, {"line": 9}, {"outdated": True}])
def test_plan__no_longer_on_its_line__is_retired_and_begun_anew(moved: dict) -> None:
    assert plan([thread(**moved)], [WISH]) == (Retire(thread=thread(**moved)), Begin(wanted=WISH))


def test_plan__outdated_and_resolved__is_begun_anew_alone() -> None:
    assert plan([thread(outdated=True, resolved=True)], [WISH]) == (Begin(wanted=WISH),)


def test_plan__no_longer_wanted__is_retired_once() -> None:
    assert plan([thread()], []) == (Retire(thread=thread()),)
    assert plan([thread(resolved=True)], []) == ()


def test_plan__several_of_the_same__keeps_the_first() -> None:
    first, second, third = (thread(comment=n) for n in (1, 2, 3))
    assert plan([first, second, third], [WISH]) == (Remove(thread=second), Remove(thread=third))


def test_plan__resolved_by_a_person__is_not_repeated() -> None:
    assert plan([thread(resolved=True)], [WISH]) == ()
    assert plan([thread(resolved=True, body="old")], [WISH]) == ()


def test_plan__resolved_by_us_and_wanted_again__is_opened_again() -> None:
    ours = thread(resolved=True, by_us=True, body="old")
    assert plan([ours], [WISH]) == (Reopen(thread=ours), Edit(thread=ours, body=WISH.body))


def test_patch__right_side__has_added_and_context_lines() -> None:
    patch = (
        "@@ -1,3 +1,4 @@ name: p\n name: p\n-version: 1.0.0\n+version: 1.0.1\n+x: 1\r\n \n"
        "@@ -10 +11 @@\n-@@ -1 +1 @@\n+@@ -5 +5 @@\n\\ No newline at end of file"
    )
    assert right_side(patch) == {1: "name: p", 2: "version: 1.0.1", 3: "x: 1", 4: "", 11: "@@ -5 +5 @@"}
    assert right_side("") == {}
