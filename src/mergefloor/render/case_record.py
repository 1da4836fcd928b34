"""One case of report.json: what was asked, what came out, what every check said; foreign texts as excerpts or not at all."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

from mergefloor.core.excerpts import Clean, excerpt
from mergefloor.core.report import CaseChange, CaseSide
from mergefloor.core.retrieval import Lost
from mergefloor.core.types import AnyGrade, Failure, Grade, Json, Output, Vote
from mergefloor.render.findings import place_record

Record: TypeAlias = "dict[str, Json]"
Quoting: TypeAlias = Callable[[str], "str | None"]
DIGITS = 6


def quoting(clean: Clean, *, private: bool) -> Quoting:
    """How foreign text leaves: an excerpt without secrets; null where the report may quote nothing (T16)."""

    def quote(text: str) -> str | None:
        return None if private else excerpt(text, clean)

    return quote


def case_record(case: CaseChange, clean: Clean, quote: Quoting) -> Record:
    """A case that changed sides."""
    return {
        "id": clean(case.case),
        **place_record(case.place, clean),
        "confirmed": case.confirmed,
        "critical": case.critical,
        "class": case.case_class,
        "question": quote(case.question),
        "base": _side(case.base, clean, quote),
        "head": _side(case.head, clean, quote),
        "lost": [_lost(each, clean) for each in case.lost if quote("") is not None],
    }


def _lost(each: Lost, clean: Clean) -> Record:
    """A relevant document with its ranks; `head_rank` null: not among the first `looked_at`."""
    return {
        "document": clean(each.document),
        "base_rank": each.base,
        "head_rank": each.head,
        "looked_at": each.depth,
    }


def _side(side: CaseSide, clean: Clean, quote: Quoting) -> Record:
    output = side.output
    return {
        "output": quote(output.text) if isinstance(output, Output) else None,
        "finish": output.finish if isinstance(output, Output) else None,
        "failure": failure_record(output, clean, quote) if isinstance(output, Failure) else None,
        "passes": side.passes,
        "draws": side.draws,
        "grades": [_grade(grade, clean, quote) for grade in side.grades],
    }


def _grade(grade: AnyGrade, clean: Clean, quote: Quoting) -> Record:
    return {
        "grader": clean(grade.grader),
        "passed": grade.passed if isinstance(grade, Grade) else None,
        "score": number(grade.score) if isinstance(grade, Grade) else None,
        "reason": quote(grade.reason if isinstance(grade, Grade) else grade.failure.message),
        "gating": grade.gating,
        "judged": grade.judged,
        "missing": None if isinstance(grade, Grade) else clean(grade.failure.code),
        "votes": [_vote(vote, clean) for vote in grade.votes] if isinstance(grade, Grade) else [],
    }


def _vote(vote: Vote, clean: Clean) -> Record:
    return {
        "judge": clean(vote.judge),
        "passed": vote.passed,
        "score": number(vote.score),
        "orders": None if vote.orders is None else [number(each) for each in vote.orders],
    }


def failure_record(failure: Failure, clean: Clean, quote: Quoting) -> Record:
    """Why something is not known."""
    return {"stage": failure.stage, "code": clean(failure.code), "message": quote(failure.message)}


def number(value: float | None) -> float | None:
    """Six digits, no minus zero; what is not finite is not known."""
    if value is None or not math.isfinite(value):
        return None
    return round(value, DIGITS) + 0.0
