from __future__ import annotations

from mergefloor.core.queries.log import Query, windows
from mergefloor.core.types import Place


def query(at: float, text: str) -> Query:
    return Query(at=at, day="2026-11-01", text=text, place=Place(path="q.jsonl", line=int(at) + 1))


def texts(window: tuple[Query, ...]) -> list[str]:
    return [each.text for each in window]


def test_windows__of_a_log_in_any_order__are_the_newest_and_those_before() -> None:
    found = windows([query(at, f"q{at}") for at in (5, 1, 4, 0, 3, 2)], 2)
    assert (texts(found.before), texts(found.after)) == (["q2", "q3"], ["q4", "q5"])
    assert (found.rows, found.repeats) == (6, 0)


def test_windows__with_too_few_rows__are_halves() -> None:
    found = windows([query(at, f"q{at}") for at in range(5)], 200)
    assert (texts(found.before), texts(found.after)) == (["q1", "q2"], ["q3", "q4"])
    assert windows([], 200).after == ()


def test_windows__the_same_words_again__count_once_in_a_window_and_again_in_the_next() -> None:
    rows = [
        query(at, text)
        for at, text in enumerate(("refund", "boots", "Hi", "hat", "hi  there", "HI There", "hi"))
    ]
    found = windows(rows, 2)
    assert (texts(found.before), texts(found.after)) == (["Hi", "hat"], ["HI There", "hi"])
    assert found.repeats == 1


def test_windows__repeats_at_the_edge__belong_to_the_newer_window() -> None:
    rows = [query(at, text) for at, text in enumerate(("a", "b", "c", "b", "d", "d", "e", "e"))]
    found = windows(rows, 2)
    assert (texts(found.before), texts(found.after)) == (["c", "b"], ["d", "e"])
    assert found.repeats == 3, "the b before c is one of the older window"


def test_query__printed__does_not_hold_its_text() -> None:
    assert "my password" not in repr(query(1, "my password"))
