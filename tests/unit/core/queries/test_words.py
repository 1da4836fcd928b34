from __future__ import annotations

from dataclasses import replace

import pytest

from mergefloor.core.drift.queries import Incomparable, QueryDrift
from mergefloor.core.queries.coverage import Stands, coverage
from mergefloor.core.queries.found import Far, Near, QueriesFound, Span, near_of, span_of
from mergefloor.core.queries.log import Query
from mergefloor.core.queries.words import details, headline, todo
from mergefloor.core.types import Place
from mergefloor.core.wording import Said, Words, say
from mergefloor.render.words import as_plain

TEST = QueryDrift(
    distance=0.1234, p_value=0.001, drifted=True, before=90, after=90, used=(90, 90), cosine=0.93
)
NEAR = Near(
    cases=20,
    middle=(0.4, 0.6),
    usual=0.7,
    beyond=0.25,
    stands=(Stands(case="boots", before=3, after=12),),
    far=(Far(place=Place(path="logs/q.jsonl", line=17), distance=1.2),),
)
FOUND = QueriesFound(
    suite="shop",
    log="logs/*.jsonl",
    rows=200,
    repeats=1,
    files=2,
    before=Span(first="2026-11-01", last="2026-11-14", queries=90, since=0.0),
    after=Span(first="2026-11-15", last="2026-11-15", queries=90, since=1.0),
    result=TEST,
    near=NEAR,
)


def plain(*said: Words) -> str:
    return "\n".join(map(as_plain, said))


def test_headline__of_a_drift__has_both_spans_and_the_figures() -> None:
    assert FOUND.drifted
    assert plain(headline(FOUND)) == (
        "suite `shop`: queries of 2026-11-01 to 2026-11-14 differ from 2026-11-15 (energy distance 0.123, p = 0.001)"
    )


@pytest.mark.parametrize(("p", "alarming"), [(0.001, True), (0.002, True), (0.003, False)])
def test_alarming__is_rarer_than_drifted(p: float, alarming: bool) -> None:
    assert replace(FOUND, result=replace(TEST, p_value=p)).alarming == alarming
    assert not replace(FOUND, result=Incomparable(why=())).alarming


def test_headline__without_a_drift__says_so_and_asks_nothing() -> None:
    calm = replace(FOUND, result=replace(TEST, drifted=False, p_value=0.4))
    assert "show no difference (energy distance 0.123, p = 0.400)" in plain(headline(calm))
    assert (calm.drifted, todo(calm)) == (False, ())
    assert "stand for more" not in plain(*details(calm)) and todo(FOUND) != ()


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (replace(FOUND, result=Incomparable(why=say("too few"))), "cannot tell whether queries changed: too few (200 rows in all)"),
        (replace(FOUND, before=None), "there are none"),
        (replace(FOUND, after=None), "there are none"),
        (replace(FOUND, failed=say("no key")), "could not be compared: no key"),
    ],
)  # fmt: skip
def test_headline__where_nothing_is_known__says_why(found: QueriesFound, said: str) -> None:
    assert said in plain(headline(found))


def test_details__of_a_drift__name_rows_and_cases_and_no_text() -> None:
    said = plain(*details(FOUND))
    assert "90 queries before, 90 queries after, of 200 rows in 2 files; 1 repeat counted once" in said
    assert "cosine of the windows' means 0.930, for show" in said
    assert "25 % of the new queries are farther" in said and "median distance 0.60, was 0.40" in said
    assert "`boots` 12 (was 3)" in said and "`logs/q.jsonl:17` (1.20)" in said


def test_details__with_show__hold_the_text_as_a_foreign_one() -> None:
    far = (Far(place=Place(path="q.csv", line=2), distance=1.0, text="is my phone hot?"),)
    assert any(
        Said("is my phone hot?") in words for words in details(replace(FOUND, near=replace(NEAR, far=far)))
    )


def test_details__of_little__say_little() -> None:
    bare = replace(FOUND, before=None, result=Incomparable(why=()), near=None, unplaced=say("it is empty"))
    assert plain(*details(bare)) == "the golden set was not compared: it is empty"
    nothing = replace(
        FOUND, repeats=0, result=replace(TEST, cosine=None), near=replace(NEAR, stands=(), far=())
    )
    assert [plain(words)[:7] for words in details(nothing)] == ["windows", "golden "]
    assert "counted once" not in plain(*details(nothing))


def test_near__hides_texts_unless_they_may_be_shown() -> None:
    window = [
        Query(at=at, day="2026-11-01", text=f"q{at}", place=Place(path="q.csv", line=at)) for at in (1, 2)
    ]
    held = coverage([(0.0,)], [(0.0,), (3.0,)], {"a": (0.0,)})
    hidden, shown = (near_of(held, window, show=show) for show in (False, True))
    assert hidden is not None and [far.text for far in hidden.far] == [None, None]
    assert shown is not None and (shown.far[0].text, shown.far[0].place.line) == ("q2", 2)
    assert near_of(None, window, show=True) is None
    assert (
        span_of(window) == Span(first="2026-11-01", last="2026-11-01", queries=2, since=1)
        and span_of([]) is None
    )
