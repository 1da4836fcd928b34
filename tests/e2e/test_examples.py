"""The examples of targets from the command line: gated, blocked, and told as they were measured without the product."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mergefloor.repo.example import build_example

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str


def mergefloor(folder: Path, home: Path, *argv: str) -> Ran:
    """The program in a process of its own, without any key."""
    done = subprocess.run(
        [sys.executable, "-m", "mergefloor", *argv],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module", params=["rag-bm25", "agent-tools"])
def gated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The report of one example, with its name and the folder of its repository."""
    folder, home = tmp_path_factory.mktemp("repo"), tmp_path_factory.mktemp("home")
    build_example(EXAMPLES / request.param, folder, {"PATH": os.environ["PATH"]})
    ran = mergefloor(
        folder, home, "gate", "--base", "main", "--head", "change", "--json", str(home / "r.json")
    )
    assert ran.code == 1, ran.err
    return {
        "name": request.param,
        "folder": folder,
        "report": json.loads((home / "r.json").read_text("utf-8")),
    }


def table(folder: Path) -> dict[str, tuple[str, str]]:
    """The figures of the example's README: what, before and after."""
    text = (folder / "README.md").read_text("utf-8")
    found = re.findall(r"^\| ([^|]*?) \| ([^|]*?) \| ([^|]*?) \|$", text, re.M)
    return {what: (before, after) for what, before, after in found}


def test_example__gated__blocks_without_any_call_to_a_model(gated: dict[str, Any]) -> None:
    report = gated["report"]
    assert report["verdict"] == "block"
    assert (report["cost"]["usd"], report["cost"]["input_tokens"], report["cost"]["output_tokens"]) == (
        0,
        0,
        0,
    )
    (suite,) = report["suites"]
    assert (suite["verdict"], suite["cases_unresolved"], suite["fixed"]) == ("block", 0, [])


def test_example__report__has_the_figures_of_the_readme(gated: dict[str, Any]) -> None:
    (suite,) = gated["report"]["suites"]
    metrics = {metric["name"]: (metric["base"], metric["head"]) for metric in suite["metrics"]}
    told = table(gated["folder"])
    if gated["name"] == "rag-bm25":
        for name, start in (
            ("recall@5", "recall@5"),
            ("ndcg@10", "nDCG@10"),
            ("mrr", "mean reciprocal rank"),
        ):
            (figures,) = (figures for what, figures in told.items() if what.startswith(start))
            assert tuple(f"{value:.3f}" for value in metrics[name]) == figures
        (missed,) = (figures for what, figures in told.items() if what.startswith("questions with no"))
        assert len(suite["broken"]) == int(missed[1]) - int(missed[0])
    else:
        (right,) = (figures for what, figures in told.items() if what.startswith("messages with the right"))
        count = suite["cases_total"]
        assert tuple(f"{round(value * count)} of {count}" for value in metrics["pass_rate"]) == right
        assert len(suite["broken"]) == round((metrics["pass_rate"][0] - metrics["pass_rate"][1]) * count)


@pytest.mark.parametrize(
    ("example", "says"),
    [
        (
            "rag-bm25",
            [
                "**Do not merge: `help-search` got worse.** 15 of 84 golden cases",
                "Lost documents: `plans/cancel-plan` 2 → 8",
                "Lost documents: `riding/where-to-ride` 1 → not in the first 10",
            ],
        ),
        (
            "agent-tools",
            [
                "**Do not merge: `order-desk` got worse.** 20 of 65 golden cases",
                "<code>refund-stranger</code> · critical",
                "63.90 euros for T-4104 go back",
            ],
        ),
    ],
)
def test_demo__of_an_example__prints_the_comment_and_succeeds(
    tmp_path: Path, example: str, says: list[str]
) -> None:
    ran = mergefloor(tmp_path, tmp_path, "demo", "--example", example)
    assert ran.code == 0, ran.err
    assert [line for line in says if line not in ran.out] == []
    assert "(answers are scripted)" not in ran.out
    assert "it would have ended with exit code 1" in ran.out
