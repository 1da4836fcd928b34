"""The engine over real SDKs against a server that misbehaves (R02, R06-R12). Skipped where the server is not."""

from __future__ import annotations

import gc
import json
import random
import signal
import threading
import time
import warnings
from typing import Any

import pytest

from mergefloor.core.keys import candidate_ask
from mergefloor.core.settings import Budget
from mergefloor.core.types import Failure, Message, ModelRef, Output, Request
from mergefloor.engine import Engine, Limits

QUICK = Limits(backoff=0.005, cap=0.02)
VENDORS = ["openai", "anthropic"]
# fault -> (code or finish, tries of one call)
TABLE = {
    "500": ("provider-5xx", 5),
    "503": ("provider-5xx", 5),
    "529": ("overloaded", 5),
    "reset": ("connection", 5),
    "html": ("unreadable-reply", 5),
    "badjson": ("unreadable-reply", 5),
    "429": ("rate-limited", 5),
    "429-bare": ("rate-limited", 5),
    "401": ("refused-key", 1),
    "empty": ("empty", 1),
    "length": ("length", 1),
}


@pytest.fixture(scope="module")
def server(replay: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        recording = replay.Recording()
        gc.collect()
    with replay.Server(recording, mode="hash") as running:
        yield running


def quiet(server: Any, **settings: Any) -> None:
    """Start from the defaults, with zeroed counters."""
    server.app.settings.change(
        {
            "faults": "",
            "latency": "fixed:0",
            "fault_max": 0,
            "retry_after": 0.01,
            "drip_ms": 200.0,
            **settings,
        }
    )
    server.app.stats.reset()


def engine(server: Any, fakes: Any, **options: Any) -> Engine:
    from mergefloor.providers import Directory  # the adapter under the engine, as main.py would put it there

    env = {
        "OPENAI_API_KEY": "k",
        "OPENAI_BASE_URL": f"{server.url}/v1",
        "ANTHROPIC_API_KEY": "k",
        "ANTHROPIC_BASE_URL": server.url,
    }
    values: dict[str, Any] = {
        "models": Directory(env),
        "cache": fakes.MemoryCache(),
        "build": fakes.build,
        "budget": Budget(concurrency=20),
        "prices": {},
        "clock": time.monotonic,
        "wall_clock": time.time,
        "progress": fakes.Steps(),
        "rng": random.Random(1),
        "limits": QUICK,
    }
    return Engine(**{**values, **options})


def jobs(fakes: Any, server: Any, vendor: str, count: int) -> list[Any]:
    url = {"openai": f"{server.url}/v1", "anthropic": server.url}[vendor]
    ref = ModelRef(provider=vendor, name=f"{vendor}-x", endpoint=url)
    found = []
    for index in range(count):
        plain = fakes.job(index)
        message = Message(role="user", content=f"{vendor} {index}")
        ask = candidate_ask(Request(model=ref, messages=(message,), params={"max_tokens": 50}))
        found.append(fakes.replace(plain, ask=ask))
    return found


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("fault", sorted(TABLE))
def test_fault__always__ends_as_tabled(server: Any, fakes: Any, vendor: str, fault: str) -> None:
    quiet(server, faults=f"{fault}=100")
    with engine(server, fakes) as e:
        [cell] = e.evaluate(jobs(fakes, server, vendor, 1))
    code, tries = TABLE[fault]
    if (vendor, fault) == ("anthropic", "503"):
        code = "overloaded"
    got = cell.output.code if isinstance(cell.output, Failure) else cell.output.finish
    assert (got, server.stats()["total"]) == (code, tries)


def test_fault__quota__is_fatal(server: Any, fakes: Any) -> None:
    quiet(server, faults="quota=100")
    with engine(server, fakes) as e:
        cells = e.evaluate(jobs(fakes, server, "openai", 200))
    assert {c.output.code for c in cells} == {"quota"}
    assert server.stats()["total"] <= 21


@pytest.mark.parametrize("vendor", VENDORS)
def test_fault__third_of_all_tries__every_case_resolves(server: Any, fakes: Any, vendor: str) -> None:
    quiet(server, faults="500=10,reset=10,503=5,429=5", latency="fixed:10")
    with engine(server, fakes) as e:
        cells = e.evaluate(jobs(fakes, server, vendor, 200))
    assert all(isinstance(c.output, Output) and c.output.finish == "stop" for c in cells)
    assert e.ledger.cost().calls == 200


def test_fault__drip__ends_at_the_wall_deadline(server: Any, fakes: Any) -> None:
    quiet(server, faults="drip=100")
    began = time.monotonic()
    with engine(server, fakes, limits=Limits(call=0.7)) as e:
        [cell] = e.evaluate(jobs(fakes, server, "openai", 1))
    assert cell.output.code == "timeout"
    # From above: the import of the SDK and the machine's load are in it.
    assert 0.6 <= time.monotonic() - began <= 5


def test_fault__stopped_by_a_signal__returns_soon_and_keeps_what_it_has(server: Any, fakes: Any) -> None:
    quiet(server, latency="fixed:300")
    with engine(server, fakes) as e:
        e.evaluate(jobs(fakes, server, "openai", 1))
        previous = signal.signal(signal.SIGTERM, lambda *_: e.cancel())
        timer = threading.Timer(0.75, signal.raise_signal, [signal.SIGTERM])
        try:
            timer.start()
            began = time.monotonic()
            cells = e.evaluate(jobs(fakes, server, "openai", 400))
            took = time.monotonic() - began
        finally:
            timer.join()
            signal.signal(signal.SIGTERM, previous)
        codes = [c.output.code for c in cells if isinstance(c.output, Failure)]
        assert took < 5 and set(codes) == {"cancelled"}
        assert len(e.cache.entries) == 400 - len(codes) > 0


def test_judge_schema__both_vendors__answer_with_an_object(server: Any, fakes: Any) -> None:
    quiet(server)
    schema = {"type": "object", "properties": {"passed": {"type": "boolean"}}, "required": ["passed"]}
    for vendor in VENDORS:
        [job] = jobs(fakes, server, vendor, 1)
        request = fakes.replace(job.ask.request, response_schema=schema)
        with engine(server, fakes) as e:
            [reply] = e.probe([fakes.replace(job.ask, request=request, kind="judge")])
        assert json.loads(reply.text).keys() == {"passed"}
