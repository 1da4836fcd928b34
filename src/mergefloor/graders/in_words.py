"""A judged check as a person reads it: what has to hold, and what the answer is compared with."""

from __future__ import annotations

from mergefloor.core.types import GraderSpec, Subject
from mergefloor.graders.judge.sheet import checks_of, choices_of
from mergefloor.graders.options import is_number, text
from mergefloor.graders.rag.scene import documents

MEASURES: dict[str, str] = {
    "faithfulness": "Everything that the answer claims follows from the documents.",
    "answer_relevancy": "The answer addresses the question, all of it and nothing else.",
    "context_precision": "The documents that help to the reference answer stand before those that do not.",
    "context_recall": "Everything in the reference answer can be found in the documents.",
}
COMPARED = ("context_precision", "context_recall")


def in_words(spec: GraderSpec) -> tuple[str, ...]:
    """What has to hold of the output, a text a condition."""
    if spec.kind == "rag":
        lines: tuple[str, ...] = (MEASURES.get(text(spec, "metric") or "", spec.name),)
    else:
        lines = checks_of(spec)
    if len(lines) > 1:
        lines = ("It passes when all of this holds:", *(f"- {line}" for line in lines))
    if choices := choices_of(spec):
        lines += (_passing(spec, choices),)
    return ("It passes when the following does NOT hold:", *lines) if spec.negate else lines


def _passing(spec: GraderSpec, choices: dict[str, float]) -> str:
    threshold = spec.options.get("threshold")
    least = float(threshold) if is_number(threshold) else max(choices.values())
    names = " or ".join(name for name, score in choices.items() if score >= least)
    return f"It passes when your answer is {names} (of {', '.join(choices)})."


def material(spec: GraderSpec, subject: Subject) -> tuple[tuple[str, str], ...]:
    """Titles and texts that the check is about, beside question and answer."""
    found: list[tuple[str, str]] = []
    known = documents(spec, subject) if spec.kind == "rag" else subject.case.context
    if isinstance(known, tuple):
        found += [(f"Document {number}", each) for number, each in enumerate(known, start=1)]
    expected = text(spec, "reference") or subject.case.expected
    if expected and (spec.kind != "rag" or spec.options.get("metric") in COMPARED):
        found.append(("Reference answer", expected))
    return tuple(found)
