"""What an update of the judge found, in lines for a page and for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from mergefloor.core.calibration.hearing import Hearing
from mergefloor.core.updating.judge import EPOCH, JudgeUpdate
from mergefloor.core.wording import UNKNOWN, count, share
from mergefloor.render.filters import cell, prose

Clean: TypeAlias = Callable[[str], str]

SHOWN = 10  # cases of a list


def judge_page(found: JudgeUpdate, clean: Clean) -> list[str]:
    """The judge's part of the page, as Markdown."""
    lines = ["### The judge", "", *(f"- {line}" for line in judge_lines(found, clean)), ""]
    if found.checks:
        lines += ["| check | agrees with people | kappa | verdict |", "|---|---:|---:|---|"]
        lines += [
            f"| `{cell(clean(each.new.grader))}` | {share(each.old.calibration.agreement)} \u2192 "
            f"{share(each.new.calibration.agreement)} | {_kappa(each.old)} \u2192 {_kappa(each.new)} "
            f"| {prose(each.why)} |"
            for each in found.checks
        ]
        lines.append("")
    return lines


def judge_lines(found: JudgeUpdate, clean: Clean) -> Iterator[str]:
    """Why it ends so, how many verdicts turned and where; foreign names are filtered."""
    yield from (f"{prose(clean(reason))}." for reason in found.reasons)
    passes = sum(flip.passed for flip in found.flips)
    told = f"{count(found.verdicts, 'verdict')} on stored outputs by both judges, {len(found.flips):,} turned"
    told += f" ({passes:,} to pass, {len(found.flips) - passes:,} to fail)" if found.flips else ""
    yield f"{told}; {count(found.missing, 'verdict')} missing." if found.missing else f"{told}."
    if found.flips:
        names = list(dict.fromkeys(f"`{cell(clean(f.suite))}/{cell(clean(f.case))}`" for f in found.flips))
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        yield f"turned: {', '.join(names[:SHOWN])}{more}"
    if found.ending == "accepted":
        yield f"{EPOCH}."


def _kappa(hearing: Hearing) -> str:
    kappa = hearing.calibration.kappa
    return UNKNOWN if kappa is None else f"{kappa.value:.2f} ({kappa.low:.2f} to {kappa.high:.2f})"
