"""Time that passes only when nothing else can happen, models that do as they are told, a cache in memory."""

from __future__ import annotations

import asyncio
import hashlib
import importlib.util
import json
import selectors
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import pytest

from mergefloor.core.keys import candidate_ask, judge_ask
from mergefloor.core.ports import Asks, Reply, Stored
from mergefloor.core.settings import Budget, Price
from mergefloor.core.types import (
    AnyGrade,
    Ask,
    Case,
    EmbedRequest,
    Failure,
    Grade,
    GradeMissing,
    GraderSpec,
    Job,
    Message,
    ModelRef,
    Output,
    Place,
    Request,
    SampleId,
    Subject,
    Usage,
    Vectors,
)
from mergefloor.engine import Engine, Limits
from mergefloor.errors import ProviderError

REPLAY = Path(__file__).parents[3].parent / "shared" / "tools" / "replay_llm.py"
CANDIDATE = ModelRef(provider="fake", name="candidate", endpoint="one")
JUDGE = ModelRef(provider="fake", name="judge", endpoint="two")
PLAIN = GraderSpec(kind="plain", name="plain")
JUDGED = GraderSpec(kind="judge", name="judged")


class Idle(selectors.DefaultSelector):  # type: ignore[misc,valid-type]
    """A selector that never waits: the time that it would have waited has passed."""

    now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None:
            return super().select(None)
        self.now += max(0.0, timeout)
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock jumps to the next timer. Executors run at once."""

    def __init__(self) -> None:
        self.idle = Idle()
        super().__init__(self.idle)

    def time(self) -> float:
        return self.idle.now

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:  # type: ignore[override]
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except ProviderError as error:
            done.set_exception(error)
        return done


Script = Callable[[Request, int], "Output | Failure | float"]


class FakeModel:
    """Answers after `latency` seconds with what `script(request, n-th call of it)` gives; counts."""

    def __init__(self, script: Script | None = None, latency: float = 0.2) -> None:
        self.script, self.latency = script, latency
        self.calls: list[tuple[float, str, int]] = []
        self.in_flight = self.most_in_flight = 0
        self.closed = False
        self.tries: dict[str, int] = {}

    async def complete(self, request: Request, *, draw: int) -> Output | Failure:
        text = request.messages[-1].content
        self.tries[text] = self.tries.get(text, 0) + 1
        self.calls.append((asyncio.get_running_loop().time(), text, draw))
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            found = self.script(request, self.tries[text]) if self.script else ok(f"answer to {text}")
            await asyncio.sleep(found if isinstance(found, float) else self.latency)
            return ok("late") if isinstance(found, float) else found
        finally:
            self.in_flight -= 1

    async def embed(self, request: EmbedRequest) -> Vectors | Failure:
        self.calls.append((0.0, request.texts[0], 0))
        return Vectors(rows=tuple((1.0, 0.0) for _ in request.texts))

    async def close(self) -> None:
        self.closed = True


class FakeModels:
    """`candidate` and `judge` on endpoints of their own. `missing`: names whose key is not there."""

    def __init__(
        self, candidate: FakeModel, judge: FakeModel | None = None, missing: tuple[str, ...] = ()
    ) -> None:
        self.candidate, self.judge, self.missing = (
            candidate,
            judge or FakeModel(lambda r, n: ok('{"pass": true}')),
            missing,
        )
        self.connected: list[str] = []

    def describe(self, name: str, files: Any) -> ModelRef:
        raise NotImplementedError(name)

    def connect(self, ref: ModelRef) -> FakeModel:
        self.connected.append(ref.name)
        if ref.name in self.missing:
            raise ProviderError(f"no key for {ref}", "set `FAKE_KEY`")
        return self.judge if ref.endpoint == "two" else self.candidate


class MemoryCache:
    """A dict."""

    def __init__(self) -> None:
        self.entries: dict[str, Stored] = {}

    def get(self, key: str) -> Stored | None:
        return self.entries.get(key)

    def put(self, key: str, entry: Stored) -> None:
        self.entries[key] = entry

    def history(self, subject: str) -> tuple[tuple[str, Stored], ...]:
        return ()

    def get_note(self, key: str) -> Mapping[str, object] | None:
        return None

    def put_note(self, key: str, value: Mapping[str, object]) -> None:
        raise NotImplementedError


class Steps:
    """Counts progress."""

    def __init__(self) -> None:
        self.total = self.done = 0

    def start(self, total: int, label: str) -> None:
        self.total += total

    def step(self, done: int = 1) -> None:
        self.done += done

    def stop(self) -> None:
        pass


class PlainGrader:
    def step(self, subject: Subject, replies: tuple[Reply, ...]) -> Asks | AnyGrade:
        return Grade(grader="plain", passed=True, score=1.0)


class JudgeGrader:
    """Asks once; what it cannot read it asks once more for (a repair)."""

    def step(self, subject: Subject, replies: tuple[Reply, ...]) -> Asks | AnyGrade:
        if replies and isinstance(replies[-1], Failure):
            return GradeMissing(grader="judged", failure=replies[-1], judged=True)
        if replies and isinstance(replies[-1], Output) and replies[-1].text.startswith("{"):
            return Grade(grader="judged", passed=True, score=1.0, judged=True)
        if len(replies) == 2:
            broken = Failure(stage="judge", code="unreadable", message="no verdict; ask another judge")
            return GradeMissing(grader="judged", failure=broken, judged=True)
        return Asks(asks=(judging(subject.output.text, index=len(replies)),))


def judging(candidate: str, index: int = 0) -> Ask:
    message = Message(role="user", content=f"judge {candidate}" + "!" * index)
    ask = judge_ask(Request(model=JUDGE, messages=(message,)), template={}, candidate=candidate, index=index)
    return replace(ask, readable=lambda reply: reply.startswith("{"))


def build(spec: GraderSpec) -> PlainGrader | JudgeGrader:
    return JudgeGrader() if spec.kind == "judge" else PlainGrader()


def ok(text: str, **fields: Any) -> Output:
    values: dict[str, Any] = {
        "usage": Usage(input_tokens=1000, output_tokens=100),
        "served_model": "",
        **fields,
    }
    return Output(text=text, **values)


def verdict(request: Request, n: int) -> Output:
    """A JSON object of its own for every question."""
    return ok(json.dumps({"of": hashlib.sha256(request.messages[-1].content.encode()).hexdigest()}))


def down(code: str, *, fatal: bool = False, wait_s: float | None = None) -> Failure:
    return Failure(stage="candidate", code=code, message=f"{code}; wait", fatal=fatal, wait_s=wait_s)


def job(
    index: int, *, text: str | None = None, graders: tuple[GraderSpec, ...] = (PLAIN,), **params: Any
) -> Job:
    message = Message(role="user", content=text or f"question {index}")
    case = Case(id=f"c{index}", place=Place(path="g.yaml"), content_hash=f"{index}", input=message.content)
    ask = candidate_ask(Request(model=CANDIDATE, messages=(message,), params=params))
    sample = SampleId(suite="s", case=case.id, arm="head", look="plain", index=0)
    return Job(sample=sample, case=case, ask=ask, question=message.content, graders=graders)


class Bench:
    """An engine over fakes in virtual time."""

    def __init__(
        self, candidate: FakeModel | None = None, judge: FakeModel | None = None, **options: Any
    ) -> None:
        self.models = FakeModels(candidate or FakeModel(), judge, options.pop("missing", ()))
        self.cache = options.pop("cache", None) or MemoryCache()
        self.loop = VirtualLoop()
        self.progress = Steps()
        budget = {name: options.pop(name) for name in ("usd", "minutes", "concurrency") if name in options}
        prices = options.pop("prices", {"fake/candidate": Price(input=1.0, output=10.0)})
        self.engine = Engine(
            models=self.models,
            cache=self.cache,
            build=options.pop("build", build),
            budget=Budget(**budget),
            prices=prices,
            clock=self.loop.time,
            wall_clock=lambda: 1_700_000_000.0,
            progress=self.progress,
            rng=Random(7),
            loop_factory=lambda: self.loop,
            **options,
        )

    def run(self, count: int, **fields: Any) -> list[Any]:
        return list(self.engine.evaluate([job(i, **fields) for i in range(count)]))

    @property
    def requests(self) -> int:
        return len(self.models.candidate.calls)

    @property
    def seconds(self) -> float:
        return self.loop.time()


@pytest.fixture
def bench() -> Iterator[Callable[..., Bench]]:
    made: list[Bench] = []

    def make(*args: Any, **options: Any) -> Bench:
        made.append(Bench(*args, **options))
        return made[-1]

    yield make
    for each in made:
        each.engine.close()


@pytest.fixture(scope="session")
def replay() -> ModuleType:
    if not REPLAY.is_file():
        pytest.skip("the replaying test server is not here")
    spec = importlib.util.spec_from_file_location("replay_llm", REPLAY)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def fakes() -> Any:
    """The names of this file, for tests: importlib mode gives them no module to import from."""
    names = {name: value for name, value in globals().items() if not name.startswith("_")}
    return type("Fakes", (), {**names, "LIMITS": Limits(), "replace": replace})
