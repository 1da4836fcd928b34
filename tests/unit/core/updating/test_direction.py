"""Which way a suite moved, and what becomes of its pin."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mergefloor.core.evidence import MetricDecision, Verdict
from mergefloor.core.settings import MetricRule, Policy
from mergefloor.core.updating.direction import Direction, Ending, direction, ending
from mergefloor.core.updating.found import Update, exit_code

POLICY = Policy()


def decided(
    verdict: Verdict = "pass", interval: tuple[float, float] | None = (-0.01, 0.01), *, gating: bool = True
) -> MetricDecision:
    return MetricDecision(
        suite="s",
        rule=MetricRule(name="pass_rate", gating=gating),
        kind="binary",
        verdict=verdict,
        reasons=(),
        base=0.9,
        head=0.9,
        delta=0.0,
        interval=interval,
        p_value=None,
        looks=(),
        smallest_drop=None,
        cases_total=10,
        cases_unresolved=0,
    )


SCORE = replace(decided(interval=(-0.04, 0.0)), kind="score")


@pytest.mark.parametrize(
    ("forward", "reverse", "wanted"),
    [
        ((decided("block"),), (decided("block"),), "worse"),
        ((decided("error"), decided("block")), (), "worse"),
        ((decided("error"),), (decided("block"),), "unknown"),
        ((), (), "unclear"),
        ((decided(gating=False),), (), "unclear"),
        ((replace(decided(), head_only=True),), (), "unclear"),
        ((decided(),), (decided("block"),), "better"),
        ((decided(),), (decided("block", gating=False),), "same"),
        ((decided(interval=(-0.04, 0.06)),), (decided(),), "unclear"),
        ((decided("inconclusive", (-0.06, 0.01)),), (decided(),), "unclear"),
        ((decided(interval=None),), (), "unclear"),
        ((decided(), SCORE), (), "unclear"),
        ((replace(decided(interval=None), case_class="safety"),), (), "same"),
        ((replace(decided("inconclusive"), case_class="safety"),), (), "unclear"),
        ((decided(), replace(SCORE, interval=(-0.02, 0.02))), (), "same"),
    ],
)
def test_direction__of_both_decisions__is(
    forward: tuple[MetricDecision, ...], reverse: tuple[MetricDecision, ...], wanted: Direction
) -> None:
    assert direction(forward, reverse, POLICY) == wanted


@pytest.mark.parametrize(
    ("verdict", "doubt", "wanted"),
    [
        ("pass", "block", "accepted"),
        ("inconclusive", "pass", "accepted"),
        ("inconclusive", "block", "refused"),
        ("block", "pass", "refused"),
        ("error", "pass", "undecided"),
    ],
)
def test_ending__of_a_verdict__is_what_the_policy_says_of_doubt(
    verdict: Verdict, doubt: str, wanted: Ending
) -> None:
    policy = Policy(on_inconclusive="pass" if doubt == "pass" else "block")
    assert ending(verdict, policy) == wanted


def test_exit_code__a_refusal_outranks_a_gap() -> None:
    assert exit_code(()) == 0
    assert exit_code(("accepted", "accepted")) == 0
    assert exit_code(("accepted", "undecided")) == 2
    assert exit_code(("undecided", "refused")) == 1


def test_update__of_an_embedding_model__is_undecided() -> None:
    assert Update(old="a/b", new="a/c", ref="main", sha="0").exit_code == 0
    assert Update(old="a/b", new="a/c", ref="main", sha="0", embedding=True).exit_code == 2
