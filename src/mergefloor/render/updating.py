"""A model update as text: the page of its run, the body of its pull request, lines of a terminal."""

from __future__ import annotations

import difflib
import textwrap
from collections.abc import Callable, Iterator
from io import StringIO
from typing import TypeAlias

from mergefloor.core.updating.direction import Direction, Ending
from mergefloor.core.updating.figures import ArmFigures
from mergefloor.core.updating.found import SuiteUpdate, Update
from mergefloor.core.wording import UNKNOWN, apart, count, seconds, span, usd
from mergefloor.render.filters import cell, inline, prose
from mergefloor.render.redact import Redactor
from mergefloor.render.update_judge import judge_lines, judge_page

Clean: TypeAlias = Callable[[str], str]

SHOWN = 10  # cases of a list
SIGNS: dict[Ending, str] = {"accepted": "\u2705", "refused": "\u274c", "undecided": "\u2757"}
WORDS: dict[Direction, str] = {
    "worse": "worse",
    "better": "better",
    "same": "the same",
    "unclear": "cannot tell",
    "unknown": "not known",
}
JUDGE: dict[Ending, str] = {
    "accepted": "may move",
    "refused": "is refused",
    "undecided": "is undecided",
}
KEEPS: dict[Ending, str] = {
    "accepted": "moves",
    "refused": "keeps its pin",
    "undecided": "keeps its pin for now",
}
ADVICE: dict[Ending, str] = {
    "accepted": "",
    "refused": "read the broken cases below, then change the prompt together with the pin in a pull request of your own, "
    "or keep the old model until it retires",
    "undecided": "run the update again: it resumes, and pays only for what is missing",
}


def headline(found: Update) -> str:
    """How it ended, in one sentence."""
    counts = {
        each: sum(suite.ending == each for suite in found.suites)
        for each in ("accepted", "refused", "undecided")
    }
    told = [f"{count(counts['accepted'], 'suite')} may move"] if counts["accepted"] else []
    told += [f"{count(counts['refused'], 'suite')} refused"] if counts["refused"] else []
    told += [f"{count(counts['undecided'], 'suite')} undecided"] if counts["undecided"] else []
    told += [f"the judge {JUDGE[found.judge.ending]}"] if found.judge is not None else []
    return f"{found.old} to {found.new}: {', '.join(told) or 'nothing may move'}"


def update_line(found: Update, *, redact: Clean | None = None) -> str:
    """How it ended, in one plain line."""
    return inline((redact or Redactor())(headline(found)))


def update_page(found: Update, *, redact: Clean | None = None) -> str:
    """Markdown for the page of the run."""
    clean = redact or Redactor()
    return clean(f"## {_sign(found)} {prose(clean(headline(found)))}\n\n{update_report(found, redact=clean)}")


def update_report(found: Update, *, redact: Clean | None = None) -> str:
    """The tables and sections below the headline, for the page of the run and the pull request."""
    clean = redact or Redactor()
    lines: list[str] = []
    if found.suites:
        lines += [
            "| suite | | old model | new model | 90 % interval | verdict |",
            "|---|---|---:|---:|---:|---|",
        ]
        lines += [row for suite in found.suites for row in _rows(suite, clean)]
        lines += ["", *_figures(found, clean), ""]
    for suite in found.suites:
        lines += _section(suite, clean)
    lines += judge_page(found.judge, clean) if found.judge is not None else []
    lines += _lists(found, clean)
    return clean("\n".join(lines).rstrip() + "\n")


def _sign(found: Update) -> str:
    return SIGNS[("accepted", "refused", "undecided")[found.exit_code]]


def _rows(suite: SuiteUpdate, clean: Clean) -> Iterator[str]:
    """A row a metric that gates; the first one, or the only one of a suite without any, names the suite."""
    name = f"`{cell(clean(suite.name))}`"
    told = f"{SIGNS[suite.ending]} {WORDS[suite.direction]}, {KEEPS[suite.ending]}"
    gating = [metric for metric in suite.metrics if metric.rule.gating]
    if not gating:
        yield f"| {name} | {UNKNOWN} | {UNKNOWN} | {UNKNOWN} | {UNKNOWN} | {told} |"
    for metric in gating:
        base, head = apart(metric.kind, metric.base, metric.head)
        yield (
            f"| {name} | `{cell(clean(metric.rule.name))}` | {base} | {head} "
            f"| {span(metric.kind, metric.interval)} | {told} |"
        )
        name = told = ""


def _figures(found: Update, clean: Clean) -> list[str]:
    rows = [
        "| suite | an answer costs | p50 | p95 | output tokens | characters |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for suite in found.suites:
        both = [_cells(suite.base), _cells(suite.head)]
        told = " | ".join(f"{before} \u2192 {after}" for before, after in zip(*both, strict=True))
        rows.append(f"| `{cell(clean(suite.name))}` | {told} |")
    return rows


def _cells(arm: ArmFigures) -> tuple[str, ...]:
    size = tuple(UNKNOWN if value is None else f"{value:,.0f}" for value in (arm.tokens, arm.chars))
    return (UNKNOWN if arm.usd is None else usd(arm.usd), seconds(arm.p50), seconds(arm.p95), *size)


def _section(suite: SuiteUpdate, clean: Clean) -> list[str]:
    """What there is to look at; nothing for a suite that moves and changed no case."""
    told = [f"- {prose(clean(reason))}" for reason in suite.reasons]
    told += [f"- {ADVICE[suite.ending]}."] if ADVICE[suite.ending] else []
    told += [f"- version: {prose(clean(_version(suite)))}"] if _version(suite) else []
    told += [f"- {line}" for line in _cases(suite, clean)]
    return [f"### `{cell(clean(suite.name))}`: {WORDS[suite.direction]}", "", *told, ""] if told else []


def _version(suite: SuiteUpdate) -> str:
    """What the move asks of the prompt's version; nothing where the pin stays."""
    return (suite.version or "") if suite.ending == "accepted" else ""


def _cases(suite: SuiteUpdate, clean: Clean) -> Iterator[str]:
    for word, listed in (("broken", suite.broken), ("fixed", suite.fixed)):
        if listed:
            names = [f"`{cell(clean(each.case))}`" for each in listed[:SHOWN]]
            more = f" and {len(listed) - SHOWN} more" if len(listed) > SHOWN else ""
            sure = sum(each.confirmed for each in listed)
            yield f"{word}: {len(listed)} ({sure} confirmed): {', '.join(names)}{more}"
    if suite.longest:
        told = (f"`{cell(clean(each.case))}` {each.before:,} \u2192 {each.after:,}" for each in suite.longest)
        yield f"length changed most, in characters: {', '.join(told)}"


def _lists(found: Update, clean: Clean) -> list[str]:
    lines: list[str] = []
    for title, rows in (
        ("To do by hand", found.todo),
        ("Left alone", tuple(f"`{each.what}`: {each.why}" for each in found.left)),
        ("To know", found.remarks),
    ):
        if rows:
            lines += [f"### {title}", "", *(f"- {prose(clean(row))}" for row in rows), ""]
    lines.append(_spent(found))
    lines += ["Some answers came from a script, not from a model."] if found.scripted else []
    return lines


def _spent(found: Update) -> str:
    cost = found.cost
    return f"{count(cost.calls, 'call')}, {count(cost.cached_calls, 'stored answer')}, {usd(cost.usd)}."


def update_diff(found: Update) -> str:
    """Every accepted edit as one unified diff, with the line ends of the files."""
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for each in found.files
        for line in difflib.unified_diff(
            StringIO(each.before, newline="\n").readlines(),
            StringIO(each.after, newline="\n").readlines(),
            f"a/{each.path}",
            f"b/{each.path}",
            n=2,
        )
    )


def update_console(found: Update, *, width: int = 80, diff: bool = True, redact: Clean | None = None) -> str:
    """The same for people at a terminal or in a log. Foreign text is prefixed line by line."""
    clean = redact or Redactor()
    return clean("\n".join(_lines(found, width, diff, clean)) + "\n")


def update_end(found: Update, *, write: bool, width: int = 80, redact: Clean | None = None) -> str:
    """The last lines at a terminal: which files were written, and what the run has cost."""
    clean, paths = redact or Redactor(), ", ".join(each.path for each in found.files)
    told = [f"Written: {paths}. Look at `git diff`, then commit."] if write and paths else []
    rows = [row for line in (*told, _spent(found)) for row in _wrapped(line, width, clean)]
    return clean("\n".join(["", *rows]) + "\n")


def _lines(found: Update, width: int, diff: bool, clean: Clean) -> Iterator[str]:
    yield from _wrapped(headline(found), width, clean)
    for suite in found.suites:
        yield ""
        yield f"{cell(clean(suite.name))}: {WORDS[suite.direction]}, {KEEPS[suite.ending]}"
        for metric in suite.metrics:
            base, head = apart(metric.kind, metric.base, metric.head)
            yield f"  {cell(clean(metric.rule.name))}: {base} to {head} ({span(metric.kind, metric.interval)})"
        names = ("an answer costs", "p50", "p95", "output tokens", "characters")
        both = zip(names, _cells(suite.base), _cells(suite.head), strict=True)
        yield "  " + "; ".join(f"{name} {before} to {after}" for name, before, after in both)
        for line in (*suite.reasons, ADVICE[suite.ending], _version(suite), *_cases(suite, clean)):
            yield from (f"  {row}" for row in _wrapped(line, width - 2, clean))
    if found.judge is not None:
        yield ""
        for line in (f"judge: {JUDGE[found.judge.ending]}", *judge_lines(found.judge, clean)):
            yield from _wrapped(line, width, clean)
    for line in (*found.todo, *(f"left alone: {e.what}: {e.why}" for e in found.left), *found.remarks):
        yield ""
        yield from _wrapped(line, width, clean)
    if diff and found.files:
        yield ""
        yield "\n".join(map(inline, clean(update_diff(found)).splitlines()))


def _wrapped(text: str, width: int, clean: Clean) -> list[str]:
    return textwrap.wrap(inline(clean(text)), max(20, width), break_on_hyphens=False)
