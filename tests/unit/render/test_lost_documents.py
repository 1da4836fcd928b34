"""Every report names the documents that a case lost, as names, five at most, and nothing of them in private."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema
import pytest
from tests.unit.render import samples

from mergefloor.core.report import Report
from mergefloor.core.retrieval import Lost
from mergefloor.render import console, html, markdown, report_json, report_schema, summary

HOSTILE = "</code><img src=x onerror=1>`|@octocat #1 ::error::\u202e"


def gone(*names: str) -> tuple[Lost, ...]:
    return tuple(Lost(document=name, base=n, head=None, depth=10) for n, name in enumerate(names, 1))


def sample(lost: tuple[Lost, ...], *, quiet: tuple[Lost, ...] = (), private: bool = False) -> Report:
    """A blocked report whose first broken case lost documents; `quiet`: what a passing case lost."""
    report = samples.block()
    first, second = report.suites
    broken = (replace(first.broken[0], lost=lost), *first.broken[1:])
    rows = (replace(samples.row(broken[0]), lost=lost), replace(samples.plain_row(1), lost=quiet))
    return replace(report, suites=(replace(first, broken=broken, rows=rows), second), private=private)


FALLEN = (
    Lost(document="doc-17", base=2, head=None, depth=10),
    Lost(document="doc-3", base=1, head=14, depth=20),
)
SAID = "Lost documents: `doc-17` 2 → not in the first 10; `doc-3` 1 → 14"


def flat(text: str) -> str:
    return " ".join(text.split())


def test_comment_summary_console_and_page__name_documents_and_ranks() -> None:
    report = sample(FALLEN)
    assert SAID in markdown(report, marker=None)
    assert SAID in summary(report)
    assert SAID in flat(console(report, width=80))
    page = html(report)
    assert "Lost documents: <code>doc-17</code> 2 → not in the first 10; <code>doc-3</code> 1 → 14" in page
    assert f'"l":"{SAID}"' in page


def test_comment__that_has_no_room_for_answers__still_names_them() -> None:
    first, second = sample(FALLEN).suites
    many = tuple(replace(first.broken[0], case=f"q-{n:03d}") for n in range(300))
    text = markdown(replace(samples.block(), suites=(replace(first, broken=many), second)), marker=None)
    assert len(text.encode()) <= 60_000
    shown = [line for line in text.splitlines() if line.startswith("- `q-")]
    assert shown
    assert all(line.endswith(f" · {SAID}") for line in shown)


def test_documents__more_than_five__are_counted() -> None:
    text = markdown(sample(gone(*(f"d{n}" for n in range(8)))), marker=None)
    assert "`d4` 5 → not in the first 10 and 3 more" in text
    assert "`d5`" not in text


def test_documents__of_cases_that_pass__have_a_section_of_their_own() -> None:
    report = sample((), quiet=FALLEN)
    text = markdown(report, marker=None)
    assert "### Documents that 1 case lost without breaking" in text
    assert f"- `case-0001`: {SAID}" in text
    assert "Documents that 1 case lost without breaking" in console(report)
    assert 'id="documents"' in html(report)
    assert "without breaking" not in markdown(sample(FALLEN), marker=None)


def test_documents__head_that_retrieves_nothing__is_said_so() -> None:
    nothing = (Lost(document="d", base=1, head=None, depth=0),)
    assert "Lost documents: `d` 1 → nothing was retrieved" in markdown(sample(nothing), marker=None)


@pytest.mark.parametrize("which", ["lost", "quiet"])
def test_documents__with_hostile_names__stay_names(which: str) -> None:
    lost = gone(HOSTILE)
    report = sample(lost) if which == "lost" else sample((), quiet=lost)
    for text in (markdown(report, marker=None), console(report), html(report)):
        assert "<img src=x" not in text
        assert "\u202e" not in text
        assert "@octocat" not in text
        assert "::error::" not in text


def test_documents__with_a_secret_in_the_name__are_redacted() -> None:
    redact = lambda text: text.replace("hunter2-hunter2", "[gone]")  # noqa: E731
    report = sample(gone("hunter2-hunter2"), quiet=gone("hunter2-hunter2"))
    for text in (
        markdown(report, marker=None, redact=redact),
        console(report, redact=redact),
        html(report, redact=redact),
        report_json(report, redact=redact),
    ):
        assert "hunter2" not in text


def test_documents__of_a_private_report__are_not_named() -> None:
    report = sample(FALLEN, quiet=FALLEN, private=True)
    for text in (markdown(report, marker=None), console(report), html(report), report_json(report)):
        assert "doc-17" not in text


def test_json__holds_the_ranks_and_fits_the_schema() -> None:
    found = json.loads(report_json(sample(FALLEN)))
    jsonschema.validate(found, report_schema())
    assert found["suites"][0]["broken"][0]["lost"] == [
        {"document": "doc-17", "base_rank": 2, "head_rank": None, "looked_at": 10},
        {"document": "doc-3", "base_rank": 1, "head_rank": 14, "looked_at": 20},
    ]
    assert found["suites"][0]["broken"][1]["lost"] == []
