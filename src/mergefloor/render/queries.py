"""Query drift as text: for a terminal, the page of a run, an issue, and machines. Texts of queries only where asked for."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterator, Sequence

from mergefloor.core.drift.queries import QueryDrift
from mergefloor.core.queries.found import Far, Near, QueriesFound, Span
from mergefloor.core.queries.words import details, headline, todo
from mergefloor.core.types import Json
from mergefloor.core.wording import Words
from mergefloor.render.redact import Redactor, names_cleaned
from mergefloor.render.words import as_markdown, as_plain

Clean = Callable[[str], str]
SCHEMA = 1


def queries_console(found: Sequence[QueriesFound], *, width: int = 80, redact: Clean | None = None) -> str:
    """For people at a terminal or in a log."""
    clean = redact or Redactor()
    lines = [line for each in found for line in (*_lines(each, clean, width), "")]
    return clean("\n".join(lines))


def queries_page(found: Sequence[QueriesFound], *, redact: Clean | None = None) -> str:
    """Markdown: a section for the page of a run; "" where no suite has a log."""
    clean = redact or Redactor()
    parts = [f"{_mark(each)} {_section(each, clean)}" for each in found]
    return clean("### What people ask\n\n" + "\n".join(parts)) if parts else ""


def query_issue(found: QueriesFound, *, redact: Clean | None = None) -> str:
    """The body of the issue of one suite, without its marker."""
    clean = redact or Redactor()
    return clean(_section(found, clean))


def queries_json(found: Sequence[QueriesFound], *, redact: Clean | None = None) -> str:
    """One line for machines."""
    clean = redact or Redactor()
    record: Json = {"schema": SCHEMA, "suites": [_record(each, clean) for each in found]}
    return json.dumps(record, allow_nan=False, sort_keys=True)


def _section(found: QueriesFound, clean: Clean) -> str:
    head, *rest = (as_markdown(names_cleaned(words, clean)) for words in _said(found))
    return "\n".join([f"{head}\n", *(f"- {line}" for line in rest), ""])


def _lines(found: QueriesFound, clean: Clean, width: int) -> Iterator[str]:
    head, *rest = (as_plain(names_cleaned(words, clean)) for words in _said(found))
    yield from textwrap.wrap(head, width, break_on_hyphens=False)
    for line in rest:
        yield from textwrap.wrap(
            line, width, initial_indent="- ", subsequent_indent="  ", break_on_hyphens=False
        )


def _said(found: QueriesFound) -> list[Words]:
    return [headline(found), *filter(None, [todo(found)]), *details(found)]


def _mark(found: QueriesFound) -> str:
    return (
        "\u2757"
        if found.failed
        else "\u26a0\ufe0f"
        if found.drifted
        else "\u2705"
        if found.near
        else "\u2796"
    )


def _record(found: QueriesFound, clean: Clean) -> Json:
    test = found.result if isinstance(found.result, QueryDrift) else None
    return {
        "name": clean(found.suite),
        "rows": found.rows,
        "before": _span(found.before),
        "after": _span(found.after),
        "drifted": None if test is None else test.drifted,
        "distance": None if test is None else test.distance,
        "p_value": None if test is None else test.p_value,
        "cosine": None if test is None else test.cosine,
        "golden": None if found.near is None else _near(found.near, clean),
        "said": clean(as_plain(headline(found))),
    }


def _span(span: Span | None) -> Json:
    return None if span is None else {"first": span.first, "last": span.last, "queries": span.queries}


def _near(near: Near, clean: Clean) -> Json:
    return {
        "cases": near.cases,
        "median_distance_before": near.middle[0],
        "median_distance": near.middle[1],
        "usual_distance": near.usual,
        "share_beyond": near.beyond,
        "stands": [{"case": clean(e.case), "before": e.before, "after": e.after} for e in near.stands],
        "far": [_far(each, clean) for each in near.far],
    }


def _far(far: Far, clean: Clean) -> Json:
    row: dict[str, Json] = {
        "path": clean(far.place.path),
        "line": far.place.line,
        "distance": far.distance,
    }
    return row if far.text is None else {**row, "text": clean(far.text)}
