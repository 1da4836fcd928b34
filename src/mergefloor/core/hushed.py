"""A report of a fork's change without the words of its files: what a stranger wrote is repeated nowhere (T16, T51)."""

from __future__ import annotations

import re
from dataclasses import replace

from mergefloor.core.report import Report, SuiteReport
from mergefloor.core.semver import Suggestion, VersionCheck
from mergefloor.core.tampering import Tampering

WITHHELD = "\u201c\u2026\u201d"
# Everything foreign in a fact stands between the first and the last of these.
_MARKS = re.compile("[\u201c`].*[\u201d`]", re.DOTALL)
# Names and numbers, one of them or a before and an after.
_TAME = re.compile(
    "[\u201c`][A-Za-z0-9._/:%+-]{1,40}(?:\u201d \u2192 \u201c[A-Za-z0-9._/:%+-]{1,40})?[\u201d`]"
)
_PARAMETER = re.compile(r"(parameter \S+ changed) from .*", re.DOTALL)
_VERSION_LINE = re.compile(r"""\s*["']?version["']?\s*:\s*["']?v?[0-9A-Za-z.+-]{1,60}["']?\s*""")


def hushed(report: Report) -> Report:
    """The same findings and numbers; quotes from the change's own files are left out."""
    return replace(
        report,
        private=True,
        reasons=tuple(_reason(reason, report) for reason in report.reasons),
        suites=tuple(map(_suite, report.suites)),
        tampering=tuple(map(silent, report.tampering)),
    )


def silent(found: Tampering) -> Tampering:
    """A finding whose evidence quotes names and numbers alone."""
    return replace(found, evidence=fact(found.evidence))


def fact(text: str) -> str:
    """A fact without foreign words."""
    return _MARKS.sub(
        lambda marked: marked[0] if _TAME.fullmatch(marked[0]) else WITHHELD, _PARAMETER.sub(r"\1", text)
    )


def _reason(reason: str, report: Report) -> str:
    for suite in report.suites:
        for why in suite.semver.why if suite.semver else ():
            reason = reason.replace(why, fact(why))
    return reason


def _suite(suite: SuiteReport) -> SuiteReport:
    return replace(suite, semver=_check(suite.semver)) if suite.semver else suite


def _check(found: VersionCheck) -> VersionCheck:
    """A changelog is words; a line is suggested only where it holds a version and nothing else."""
    return replace(
        found,
        why=tuple(map(fact, found.why)),
        suggestion=found.suggestion if _bare(found.suggestion) else None,
        changelog=None,
    )


def _bare(line: Suggestion | None) -> bool:
    return line is not None and all(_VERSION_LINE.fullmatch(text) for text in (line.old, line.new))
