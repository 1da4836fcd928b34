"""A tree in memory and the config of the documentation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from mergefloor.core.ports import TreeEntry

EXAMPLE = """\
version: 1
defaults:
  model: anthropic/claude-sonnet-4-6-20251015   # provider/model; a dated snapshot, never a floating alias
  params: {temperature: 0.2, max_tokens: 512}
judge:
  model: openai/gpt-5-mini-2025-08-07           # another family than the candidate
  calibration: evals/calibration.jsonl          # human labels
policy:                                         # read from the tip of the base branch, never from the PR
  alpha: 0.05            # one-sided, for the whole gate run
  margin: 0.05           # what counts as "no worse" (scores: 0.03)
  on_inconclusive: pass  # pass | block
  max_unresolved: 0.02   # share of cases that may stay unresolved
  semver: contract       # contract | behaviour | off
  floating_models: block # block | warn
budget: {usd: 5.00, minutes: 20}
prices: {}               # model -> {input, output, cached_input} USD per million tokens
suites:
  customer-support:
    prompt: prompts/customer_support.yaml
    golden: evals/customer_support/*.yaml
    watch: ["src/rag/**"]
    graders:
      - {type: judge, name: tone, rubric: "Warm, direct, no legalese."}
    metrics:
      pass_rate: {floor: 0.85, max_drop: 0.02}
      tone: {floor: 0.80, gating: true}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """Files of a commit."""

    texts: Mapping[str, bytes]
    sha: str = "0" * 40

    @property
    def files(self) -> Mapping[str, TreeEntry]:
        return {
            path: TreeEntry(mode="100644", blob="0" * 40, size=len(data)) for path, data in self.texts.items()
        }

    def read(self, path: str) -> bytes:
        return self.texts[path]


@pytest.fixture
def example() -> str:
    return EXAMPLE


@pytest.fixture
def tree():
    def make(files: Mapping[str, str]) -> Tree:
        return Tree(texts={path: text.encode() for path, text in files.items()})

    return make
