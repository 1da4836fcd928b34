"""A config of the right shape -> the settings that the core knows."""

from __future__ import annotations

from collections.abc import Iterator

from mergefloor.config.retrieval_shape import index_of, queries_of
from mergefloor.config.rules import gates
from mergefloor.config.shapes import ConfigShape, MetricShape, PolicyShape, SuiteShape
from mergefloor.config.target_shape import target_of
from mergefloor.core.prompt import Note
from mergefloor.core.schedule import Schedule
from mergefloor.core.settings import (
    PASS_RATE,
    Budget,
    Config,
    Judge,
    MetricRule,
    ModelRule,
    Policy,
    Price,
    Suite,
)
from mergefloor.core.tampering import RULES
from mergefloor.core.types import Json, Place
from mergefloor.golden import spec_of
from mergefloor.loading import Document


def config_of(shape: ConfigShape, document: Document) -> Config:
    """The settings of one checked file."""
    suites = tuple(_suite(name, suite, document) for name, suite in shape.suites.items())
    return Config(
        path=document.path,
        suites=suites,
        model=shape.defaults.model,
        model_place=_named(document, "defaults", "model"),
        params=_plain(shape.defaults.params),
        embedding_model=shape.defaults.embedding_model,
        embedding_place=_named(document, "defaults", "embedding_model"),
        owner=shape.defaults.owner,
        judge=Judge(
            model=shape.judge.model,
            calibration=shape.judge.calibration,
            params=_plain(shape.judge.params),
            place=_named(document, "judge", "model"),
            panel=tuple(shape.judge.panel),
            panel_places=tuple(
                document.place("judge", "panel", index) for index, _ in enumerate(shape.judge.panel)
            ),
        ),
        policy=_policy(shape.policy),
        budget=Budget(**shape.budget.model_dump()),
        schedule=Schedule(**shape.schedule.model_dump()),
        prices={model: Price(**price.model_dump()) for model, price in shape.prices.items()},
        models={model: ModelRule(**rule.model_dump()) for model, rule in shape.models.items()},
        notes=tuple(_notes(suites, shape.defaults.embedding_model, document)),
    )


def _named(document: Document, *keys: str) -> Place | None:
    """Where a model is named; None where the file does not name one."""
    return document.place(*keys) if keys in document.lines else None


def _policy(shape: PolicyShape) -> Policy:
    """One word for every integrity rule becomes a word a rule."""
    wanted = shape.integrity
    actions = wanted if isinstance(wanted, dict) else dict.fromkeys(RULES, wanted)
    return Policy(**{**shape.model_dump(), "integrity": actions})


def _suite(name: str, shape: SuiteShape, document: Document) -> Suite:
    keys = ("suites", name)
    return Suite(
        name=name,
        prompt=shape.prompt or "",
        target=target_of(shape.target, document.place(*keys, "target")),
        model=shape.model,
        model_place=_named(document, *keys, "model"),
        freeze=shape.freeze,
        owner=shape.owner,
        golden=(shape.golden,) if isinstance(shape.golden, str) else tuple(shape.golden),
        watch=tuple(shape.watch),
        graders=tuple(
            spec_of(grader, document.place(*keys, "graders", index))
            for index, grader in enumerate(shape.graders)
        ),
        metrics=tuple(_metrics(shape)),
        case_class=shape.class_,
        classes=dict(shape.classes),
        input_variable=shape.input_variable,
        vars=dict(shape.vars),
        index=index_of(shape.index, document.place(*keys, "index")),
        queries=queries_of(shape.queries, document.place(*keys, "queries")),
        place=document.place(*keys),
    )


def _metrics(shape: SuiteShape) -> Iterator[MetricRule]:
    """The pass rate first, whether it was written or not, then the others in their order."""
    for name, metric in {PASS_RATE: MetricShape(), **shape.metrics}.items():
        gating = gates(name, metric.model_dump())
        yield MetricRule(name=name, floor=metric.floor, max_drop=metric.max_drop, gating=gating)


def _notes(suites: tuple[Suite, ...], embedder: str | None, document: Document) -> Iterator[Note]:
    for suite in suites:
        if not any(metric.gating for metric in suite.metrics):
            place = document.place("suites", suite.name, "metrics")
            yield Note(place=place, text=f"no metric of suite {suite.name!r} gates: it can never block")
        if suite.case_class != "regression" and any(metric.floor is not None for metric in suite.metrics):
            place = document.place("suites", suite.name, "metrics")
            text = f"the floors of suite {suite.name!r} are not applied: its cases are of class {suite.case_class}"
            yield Note(place=place, text=text)
        if suite.queries is not None and embedder is None:
            text = f"the queries of suite {suite.name!r} are not compared: `defaults.embedding_model` names no model"
            yield Note(place=document.place("suites", suite.name, "queries"), text=text)


def _plain(params: object) -> dict[str, Json]:
    """Parameters as JSON. The shape admits scalars and lists of them, nothing else."""
    return dict(params) if isinstance(params, dict) else {}
