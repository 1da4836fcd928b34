"""How often does the gate block on small golden sets? Real GPT-4 answers, both directions of one real prompt edit.

    python bench/llmbar/subsamples.py RECORDINGS [--samples 50] [--cases 50] [--seed 1]

RECORDINGS: a folder with prompts/, golden/ and recorded/ of LLMBar (Zeng et al. 2023) in JSON Lines. For every subset it draws
random subsets of the cases and decides with the shipped rule on a first run (no history), once for "the rules of the
prompt are deleted" and once for "they come back". The recordings were made at temperature 0, so fresh pairs repeat
the first draw. No HTTP here: `tests/e2e/test_llmbar.py` takes the whole way through the SDK.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from tabulate import tabulate

from mergefloor.core.decision.decide import decide
from mergefloor.core.evidence import CaseEvidence, Decided, MetricEvidence, Pair, Verdict, Want
from mergefloor.core.settings import PASS_RATE, MetricRule, Policy

SUBSETS = ("natural", "neighbor", "gptinst", "gptout", "manual")
RULES, NO_RULES = "GPT-4.Vanilla", "GPT-4.Vanilla_NoRules"
Outcomes = Mapping[str, tuple[bool, ...]]


def main() -> None:
    """Print how often each direction ends in which verdict."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("recordings", type=Path)
    parser.add_argument("--samples", type=int, default=50)
    parser.add_argument("--cases", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    before, after = outcomes(args.recordings, RULES), outcomes(args.recordings, NO_RULES)
    rng = random.Random(args.seed)
    rows = []
    for name in SUBSETS:
        size = min(args.cases, len(before[name]))
        picks = [rng.sample(range(len(before[name])), size) for _ in range(args.samples)]
        for label, base, head in (("deleted", before, after), ("come back", after, before)):
            found = Counter(verdict([base[name][i] for i in p], [head[name][i] for i in p]) for p in picks)
            rows.append([name, size, label, *(found[v] for v in ("block", "inconclusive", "pass", "error"))])
    print(tabulate(rows, ["subset", "cases", "rules are", "block", "inconclusive", "pass", "error"]))


def outcomes(root: Path, recording: str) -> Outcomes:
    """Per subset, whether the recorded answer is the one that people chose, case by case."""
    labels = {
        name: [json.loads(line)["label"] for line in _lines(root / "golden" / f"{name}.jsonl")]
        for name in SUBSETS
    }
    found: dict[str, dict[int, bool]] = {name: {} for name in SUBSETS}
    for line in _lines(root / "recorded" / f"{recording}.jsonl"):
        row = json.loads(line)
        if not row["swap"]:
            said = re.findall(r"Output \(([ab])\)", row["completion"])
            expected = "ab"[labels[row["subset"]][row["index"]] - 1]
            found[row["subset"]][row["index"]] = bool(said) and said[-1] == expected
    return {name: tuple(found[name][i] for i in range(len(labels[name]))) for name in SUBSETS}


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def verdict(base: Sequence[bool], head: Sequence[bool]) -> Verdict:
    """The shipped rule's verdict when every draw repeats the first."""
    drawn: dict[tuple[str, str], int] = {}
    while True:
        cases = tuple(
            _case(i, float(b), float(h), drawn) for i, (b, h) in enumerate(zip(base, head, strict=True))
        )
        rule = MetricRule(name=PASS_RATE)
        step = decide([MetricEvidence(suite="s", rule=rule, kind="binary", cases=cases)], Policy())
        if isinstance(step, Decided):
            return step.metrics[0].verdict
        drawn.update(_counts(step.wants))


def _counts(wants: Sequence[Want]) -> dict[tuple[str, str], int]:
    return {(want.case, want.look): want.count for want in wants}


def _case(index: int, base: float, head: float, drawn: Mapping[tuple[str, str], int]) -> CaseEvidence:
    name = f"{index:04d}"
    pair = Pair(base=base, head=head)
    return CaseEvidence(
        case=name,
        history=(base,),
        head=(head,),
        one=(pair,) * drawn.get((name, "one"), 0),
        two=(pair,) * drawn.get((name, "two"), 0),
    )


if __name__ == "__main__":
    main()
