from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from core_builders import MODEL, cell, draw, planned

from mergefloor.core.evidence import Look, MetricDecision
from mergefloor.core.plan import PlannedCase, plain_job
from mergefloor.core.semver.measured import Evidence
from mergefloor.core.semver.outputs import draws, evidence, moved, output_tokens
from mergefloor.core.settings import MetricRule, Price
from mergefloor.core.types import ArmName, Cell, Finish, Grade, GraderSpec, Output, SampleId, Usage

PRICE = Price(input=1.0, output=1.0)
JSON = GraderSpec(kind="json", name="shape")


def said(
    case: PlannedCase, arm: ArmName, text: str, index: int = 0, *, finish: Finish = "stop", **more: Any
) -> Cell:
    """One plain draw; `tokens` and `valid` as asked."""
    usage = Usage(output_tokens=more.get("tokens", 0))
    grades = (Grade(grader="shape", passed=more["valid"], score=1.0),) if "valid" in more else ()
    return Cell(
        job=plain_job(case, arm, index), output=Output(text=text, finish=finish, usage=usage), grades=grades
    )


def run(cases: list[PlannedCase], cells: Iterable[Cell], **more: Any) -> Evidence:
    by_sample: dict[SampleId, Cell] = {each.job.sample: each for each in cells}
    return evidence(
        cases, by_sample, more.get("decisions", ()), more.get("price", lambda _: None), more.get("latency")
    )


def cases(count: int, **more: Any) -> list[PlannedCase]:
    return [planned(f"c{i}", **more) for i in range(count)]


def decision(**more: Any) -> MetricDecision:
    options: dict[str, Any] = {
        "suite": "s",
        "rule": MetricRule(name="pass_rate"),
        "kind": "binary",
        "verdict": "pass",
        "reasons": (),
        "base": 0.9,
        "head": 0.8,
        "delta": -0.1,
        "interval": (-0.2, 0.1),
        "p_value": None,
        "looks": (),
        "smallest_drop": None,
        "cases_total": 10,
        "cases_unresolved": 0,
        **more,
    }
    return MetricDecision(**options)


def test_evidence__head_output_unlike_every_base_output__is_changed() -> None:
    one, two, three = cases(3)
    found = run(
        [one, two, three],
        [
            *(said(one, "base", text, i) for i, text in enumerate("ab")),
            said(one, "head", "b"),
            *(said(two, "base", text, i) for i, text in enumerate("ab")),
            said(two, "head", "c"),
            said(three, "base", "a"),
            said(three, "head", "a "),
        ],
    )
    assert (found.n, found.changed, found.unresolved, found.noise) == (3, 2, 0, 1.0)


def test_evidence__same_text_that_ended_otherwise__is_changed() -> None:
    (one,) = cases(1)
    assert run([one], [said(one, "base", "a"), said(one, "head", "a", finish="length")]).changed == 1


def test_evidence__identical_requests__are_not_counted() -> None:
    one, same = planned("one"), planned("same", base="x", head="x")
    found = run([one, same], [draw(one, "base"), draw(one, "head"), draw(same, "base"), draw(same, "head")])
    assert found.n == 1


def test_evidence__missing_outputs__are_unresolved_on_either_side() -> None:
    one, two, three = cases(3)
    cells = [
        draw(one, "base", None),
        draw(one, "head"),
        draw(two, "base"),
        draw(two, "head", None),
        draw(three, "base"),
    ]
    found = run([one, two, three], cells)
    assert (found.n, found.unresolved, found.changed) == (3, 3, 0)


def test_evidence__base_outputs_that_differ_among_themselves__are_the_noise() -> None:
    one, two, three = cases(3)
    cells = [
        *(said(one, "base", text, i) for i, text in enumerate("aab")),
        *(said(two, "base", text, i) for i, text in enumerate("aaa")),
        said(three, "base", "a"),
        *(said(each, "head", "a") for each in (one, two, three)),
    ]
    assert run([one, two, three], cells).noise == pytest.approx((1 / 3 + 0) / 2)
    assert run([three], [said(three, "base", "a"), said(three, "head", "a")]).noise is None


def test_draws__of_later_looks_and_repeats__are_left_out() -> None:
    (one,) = cases(1)
    cells = {
        c.job.sample: c
        for c in [said(one, "head", "second", 1), said(one, "head", "first"), said(one, "base", "a")]
    }
    fresh = SampleId(suite="s", case="c0", arm="base", look="one", index=0)
    cells[fresh] = said(one, "base", "fresh")
    (found,) = draws([one], cells)
    assert found.head is not None
    assert isinstance(found.head.output, Output)
    assert found.head.output.text == "first"
    assert len(found.base) == 1


@pytest.mark.parametrize(
    ("more", "answer"),
    [
        ({}, False),
        ({"interval": (-0.2, -0.01)}, True),
        ({"interval": (0.01, 0.2)}, True),
        ({"interval": None}, False),
        ({"looks": (Look(name="one", cases=3, net=-3, p=0.01, alpha=0.02, convicts=True),)}, True),
        ({"looks": (Look(name="one", cases=3, net=-3, p=0.3, alpha=0.02, convicts=False),)}, False),
    ],
)
def test_moved__by_interval_or_conviction(more: dict[str, Any], answer: bool) -> None:
    assert moved(decision(**more)) is answer


def test_evidence__names_the_metrics_that_moved() -> None:
    (one,) = cases(1)
    found = run([one], [], decisions=[decision(), decision(interval=(-0.2, -0.01))])
    assert found.moved == ("`pass_rate` moved from 90 % to 80 %",)


@pytest.mark.parametrize(("lost", "told"), [(4, False), (5, True)])
def test_evidence__answers_that_no_longer_satisfy_their_schema__are_told_beyond_even_odds(
    lost: int, told: bool
) -> None:
    some = cases(20, graders=(JSON,))
    cells = [said(case, "base", "{}", valid=True) for case in some]
    cells += [said(case, "head", "{}", valid=i >= lost) for i, case in enumerate(some)]
    found = run(some, cells)
    assert bool(found.valid_drop) is told
    if told:
        assert found.valid_drop == "75.0 % of answers satisfy their JSON schema, 100.0 % before"
    assert not run(some, [cell(plain_job(c, arm, 0)) for c in some for arm in ("base", "head")]).valid_drop  # type: ignore[arg-type]


def test_evidence__refusals_that_became_more__are_told() -> None:
    some = cases(12)
    cells = [said(case, "base", "ok") for case in some]
    cells += [said(case, "head", "no", finish="refusal" if i < 6 else "stop") for i, case in enumerate(some)]
    assert run(some, cells).refusals_up == "50.0 % of answers are refused or filtered, 0.0 % before"
    back = [said(case, "head", "ok") for case in some]
    back += [said(case, "base", "no", finish="filtered" if i < 6 else "stop") for i, case in enumerate(some)]
    assert run(some, back).refusals_up == ""


def test_evidence__cost__is_the_heads_mean_over_the_bases_whoever_paid() -> None:
    one, two = cases(2)
    cells = [
        said(one, "base", "a", 0, tokens=100),
        said(one, "base", "a", 1, tokens=300),
        said(two, "base", "a", tokens=200),
        said(one, "head", "a", tokens=300),
        said(two, "head", "a", tokens=300),
    ]
    assert run([one, two], cells, price=lambda _: PRICE).cost == pytest.approx(1.5)
    assert run([one, two], cells).cost is None
    free = [said(one, "base", "a"), said(one, "head", "a")]
    assert run([one], free, price=lambda _: PRICE).cost is None


def test_evidence__price__is_asked_for_the_model_that_answered() -> None:
    (one,) = cases(1)
    asked: list[str] = []

    def price(name: str) -> Price:
        asked.append(name)
        return PRICE

    run([one], [said(one, "base", "a", tokens=1), said(one, "head", "a", tokens=1)], price=price)
    assert set(asked) == {str(MODEL)}


def test_evidence__latency__is_handed_on() -> None:
    (one,) = cases(1)
    assert run([one], [], latency=1.3).latency == 1.3


def test_output_tokens__are_those_of_the_base_that_were_counted() -> None:
    one, two = cases(2)
    cells = [
        said(one, "base", "a", tokens=7),
        said(two, "base", "a"),
        said(one, "head", "a", tokens=9),
        draw(two, "base", None),
    ]
    assert output_tokens(cells) == (7,)
