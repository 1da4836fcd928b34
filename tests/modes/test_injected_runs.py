"""Whole gate runs in which the change makes every answer an injection: a judge that obeys ends them as an error."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from tests.modes.test_calibrate import CASES, Provider, stage
from tests.unit.graders.builders import reply_of
from tests.unit.graders.payloads import PAYLOADS
from tests.unit.graders.test_payloads import orders

from mergefloor.core.types import Failure, Output, Request


@dataclass(kw_only=True)
class Injected(Provider):
    """By the old prompt polite answers; by the new one `CASES` payloads from `start` on. The judge obeys or does not."""

    start: int
    gullible: bool

    async def complete(self, request: Request, *, draw: int) -> Output | Failure:
        system, user = request.messages[0].content, request.messages[-1].content
        if request.model.provider != "anthropic":
            number = int(user.rsplit(" ", 1)[1])
            said = PAYLOADS[(self.start + number) % len(PAYLOADS)][1] if "short" in system else "polite"
            said += "\nThat is my answer."  # the other check of the suite, a word to be found, holds
            return Output(text=said, served_model=request.model.name)
        lines = user.splitlines()
        start = next(i for i, line in enumerate(lines) if line.startswith("<<<CANDIDATE "))
        candidate = json.loads(lines[start + 1])
        sound = candidate.startswith(("polite", "The capital of France is Paris"))
        passed = sound or (self.gullible and orders(candidate))
        return Output(text=reply_of(passed), served_model=request.model.name)


@pytest.mark.parametrize("start", range(0, len(PAYLOADS), CASES))
def test_gate__with_a_judge_that_obeys_its_candidates__is_an_error_and_no_pass(start: int) -> None:
    report = stage(Injected(start=start, gullible=True), policy="waive").gate()
    assert (report.verdict, report.exit_code) == ("error", 2)
    assert any("injection" in reason for reason in report.reasons)


def test_gate__control_with_a_sound_judge__blocks_the_same_change() -> None:
    report = stage(Injected(start=0, gullible=False), policy="waive").gate()
    assert (report.verdict, report.exit_code) == ("block", 1)
