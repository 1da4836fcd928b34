from __future__ import annotations

import json
from dataclasses import replace

import pytest
from tests.unit.graders.builders import TOOLBOX, reply_of

from mergefloor.core.keys import ask_key
from mergefloor.core.types import Failure, Output, Request, Vectors
from mergefloor.graders import canaries, canary_verdict
from mergefloor.graders.judge.canary import BAD, EMPTY, GOOD, INJECTION


def test_canaries__with_a_judge__are_four_with_known_verdicts() -> None:
    planted = canaries(TOOLBOX)
    assert [(each.name, each.expected) for each in planted] == [
        ("good", True),
        ("bad", False),
        ("empty", False),
        ("injection", False),
    ]
    assert len({ask_key(each.ask) for each in planted}) == 4


def test_canaries__without_a_judge__are_none() -> None:
    assert canaries(replace(TOOLBOX, judge=None)) == ()


def test_canaries__requests__differ_in_nothing_but_candidate_and_nonce() -> None:
    for planted, candidate in zip(canaries(TOOLBOX), (GOOD, BAD, EMPTY, INJECTION), strict=True):
        request = planted.ask.request
        assert isinstance(request, Request)
        lines = request.messages[1].content.splitlines()
        start = next(index for index, line in enumerate(lines) if line.startswith("<<<CANDIDATE "))
        assert json.loads(lines[start + 1]) == candidate
        assert request.messages[0] == canaries(TOOLBOX)[0].ask.request.messages[0]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("output", "verdict"),
    [
        (Output(text=reply_of(True)), True),
        (Output(text=reply_of(False)), False),
        (Output(text=reply_of(True, evidence=("Paris",))), True),
        (Output(text="yes"), None),
        (Output(text=reply_of(True, True)), None),
        (Output(text=reply_of(True), finish="length"), None),
        (Vectors(rows=()), None),
        (Failure(stage="judge", code="timeout", message="slow"), None),
    ],
)
def test_canary_verdict__reply__is_the_verdict_or_none(
    output: Output | Vectors | Failure, verdict: bool | None
) -> None:
    assert canary_verdict(output) is verdict
