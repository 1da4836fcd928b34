"""Valid repositories to ruin, one a format. Their change answers every question wrong, so no ruin may let it pass."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass

import yaml

QUESTIONS = [f"Question {number} about refunds?" for number in range(12)]
RIGHT, WRONG = "It takes 30 days.", "NONSENSE"
SCRIPT = f"""\
answers:
  - when: {{system: {WRONG}}}
    say: mumble
  - when: {{user: Question}}
    say: {RIGHT}
"""
CONFIG = """\
version: 1
defaults:
  model: scripted/answers.yaml
  params: {temperature: 0.2, max_tokens: 64}
policy: {alpha: 0.05, margin: 0.05, on_inconclusive: block, floating_models: warn, max_unresolved: 0.02, semver: off}
budget: {usd: 1.5, minutes: 5, concurrency: 4}
prices: {scripted/answers.yaml: {input: 1.0, output: 2.0}}
suites:
  refunds:
    prompt: PROMPT
    golden: GOLDEN
    watch: ["src/**"]
    graders:
      - {type: words, max: 50}
      - {type: regex, name: digits, pattern: "[0-9]+", gating: true}
    metrics:
      pass_rate: {floor: 0.85, max_drop: 0.02}
      digits: {floor: 0.5}
"""


@dataclass(frozen=True, kw_only=True)
class Seed:
    """A repository whose gate passes, and the same with a change that it must block. `files`: what may be ruined."""

    name: str
    prompt: str
    golden: str
    base: dict[str, bytes]

    @property
    def head(self) -> dict[str, bytes]:
        bad = self.base[self.prompt].replace(b"Be kind.", b"Talk NONSENSE.")
        return {**self.base, self.prompt: bad}


def _cases() -> list[dict[str, object]]:
    return [
        {
            "id": f"refund-{number}",
            "input": question,
            "must_contain": ["30 days"],
            "must_not_contain": ["mumble"],
            "tags": ["refunds"],
            "critical": number < 2,
            "cluster": f"c{number // 2}",
            "graders": [{"type": "contains", "values": ["days"], "name": "says-days"}],
        }
        for number, question in enumerate(QUESTIONS)
    ]


def _table() -> str:
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["id", "input", "must_contain", "critical"])
    rows.writerows([f"refund-{n}", q, '["30 days"]', "false"] for n, q in enumerate(QUESTIONS))
    return out.getvalue()


NATIVE = """\
version: 1.4.0
updated: "2026-10-02"
updated_by: ines
changelog: Kinder.
system: |
  Be kind. Say how long it takes.
examples:
  - {user: "How long?", ideal: "Two days."}
test_cases:
  - input: "Question 99 about refunds?"
    must_contain: ["30 days"]
"""
PROMPT_YML = """\
name: Refunds
description: Answers.
modelParameters: {temperature: 0.1, maxTokens: 64}
messages:
  - {role: system, content: "Be kind."}
  - {role: user, content: "{{input}}"}
testData:
  - {input: "Question 98 about refunds?", expected: "It takes 30 days.", id: embedded}
evaluators:
  - {name: has-days, string: {contains: "30 days"}}
"""
TEXT = "---\nversion: 1.0.0\nrole: system\n---\nBe kind. Say how long it takes.\n"


def _seed(name: str, prompt: str, text: str, golden: str, cases: str) -> Seed:
    config = CONFIG.replace("PROMPT", prompt).replace("GOLDEN", golden)
    files = {"mergefloor.yml": config, "answers.yaml": SCRIPT, prompt: text, golden: cases}
    return Seed(
        name=name, prompt=prompt, golden=golden, base={path: each.encode() for path, each in files.items()}
    )


SEEDS = (
    _seed(
        "native-yaml", "prompts/p.yaml", NATIVE, "evals/cases.yaml", yaml.safe_dump(_cases(), sort_keys=False)
    ),
    _seed(
        "prompt_yml-jsonl",
        "prompts/p.prompt.yml",
        PROMPT_YML,
        "evals/cases.jsonl",
        "".join(json.dumps(row) + "\n" for row in _cases()),
    ),
    _seed("text-csv", "prompts/p.md", TEXT, "evals/cases.csv", _table()),
)
