"""A scripted judge that rewards length, and one that does not: what a calibration and a gate say of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from random import Random

from tests.modes.test_calibrate import Provider, Stage, stage, told

from mergefloor.core.effects import SetOutput, WriteFile
from mergefloor.core.types import Failure, Output, Request

WARNED = "favours longer outputs"


@dataclass(kw_only=True)
class Lengthy(Provider):
    """Wrong about every sixth labelled output: about any, or (`by_length`) for long ones and against short ones."""

    by_length: bool

    async def complete(self, request: Request, *, draw: int) -> Output | Failure:
        found = await super().complete(request, draw=draw)
        candidate = self.asked[-1] if request.model.provider == "anthropic" and self.asked else ""
        if "labelled" not in candidate or not isinstance(found, Output):
            return found
        passed = candidate.startswith("polite") ^ self.errs(candidate)
        row = {"id": "c1", "reason": "so", "evidence": [], "pass": passed}
        return Output(text=json.dumps({"checks": [row]}), served_model=request.model.name)

    def errs(self, candidate: str) -> bool:
        number, long = int(candidate.split()[3]), len(candidate) > 400
        if self.by_length:
            return number % 3 == 0 and candidate.startswith("polite") is not long
        return number % 6 == 0 or number % 6 == 1


def known(number: int = 120) -> bytes:
    """Polite and rude outputs of every length."""
    random = Random(5)
    rows = []
    for i in range(number):
        text = f"{'polite' if i % 2 else 'rude'} labelled answer {i} {'word ' * random.randint(1, 160)}"
        rows.append({"id": f"l{i}", "input": "q", "output": text, "label": i % 2, "grader": "tone"})
    return "\n".join(map(json.dumps, rows)).encode()


def staged(*, by_length: bool) -> Stage:
    return stage(Lengthy(by_length=by_length), known=known())


def test_calibrate__of_a_judge_that_rewards_length__warns_in_every_report_and_blocks_nothing() -> None:
    it = staged(by_length=True)
    (found,) = it.calibrate().hearings
    bias = found.calibration.length
    assert bias.biased
    assert bias.longer is not None and bias.shorter is not None and bias.longer > bias.shorter + 0.2
    assert found.votes
    outcome = it.outcome(report_dir="out")
    written = {each.path: each.text for each in outcome.effects if isinstance(each, WriteFile)}
    assert WARNED in written["out/calibration.md"] and WARNED in written["out/calibration.html"]
    record = json.loads(written["out/calibration.json"])["checks"][0]["length_bias"]
    assert record == {
        "biased": True,
        "untold": None,
        "p": bias.p,
        "lean": bias.lean,
        "passes_longer": bias.longer,
        "passes_shorter": bias.shorter,
    }
    assert (
        next(e.value for e in outcome.effects if isinstance(e, SetOutput) and e.name == "verdict") == "pass"
    )


def test_gate__with_a_judge_that_rewards_length__says_so_in_one_line() -> None:
    lines = told(staged(by_length=True).gate()).splitlines()
    assert sum(WARNED in line for line in lines) == 1


def test_calibrate__of_a_judge_that_errs_at_any_length__warns_of_nothing() -> None:
    it = staged(by_length=False)
    (found,) = it.calibrate().hearings
    assert found.calibration.length.p is not None
    assert not found.calibration.length.biased
    assert "favours" not in told(it.gate())
