"""Malformed replies of a judge that gates, through whole gates: none of them lets a change pass (R02, R03)."""

from __future__ import annotations

import json
import os
from random import Random
from typing import Any, get_args

import pytest
from tests.fuzz.actors import BASE, CASES, HEAD, Cast, verdict
from tests.fuzz.memory import run_gate
from tests.fuzz.spoil import spoil, swap, written

from mergefloor.core.types import Failure, Finish, Output

GATES = 500 if os.environ.get("MERGEFLOOR_FUZZ") == "full" else 15  # times 20 cases: 10,000 or 300
GOOD = verdict(True, "answers case")
CODES = ("timeout", "connection", "provider-5xx", "overloaded", "unreadable-reply", "bad-request")
AROUND = (
    "```json\n{}\n```", "Sure! {}", "{}\n{}", "[{}]", "{}}}", "{}\x00", "{{\"verdict\": {}}}", "<answer>{}</answer>",
    "\ufeff{}", "'{}'", "pass", "true", "PASS", "10/10", '{{"pass": true}}', '{{"checks": []}}', "null", "{}, true",
)  # fmt: skip


def cut(rng: Random) -> str:
    return GOOD[: rng.randrange(len(GOOD))]


def bytewise(rng: Random) -> str:
    return spoil(GOOD.encode(), rng).decode("utf-8", "replace")


def valuewise(rng: Random) -> str:
    return written(swap(json.loads(GOOD), rng)).decode()


def wrapped(rng: Random) -> str:
    return rng.choice(AROUND).replace("{}", GOOD).replace("{{", "{").replace("}}", "}")


def counts(reply: str) -> bool:
    """Whether the reply is exactly what was asked for, read as leniently as JSON goes."""
    try:
        value: Any = json.loads(reply)
        (row,) = value["checks"]
        types = {name: type(field) for name, field in row.items()}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return False
    wanted = {"id": str, "reason": str, "evidence": list, "pass": bool}
    return set(value) == {"checks"} and types == wanted and row["id"] == "c1"


def malformed(rng: Random) -> Output | Failure:
    if rng.random() < 0.1:
        code = rng.choice(("bad-request", "judge-refusal", "nonsense"))
        return Failure(stage="judge", code=code, message="injected")
    if rng.random() < 0.1:
        finish: Finish = rng.choice([name for name in get_args(Finish) if name != "stop"])
        return Output(text=GOOD, finish=finish)
    while True:
        reply = rng.choice((cut, bytewise, valuewise, wrapped))(rng)
        if not counts(reply):
            return Output(text=reply)


def test_gate__with_a_judge_that_answers_well__passes_and_blocks_as_it_says() -> None:
    assert run_gate(BASE, HEAD, Cast(reply=lambda number: Output(text=GOOD))).code == 0
    assert run_gate(BASE, HEAD, Cast(reply=lambda number: Output(text=verdict(False)))).code == 1


@pytest.mark.parametrize("block", range(5))
def test_gate__with_malformed_verdicts__never_passes(block: int) -> None:
    for number in range(GATES // 5):
        rng = Random(f"{block} {number}")
        said: list[Output | Failure] = []

        def reply(_case: int, rng: Random = rng, said: list[Output | Failure] = said) -> Output | Failure:
            said.append(malformed(rng))
            return said[-1]

        ended = run_gate(BASE, HEAD, Cast(reply=reply))
        assert len(said) >= CASES
        assert ended.code == 2, (said, ended.text)


def test_gate__with_one_malformed_verdict_among_good_ones__never_passes() -> None:
    """One of 20 is more than the 2 % that may stay open."""
    for number in range(GATES):
        rng = Random(f"one {number}")
        ended = run_gate(
            BASE, HEAD, Cast(reply=lambda case, rng=rng: malformed(rng) if case == 7 else Output(text=GOOD))
        )
        assert ended.code == 2, ended.text


@pytest.mark.parametrize("end", range(0, len(GOOD), 1 if GATES > 100 else 5))
def test_gate__with_a_verdict_cut_at_any_byte__never_passes(end: int) -> None:
    assert run_gate(BASE, HEAD, Cast(reply=lambda _: Output(text=GOOD[:end]))).code == 2
