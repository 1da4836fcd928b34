"""R20: whatever the unknown draws were, a verdict given without them is the verdict given with them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations_with_replacement, product
from random import Random

import pytest
from decision_play import Play, flat, replay

from mergefloor.core.evidence import CaseEvidence, MetricEvidence, Pair, Value
from mergefloor.core.settings import Policy

POLICY = Policy(margin=1.0, score_margin=1.0, max_unresolved=1.0)
SURE = {"pass", "block"}
Latent = tuple[Value, Value, Value, Value]  # history, first head, fresh base, fresh head; None = unknown


def verdict(metric: MetricEvidence, fresh: dict[str, tuple[Value, Value]]) -> str:
    def draw(_: str, case: CaseEvidence, arm: str, index: int) -> Value:
        return fresh[case.case][arm == "head"]

    return Play(power=lambda *_: None).run([metric], draw, POLICY)[0].verdict


def simple(latents: tuple[Latent, ...], draws: int, floor: float | None) -> str:
    cases = [
        CaseEvidence(case=f"c{i}", history=(history,) * draws, head=(head,))
        for i, (history, head, _, _) in enumerate(latents)
    ]
    fresh = {f"c{i}": (base, head) for i, (_, _, base, head) in enumerate(latents)}
    return verdict(Play.metric(cases, floor=floor), fresh)


def completions(latents: tuple[Latent, ...]) -> Iterator[tuple[Latent, ...]]:
    flatly = [value for latent in latents for value in latent]
    for values in product(*[(0.0, 1.0) if value is None else (value,) for value in flatly]):
        rows = [tuple(values[i : i + 4]) for i in range(0, len(values), 4)]
        yield tuple(rows)  # type: ignore[arg-type]


@pytest.mark.parametrize(("draws", "floor"), [(3, None), (1, 0.9), (3, 0.6)])
def test_unknown_draws__every_world_of_two_cases__no_verdict_that_a_world_contradicts(
    draws: int, floor: float | None
) -> None:
    whole = {
        latents: simple(latents, draws, floor)
        for latents in product(list(product((0.0, 1.0), repeat=4)), repeat=2)
    }
    options: tuple[Value, ...] = (0.0, 1.0, None)
    seen = set()
    for latents in combinations_with_replacement(list(product(options, repeat=4)), 2):
        got = simple(latents, draws, floor)
        seen.add(got)
        if got in SURE:
            assert {whole[world] for world in completions(latents)} == {got}, latents  # type: ignore[index]
    assert {"pass", "block", "error"} <= seen


@pytest.mark.parametrize("n", [1, 2, 3, 4])
@pytest.mark.parametrize("floor", [0.3, 0.5, 0.75, 0.9])
def test_unknown_draws__every_world_of_up_to_four_cases_against_a_floor__no_contradiction(
    n: int, floor: float
) -> None:
    def verdict_of(heads: tuple[Value, ...]) -> str:
        cases = [CaseEvidence(case=f"c{i}", head=(head,)) for i, head in enumerate(heads)]
        return Play().run([Play.metric(cases, floor=floor)], replay, POLICY)[0].verdict

    for heads in product((0.0, 1.0, None), repeat=n):
        got = verdict_of(heads)
        worlds = product(*[(0.0, 1.0) if value is None else (value,) for value in heads])
        possible = {verdict_of(world) for world in worlds}
        assert got == "error" or possible == {got}, heads
        assert got != "error" or None in heads


def scattered(random: Random, kind: str) -> tuple[MetricEvidence, dict[str, list[Pair]]]:
    def value() -> float:
        return float(random.random() < 0.5) if kind == "binary" else random.choice((0.0, 0.3, 0.6, 1.0))

    cases, fresh = [], {}
    lean = random.random()
    for i in range(random.randint(2, 5 if kind == "binary" else 8)):
        broken = random.random() < lean
        same = value()
        name = f"c{i}"
        before = 1.0 if broken else same
        after = 0.0 if broken else same
        cases.append(
            CaseEvidence(
                case=name,
                history=tuple(
                    before if random.random() < 0.8 else value() for _ in range(random.randint(1, 4))
                ),
                head=tuple(after if random.random() < 0.8 else value() for _ in range(3)),
                cluster=random.choice((None, None, "k")),
                critical=random.random() < 0.1,
                identical=random.random() < 0.1,
            )
        )
        fresh[name] = [
            Pair(
                base=before if random.random() < 0.8 else value(),
                head=after if random.random() < 0.8 else value(),
            )
            for _ in range(7)
        ]
    floor = random.choice((None, 0.5, 0.9))
    return Play.metric(cases, kind=kind, floor=floor), fresh


def hidden(
    random: Random, metric: MetricEvidence, fresh: dict[str, list[Pair]]
) -> tuple[MetricEvidence, dict[str, list[Pair]]]:
    """The same truth with some draws unknown."""

    def hide(value: Value, chance: float) -> Value:
        return None if random.random() < chance else value

    chance = random.choice((0.05, 0.15, 0.3))
    cases = [
        CaseEvidence(
            case=case.case,
            history=tuple(hide(v, chance) for v in case.history),
            head=tuple(hide(v, chance) for v in case.head),
            cluster=case.cluster,
            critical=case.critical,
            identical=case.identical,
        )
        for case in metric.cases
    ]
    partly = {
        name: [Pair(base=hide(p.base, chance), head=hide(p.head, chance)) for p in pairs]
        for name, pairs in fresh.items()
    }
    return Play.metric(cases, kind=metric.kind, floor=metric.rule.floor), partly


def played(metric: MetricEvidence, fresh: dict[str, list[Pair]]) -> str:
    def draw(_: str, case: CaseEvidence, arm: str, index: int) -> Value:
        # look one: indices 10.., look two: 20..
        pair = fresh[case.case][index - 10 if index < 20 else index - 20 + 3]
        return pair.head if arm == "head" else pair.base

    return Play(power=lambda *_: None).run([metric], draw, POLICY)[0].verdict


@pytest.mark.parametrize("kind", ["binary", "score"])
def test_unknown_draws__random_sets_with_clusters_floors_and_critical_cases__no_contradiction(
    kind: str,
) -> None:
    seen: dict[str, int] = {}
    for seed in range(500):
        random = Random(f"{kind}{seed}")
        metric, fresh = scattered(random, kind)
        partly, some = hidden(random, metric, fresh)
        got = played(partly, some)
        seen[got] = seen.get(got, 0) + 1
        if got in SURE:
            assert played(metric, fresh) == got, seed
    assert seen["pass"] > 10
    assert seen["block"] > 10
    assert seen["error"] > 10


def floored(passing: int, failing: int, unresolved: int) -> MetricEvidence:
    """A golden set without a base: 200 cases of which some stay unknown."""
    cases = [CaseEvidence(case=f"p{i}", head=(1.0,)) for i in range(passing)]
    cases += [CaseEvidence(case=f"f{i}", head=(0.0,)) for i in range(failing)]
    cases += [CaseEvidence(case=f"u{i}", head=(None,)) for i in range(unresolved)]
    return Play.metric(cases, floor=0.9)


@pytest.mark.parametrize(
    ("passing", "failing", "expected"), [(190, 7, "pass"), (170, 27, "block"), (179, 18, "error")]
)
def test_unknown_draws__three_of_200_against_a_floor__by_what_they_could_change(
    passing: int, failing: int, expected: str
) -> None:
    [decision] = Play().run([floored(passing, failing, 3)], replay)
    assert decision.verdict == expected
    assert decision.cases_unresolved == 3


@pytest.mark.parametrize(("unresolved", "expected"), [(4, "pass"), (5, "error")])
def test_unknown_draws__around_the_share_of_the_policy__pass_at_2_percent_of_200(
    unresolved: int, expected: str
) -> None:
    assert Play().run([floored(200 - unresolved, 0, unresolved)], replay)[0].verdict == expected


@pytest.mark.parametrize(("unresolved", "expected"), [(5, "pass"), (6, "error")])
def test_unknown_draws__around_five_cases__error_whatever_share_the_policy_allows(
    unresolved: int, expected: str
) -> None:
    policy = Policy(max_unresolved=1.0)
    assert Play().run([floored(400 - unresolved, 0, unresolved)], replay, policy)[0].verdict == expected


def test_unknown_draws__of_one_critical_case__never_pass() -> None:
    cases = [*flat(199, draws=5), CaseEvidence(case="vital", history=(1.0,) * 5, head=(None,), critical=True)]
    [decision] = Play().run([Play.metric(cases)], replay)
    assert decision.verdict == "error"


def test_unknown_draws__of_the_whole_head__error_without_a_single_further_draw() -> None:
    cases = [CaseEvidence(case=f"c{i}", history=(1.0,) * 5, head=(None,)) for i in range(50)]
    play = Play()
    [decision] = play.run([Play.metric(cases, floor=0.5)], replay)
    assert decision.verdict == "error"
    assert decision.head is None
    assert play.draws == 0
    assert "none of the 50 cases could be evaluated" in decision.reasons


def test_unknown_draws__beyond_the_limit_but_a_plain_regression__still_blocks() -> None:
    cases = [
        *flat(150, 40, draws=5),
        *(CaseEvidence(case=f"u{i}", history=(1.0,) * 5, head=(None,)) for i in range(10)),
    ]
    assert Play().run([Play.metric(cases)], replay)[0].verdict == "block"


def test_unknown_draws__only_the_interval_depends_on_them__error_where_inconclusive_blocks() -> None:
    cases = [*flat(56, draws=5), CaseEvidence(case="u", history=(1.0,) * 5, head=(None,))]
    policy = Policy(max_unresolved=0.1, margin=0.04)
    assert Play().run([Play.metric(cases)], replay, policy)[0].verdict == "inconclusive"
    strict = Policy(max_unresolved=0.1, margin=0.04, on_inconclusive="block")
    assert Play().run([Play.metric(cases)], replay, strict)[0].verdict == "error"


def test_unknown_draws__base_missing_for_one_case_only__unresolved_not_dropped() -> None:
    cases = [*flat(99, draws=5), CaseEvidence(case="u", head=(1.0,))]
    [decision] = Play().run([Play.metric(cases)], lambda *_: 1.0)
    assert decision.cases_unresolved == 1


def test_unknown_draws__overflow_on_a_tenth_of_head__outcomes_that_block() -> None:
    # T37: an overflow is a fail, not a gap
    assert Play().run([Play.metric(flat(180, 20, draws=5))], replay)[0].verdict == "block"
