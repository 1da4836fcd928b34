"""A calibration as text: the page of the run, lines of a log, and a record for machines."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeAlias

from mergefloor.core.calibration.confusion import Confusion
from mergefloor.core.calibration.corrected import Estimate
from mergefloor.core.calibration.disagreements import Disagreement
from mergefloor.core.calibration.hearing import Hearing, by_length, flat
from mergefloor.core.calibration.length import LengthBias
from mergefloor.core.calibration.pairwise import Swap
from mergefloor.core.calibration.session import Calibrated, figures, headline, verdict
from mergefloor.core.calibration.votes import Member
from mergefloor.core.types import Json
from mergefloor.core.wording import count, usd
from mergefloor.render.filters import cell, fence, log, prose
from mergefloor.render.redact import Redactor

Clean: TypeAlias = Callable[[str], str]

SCHEMA = 1
DISAGREE = "Where judge and people disagree, the surest first"
SHOWN = 600  # characters of a foreign text
SIGNS = {0: "\u2705", 1: "\u274c", 2: "\u2757"}


def calibration(found: Calibrated, *, redact: Clean | None = None) -> str:
    """Markdown for the page of the run."""
    clean = redact or Redactor()
    lines = [f"## {SIGNS[found.exit_code]} {prose(clean(headline(found)))}", ""]
    lines += [prose(clean(line)) + "\n" for line in remarks(found)]
    for hearing in found.hearings:
        lines += _section(hearing, clean)
    return clean("\n".join(lines).rstrip() + "\n")


def remarks(found: Calibrated) -> Iterator[str]:
    """What concerns no single check."""
    if found.judge:
        yield f"Judge `{judges(found.judge)}`, labels in `{cell(found.labels)}` at `{cell(found.ref)}`."
    for name, instead in found.floating:
        yield (
            f"`{cell(name)}` is no dated snapshot: its provider may put another judge behind the name, and stored verdicts "
            f"would still speak for this one; name {f'`{cell(instead)}`' if instead else 'a dated one'}."
        )
    for name in found.unheard:
        yield f"`{cell(name)}`: no label is about it, so it cannot block; label some: `mergefloor label`."
    for name in found.strangers:
        yield f"`{cell(name)}`: labels name it and no suite has such a judged check{_instead(found)}."
    for each in found.hearings:
        named = replace(each, grader=cell(each.grader), judge=judges(each.judge))
        yield from filter(None, [by_length(named)])
    if found.waived:
        yield "The policy waives calibration (`judge_calibration: waive`): judged checks block whatever is said here."
    cost = found.cost
    yield f"{count(cost.calls, 'call')}, {count(cost.cached_calls, 'stored verdict')}, {usd(cost.usd)}."


def judges(text: str) -> str:
    """The judges of a panel, each as a name."""
    return " + ".join(map(cell, text.split(" + ")))


def _instead(found: Calibrated) -> str:
    known = dict.fromkeys((*(each.grader for each in found.hearings), *found.unheard))
    return f"; correct `grader` there: the judged checks are {', '.join(map(cell, known))}" if known else ""


def _section(hearing: Hearing, clean: Clean) -> list[str]:
    lines = [
        f"### `{named(hearing, clean)}` {prose(clean(verdict(hearing)))}",
        "",
        "| | |",
        "|---|---|",
    ]
    lines += [f"| {name} | {value} |" for name, value in figures(hearing)]
    lines += ["", "| | the judge passes it | the judge fails it |", "|---|---:|---:|"]
    lines += [
        f"| {name} | {passed:,} | {failed:,} |"
        for name, passed, failed in matrix(hearing.calibration.confusion)
    ]
    if hearing.calibration.worst:
        lines += ["", f"<details><summary>{_worst(hearing)}</summary>", ""]
        for each in hearing.calibration.worst:
            lines += [f"**`{cell(clean(each.id))}`**: {sides(each)}", "", fence(_texts(each, clean)), ""]
        lines.append("</details>")
    return [*lines, ""]


def named(hearing: Hearing, clean: Clean) -> str:
    """A check, and which of its rubrics where it has several."""
    more = f" (the rubric of {cell(clean(hearing.rubric_of))})" if hearing.rubric_of else ""
    return f"{cell(clean(hearing.grader))}{more}"


def matrix(found: Confusion) -> tuple[tuple[str, int, int], ...]:
    """Rows of the confusion matrix: who people pass and fail, and what the judge makes of them."""
    return (
        ("people pass it", found.pass_pass, found.pass_fail),
        ("people fail it", found.fail_pass, found.fail_fail),
    )


def _worst(hearing: Hearing) -> str:
    return f"{DISAGREE} ({len(hearing.calibration.worst)})"


def sides(each: Disagreement) -> str:
    """Who says what of one output."""
    said = "passes" if each.passed else "fails"
    return f"the judge {said} it ({each.judge:.2f}), people say {each.people:.2f}"


def _texts(each: Disagreement, clean: Clean) -> str:
    rows = (("asked", each.input), ("answer", each.output), ("judge", each.reason))
    return "\n".join(f"{name}: {cut(clean(text))}" for name, text in rows)


def cut(text: str) -> str:
    """A foreign text of bearable length."""
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


def calibration_console(found: Calibrated, *, width: int = 80, redact: Clean | None = None) -> str:
    """The same for people at a terminal or in a log. Foreign text is prefixed line by line."""
    clean = redact or Redactor()
    return clean("\n".join(_lines(found, width, clean)) + "\n")


def _lines(found: Calibrated, width: int, clean: Clean) -> Iterator[str]:
    yield from textwrap.wrap(log_line(headline(found)), width, break_on_hyphens=False)
    for line in remarks(found):
        yield from textwrap.wrap(line, width, break_on_hyphens=False)
    for hearing in found.hearings:
        yield ""
        said = f"{named(hearing, clean)} {log_line(verdict(hearing))}"
        yield from textwrap.wrap(said, width, break_on_hyphens=False)
        yield from (f"  {name}: {value}" for name, value in figures(hearing))
        for name, passed, failed in matrix(hearing.calibration.confusion):
            yield f"  {name}: the judge passes {passed:,}, fails {failed:,}"
        if hearing.calibration.worst:
            yield f"  {_worst(hearing)}:"
        for each in hearing.calibration.worst:
            yield f"  {cell(clean(each.id))} ({cell(each.place.path)}:{each.place.line}): {sides(each)}"
            yield log(_texts(each, clean), width)


def log_line(text: str) -> str:
    """A sentence of ours that may hold foreign words, for a log."""
    return log(text).removeprefix("| ")


def calibration_json(found: Calibrated, *, redact: Clean | None = None) -> str:
    """The record for machines; null: cannot be said of these labels."""
    clean = redact or Redactor()
    record: dict[str, Json] = {
        "schema": SCHEMA,
        "exit_code": found.exit_code,
        "ref": clean(found.ref),
        "sha": clean(found.sha),
        "judge": clean(found.judge),
        "labels": clean(found.labels),
        "waived": found.waived,
        "scripted": found.scripted,
        "cost": {"usd": found.cost.usd, "calls": found.cost.calls, "cached_calls": found.cost.cached_calls},
        "unheard": [clean(name) for name in found.unheard],
        "strangers": [clean(name) for name in found.strangers],
        "checks": [_check(hearing, clean) for hearing in found.hearings],
    }
    return json.dumps(record, allow_nan=False, sort_keys=True)


def _check(hearing: Hearing, clean: Clean) -> Json:
    it = hearing.calibration
    table = it.confusion
    return {
        "name": clean(hearing.grader),
        "rubric_of": clean(hearing.rubric_of),
        "sample": "random" if it.random else "enriched",
        "may_block": hearing.votes,
        "wanted": hearing.wanted,
        "undecided": hearing.undecided,
        "labels": hearing.labels,
        "n": it.n,
        "failures": it.failures,
        "agreement": it.agreement,
        "ordinal": it.ordinal,
        "kappa": _estimate(it.kappa),
        "sensitivity": _estimate(table.sensitivity),
        "specificity": _estimate(table.specificity),
        "spearman": it.spearman,
        "confusion": [[table.pass_pass, table.pass_fail], [table.fail_pass, table.fail_fail]],
        "self_agreement": None if it.repeats is None else it.repeats.agreement,
        "length_bias": _length(it.length),
        "people": {
            "raters": it.raters.count,
            "agreement": it.raters.agreement,
            "kappa": it.raters.kappa,
            "alpha": it.raters.alpha,
        },
        "order": None if hearing.pairwise is None else _order(hearing.pairwise.swap),
        "members": [_member(each, clean) for each in hearing.members],
        "why": [clean(flat(each.why)) for each in hearing.eligibility.shortfalls],
        "fix": [clean(flat(each.fix)) for each in hearing.eligibility.shortfalls],
    }


def _length(found: LengthBias) -> Json:
    return {
        "biased": found.biased,
        "untold": found.untold,
        "p": found.p,
        "lean": found.lean,
        "passes_longer": found.longer,
        "passes_shorter": found.shorter,
    }


def _order(found: Swap) -> Json:
    return {"same": found.agreement, "kappa": found.kappa, "first": found.leaning}


def _member(found: Member, clean: Clean) -> Json:
    return {
        "judge": clean(found.judge),
        "n": found.n,
        "agreement": found.agreement,
        "kappa": _estimate(found.kappa),
        "same_in_both_orders": found.same,
    }


def _estimate(found: Estimate | None) -> Json:
    return None if found is None else {"value": found.value, "low": found.low, "high": found.high}
