"""What the version check makes of time and money: a clock that the model turns, a cache that outlives a run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random
from typing import Any

import pytest
from tests.fuzz.memory import NoProgress, world

from mergefloor import graders
from mergefloor.core.ports import Snapshot, Toolbox
from mergefloor.core.report import Report
from mergefloor.core.semver import VersionCheck
from mergefloor.core.settings import Config, Price
from mergefloor.core.types import EmbedRequest, Failure, ModelRef, Output, Request, Usage, Vectors
from mergefloor.engine import Engine
from mergefloor.modes import gate
from mergefloor.modes.world import World

MODEL = "openai/candidate-2026-01-01"
TEXT = "Answer quickly and say how it is reached by train."


@dataclass(kw_only=True)
class Model:
    """Every answer is the same; the word of the prompt says how long it takes and how many tokens it has."""

    seconds: dict[str, float]
    tokens: dict[str, int] = field(default_factory=dict)
    now: float = 0.0

    def describe(self, name: str, files: Snapshot) -> ModelRef:
        provider, _, model = name.partition("/")
        return ModelRef(provider=provider, name=model, endpoint=provider)

    def connect(self, ref: ModelRef) -> Model:
        return self

    async def complete(self, request: Request, *, draw: int) -> Output | Failure:
        word = request.messages[0].content.split()[1]
        self.now += self.seconds.get(word, 1.0)
        return Output(
            text="yes", usage=Usage(output_tokens=self.tokens.get(word, 100)), served_model=request.model.name
        )

    async def embed(self, request: EmbedRequest) -> Vectors | Failure:
        raise NotImplementedError

    async def close(self) -> None: ...

    def clock(self) -> float:
        return self.now


@contextmanager
def engine(model: Model, cache: Any, settings: Config, toolbox: Toolbox, offline: bool) -> Iterator[Engine]:
    with Engine(
        models=model,
        cache=cache,
        build=partial(graders.build, toolbox=toolbox),
        budget=replace(settings.budget, minutes=1000.0, concurrency=1),
        prices={MODEL: Price(input=1.0, output=1.0)},
        clock=model.clock,
        wall_clock=model.clock,
        progress=NoProgress(),
        rng=Random(1),
        offline=offline,
    ) as made:
        yield made


def tree(version: str, text: str, cases: int = 60) -> dict[str, bytes]:
    config = f"version: 1\ndefaults: {{model: {MODEL}}}\nsuites: {{s: {{prompt: p.md, golden: g.jsonl}}}}\n"
    rows = (json.dumps({"id": f"c{i}", "input": f"case {i}", "expected": "yes"}) for i in range(cases))
    return {
        "mergefloor.yml": config.encode(),
        "p.md": f"---\nversion: {version}\n---\n{text}".encode(),
        "g.jsonl": "\n".join(rows).encode(),
    }


def ready(model: Model, cases: int = 60) -> World:
    """A change of one word, declared as a patch."""
    head = tree("1.4.1", TEXT.replace("quickly", "swiftly"), cases)
    made = world(tree("1.4.0", TEXT, cases), head, model)
    return replace(made, engine=partial(engine, model, made.cache), clock=model.clock, now=model.clock)


def gated(made: World, **more: Any) -> tuple[Report, VersionCheck]:
    report = gate.examine(gate.GateRequest(base="base", head="head", **more), made)
    check = report.suites[0].semver
    assert check is not None
    return report, check


def test_gate__of_answers_that_take_much_longer__asks_for_a_minor_and_stays_with_it() -> None:
    made = ready(Model(seconds={"swiftly": 1.5}))
    first, second = gated(made), gated(made)
    for report, check in (first, second):
        assert (report.verdict, check.required, check.ok) == ("block", "minor", False)
        assert check.why[0] == "the median latency is +50 % (limit +25 %)"
    assert (first[0].cost.calls, second[0].cost.calls) == (120, 0)


@pytest.mark.parametrize("seconds", [{"swiftly": 1.25}, {"quickly": 3.0}])
def test_gate__of_answers_that_take_about_as_long_or_less__is_a_patch(seconds: dict[str, float]) -> None:
    report, check = gated(ready(Model(seconds=seconds)))
    assert (report.verdict, check.required, check.ok) == ("pass", "patch", True)


def test_gate__of_answers_timed_in_another_run__does_not_compare_their_latency() -> None:
    model = Model(seconds={"swiftly": 1.5})
    made = ready(model)
    # The base's answers are there already: an earlier run of the same base on another change drew them.
    earlier = world(tree("1.4.0", TEXT), tree("1.4.1", TEXT + " Be kind."), model)
    gated(
        replace(
            earlier,
            cache=made.cache,
            engine=partial(engine, model, made.cache),
            clock=model.clock,
            now=model.clock,
        )
    )
    report, check = gated(made)
    assert (report.verdict, check.required) == ("pass", "patch")


def test_gate__of_too_few_timed_answers__does_not_compare_their_latency() -> None:
    _, check = gated(ready(Model(seconds={"swiftly": 9.0}), cases=19))
    assert not any("latency" in why for why in check.why)


def test_gate__of_answers_that_cost_much_more__asks_for_a_minor() -> None:
    report, check = gated(ready(Model(seconds={}, tokens={"swiftly": 126})))
    assert (report.verdict, check.required) == ("block", "minor")
    assert check.why[0] == "the mean cost of an answer is +26 % (limit +25 %)"
