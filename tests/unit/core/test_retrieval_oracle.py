"""The measures against trec_eval itself (through pytrec_eval): equal to 1e-12 on 1,000 random rankings."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

import pytest
import pytrec_eval

from mergefloor.core.retrieval import MEASURES, Metric

RANKINGS = 1_000
EXACT = 1e-12
DEPTHS = (1, 2, 3, 5, 10, 20, 100)
CUT: dict[Metric, str] = {
    "hit_rate": "success",
    "recall": "recall",
    "precision": "P",
    "ndcg": "ndcg_cut",
    "map": "map_cut",
}
WHOLE: dict[Metric, str] = {"mrr": "recip_rank", "ndcg": "ndcg", "map": "map"}
IDS = [f"doc-{number:03d}" for number in range(60)]


def drawn(random: Random) -> tuple[dict[str, int], dict[str, float]]:
    """Labels from 0 to 4 with at least one above 0, and scores of which many are equal."""
    labels = {name: random.randint(0, 4) for name in random.sample(IDS, random.randint(1, 12))}
    labels[random.choice(sorted(labels))] = random.randint(1, 4)
    levels = random.choice((1, 2, 4, 1_000))
    scores = {name: random.randint(1, levels) / 8 for name in random.sample(IDS, random.randint(1, len(IDS)))}
    return labels, scores


def ranking(scores: Mapping[str, float]) -> list[str]:
    """The order of trec_eval: best score first; of equal scores the last id first."""
    return sorted(scores, key=lambda name: (scores[name], name), reverse=True)


def questions() -> list[tuple[dict[str, int], dict[str, float]]]:
    random = Random(20_261_121)
    return [drawn(random) for _ in range(RANKINGS)]


QUESTIONS = questions()


def judged(measures: set[str], depth: int | None = None) -> dict[str, Any]:
    """What the oracle says of every question; `depth`: of its first so many documents alone."""
    labels = {f"q{number}": labels for number, (labels, _) in enumerate(QUESTIONS)}
    run = {
        f"q{number}": {name: scores[name] for name in ranking(scores)[:depth]}
        for number, (_, scores) in enumerate(QUESTIONS)
    }
    found: dict[str, Any] = pytrec_eval.RelevanceEvaluator(labels, measures).evaluate(run)
    assert len(found) == RANKINGS
    return found


def test_questions__have_ties_grades_and_rankings_without_a_hit() -> None:
    assert sum(len(set(scores.values())) < len(scores) for _, scores in QUESTIONS) > RANKINGS / 2
    assert sum(len(set(labels.values())) > 1 for labels, _ in QUESTIONS) > RANKINGS / 2
    assert any(not {n for n, g in labels.items() if g} & scores.keys() for labels, scores in QUESTIONS)


@pytest.mark.parametrize("metric", CUT)
def test_measure__cut_at_k__equals_trec_eval(metric: Metric) -> None:
    found = judged({f"{CUT[metric]}.{','.join(map(str, DEPTHS))}"})
    for number, (labels, scores) in enumerate(QUESTIONS):
        for depth in DEPTHS:
            ours = MEASURES[metric](ranking(scores), labels, depth)
            assert ours == pytest.approx(found[f"q{number}"][f"{CUT[metric]}_{depth}"], abs=EXACT, rel=0)


@pytest.mark.parametrize("metric", WHOLE)
def test_measure__of_the_whole_ranking__equals_trec_eval(metric: Metric) -> None:
    found = judged({WHOLE[metric]})
    for number, (labels, scores) in enumerate(QUESTIONS):
        ours = MEASURES[metric](ranking(scores), labels, None)
        assert ours == pytest.approx(found[f"q{number}"][WHOLE[metric]], abs=EXACT, rel=0)


@pytest.mark.parametrize("depth", DEPTHS)
def test_reciprocal_rank__cut_at_k__is_that_of_the_first_k(depth: int) -> None:
    found = judged({"recip_rank"}, depth)
    for number, (labels, scores) in enumerate(QUESTIONS):
        ours = MEASURES["mrr"](ranking(scores), labels, depth)
        assert ours == pytest.approx(found[f"q{number}"]["recip_rank"], abs=EXACT, rel=0)
