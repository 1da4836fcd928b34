"""The `similarity` check: how near the output is to a reference, by its words or by embeddings."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

from rapidfuzz import fuzz

from mergefloor.core.keys import embedding_ask
from mergefloor.core.ports import Asks, Grader, Reply, Toolbox
from mergefloor.core.types import AnyGrade, EmbedRequest, Failure, GraderSpec, Problem, Subject, Vectors
from mergefloor.graders.check import Check, Seen, no_reference
from mergefloor.graders.finding import failed, graded, missing
from mergefloor.graders.measures import tokens
from mergefloor.graders.options import number, problem, share_problems, text
from mergefloor.graders.outcome import unfit
from mergefloor.graders.overlap import reaches

METHODS = ("lexical", "embedding")
THRESHOLD = 0.8


def lexical(candidate: str, reference: str) -> float:
    """Likeness of the two bags of words: 1 - edits / total length, in [0, 1].

    Precisely: both texts as case-folded words (`measures.tokens`), sorted and joined by blanks; the edits are
    insertions and deletions of characters (rapidfuzz `token_sort_ratio`, the normalised Indel similarity). Word
    order does not count; every missing and every surplus word does.
    """
    return float(fuzz.token_sort_ratio(" ".join(tokens(candidate)), " ".join(tokens(reference)))) / 100


def cosine(left: tuple[float, ...], right: tuple[float, ...]) -> float | None:
    """Cosine of two vectors cut to [0, 1] (opposite counts as unrelated); None when it does not exist."""
    lengths = (math.hypot(*left), math.hypot(*right))
    if len(left) != len(right) or not all(math.isfinite(length) and length > 0 for length in lengths):
        return None
    # Unit vectors first: no product of theirs can overflow.
    value = math.fsum((a / lengths[0]) * (b / lengths[1]) for a, b in zip(left, right, strict=True))
    return min(1.0, max(0.0, value))


def similarity(spec: GraderSpec, toolbox: Toolbox) -> Grader:
    """The output is at least `threshold` similar to `reference` (else the case's `expected`)."""
    if text(spec, "method") == "embedding":
        return Embedded(spec=spec, toolbox=toolbox)
    return Check(spec=spec, look=partial(_lexical, spec))


def _lexical(spec: GraderSpec, subject: Subject) -> Seen:
    reference = text(spec, "reference") or subject.case.expected
    if not reference:
        return no_reference(spec, subject, "reference")
    score = lexical(subject.output.text, reference)
    return reaches(score, number(spec, "threshold", THRESHOLD), "lexical similarity", reference)


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedded:
    """Cosine similarity of embeddings: one ask with both texts."""

    spec: GraderSpec
    toolbox: Toolbox

    def step(self, subject: Subject, replies: tuple[Reply, ...]) -> Asks | AnyGrade:
        """Ask for the two vectors, then compare them."""
        spec, model = self.spec, self.toolbox.embedding
        reference = text(spec, "reference") or subject.case.expected
        if (bad := unfit(subject.output)) is not None:
            return failed(spec, bad)
        if not reference:
            return missing(spec, no_reference(spec, subject, "reference"))
        if model is None:
            return missing(spec, _no_model(spec))
        if not replies:
            request = EmbedRequest(model=model, texts=(_sendable(subject.output.text), _sendable(reference)))
            return Asks(asks=(embedding_ask(request),))
        score = _score(replies[0])
        if isinstance(score, Failure):
            return missing(spec, score)
        threshold = number(spec, "threshold", THRESHOLD)
        return graded(spec, reaches(score, threshold, "embedding similarity", reference))


def _score(reply: Reply) -> float | Failure:
    if isinstance(reply, Failure):
        return reply
    rows = reply.rows if isinstance(reply, Vectors) else ()
    score = cosine(rows[0], rows[1]) if len(rows) == 2 else None  # noqa: PLR2004 (output and reference)
    if score is None:
        what = f"{len(rows)} vectors came back that have no cosine; two finite ones of equal length were expected"
        return Failure(stage="embedding", code="unreadable", message=f"{what}; check `embedding_model`")
    return score


def _no_model(spec: GraderSpec) -> Failure:
    what = f"check {spec.name!r} compares embeddings and no embedding model is configured"
    fix = "add `embedding_model: openai/text-embedding-3-small` under `defaults`, or use `method: lexical`"
    return Failure(stage="embedding", code="no-embedding-model", message=f"{what}; {fix}")


def _sendable(words: str) -> str:
    """UTF-8 has no lone surrogates."""
    return words.encode("utf-8", "replace").decode("utf-8")


def check_similarity(spec: GraderSpec) -> tuple[Problem, ...]:
    """A known method and a threshold in [0, 1]."""
    found = list(share_problems(spec, "threshold"))
    method = spec.options.get("method")
    if method is not None and method not in METHODS:
        found.append(problem(spec, f"method is {method!r}", "use `lexical` or `embedding`"))
    return tuple(found)
