"""report.html: one file that needs nothing else. Our own style and script run, by their hashes, and nothing more (T52)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from mergefloor.core.case_table import STATES, Found, case_line
from mergefloor.core.charts import Charts
from mergefloor.core.page import Page, page
from mergefloor.core.page_words import PAGE, TABLE
from mergefloor.core.report import Report
from mergefloor.core.types import Json
from mergefloor.core.wording import UNKNOWN, count, say, share
from mergefloor.render.case_data import case_records, embedded
from mergefloor.render.filters import cell, visible
from mergefloor.render.gauges import loss_gauge, luck_gauge
from mergefloor.render.judge_pictures import pictures
from mergefloor.render.plots import changes, costs, levels, times
from mergefloor.render.redact import Redactor, names_cleaned
from mergefloor.render.scatter import scatter
from mergefloor.render.shell import Shell, shell_of
from mergefloor.render.svg import Svg
from mergefloor.render.words import as_page, as_plain

if TYPE_CHECKING:
    from jinja2 import Environment

BUDGET = 5_000_000  # UTF-8 bytes of the whole file
FIRST_ROWS = 50  # rows in the page itself, for readers without scripts
QUESTION = 120
TEMPLATES = Path(__file__).parent.parent / "templates" / "html"


def html(report: Report, *, redact: Callable[[str], str] | None = None, budget: int = BUDGET) -> str:
    """The report as one page of at most `budget` bytes."""
    clean = redact or Redactor()
    shown = _cleaned(page(report, clean), clean)
    around = shell()
    body = clean(_environment().get_template("body.html.j2").render(**_parts(shown, clean)))
    title = as_plain(shown.view.headline.verdict).replace("`", "")
    frame = _environment().get_template("report.html.j2")
    room = budget - len(frame.render(shell=around, title=title, body=Svg(body), data="", words=PAGE).encode())
    data = _data(shown, clean, room)
    return frame.render(shell=around, title=title, body=Svg(body), data=Svg(data), words=PAGE)


def _cleaned(found: Page, clean: Callable[[str], str]) -> Page:
    """Names without secrets. The lines of cases are clean already, and too many to be walked through."""
    return replace(
        found,
        view=names_cleaned(found.view, clean),
        charts=names_cleaned(found.charts, clean),
        paths=names_cleaned(found.paths, clean),
        judged=names_cleaned(found.judged, clean),
    )


def _parts(shown: Page, clean: Callable[[str], str]) -> dict[str, object]:
    return {
        "view": shown.view,
        "plots": _plots(shown.charts),
        "charts": shown.charts,
        "paths": shown.paths,
        "judged": shown.judged,
        "changed": shown.changed,
        "more": _more(shown),
        "total": count(len(shown.cases), "case"),
        "rows": tuple(
            _first_row(each, clean, 0 if shown.private else QUESTION) for each in shown.cases[:FIRST_ROWS]
        ),
        "private": shown.private,
        "states": STATES,
        "words": PAGE,
        "table_words": TABLE,
        "unknown": say(UNKNOWN),
    }


def _plots(charts: Charts) -> dict[str, Svg]:
    """The pictures that have something to show."""
    found: dict[str, Svg] = {}
    if charts.changes:
        found |= {"changes": changes(charts), "levels": levels(charts)}
    if charts.scatter.points:
        found["scatter"] = scatter(charts.scatter)
    if charts.bars:
        found["costs"] = costs(charts.bars)
    if any(bar.p50 is not None for bar in charts.bars):
        found["times"] = times(charts.bars)
    return found


def _more(shown: Page) -> str:
    left = shown.changed_total - len(shown.changed)
    return as_plain(say("{} in the table below.", count(left, "more case"))) if left else ""


def _first_row(found: Found, clean: Callable[[str], str], limit: int) -> dict[str, str]:
    line = case_line(found, clean, limit)
    return {
        "case": cell(line.case),
        "suite": cell(line.suite),
        "state": line.state,
        "base": share(line.base_rate, 0),
        "head": share(line.head_rate, 0),
        "question": visible(line.question),
    }


def _data(shown: Page, clean: Callable[[str], str], room: int) -> str:
    """What the script needs, in `room` bytes: words, states and every case (as many as fit, worst first)."""
    states: list[Json] = [[key, label, hint] for key, (label, hint) in STATES.items()]
    words: dict[str, Json] = {**TABLE, "noText": TABLE["withheld"]} if shown.private else {**TABLE}
    known: dict[str, Json] = {"words": words, "states": states, "total": len(shown.cases)}
    start = f'{embedded(known)[:-1]},"cases":['
    records = case_records(shown.cases, clean, room - len(start.encode()) - 2, texts=not shown.private)
    return f"{start}{','.join(records)}]}}"


@cache
def _environment() -> Environment:
    """Loaded on first use. Autoescape is on: only what was made here (`Svg`, our filters) is markup."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"words": lambda words: Svg(as_page(words)), "cell": cell, "visible": visible}
    environment.globals |= {"loss_gauge": loss_gauge, "luck_gauge": luck_gauge, "judge_pictures": pictures}
    return environment


@cache
def shell() -> Shell:
    """Style and script of the reports of a run, and the policy that lets only these work."""
    return shell_of([TEMPLATES / "report.css"], [TEMPLATES / "theme.js", TEMPLATES / "report.js"])
