"""What must hold in a config beyond the shape of its entries. Works on plain data, so that it finds what it can in
a file that has other problems too."""

from __future__ import annotations

from collections.abc import Iterator

from mergefloor.config.target_shape import measured_problems
from mergefloor.core.settings import PASS_RATE
from mergefloor.core.types import Json, Problem
from mergefloor.golden import default_name
from mergefloor.loading import Document

MOST_GATING = 3
WHY_THREE = (
    f"is the suite's gating metric number {MOST_GATING + 1}: the tests of a suite share one alpha, and with more "
    "than three each is too weak to see a regression"
)


def broken_rules(document: Document) -> Iterator[Problem]:
    """Everything that a shape cannot say, with its line."""
    for name, suite in _mapping(document.value, "suites").items():
        yield from measured_problems(document, name, suite)
        yield from _idle_model(document, name, suite)
        yield from _idle_index(document, name, suite)
        yield from _too_many_gates(document, name, suite)
        yield from _same_names(document, name, suite)


def gates(name: str, metric: Json) -> bool:
    """Whether a metric can block: as told, else `pass_rate` and whatever has a floor."""
    told = metric.get("gating") if isinstance(metric, dict) else None
    if isinstance(told, bool):
        return told
    return name == PASS_RATE or (isinstance(metric, dict) and metric.get("floor") is not None)


def _idle_model(document: Document, suite_name: str, suite: Json) -> Iterator[Problem]:
    """A target asks whom it likes: a model that is named beside it would be no pin of anything."""
    if isinstance(suite, dict) and suite.get("model") is not None and suite.get("target") is not None:
        yield Problem(
            place=document.place("suites", suite_name, "model"),
            what=f"`suites.{suite_name}.model` names a model for a target, which is never told of it",
            fix="remove it, or measure a `prompt`",
        )


def _idle_index(document: Document, suite_name: str, suite: Json) -> Iterator[Problem]:
    """A prompt searches nothing."""
    if isinstance(suite, dict) and suite.get("index") is not None and suite.get("prompt") is not None:
        yield Problem(
            place=document.place("suites", suite_name, "index"),
            what=f"`suites.{suite_name}.index` is of a prompt, and only a `target` searches an index",
            fix="remove it, or measure a `target`",
        )


def _too_many_gates(document: Document, suite_name: str, suite: Json) -> Iterator[Problem]:
    metrics = {PASS_RATE: None, **_mapping(suite, "metrics")}
    gating = [name for name, metric in metrics.items() if gates(name, metric)]
    if len(gating) > MOST_GATING:
        name = gating[MOST_GATING]
        listed = ", ".join(f"`{each}`" for each in gating)
        yield Problem(
            place=document.place("suites", suite_name, "metrics", name),
            what=f"`suites.{suite_name}.metrics.{name}` {WHY_THREE}",
            fix=f"set `gating: false` on all but {MOST_GATING} of {listed}",
        )


def _same_names(document: Document, suite_name: str, suite: Json) -> Iterator[Problem]:
    first: dict[str, int] = {}
    graders = suite.get("graders") if isinstance(suite, dict) else None
    for index, grader in enumerate(graders if isinstance(graders, list) else []):
        name = _metric_name(grader)
        if name is None:
            continue
        if name in first:
            before = document.line("suites", suite_name, "graders", first[name])
            yield Problem(
                place=document.place("suites", suite_name, "graders", index),
                what=f"`suites.{suite_name}.graders[{index + 1}]` has the metric name {name!r} of line {before}",
                fix="give it a `name` of its own",
            )
        first.setdefault(name, index)


def _metric_name(grader: Json) -> str | None:
    if not isinstance(grader, dict):
        return None
    name, kind = grader.get("name"), grader.get("type")
    if isinstance(name, str):
        return name
    return default_name(kind, grader) if isinstance(kind, str) else None


def _mapping(value: Json, key: str) -> dict[str, Json]:
    inner = value.get(key) if isinstance(value, dict) else None
    return inner if isinstance(inner, dict) else {}
