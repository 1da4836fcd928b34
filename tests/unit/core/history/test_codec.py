"""An entry to a line and back: nothing unknown becomes a number, and no line of any kind is fatal."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mergefloor.core.activity import RunStamp
from mergefloor.core.history.codec import READERS, entry_of, line_of
from mergefloor.core.history.codes import decode, encode
from mergefloor.core.history.entry import (
    VERSION,
    Entry,
    Judging,
    Pace,
    Point,
    PromptPin,
    Reading,
    Spend,
    entry_id,
)
from mergefloor.core.history.lines import read_lines

# Written down when version 1 was released; it must be read for as long as there is a branch that holds it.
FIRST = (
    '{"v":1,"id":"7.2/answers","at":1795237200.5,"suite":"answers","class":"regression","event":"scheduled",'
    '"sha":"9f","samples":3,"unresolved":2,"metrics":{"pass_rate":{"kind":"binary","value":0.555556,"n":3,"low":0.2,'
    '"high":0.9,"cases":"3-(1/2)0"},"overlap":{"kind":"score","value":0.65625,"n":2,"low":0.1,"high":0.9,'
    '"cases":"812 - 500/2 -"}},"case_set":"0011223344556677","model":"openai/gpt-5-mini-2025-08-07","prompt":{"path":'
    '"prompts/a.md","version":"1.4.0","hash":"ab"},"golden":"cd","embedding_model":"local/minilm","index_built":'
    '"2026-11-01","judge":{"model":"openai/o","epoch":"ef","agreement":0.9,"kappa":0.8},"spend":{"usd":0.01,"calls":12,'
    '"in":340,"out":56},"length":120.5,"seconds":[0.8,2,3.4]}'
)
ENTRY = Entry(
    id="7.2/answers",
    at=1795237200.5,
    sha="9f",
    event="scheduled",
    suite="answers",
    kind="regression",
    samples=3,
    unresolved=2,
    readings=(
        Reading(
            name="pass_rate",
            kind="binary",
            value=0.555556,
            cases=3,
            low=0.2,
            high=0.9,
            points=(Point(value=1.0, draws=3), None, Point(value=0.5, draws=2), Point(value=0.0, draws=3)),
        ),
        Reading(
            name="overlap",
            kind="score",
            value=0.65625,
            cases=2,
            low=0.1,
            high=0.9,
            points=(Point(value=0.812, draws=3), None, Point(value=0.5, draws=2), None),
        ),
    ),
    case_set="0011223344556677",
    model="openai/gpt-5-mini-2025-08-07",
    prompt=PromptPin(path="prompts/a.md", version="1.4.0", hash="ab"),
    golden="cd",
    embedding_model="local/minilm",
    index_built="2026-11-01",
    judging=Judging(model="openai/o", epoch="ef", agreement=0.9, kappa=0.8),
    spend=Spend(usd=0.01, calls=12, input_tokens=340, output_tokens=56),
    length=120.5,
    pace=Pace(p50=0.8, p95=2.0, p99=3.4),
)
BARE = Entry(id="1.1/a", at=0, sha="0", event="push", suite="a", kind="safety", samples=0, readings=())


def test_line__of_the_first_version__reads_as_it_was_written() -> None:
    assert entry_of(json.loads(FIRST)) == ENTRY
    assert line_of(ENTRY) == FIRST


def test_versions__every_one_there_was__has_a_reader() -> None:
    assert sorted(READERS) == list(range(1, VERSION + 1))


def test_line__nothing_known__is_short_and_reads_as_unknown() -> None:
    line = line_of(BARE)
    assert len(line) < 130 and "null" not in line and '"metrics":{}' in line
    assert entry_of(json.loads(line)) == BARE
    assert BARE.spend.usd is None and BARE.pace.p50 is None and BARE.judging.kappa is None


def test_line__metric_without_a_value__keeps_null() -> None:
    reading = Reading(name="pass_rate", kind="binary", value=None, cases=0)
    entry = Entry(**{name: getattr(BARE, name) for name in BARE.__slots__} | {"readings": (reading,)})
    row = json.loads(line_of(entry))
    assert row["metrics"] == {"pass_rate": {"kind": "binary", "n": 0}}
    assert entry_of(row) == entry
    assert entry.reading("pass_rate") == reading and entry.reading("other") is None


def test_entry_id__run_attempt_and_suite() -> None:
    assert entry_id(RunStamp(run=7, attempt=2, started=1.0), "a") == "7.2/a"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"v": 0}, "has the version 0, which there never was"),
        ({"v": "1"}, "has the version '1'"),
        ({"v": None}, "has the version None"),
        ({"id": ""}, "has no text at 'id'"),
        ({"suite": "\ud800"}, "has no text at 'suite'"),
        ({"at": "now"}, "has no number at 'at'"),
        ({"at": float("inf")}, "has no number at 'at'"),
        ({"at": True}, "has no number at 'at'"),
        ({"at": -1}, "has no moment between 1970 and 9999 at 'at'"),
        ({"at": 1e300}, "has no moment between 1970 and 9999 at 'at'"),
        ({"at": 10**400}, "has no number at 'at'"),
        ({"samples": -1}, "has no whole number at 'samples'"),
        ({"samples": 1.5}, "has no whole number at 'samples'"),
        ({"samples": True}, "has no whole number at 'samples'"),
        ({"metrics": []}, "has no object at 'metrics'"),
        ({"metrics": {"x": 1}}, "has no object at 'metrics.x'"),
        ({"metrics": {"\ud800": {}}}, "has no name at "),
        ({"metrics": {"x": {"kind": "other", "n": 1}}}, "has no 'binary' or 'score' at 'metrics.x.kind'"),
        (
            {"metrics": {"x": {"kind": "binary", "n": 1, "cases": "3x"}}},
            "has cases of 'x' that cannot be read",
        ),
        ({"seconds": [1]}, "has no list of 3 numbers at 'seconds'"),
        ({"seconds": [1, "2", 3]}, "has no number at 'seconds.1'"),
        ({"prompt": {"version": "1"}}, "has no text at 'prompt.path'"),
        ({"spend": {"calls": -1}}, "has no whole number at 'spend.calls'"),
    ],
)
def test_line__field_of_another_kind__is_named(change: dict[str, object], why: str) -> None:
    found = entry_of({**json.loads(FIRST), **change})
    assert isinstance(found, str) and found.startswith(why)


def test_line__fields_that_nobody_knows__are_passed_over() -> None:
    assert entry_of({**json.loads(FIRST), "extra": {"deep": [1]}}) == ENTRY


@pytest.mark.parametrize(
    ("text", "kind", "samples", "why"),
    [
        ("4", "binary", 3, "more passes than draws"),
        ("0", "binary", 0, "more passes than draws"),
        ("(3/2)", "binary", 3, "more passes than draws"),
        ("3 3", "binary", 3, "is no code of a case"),
        ("(3", "binary", 3, "is no code of a case"),
        ("1001", "score", 3, "is no score"),
        ("500", "score", 0, "is no score"),
        ("500/0", "score", 3, "is no score"),
        ("500  500", "score", 3, "is no code of a case"),
        ("٣٣", "score", 3, "is no code of a case"),
    ],
)
def test_codes__what_none_is__is_refused(text: str, kind, samples: int, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        decode(text, kind, samples)


def test_codes__many_samples__are_written_out() -> None:
    points = (Point(value=0.75, draws=12), Point(value=1.0, draws=9))
    assert encode(points, "binary", 12) == "(9/12)(9/9)"
    assert decode("(9/12)(9/9)", "binary", 12) == points


POINTS = st.lists(
    st.none() | st.tuples(st.integers(1, 40), st.integers(0, 40)).map(lambda p: (p[0], min(p))), max_size=8
)


@given(rows=POINTS, samples=st.integers(0, 12))
@settings(max_examples=200, deadline=None)
def test_codes__any_passes__come_back(rows, samples: int) -> None:
    points = tuple(None if row is None else Point(value=row[1] / row[0], draws=row[0]) for row in rows)
    assert decode(encode(points, "binary", samples), "binary", samples) == points


@given(rows=st.lists(st.none() | st.tuples(st.integers(1, 40), st.integers(0, 1000)), max_size=8))
@settings(max_examples=200, deadline=None)
def test_codes__any_scores__come_back(rows) -> None:
    points = tuple(None if row is None else Point(value=row[1] / 1000, draws=row[0]) for row in rows)
    assert decode(encode(points, "score", 3), "score", 3) == points


@given(data=st.binary(max_size=80) | st.text(alphabet='{}[]":,v1 \n', max_size=40).map(str.encode))
@settings(max_examples=300, deadline=None)
def test_lines__any_bytes__are_read_without_failing(data: bytes) -> None:
    found = read_lines("history/v1/2026-11.jsonl", data)
    filled = [line for line in data.split(b"\n") if line.strip()]
    assert len(found.entries) + len(found.damaged) + found.newer == len(filled)


def test_lines__damaged_and_newer_ones__are_counted_and_named() -> None:
    rows = [
        FIRST,
        "{",
        "",
        "[]",
        '{"v":2,"any":1}',
        FIRST.replace('"7.2', '"8.1'),
        "[" * 100_000,
        '{"v":true}',
    ]
    found = read_lines("history/v1/2026-11.jsonl", "\r\n".join(rows).encode())
    assert [entry.id for entry in found.entries] == ["7.2/answers", "8.1/answers"]
    assert found.newer == 1
    assert [problem.place.line for problem in found.damaged] == [2, 4, 7, 8]
    assert str(found.damaged[0]).startswith(
        "history/v1/2026-11.jsonl:2: the line is no JSON; the line is skipped"
    )


def test_acknowledged__of_an_entry__is_kept_and_absent_where_nobody_did() -> None:
    said = replace(ENTRY, acknowledged=("pass_rate", "tone"))
    line = line_of(said)
    assert '"acknowledged":["pass_rate","tone"]' in line
    assert entry_of(json.loads(line)) == said
    assert "acknowledged" not in line_of(ENTRY)


@pytest.mark.parametrize("value", ["pass_rate", [1], [None], {"a": 1}])
def test_acknowledged__that_is_no_list_of_texts__is_damage(value: object) -> None:
    row = {**json.loads(line_of(ENTRY)), "acknowledged": value}
    found = entry_of(row)
    assert isinstance(found, str) and "'acknowledged" in found
