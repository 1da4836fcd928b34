"""A target's crash: a failed case on the head, unknown on the base, and never stored."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mergefloor.core.keys import candidate_ask
from mergefloor.core.types import Failure, Output, Request


def crash(code: str) -> Any:
    return lambda request, n: Failure(stage="candidate", code=code, message="it broke")


@pytest.mark.parametrize("code", ["target-crashed", "target-timeout"])
def test_evaluate__crash_on_the_head__is_what_the_case_came_to(bench: Any, fakes: Any, code: str) -> None:
    b = bench(fakes.FakeModel(crash(code)))
    [cell] = b.run(1)
    assert cell.output == Output(text="", finish="crashed", trace="it broke")
    assert len(cell.grades) == 1
    assert b.cache.entries == {}
    assert b.requests == 1


@pytest.mark.parametrize("code", ["target-crashed", "target-timeout"])
def test_evaluate__crash_on_the_base__is_unknown(bench: Any, fakes: Any, code: str) -> None:
    b = bench(fakes.FakeModel(crash(code)))
    job = fakes.job(0)
    [cell] = b.engine.evaluate([replace(job, sample=replace(job.sample, arm="base"))])
    assert cell.output.code == code
    assert cell.grades == ()


@pytest.mark.parametrize("code", ["target-setup", "target-not-started", "connection"])
def test_evaluate__what_is_no_crash__is_unknown_on_the_head_too(bench: Any, fakes: Any, code: str) -> None:
    b = bench(fakes.FakeModel(crash(code)))
    [cell] = b.run(1)
    assert isinstance(cell.output, Failure)


def test_evaluate__a_target__may_take_longer_than_a_providers_call(bench: Any, fakes: Any) -> None:
    slow = lambda request, n: 300.0  # noqa: E731
    provider, target = bench(fakes.FakeModel(slow)), bench(fakes.FakeModel(slow))
    assert provider.run(1)[0].output.code == "timeout"
    job = fakes.job(0)
    ref = fakes.replace(job.ask.request.model, provider="command")
    asked = replace(job, ask=candidate_ask(Request(model=ref, messages=job.ask.request.messages)))
    [cell] = target.engine.evaluate([asked])
    assert cell.output.text == "late"
