"""`mergefloor queries` from a shell, on a log that git does not know; and an index that a real target tells of."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from tests.e2e.test_local_similarity import NAME, absent

LOG = "logs/queries.jsonl"
OLD = [
    "How do I return {}?",
    "I want my money back for {}",
    "When will {} arrive?",
    "Where is the parcel with {}?",
    "Can I exchange {} for another size?",
]
NEW = [
    "The battery of {} is swollen and hot",
    "{} does not charge any more",
    "Is the charger of {} dangerous?",
    "My {} caught fire while charging",
]
THINGS = ["boots", "a lamp", "the blue hat", "a phone", "my jacket", "two shirts", "the tent", "a bicycle"]


def asked(seed: int, day: int, *templates: str, count: int = 60) -> list[str]:
    random = Random(seed)
    return [
        json.dumps(
            {
                "at": f"2026-11-{day + n // 10:02}T08:{n % 10:02}:00Z",
                "text": random.choice(templates).format(random.choice(THINGS))
                + f" (order {random.randint(1000, 9999)})",
            }
        )
        for n in range(count)
    ]


def shop(embedder: str) -> dict[str, str | None]:
    cases = "".join(
        f"- {{id: q{i}, input: '{each.format('boots')}', must_contain: [x]}}\n" for i, each in enumerate(OLD)
    )
    return {
        "mergefloor.yml": (
            f"version: 1\ndefaults: {{model: scripted/a.yaml, embedding_model: {embedder}}}\n"
            "suites:\n  shop: {prompt: p.md, golden: g.yaml, queries: {file: 'logs/*.jsonl', window: 60}}\n"
        ),
        "a.yaml": "default: x\n",
        "p.md": "Be kind.\n",
        "g.yaml": cases,
        ".gitignore": "logs/\n",
    }


def queries(repo: Any, run: Any, log: list[str]) -> str:
    (repo.path / "logs").mkdir(exist_ok=True)
    (repo.path / LOG).write_text("\n".join(log) + "\n", encoding="utf-8")
    run.run("queries", "--cache", str(run.home / "cache"))
    return " ".join(run.out.split())


def embedders() -> list[Any]:
    missing = absent()
    skipped = pytest.mark.skipif(bool(missing), reason=f"the extra `local` is not installed: no {missing}")
    return ["scripted/a.yaml", pytest.param(f"local/{NAME}", marks=skipped)]


@pytest.mark.parametrize("embedder", embedders())
def test_queries__of_an_ignored_log__are_compared_and_nothing_is_written_down(
    repo: Any, gate: Callable[..., Any], embedder: str
) -> None:
    run = gate()
    repo.commit(shop(embedder))
    calm = queries(repo, run, asked(1, 1, *OLD) + asked(2, 7, *OLD))
    assert (run.code, "show no difference" in calm) == (0, True), calm + run.err
    drift = queries(repo, run, asked(1, 1, *OLD) + asked(3, 7, *OLD[:2], *NEW))
    assert (
        run.code,
        "queries of 2026-11-01 to 2026-11-06 differ from 2026-11-07 to 2026-11-12" in drift,
    ) == (0, True)
    assert f"`{LOG}:" in drift and "golden set:" in drift and "charge" not in drift
    assert repo.git("status", "--short") == ""


def test_queries__of_a_broken_log__exit_3_with_its_line_and_without_its_words(
    repo: Any, gate: Callable[..., Any]
) -> None:
    run = gate()
    repo.commit(shop("scripted/a.yaml"))
    queries(repo, run, ['{"at": 1, "text": "fine"}', "call me on 0171-555"])
    assert run.code == 3 and f"{LOG}:2: the row cannot be read" in run.err
    assert "0171" not in run.out + run.err
    run.run("queries", "--suite", "shoe")
    assert run.code == 3 and "suites with one: shop" in run.err


SEARCH = """
INDEX = {{"built": "{built}", "embedding_model": "local/all-minilm-l6-v2"}}

def answer(input):
    number = input.split()[-1]
    return {{"documents": [f"doc-{{number}}"], "index": INDEX}}
"""


def search(built: str) -> dict[str, str | None]:
    cases = "".join(f"- {{id: q{i}, input: question {i}, relevant: [doc-{i}]}}\n" for i in range(8))
    return {
        "mergefloor.yml": (
            "version: 1\npolicy: {code_targets: allow}\nsuites:\n  search:\n"
            "    target: {python: 'src.search:answer', files: ['src/**']}\n    golden: g.yaml\n"
            "    graders: [{type: retrieval, metric: hit_rate, k: 1}]\n    index: {max_age_days: 30}\n"
        ),
        "g.yaml": cases,
        "src/search.py": SEARCH.format(built=built),
    }


def test_gate__a_target_that_tells_of_its_index__is_compared_and_its_age_noted(
    repo: Any, gate: Callable[..., Any]
) -> None:
    run = gate()
    base = repo.commit(search("2020-01-01"))
    report = run.gate(base, repo.commit(search("2020-02-01")))
    assert report["verdict"] in ("pass", "inconclusive") and run.code == 0, report
    (said,) = report["suites"][0]["not_comparable"]
    assert "built on `2020-02-01` at the head and `2020-01-01` at the base" in said
    assert any("`index.max_age_days` is 30: rebuild it" in note for note in report["notes"])
    assert "2020-02-01" in run.out
