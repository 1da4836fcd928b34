"""Checks as written -> GraderSpec, the normal form the graders know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pydantic import TypeAdapter, ValidationError

from mergefloor.core.types import Case, GraderSpec, Json, Place, Problem
from mergefloor.errors import InputError
from mergefloor.golden.grader_shapes import AnyGrader, Asking, Contains, GraderModel
from mergefloor.golden.problems import problems_of
from mergefloor.golden.rag_checks import COMPARED, MEASURES, Rag
from mergefloor.loading import Document

SYNONYMS: dict[str, str] = {
    "exact": "equals",
    "not_contains": "contains",
    "length": "chars",
    **dict.fromkeys(MEASURES, "rag"),
}
REFERENCE = {"equals": "value", "similarity": "reference", "overlap": "reference"}
REFERENCE |= dict.fromkeys(("judge", "pairwise"), "reference")
_COMMON = {"type", "name", "negate", "gating", "model", "provider"}
_GRADER: TypeAdapter[AnyGrader] = TypeAdapter(GraderModel)


def spec_from(document: Document, *keys: str | int) -> GraderSpec:
    """The check at `keys`. Raises InputError with everything wrong with it."""
    try:
        model = _GRADER.validate_python(document.at(*keys))
    except ValidationError as error:
        raise InputError(problems_of(error, document, *keys)) from None
    return spec_of(model, document.place(*keys))


def specs_from(document: Document, *keys: str | int) -> tuple[GraderSpec, ...]:
    """Every check of the list at `keys`; () when there is none. Raises InputError with all problems."""
    try:
        listed = document.at(*keys)
    except KeyError:
        return ()
    if not isinstance(listed, list):
        where = document.place(*keys)
        raise InputError.at(
            where.path, where.line, f"`{keys[-1]}` must be a list", "begin each check with `- type:`"
        )
    found: list[GraderSpec] = []
    problems: list[Problem] = []
    for index in range(len(listed)):
        try:
            found.append(spec_from(document, *keys, index))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return tuple(found)


def spec_of(model: AnyGrader, place: Place | None) -> GraderSpec:
    """A validated check in normal form: synonyms resolved, defaults written out, absent options left out."""
    kind = SYNONYMS.get(model.type, model.type)
    options: dict[str, Json] = model.model_dump(by_alias=True, exclude_none=True, exclude=_COMMON)
    negate = model.negate
    if isinstance(model, Contains):
        options = _contains(model)
        negate = negate != (model.type == "not_contains")
    if isinstance(model, Rag):
        options["metric"] = model.measure
    return GraderSpec(
        kind=kind,
        name=model.name or default_name(kind, options),
        options=options,
        negate=negate,
        gating=model.gating,
        place=place,
        model=(model.model or model.provider) if isinstance(model, Asking) else None,
        model_place=place,
    )


def default_name(kind: str, options: Mapping[str, Json]) -> str:
    """The name of a check's metric where none is written: `words`; `recall@5` of a retrieval check."""
    if kind in MEASURES:
        return kind
    kind = SYNONYMS.get(kind, kind)
    metric, k = options.get("metric"), options.get("k")
    if kind == "rag" and isinstance(metric, str):
        return metric
    if kind != "retrieval" or not isinstance(metric, str):
        return kind
    return metric if k is None else f"{metric}@{k}"


def concerns(spec: GraderSpec, case: Case) -> bool:
    """Whether a check has anything to look for in a case: one of retrieval or tools needs to be told what,
    and comparisons and two of the judged measures take a reference."""
    if spec.kind == "retrieval":
        return bool(spec.options.get("relevant") or case.relevant)
    if spec.kind == "tools":
        return bool(spec.options.get("expected") or case.expected_tools)
    if spec.kind == "pairwise" or (spec.kind == "rag" and spec.options.get("metric") in COMPARED):
        return bool(spec.options.get("reference") or case.expected)
    return True


def resolved(spec: GraderSpec, expected: str | None) -> GraderSpec:
    """A check attached to a case: without a text of its own to compare with it takes the case's `expected`."""
    option = REFERENCE.get(spec.kind)
    if option is None or expected is None or option in spec.options:
        return spec
    return replace(spec, options={**spec.options, option: expected})


def _contains(model: Contains) -> dict[str, Json]:
    # "Does not contain a, b" means neither: the opposite of any, not of all.
    mode = model.mode or ("any" if model.type == "not_contains" else "all")
    values: list[Json] = [*model.values] if model.values is not None else [model.value]
    return {"values": values, "mode": mode, "case": model.case}
