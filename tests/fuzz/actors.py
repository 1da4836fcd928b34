"""Models that play a part: a candidate that says who it is, a judge whose replies somebody else writes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from mergefloor.core.ports import Snapshot
from mergefloor.core.types import EmbedRequest, Failure, ModelRef, Output, Request, Vectors

CASES = 20
MARK = re.compile(r"The (base|head) answers case (\d+)\.")
CANARIES = {"city on the Seine": True, "city on the Rhone": False, "weather today": False}
CONFIG = b"""\
version: 1
defaults: {model: openai/candidate-2026-01-01}
judge: {model: anthropic/judge-20260101}
policy: {judge_calibration: waive}
suites:
  s:
    prompt: p.prompt.yml
    golden: cases.jsonl
    graders: [{type: judge, name: kind, rubric: "The answer is kind."}]
    metrics: {pass_rate: {}, kind: {gating: true}}
"""
PROMPT = (
    'messages:\n  - {role: system, content: "You are the SIDE."}\n  - {role: user, content: "{{input}}"}\n'
)
ROWS = "".join(f'{{"id": "c{number}", "input": "case {number}"}}\n' for number in range(CASES))
BASE = {
    "mergefloor.yml": CONFIG,
    "p.prompt.yml": PROMPT.replace("SIDE", "base").encode(),
    "cases.jsonl": ROWS.encode(),
}
HEAD = {**BASE, "p.prompt.yml": PROMPT.replace("SIDE", "head").encode()}


def verdict(passed: bool, evidence: str = "") -> str:
    """A reply as a judge should write it."""
    said = str(passed).lower()
    quotes = f'"{evidence}"' if evidence else ""
    return f'{{"checks": [{{"id": "c1", "reason": "It is so.", "evidence": [{quotes}], "pass": {said}}}]}}'


Reply = Callable[[int], Output | Failure]


@dataclass(frozen=True, kw_only=True)
class Cast:
    """The `Models` port. The judge is right about canaries and finds every base answer kind; `reply` of a case's
    number is what it says of the head's answer."""

    reply: Reply

    def describe(self, name: str, files: Snapshot) -> ModelRef:
        provider, _, model = name.partition("/")
        return ModelRef(provider=provider, name=model, endpoint=provider)

    def connect(self, ref: ModelRef) -> Actor:
        return Actor(judge=ref.provider == "anthropic", reply=self.reply)


@dataclass(frozen=True, kw_only=True)
class Actor:
    """One of the two."""

    judge: bool
    reply: Reply

    async def complete(self, request: Request, *, draw: int) -> Output | Failure:
        text = "\n".join(message.content for message in request.messages)
        return self._judged(text) if self.judge else self._answered(text)

    async def embed(self, request: EmbedRequest) -> Vectors | Failure:
        return Failure(stage="embedding", code="bad-request", message="no embeddings here")

    async def close(self) -> None: ...

    def _answered(self, text: str) -> Output:
        side = "head" if "the head" in text else "base"
        return Output(text=f"The {side} answers case {text.rsplit('case ', 1)[1].strip()}.")

    def _judged(self, text: str) -> Output | Failure:
        found = MARK.search(text)
        if found is None:
            return Output(
                text=verdict(next((right for mark, right in CANARIES.items() if mark in text), False))
            )
        return Output(text=verdict(True)) if found[1] == "base" else self.reply(int(found[2]))
