"""`index:` and `queries:` of a suite."""

from __future__ import annotations

import pytest

from mergefloor.config.read import parse_config
from mergefloor.core.index import IndexRule
from mergefloor.core.queries.log import QueryLog
from mergefloor.errors import InputError

TARGET = "suites:\n  s:\n    target: {python: 'a:b', files: [a.py]}\n    golden: g.yaml\n"


def suite(text: str):
    return parse_config("mergefloor.yml", f"{TARGET}{text}\n".encode()).suites[0]


def problem(text: str) -> str:
    with pytest.raises(InputError) as caught:
        suite(text)
    (found,) = caught.value.problems
    return str(found)


def test_index__of_a_target__kept():
    found = suite(
        "    index: {built: 2026-11-01, embedding_model: openai/text-embedding-3-small, max_age_days: 30}"
    )
    rule = IndexRule(built="2026-11-01", embedding_model="openai/text-embedding-3-small", max_age_days=30)
    assert found.index == rule and found.queries is None
    assert suite("    index: {built: '2026-11-01T03:00:00Z'}").index.built == "2026-11-01T03:00:00Z"


def test_queries__nobody_embeds_them__noted():
    text = f"{TARGET}    queries: {{file: q.csv}}\n"
    (note,) = parse_config("mergefloor.yml", text.encode()).notes
    assert str(note.place) == "mergefloor.yml:5"
    assert "`defaults.embedding_model` names no model" in note.text
    named = f"defaults: {{embedding_model: openai/text-embedding-3-small}}\n{text}"
    assert parse_config("mergefloor.yml", named.encode()).notes == ()


def test_queries__of_a_suite__kept_with_the_default_window():
    found = suite("    queries: {file: 'logs/*.jsonl'}")
    assert found.queries == QueryLog(file="logs/*.jsonl", window=200, show=False) and found.index is None
    assert suite("    queries: {file: q.csv, window: 50, show: true}").queries == QueryLog(
        file="q.csv", window=50, show=True
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("    index: {built: last week}", "is 'last week', which is no day"),
        ("    index: {max_age_days: 0}", "`suites.s.index.max_age_days`"),
        ("    index: {build: 2026-11-01}", "build"),
        ("    queries: {window: 50}", "`suites.s.queries.file` is missing"),
        ("    queries: {file: q.csv, window: 19}", "`suites.s.queries.window`"),
        ("    queries: {file: /etc/passwd}", "is absolute"),
        ("    queries: {file: ../q.csv}", "has `..`"),
    ],
)
def test_index_and_queries__written_wrong__say_so(text, said):
    found = problem(text)
    assert found.startswith("mergefloor.yml:5: ") and said in found


def test_index__of_a_prompt__is_refused():
    text = b"suites:\n  s:\n    prompt: p.md\n    index: {built: 2026-11-01}\n"
    with pytest.raises(InputError, match="only a `target` searches an index"):
        parse_config("mergefloor.yml", text)
