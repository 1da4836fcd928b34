"""The `overlap` check: how much of a reference text the output repeats, word by word."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from rapidfuzz.distance import Levenshtein

from mergefloor.core.ports import Grader, Toolbox
from mergefloor.core.types import GraderSpec, Problem, Subject
from mergefloor.graders.check import Check, Seen, no_reference
from mergefloor.graders.finding import Finding, excerpt
from mergefloor.graders.measures import bleu, gleu, rouge_l, rouge_n, tokens
from mergefloor.graders.options import count, number, problem, share_problems, text
from mergefloor.graders.wording import plain

MAX_ORDER = 9


def levenshtein(candidate: str, reference: str) -> float:
    """1 - edits / length of the longer text; edits of single characters, NFC, outer white space aside, with case."""
    sides = (plain(candidate, case=True).strip(), plain(reference, case=True).strip())
    return float(Levenshtein.normalized_similarity(*sides))


# metric -> (score of output, reference, n), default n, default threshold
METRICS: dict[str, tuple[Callable[[str, str, int], float], int, float]] = {
    "rouge_n": (lambda said, wanted, n: rouge_n(tokens(said), tokens(wanted), n), 1, 0.75),
    "rouge_l": (lambda said, wanted, _: rouge_l(tokens(said), tokens(wanted)), 1, 0.75),
    "bleu": (lambda said, wanted, n: bleu(tokens(said), tokens(wanted), n), 4, 0.5),
    "gleu": (lambda said, wanted, n: gleu(tokens(said), tokens(wanted), n), 4, 0.5),
    "levenshtein": (lambda said, wanted, _: levenshtein(said, wanted), 1, 0.8),
}


def overlap(spec: GraderSpec, toolbox: Toolbox) -> Grader:
    """`metric` of the output against `reference` (else the case's `expected`) reaches `threshold`."""
    return Check(spec=spec, look=partial(_overlap, spec))


def _overlap(spec: GraderSpec, subject: Subject) -> Seen:
    reference = text(spec, "reference") or subject.case.expected
    if not reference:
        return no_reference(spec, subject, "reference")
    name = text(spec, "metric") or ""
    measure, order, threshold = METRICS[name if name in METRICS else "rouge_l"]
    score = measure(subject.output.text, reference, count(spec, "n") or order)
    return reaches(score, number(spec, "threshold", threshold), name, reference)


def reaches(score: float, threshold: float, name: str, reference: str) -> Finding:
    """The finding of a score that must reach a threshold."""
    expected = f"reach {name} {threshold:.2f} against {excerpt(reference)}"
    return Finding(passed=score >= threshold, score=score, expected=expected, found=f"{score:.4f}")


def check_overlap(spec: GraderSpec) -> tuple[Problem, ...]:
    """A known metric, an order from 1 to 9, a threshold in [0, 1]."""
    found = list(share_problems(spec, "threshold"))
    metric, order = spec.options.get("metric"), spec.options.get("n")
    if text(spec, "metric") not in METRICS:
        found.append(problem(spec, f"metric is {metric!r}", f"use one of {', '.join(METRICS)}"))
    if order is not None and not 1 <= (count(spec, "n") or 0) <= MAX_ORDER:
        found.append(problem(spec, f"n is {order!r}", f"use a whole number from 1 to {MAX_ORDER}"))
    return tuple(found)
