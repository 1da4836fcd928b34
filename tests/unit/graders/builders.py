from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from mergefloor.core.ports import Toolbox
from mergefloor.core.types import AnyGrade, Case, GraderSpec, Json, ModelRef, Output, Place, Subject

JUDGE = ModelRef(provider="openai", name="judge-2026-01-01", endpoint="https://judge.example/v1")
EMBEDDING = ModelRef(provider="openai", name="embed-1", endpoint="https://judge.example/v1")
TOOLBOX = Toolbox(judge=JUDGE, judge_params={"max_tokens": 900}, embedding=EMBEDDING, nonce_key=b"key")

Grading = Callable[..., AnyGrade]

# One usable spec a kind: the options that make it pass on "Paris is the capital."
ANSWER = "Paris is the capital."
OPTIONS: dict[str, Mapping[str, Json]] = {
    "equals": {"value": ANSWER},
    "contains": {"values": ["paris"]},
    "starts_with": {"value": "paris"},
    "ends_with": {"value": "capital."},
    "regex": {"pattern": r"^Paris\b"},
    "json": {"schema": {"type": "object"}, "whole": False},
    "words": {"min": 1, "max": 9},
    "chars": {"min": 1, "max": 90},
    "similarity": {"reference": ANSWER},
    "overlap": {"reference": ANSWER, "metric": "rouge_l"},
    "judge": {"rubric": "It names Paris."},
    "retrieval": {"metric": "recall", "k": 5, "relevant": ["doc-1"]},
    "tools": {"expected": ["search"]},
    "trajectory": {"max_tools": 3},
    "leak": {"secrets": ["PEBBLE4415"]},
    "refusal": {},
    "rag": {"metric": "faithfulness"},
    "pairwise": {"rubric": "It names Paris.", "reference": "Lyon is."},
}


def subject_of(
    output: str | Output,
    *,
    expected: str | None = None,
    question: str = "Why?",
    context: tuple[str, ...] = (),
) -> Subject:
    place = Place(path="evals/a.yaml", line=7)
    case = Case(id="refund", place=place, content_hash="0", expected=expected, context=context)
    said = output if isinstance(output, Output) else Output(text=output)
    return Subject(case=case, question=question, output=said)


def spec_of(kind: str, options: Mapping[str, Json] | None = None, *, negate: bool = False) -> GraderSpec:
    place = Place(path="mergefloor.yml", line=3)
    return GraderSpec(kind=kind, name=kind, options=options or {}, negate=negate, place=place)


def reply_of(*passes: bool, evidence: tuple[str, ...] = (), reason: str = "It does.") -> str:
    rows = [
        {"id": f"c{number}", "reason": reason, "evidence": list(evidence), "pass": each}
        for number, each in enumerate(passes, 1)
    ]
    return json.dumps({"checks": rows})
