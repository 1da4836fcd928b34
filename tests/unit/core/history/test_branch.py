"""Paths of the branch, lines that are added, case sets, the seal, and the history that comes of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from mergefloor.core.history.branch import append, grown, month_path, month_paths, set_paths
from mergefloor.core.history.case_set import CaseName, CaseSet, case_set_from
from mergefloor.core.history.entry import Entry, Point, Reading
from mergefloor.core.history.history import history_of
from mergefloor.core.history.seal import Mark, Seal, seal_from, seal_of
from mergefloor.core.place import Place
from mergefloor.core.types import Case

MONTH = "history/v1/2026-11.jsonl"
NOVEMBER = 1_795_237_200.0
CASES = CaseSet(cases=(CaseName(id="a", content="1"), CaseName(id="b", content="2")))
POINTS = (Point(value=1.0, draws=3), None)


def entry(name: str, *, at: float = NOVEMBER, suite: str = "s", event: str = "scheduled", **but) -> Entry:
    readings = (Reading(name="pass_rate", kind="binary", value=1.0, cases=1, points=POINTS),)
    return Entry(
        **{
            "id": name,
            "at": at,
            "sha": "0",
            "event": event,
            "suite": suite,
            "kind": "regression",
            "samples": 3,
        }
        | {"readings": readings, "case_set": CASES.hash}
        | but
    )


def test_month_path__the_last_second_of_a_month__is_utc() -> None:
    assert month_path(1_796_083_199.0) == "history/v1/2026-11.jsonl"
    assert month_path(1_796_083_200.0) == "history/v1/2026-12.jsonl"


@given(at=st.floats(0, 32_503_680_000))
def test_month_path__any_moment__is_the_calendars(at: float) -> None:
    assert month_path(at) == f"history/v1/{datetime.fromtimestamp(at // 1, UTC):%Y-%m}.jsonl"


def test_month_paths__of_all_versions__oldest_first_and_not_before_since() -> None:
    paths = (
        "history/v2/2027-01.jsonl",
        MONTH,
        "history/v1/2026-10.jsonl",
        "README.md",
        "history/x.jsonl",
        "seal.json",
    )
    assert month_paths(paths) == ("history/v1/2026-10.jsonl", MONTH, "history/v2/2027-01.jsonl")
    assert month_paths(paths, NOVEMBER) == (MONTH, "history/v2/2027-01.jsonl")
    assert set_paths(("sets/a.json", "sets/b.txt", "index.html")) == ("sets/a.json",)


def test_append__entries_and_their_cases__are_lines_of_one_commit() -> None:
    effect = append([entry("1"), entry("2")], [CASES, CASES], "History")
    assert effect.branch == "mergefloor-history"
    assert [path for path, _ in effect.lines] == [CASES.path, MONTH, MONTH]
    found = case_set_from(CASES.path, grown({}, effect.lines)[CASES.path])
    assert found == CASES


def test_grown__what_is_there__stays_byte_for_byte() -> None:
    old = b'{"v": 99}\r\n\xff\n\n{"half"'
    new = grown({MONTH: old}, [(MONTH, "x"), (MONTH, "y"), (MONTH, "x")])
    assert new == {MONTH: old + b"\nx\ny\n"}


def test_grown__lines_that_are_there__change_nothing() -> None:
    assert grown({MONTH: b"x\r\ny\n"}, [(MONTH, "x"), (MONTH, "y")]) == {}
    assert grown({MONTH: b""}, [(MONTH, "x")]) == {MONTH: b"x\n"}


@given(
    runs=st.lists(st.lists(st.sampled_from("abcdef"), max_size=4), max_size=6),
    order=st.permutations(range(6)),
)
def test_grown__runs_in_any_order_and_repeated__hold_the_same_lines(runs, order) -> None:
    def after(turns) -> dict[str, bytes]:
        files: dict[str, bytes] = {}
        for run in turns:
            files |= grown(files, [(MONTH, name) for name in run])
        return files

    shuffled = [runs[at] for at in order if at < len(runs)]
    one, other = after(runs), after([*shuffled, *runs])
    assert sorted(one.get(MONTH, b"").split()) == sorted(other.get(MONTH, b"").split())


def test_case_set__edited_case__has_another_key() -> None:
    case = Case(id="a", place=Place(path="g.jsonl"), content_hash="ab" * 32)
    one, two = CaseSet.of([case]), CaseSet.of([replace(case, content_hash="cd" * 32)])
    assert one.cases[0].key == "a@abababababab" != two.cases[0].key
    assert one.hash != two.hash and len(one.hash) == 16


def test_case_set__spoilt_line__is_mended_by_the_right_one_below() -> None:
    right = CASES.line.encode()
    assert case_set_from(CASES.path, right.replace(b'"a"', b'"z"') + b"\n" + right + b"\n") == CASES


def test_case_set__what_is_none__says_why() -> None:
    why = {
        b"": "is empty",
        b"{": "is no JSON",
        b"[]": "holds no list of cases",
        b'{"cases":[1]}': "holds no list of cases",
        b'{"cases":[["a",1]]}': "holds cases without names",
        b'{"cases":[["a","1"]]}': "does not hold the cases that its name stands for",
    }
    assert {data: case_set_from(CASES.path, data) for data in why} == why


def test_history__entries__are_in_time_order_without_doubles() -> None:
    later, first, again = entry("2", at=NOVEMBER + 9), entry("1"), entry("1", event="push")
    history = history_of([later, first, again, entry("3", suite="t", event="push")], [CASES])
    assert [e.id for e in history.entries] == ["1", "3", "2"]
    assert history.suites() == ("s", "t")
    assert history.metrics("s") == ("pass_rate",) and history.metrics("none") == ()
    assert [e.id for e in history.of_suite("t", events=("scheduled",))] == []


def test_series__cases__have_their_names_where_the_set_is_known() -> None:
    strange = entry("2", at=NOVEMBER + 1, case_set="unknown")
    longer = entry("3", at=NOVEMBER + 2, readings=(replace(strange.readings[0], points=(*POINTS, None)),))
    without = entry("4", at=NOVEMBER + 3, readings=())
    nameless = entry("5", at=NOVEMBER + 4, case_set=None)
    history = history_of([entry("1"), strange, longer, without, nameless], [CASES])
    series = history.series("s", "pass_rate")
    assert [each.entry.id for each in series] == ["1", "2", "3", "5"]
    assert series[0].cases == {"a@1": POINTS[0], "b@2": None}
    assert [each.cases for each in series[1:]] == [{}, {}, {}]


def test_seal__files_that_only_grew__are_whole() -> None:
    seal = seal_of({MONTH: b"a\n"})
    assert seal.broken({MONTH: b"a\nb\n"}) == () and seal.broken({}) == ()
    assert seal_from(seal.text) == seal


def test_seal__files_that_changed__are_told_with_their_lines() -> None:
    seal = seal_of({MONTH: b"a\nb\n", "x": b"1\n"})
    assert seal.broken({MONTH: b"a\n"}) == (f"'{MONTH}' holds 1 line where there were 2",)
    assert seal.broken({MONTH: b"A\nb\nc\n"}) == (
        f"'{MONTH}' no longer begins with the 2 lines that it held",
    )
    assert seal.broken({MONTH: None}) == (f"'{MONTH}' is gone, with 2 lines",)


def test_seal__renewed__leaves_marks_that_did_not_hold() -> None:
    seal = seal_of({MONTH: b"a\n", "x": b"1\n"})
    before, after = {MONTH: b"A\n", "x": b"1\n"}, {MONTH: b"A\nb\n", "x": b"1\n2\n", "new": b"n\n"}
    marks = seal.renewed(before, after).marks
    assert marks == {MONTH: Mark.of(b"a\n"), "x": Mark.of(b"1\n2\n"), "new": Mark.of(b"n\n")}


def test_seal__text_that_is_none__vouches_for_nothing() -> None:
    bad = (
        "",
        "{",
        "[]",
        "{}",
        '{"files":[]}',
        '{"files":{"a":1}}',
        '{"files":{"a":{"bytes":"1","sha256":"","lines":0}}}',
    )
    assert [seal_from(text) for text in bad] == [None] * len(bad)
    assert Seal().broken({MONTH: None}) == ()
