"""The judge in report.json: how far it agrees with people, check by check, and pass rates as people would give them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from mergefloor.core.calibration.corrected import Estimate
from mergefloor.core.calibration.hearing import Hearing
from mergefloor.core.calibration.rates import PassRate, Rates
from mergefloor.core.types import Json
from mergefloor.render.case_record import number

Clean: TypeAlias = Callable[[str], str]


def check_record(hearing: Hearing, clean: Clean) -> Json:
    """One judged check against people, and the terms of the policy that it was held to."""
    it, terms = hearing.calibration, hearing.eligibility.terms
    table = it.confusion
    return {
        "name": clean(hearing.grader),
        "rubric_of": clean(hearing.rubric_of),
        "may_block": hearing.votes,
        "undecided": hearing.undecided,
        "labels": it.n,
        "failures": it.failures,
        "sample": "random" if it.random else "enriched",
        "agreement": number(it.agreement),
        "kappa": _estimate(it.kappa),
        "sensitivity": _estimate(table.sensitivity),
        "specificity": _estimate(table.specificity),
        "confusion": [[table.pass_pass, table.pass_fail], [table.fail_pass, table.fail_fail]],
        "needed": {
            "labels": terms.labels,
            "kappa": number(terms.kappa),
            "specificity": number(terms.specificity),
        },
    }


def rates_record(rates: Rates, clean: Clean) -> Json:
    """Both sides of one check, the judge's pass rate and people's."""
    return {
        "suite": clean(rates.suite),
        "grader": clean(rates.grader),
        "rubric_of": clean(rates.rubric_of),
        "base": _rate(rates.base),
        "head": _rate(rates.head),
    }


def _rate(rate: PassRate | None) -> Json:
    """One side: `corrected` is null where `why` says what keeps it from being told."""
    if rate is None:
        return None
    return {
        "raw": number(rate.raw),
        "cases": rate.cases,
        "corrected": _estimate(rate.corrected),
        "method": rate.method,
        "why": rate.why,
    }


def _estimate(found: Estimate | None) -> Json:
    if found is None:
        return None
    return {"value": number(found.value), "low": number(found.low), "high": number(found.high)}
