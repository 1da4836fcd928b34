from __future__ import annotations

import pytest
from tests.unit.graders.builders import TOOLBOX, spec_of, subject_of

from mergefloor.core.ports import Asks
from mergefloor.core.types import Grade
from mergefloor.graders import build
from mergefloor.graders.judge.trivial import MASTER_KEYS

# The ten of Zhao et al. 2025, as they print them.
PAPER = [" ", ".", ",", ":", "Thought process:", "Let's solve this problem step by step.", "Solution", "解"]
PAPER += ["かいせつ", "Respuesta"]
DRESSED = [f"  **{key.title()}**:\u200b\n" for key in sorted(MASTER_KEYS)]
SYMBOLS = ["...", "!?", "---", "```", "\u2026", "<>", "| |", "\u3002", "** **", "\u202e:", "\U000e0041."]
QUESTION = "What does the refund cost?"
ECHOES = [
    QUESTION,
    QUESTION.upper(),
    f'"{QUESTION}"',
    "what does\nthe  refund cost",
    "What does the re\u200bfund cost?",
]


@pytest.mark.parametrize("negate", [False, True])
@pytest.mark.parametrize("output", [*PAPER, *DRESSED, *SYMBOLS, *ECHOES])
def test_judge__master_key_symbol_or_echo__fails_without_a_call(output: str, negate: bool) -> None:
    grader = build(spec_of("judge", {"rubric": "It is right."}, negate=negate), TOOLBOX)
    step = grader.step(subject_of(output, question=QUESTION), ())
    assert isinstance(step, Grade)
    assert (step.passed, step.score, step.judged) == (False, 0.0, True)


@pytest.mark.parametrize(
    "output", ["No.", "42", "\U0001f44d", "Solution: 42", "Let's solve it. It is 3.", "是", "x"]
)
def test_judge__short_but_an_answer__is_judged(output: str) -> None:
    step = build(spec_of("judge", {"rubric": "It is right."}), TOOLBOX).step(subject_of(output), ())
    assert isinstance(step, Asks)


@pytest.mark.parametrize("output", ["Solution", QUESTION])
def test_judge__output_that_equals_the_reference__is_judged(output: str) -> None:
    grader = build(spec_of("judge", {"rubric": "It is right.", "reference": output}), TOOLBOX)
    assert isinstance(grader.step(subject_of(output, question=QUESTION), ()), Asks)
