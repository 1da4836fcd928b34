"""Stored verdicts asked for again: a forger with the key is found, a judge that wavers is not taken for one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import pytest
from tests.modes.test_record import CASES, JUDGED, NEW, OLD, Provider, Stage, stage, tree

from mergefloor.core.ports import Reply, Stored
from mergefloor.core.types import Ask, Failure, Message, ModelRef, Output, Request
from mergefloor.engine.answers import Inherited
from mergefloor.engine.caller import Order
from mergefloor.graders import decisions
from mergefloor.modes.audit import FIRST, WIDE, Audited, audit
from mergefloor.modes.world import Audit

HOME, AWAY = "refs/heads/main@" + "a" * 40, "pull/9@" + "b" * 40
MODEL = ModelRef(provider="anthropic", name="judge", endpoint="e")


def reply(passed: bool, reason: str = "r") -> str:
    return json.dumps({"checks": [{"id": "c1", "reason": reason, "evidence": [], "pass": passed}]})


def order(number: int) -> Order:
    request = Request(model=MODEL, messages=(Message(role="user", content=str(number)),))
    return Order(ask=Ask(kind="judge", request=request, parts={}, subject=""), arm="judge")


VERDICTS = 100
ORDERS = [order(number) for number in range(VERDICTS)]
SAID = {passed: Output(text=reply(passed)) for passed in (True, False)}


# --- the rule --------------------------------------------------------------------------------------------------


@dataclass
class Judge:
    """Each case passes with a probability of its own; `forged` verdicts were never given. Counts its calls."""

    rates: Sequence[float]
    rng: Random
    forged: frozenset[int] = frozenset()
    down: bool = False
    producer: str = AWAY
    calls: int = 0
    inherited: dict[str, Inherited] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number, rate in enumerate(self.rates):
            honest = self.rng.random() < rate
            # A forger turns what would be a fail into a pass.
            passed = True if number in self.forged else honest
            stored = Inherited(order=ORDERS[number], answer=SAID[passed], producer=self.producer)
            self.inherited[f"{number:064x}"] = stored

    def anew(self, orders: Sequence[Order]) -> tuple[Reply, ...]:
        self.calls += len(orders)
        if self.down:
            return tuple(Failure(stage="judge", code="timeout", message="slow") for _ in orders)
        return tuple(SAID[self.rng.random() < self._rate(order)] for order in orders)

    def _rate(self, order: Order) -> float:
        number = int(order.ask.request.messages[0].content)  # type: ignore[union-attr]
        return 0.0 if number in self.forged else self.rates[number]


def wavering(rng: Random, cases: int = VERDICTS) -> list[float]:
    """Seventeen cases of twenty are clear; of the others two calls disagree in 36 %: 5 % of all."""
    return [
        rng.uniform(0.1, 0.9) if rng.random() < 0.15 else float(rng.random() < 0.85) for _ in range(cases)
    ]


def examined(rng: Random, share: float, *, wavers: bool) -> tuple[Audited, int]:
    rates = wavering(rng) if wavers else [1.0] * VERDICTS
    forged = frozenset(rng.sample(range(VERDICTS), round(share * VERDICTS)))
    judge = Judge(rates=rates, rng=rng, forged=forged)
    return audit(judge, Audit(rng=rng, origin=HOME)), judge.calls  # type: ignore[arg-type]


@pytest.mark.parametrize("share", [0.02, 0.05, 0.1, 0.2, 0.5, 1.0])
@pytest.mark.parametrize("wavers", [False, True])
def test_audit__of_forged_verdicts__is_noticed_as_often_as_five_draws_can(share: float, wavers: bool) -> None:
    runs, rng = 400, Random(f"{share}{wavers}")
    told = [examined(rng, share, wavers=wavers)[0] for _ in range(runs)]
    noticed = sum(bool(each.differing) for each in told) / runs
    convicted = sum(each.convicts for each in told) / runs
    bar = 1 - (1 - share) ** FIRST
    assert noticed >= bar - 3 * (bar * (1 - bar) / runs) ** 0.5
    assert convicted >= {0.5: 0.93, 1.0: 0.999}.get(share, 0.0)


def test_audit__of_a_judge_that_wavers__convicts_nobody_in_99_runs_of_100() -> None:
    runs, rng = 2_000, Random(5)
    told = [examined(rng, 0.0, wavers=True) for _ in range(runs)]
    convicted = sum(each.convicts for each, _ in told) / runs
    noticed = sum(bool(each.differing) for each, _ in told) / runs
    assert convicted < 0.01
    assert noticed < 0.15


def test_audit__of_a_steady_judge__is_five_calls_and_silent_whatever_its_words() -> None:
    told, calls = examined(Random(1), 0.0, wavers=False)
    assert (told, calls) == (Audited(examined=FIRST), FIRST)


def test_audit__of_forgeries_throughout__looks_at_25_with_three_calls_each() -> None:
    told, calls = examined(Random(1), 1.0, wavers=False)
    assert (told.examined, len(told.differing), calls) == (WIDE, WIDE, 3 * WIDE)
    assert set(told.differing) == {AWAY}


@pytest.mark.parametrize(
    ("differing", "examined", "convicts"), [(1, 1, False), (2, 19, True), (2, 20, False), (3, 25, True)]
)
def test_audited__convicts__from_two_and_more_than_a_tenth(
    differing: int, examined: int, convicts: bool
) -> None:
    assert Audited(examined=examined, differing=("x",) * differing).convicts is convicts


def test_audit__while_the_judge_is_down__says_nothing() -> None:
    judge = Judge(rates=[1.0] * 50, rng=Random(1), forged=frozenset(range(50)), down=True)
    assert audit(judge, Audit(rng=Random(1), origin=HOME)) == Audited()  # type: ignore[arg-type]


def test_audit__of_its_own_workflow_and_commit__asks_nothing() -> None:
    judge = Judge(rates=[1.0] * 50, rng=Random(1), producer=HOME)
    assert (audit(judge, Audit(rng=Random(1), origin=HOME)), judge.calls) == (Audited(), 0)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "decided"),
    [
        (reply(True), (("c1", "True"),)),
        (reply(False, "other words"), (("c1", "False"),)),
        (
            '{"checks": [{"id": "c2", "choice": "B"}, {"id": "c1", "choice": "A"}]}',
            (("c1", "A"), ("c2", "B")),
        ),
        ('{"checks": []}', None),
        ('{"checks": [{"id": "c1"}]}', None),
        ('{"checks": ["pass"]}', None),
        ("pass", None),
        ("[]", None),
    ],
)
def test_decisions__of_a_reply__are_its_checks_and_not_its_words(text: str, decided: Any) -> None:
    assert decisions(text) == decided


# --- whole gates -----------------------------------------------------------------------------------------------


@dataclass(kw_only=True)
class Worse(Provider):
    """The change answers no where the base answers yes."""

    async def complete(self, request: Request, *, draw: int) -> Output | Failure:
        found = await super().complete(request, draw=draw)
        if request.messages[0].content == NEW and isinstance(found, Output):
            return replace(found, text=found.text.replace("yes", "no"))
        return found


def judged_stage(provider: Provider, origin: str = HOME) -> Stage:
    """Nothing but the judge decides; other machines may have written to the cache."""
    trees = [tree(text, cases=CASES, **JUDGED) for text in (OLD, NEW)]
    bare = "\n".join(json.dumps({"id": f"c{i}", "input": f"case {i}"}) for i in range(CASES)).encode()
    base, head = ({**files, "g.jsonl": bare} for files in trees)
    it = stage(provider, base=base, head=head)
    it.made = replace(it.made, audit=Audit(rng=Random(1), origin=origin))
    return it


def owned(it: Stage, producer: str, text: str | None = None) -> None:
    """Write a producer into every stored verdict, and what it says of a failing one."""
    rows: dict[str, Stored] = it.made.cache.rows  # type: ignore[attr-defined]
    for key, row in list(rows.items()):
        if "judge_prompt" in row.components and isinstance(row.answer, Output):
            forged = text is not None and '"pass": false' in row.answer.text
            answer = replace(row.answer, text=text) if forged and text is not None else row.answer
            rows[key] = replace(row, answer=answer, producer=producer)


def test_gate__of_forged_verdicts__blocks_all_the_same_and_names_who_wrote_them() -> None:
    it = judged_stage(Worse())
    assert it.gate().verdict == "block"
    owned(it, AWAY, reply(True))
    control = it.made
    it.made = replace(control, audit=None)
    fooled = it.gate()
    assert fooled.verdict != "block", "else the forgery proves nothing"
    it.made = control
    report = it.gate()
    assert report.verdict == "block"
    assert it.provider.counted["judge"] > CASES, "every stored verdict was asked for again"
    assert any(AWAY in line and "asked for again" in line for line in report.unseen)
    again = it.gate()
    assert (again.verdict, any("not confirmed" in line for line in again.unseen)) == ("block", False)


def test_gate__of_honest_verdicts_from_elsewhere__costs_five_calls_and_says_nothing() -> None:
    it = judged_stage(Worse())
    first = it.gate()
    owned(it, AWAY)
    report = it.gate()
    assert it.provider.counted == {"judge": FIRST}
    assert (report.verdict, report.unseen, report.suites[0].metrics) == (
        first.verdict,
        first.unseen,
        first.suites[0].metrics,
    )


def test_gate__again_of_the_same_commit__is_not_audited() -> None:
    it = judged_stage(Worse())
    it.gate()
    owned(it, HOME)
    it.gate()
    assert it.provider.asked == []
