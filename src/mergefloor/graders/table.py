"""Every kind of check in one table, and what callers do with a check: build it, examine it, know its metric."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

from mergefloor.core.ports import Grader, Toolbox
from mergefloor.core.types import GraderSpec, Problem
from mergefloor.graders import (
    leak,
    length,
    overlap,
    refusal,
    regex,
    retrieval,
    similarity,
    structured,
    tools,
    trajectory,
    wording,
)
from mergefloor.graders.check import Unusable
from mergefloor.graders.judge import grader as judge
from mergefloor.graders.judge import pair, sheet
from mergefloor.graders.judge.panel import panel
from mergefloor.graders.needs import judged
from mergefloor.graders.options import problem
from mergefloor.graders.rag import grader as rag

Factory: TypeAlias = Callable[[GraderSpec, Toolbox], Grader]
Examine: TypeAlias = Callable[[GraderSpec], tuple[Problem, ...]]

GRADERS: dict[str, Factory] = {
    "equals": wording.equals,
    "contains": wording.contains,
    "starts_with": wording.starts_with,
    "ends_with": wording.ends_with,
    "regex": regex.regex,
    "json": structured.json_value,
    "words": length.words,
    "chars": length.chars,
    "similarity": similarity.similarity,
    "overlap": overlap.overlap,
    "judge": judge.judge,
    "pairwise": pair.pairwise,
    "rag": rag.rag,
    "retrieval": retrieval.retrieval,
    "tools": tools.tools,
    "trajectory": trajectory.trajectory,
    "refusal": refusal.refusal,
    "leak": leak.leak,
}
CHECKS: dict[str, Examine] = {
    "equals": wording.check_equals,
    "contains": wording.check_contains,
    "starts_with": wording.check_affix,
    "ends_with": wording.check_affix,
    "regex": regex.check_regex,
    "json": structured.check_json,
    "words": length.check_length,
    "chars": length.check_length,
    "similarity": similarity.check_similarity,
    "overlap": overlap.check_overlap,
    "judge": sheet.check_judge,
    "pairwise": pair.check_pairwise,
    "rag": rag.check_rag,
    "retrieval": retrieval.check_retrieval,
    "tools": tools.check_tools,
    "trajectory": trajectory.check_trajectory,
    "refusal": refusal.check_refusal,
    "leak": leak.check_leak,
}


def check(spec: GraderSpec) -> tuple[Problem, ...]:
    """What is wrong with a check before anything runs: its pattern, schema, thresholds, texts."""
    examine = CHECKS.get(spec.kind)
    if examine is None:
        return (problem(spec, "there is no such kind of check", f"use one of {', '.join(GRADERS)}"),)
    return examine(spec)


def build(spec: GraderSpec, toolbox: Toolbox) -> Grader:
    """The grader of a check; of a judged one before a panel, that of all its judges together. One that `check` objects
    to is never passed and never failed, but missing."""
    for found in check(spec):
        return Unusable(spec=spec, problem=found)
    factory = GRADERS[spec.kind]
    return panel(factory, spec, toolbox) if judged(spec) else factory(spec, toolbox)


def metric_kind(spec: GraderSpec) -> Literal["binary", "score"]:
    """Whether the grades of a check are 0 or 1, or lie between."""
    if spec.kind in ("similarity", "overlap", "pairwise", "rag"):
        return "score"
    if spec.kind == "retrieval":
        return "binary" if spec.options.get("metric") == "hit_rate" else "score"
    several = spec.kind == "judge" and (len(sheet.checks_of(spec)) > 1 or bool(sheet.choices_of(spec)))
    return "score" if several else "binary"
