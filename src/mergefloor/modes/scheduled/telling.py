"""What a scheduled run says where it ran: on its page, in its log, in its outputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from mergefloor.core.effects import Annotate, AppendSummary, Effect, Print, SetOutput, WriteFile
from mergefloor.core.scheduled import Scheduled
from mergefloor.core.settings import PASS_RATE
from mergefloor.render.queries import queries_console, queries_page
from mergefloor.render.scheduled import scheduled_console, scheduled_json, scheduled_line, scheduled_page

LEVELS: dict[Literal[0, 2], Literal["warning", "error"]] = {0: "warning", 2: "error"}


def effects(
    found: Scheduled, report_dir: str | None, redact: Callable[[str], str], *, width: int = 100
) -> tuple[Effect, ...]:
    """Everything but the branch of data and issues."""
    asked = queries_page(found.queries, redact=redact)
    page = "\n".join(filter(None, [scheduled_page(found, redact=redact), asked]))
    data = scheduled_json(found, redact=redact)
    return (
        SetOutput(name="verdict", value="pass" if found.exit_code == 0 else "error"),
        SetOutput(name="summary", value=data),
        SetOutput(name="cost-usd", value=f"{found.cost.usd:.4f}"),
        *_rate(found),
        *_files(report_dir, page, data),
        AppendSummary(text=page),
        Print(
            text=scheduled_console(found, width=width, redact=redact)
            + queries_console(found.queries, width=width, redact=redact)
        ),
        *_annotation(found, redact),
    )


def _rate(found: Scheduled) -> Iterator[Effect]:
    readings = [suite.entry.reading(PASS_RATE) for suite in found.suites]
    rates = [each.value for each in readings if each is not None and each.value is not None]
    if rates:
        yield SetOutput(name="pass-rate", value=f"{min(rates):.4f}")


def _files(folder: str | None, page: str, data: str) -> Iterator[Effect]:
    if folder is not None:
        yield SetOutput(name="report", value=folder)
        yield WriteFile(path=f"{folder}/scheduled.md", text=page)
        yield WriteFile(path=f"{folder}/scheduled.json", text=f"{data}\n")


def _annotation(found: Scheduled, redact: Callable[[str], str]) -> Iterator[Effect]:
    if found.ending != "measured" or found.standing or any(suite.unsafe for suite in found.suites):
        line = scheduled_line(found, redact=redact)
        yield Annotate(level=LEVELS[found.exit_code], message=line, title="mergefloor")
