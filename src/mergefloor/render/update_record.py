"""A model update for machines."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeAlias

from mergefloor.core.types import Json
from mergefloor.core.updating.figures import ArmFigures
from mergefloor.core.updating.found import SuiteUpdate, Update
from mergefloor.core.updating.judge import JudgeUpdate
from mergefloor.render.redact import Redactor

Clean: TypeAlias = Callable[[str], str]

SCHEMA = 1


def update_json(found: Update, *, redact: Clean | None = None) -> str:
    """The update for machines: `update.json`, and one line in the output `summary`."""
    clean = redact or Redactor()
    data: dict[str, Json] = {
        "schema": SCHEMA,
        "from": clean(found.old),
        "to": clean(found.new),
        "ref": clean(found.ref),
        "sha": clean(found.sha),
        "verdict": ("accepted", "refused", "undecided")[found.exit_code],
        "scripted": found.scripted,
        "cost": {"usd": found.cost.usd, "calls": found.cost.calls, "cached_calls": found.cost.cached_calls},
        "files": [clean(each.path) for each in found.files],
        "suites": [_suite(suite, clean) for suite in found.suites],
        "judge": None if found.judge is None else _judge(found.judge, clean),
        "left": [{"what": clean(each.what), "why": clean(each.why)} for each in found.left],
    }
    return json.dumps(data, allow_nan=False, sort_keys=True)


def _suite(suite: SuiteUpdate, clean: Clean) -> Json:
    return {
        "name": clean(suite.name),
        "verdict": suite.ending,
        "direction": suite.direction,
        "cases": suite.cases,
        "broken": [clean(each.case) for each in suite.broken],
        "fixed": [clean(each.case) for each in suite.fixed],
        "metrics": [
            {
                "name": clean(metric.rule.name),
                "base": metric.base,
                "head": metric.head,
                "interval": None if metric.interval is None else list(metric.interval),
                "p_worse": metric.p_value,
            }
            for metric in suite.metrics
        ],
        "base": _arm(suite.base, clean),
        "head": _arm(suite.head, clean),
        "longest": [{"case": clean(e.case), "before": e.before, "after": e.after} for e in suite.longest],
    }


def _arm(arm: ArmFigures, clean: Clean) -> Json:
    return {
        "model": clean(arm.model),
        "answers": arm.answers,
        "usd": arm.usd,
        "latency_p50": arm.p50,
        "latency_p95": arm.p95,
        "output_tokens": arm.tokens,
        "chars": arm.chars,
    }


def _judge(judge: JudgeUpdate, clean: Clean) -> Json:
    return {
        "verdict": judge.ending,
        "verdicts": judge.verdicts,
        "turned": len(judge.flips),
        "missing": judge.missing,
        "checks": [
            {
                "name": clean(each.new.grader),
                "verdict": each.ending,
                "agreement": [each.old.calibration.agreement, each.new.calibration.agreement],
            }
            for each in judge.checks
        ],
    }
