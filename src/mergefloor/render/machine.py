"""report.json: the stable face for machines. Names are fixed, floats have six digits, unknown is null."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import cast

from mergefloor.core.class_view import ClassSummary, class_summaries
from mergefloor.core.evidence import Look, MetricDecision
from mergefloor.core.report import ArmUse, Cost, JudgeReport, Override, Report, SuiteReport
from mergefloor.core.types import Json
from mergefloor.render.case_record import Quoting, case_record, failure_record, number, quoting
from mergefloor.render.findings import (
    model_dates,
    notice_record,
    semver_record,
    tampering_record,
)
from mergefloor.render.judge_record import check_record, rates_record
from mergefloor.render.redact import Redactor

Clean = Callable[[str], str]
Record = dict[str, Json]
SCHEMA = 1


def report_json(report: Report, *, redact: Clean | None = None) -> str:
    """The report as JSON text, valid against `report_schema()`; the same report gives the same bytes."""
    return (
        json.dumps(_report(report, redact or Redactor()), indent=2, ensure_ascii=True, allow_nan=False) + "\n"
    )


def report_schema() -> Record:
    """The JSON schema (draft 2020-12) of `report_json`."""
    text = files("mergefloor").joinpath("data/report.schema.json").read_text(encoding="utf-8")
    return cast(Record, json.loads(text))


def _report(report: Report, clean: Clean) -> Record:
    quote = quoting(clean, private=report.private)
    return {
        "schema": SCHEMA,
        "verdict": report.verdict,
        "exit_code": report.exit_code,
        "reasons": _texts(report.reasons, clean),
        "advice": _texts(report.advice, clean),
        "base": {"sha": clean(report.base_sha), "ref": clean(report.base_ref)},
        "merge_base": {"sha": clean(report.merge_base_sha)},
        "head": {"sha": clean(report.head_sha), "ref": clean(report.head_ref)},
        "config": None if report.config_path is None else clean(report.config_path),
        "classes": [_class(each, clean) for each in class_summaries(report)],
        "suites": [_suite(suite, clean, quote) for suite in report.suites],
        "cost": _cost(report.cost, clean),
        "duration_s": number(report.duration_s),
        "judge": _judge(report.judge, clean),
        "judged_checks": [check_record(hearing, clean) for hearing in report.judged],
        "judged_pass_rates": [rates_record(rates, clean) for rates in report.rates],
        "models": [
            {
                "name": clean(model.name),
                "pinned": model.pinned,
                "used_for": model.used_for,
                **model_dates(model, clean),
            }
            for model in report.models
        ],
        "unseen": _texts(report.unseen, clean),
        "notes": _texts(report.notes, clean),
        "scripted": report.scripted,
        "first_run": report.first_run,
        "tampering": [tampering_record(each, clean) for each in report.tampering],
        "notices": [notice_record(notice, clean) for notice in report.notices],
        "private": report.private,
        "override": None if report.override is None else _override(report.override, clean),
        "url": clean(report.url),
        "files": report.files,
    }


def _override(found: Override, clean: Clean) -> Record:
    return {
        "by": clean(found.by),
        "role": clean(found.role),
        "reason": clean(found.reason),
        "sha": clean(found.sha),
        "own": found.own,
    }


def _class(each: ClassSummary, clean: Clean) -> Record:
    return {
        "class": each.case_class,
        "cases": each.cases,
        "base": number(each.base),
        "head": number(each.head),
        "broken": _texts(each.broken, clean),
        "known_holes": _texts(each.known_holes, clean),
        "verdict": each.verdict,
    }


def _suite(suite: SuiteReport, clean: Clean, quote: Quoting) -> Record:
    return {
        "name": clean(suite.name),
        "prompt": clean(suite.prompt),
        "verdict": suite.verdict,
        "why": _texts(suite.why, clean),
        "ran": suite.ran,
        "cases_total": suite.cases_total,
        "cases_unresolved": suite.cases_unresolved,
        "cases_identical": suite.identical,
        "metrics": [_metric(metric, clean) for metric in suite.metrics],
        "broken": [case_record(case, clean, quote) for case in suite.broken],
        "fixed": [case_record(case, clean, quote) for case in suite.fixed],
        "new_cases": _texts(suite.new_cases, clean),
        "removed_cases": _texts(suite.removed_cases, clean),
        "failures": [
            {"case": clean(case), **failure_record(failure, clean, quote)} for case, failure in suite.failures
        ],
        "uses": [_use(use, clean) for use in suite.uses],
        "semver": semver_record(suite.semver, clean),
        "not_comparable": _texts(suite.not_comparable, clean),
    }


def _metric(metric: MetricDecision, clean: Clean) -> Record:
    return {
        "name": clean(metric.rule.name),
        "class": metric.case_class,
        "kind": metric.kind,
        "base": number(metric.base),
        "head": number(metric.head),
        "delta": number(metric.delta),
        "interval": _interval(metric.interval),
        "floor": number(metric.rule.floor),
        "max_drop": number(metric.rule.max_drop),
        "p_value": number(metric.p_value),
        "gating": metric.rule.gating,
        "verdict": metric.verdict,
        "reasons": _texts(metric.reasons, clean),
        "smallest_drop": number(metric.smallest_drop),
        "looks": [_look(look) for look in metric.looks],
        "cases_total": metric.cases_total,
        "cases_unresolved": metric.cases_unresolved,
        "confirmed_broken": _texts(metric.confirmed_broken, clean),
        "confirmed_fixed": _texts(metric.confirmed_fixed, clean),
        "known_holes": _texts(metric.known_holes, clean),
    }


def _look(look: Look) -> Record:
    return {
        "name": look.name,
        "cases": look.cases,
        "net": number(look.net),
        "p": number(look.p),
        "alpha": number(look.alpha),
        "convicts": look.convicts,
    }


def _use(use: ArmUse, clean: Clean) -> Record:
    return {
        "arm": use.arm,
        "model": clean(use.model),
        "params": _params(use.params, clean),
        "usd": number(use.usd),
        "input_tokens": use.input_tokens,
        "output_tokens": use.output_tokens,
        "calls": use.calls,
        "cached_calls": use.cached_calls,
        "latency_p50": number(use.latency_p50),
        "latency_p95": number(use.latency_p95),
    }


def _params(params: Mapping[str, Json], clean: Clean) -> Json:
    return {clean(key): _json(value, clean) for key, value in sorted(params.items())}


def _json(value: Json, clean: Clean) -> Json:
    """A parameter of a request, cleaned to its leaves; a number that JSON cannot hold is null."""
    match value:
        case str():
            return clean(value)
        case float():
            return number(value)
        case list():
            return [_json(item, clean) for item in value]
        case dict():
            return _params(value, clean)
        case _:
            return value


def _cost(cost: Cost, clean: Clean) -> Record:
    return {
        "usd": number(cost.usd),
        "input_tokens": cost.input_tokens,
        "output_tokens": cost.output_tokens,
        "calls": cost.calls,
        "cached_calls": cost.cached_calls,
        "unpriced": _texts(cost.unpriced, clean),
    }


def _judge(judge: JudgeReport | None, clean: Clean) -> Json:
    if judge is None:
        return None
    return {
        "model": clean(judge.model),
        "agreement": number(judge.agreement),
        "kappa": number(judge.kappa),
        "kappa_interval": _interval(judge.kappa_interval),
        "members": [_judge(member, clean) for member in judge.members],
    }


def _texts(texts: tuple[str, ...], clean: Clean) -> Json:
    return [clean(text) for text in texts]


def _interval(interval: tuple[float, float] | None) -> Json:
    if interval is None or not all(map(math.isfinite, interval)):
        return None
    return [number(end) for end in interval]
