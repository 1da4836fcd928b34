"""The `retrieval` check: how well the documents that a target retrieved match the relevant ones (core/retrieval.py)."""

from __future__ import annotations

from functools import partial

from mergefloor.core.ports import Grader, Toolbox
from mergefloor.core.retrieval import MEASURES
from mergefloor.core.search import Search, search_of
from mergefloor.core.types import Document, Failure, GraderSpec, Problem, Subject
from mergefloor.graders.check import Check, Seen
from mergefloor.graders.finding import Finding, Unfit, excerpt
from mergefloor.graders.options import count, is_number, problem
from mergefloor.graders.outcome import crashed

NAMED = 5  # documents that a reason names


def retrieval(spec: GraderSpec, toolbox: Toolbox) -> Grader:
    """A measure of the ranking; passed from `threshold` on, without one as soon as it finds any relevant document.

    The documents alone count: an answer that is cut, refused or empty may rest on the right ones.
    """
    return Check(spec=spec, look=partial(_look, spec), fit=crashed)


def _look(spec: GraderSpec, subject: Subject) -> Seen:
    documents = subject.output.documents
    if documents is None:
        return _untold(spec, subject)
    search = search_of(spec, subject.case)
    score = search.score(documents)
    if score is None:
        return _undefined(spec, subject)
    if spec.negate and not documents:
        return Unfit(reason="Expected the output to retrieve other documents; found none at all.")
    passed = score > 0 if search.threshold is None else score >= search.threshold
    return Finding(
        passed=passed, score=score, expected=_wish(search), found=_ranking(search, documents, score)
    )


def _wish(search: Search) -> str:
    depth = "" if search.k is None else f" among the first {search.k}"
    if search.threshold is None:
        return f"retrieve {_listed(tuple(search.relevant), 'or')}{depth}"
    measure = search.metric if search.k is None else f"{search.metric}@{search.k}"
    return f"reach {measure} of {search.threshold:g} for {_listed(tuple(search.relevant), 'and')}"


def _ranking(search: Search, documents: tuple[Document, ...], score: float) -> str:
    ranking = search.ranking(documents)
    if not ranking:
        return "no documents"
    places = [f"{each} at rank {place}" for place, each in enumerate(ranking, 1) if each in search.relevant]
    hits = ", ".join(excerpt(each) for each in places[:NAMED]) or f"none of them in {len(ranking)}"
    return f"{hits}, so {search.metric} is {score:.3f}"


def _listed(names: tuple[str, ...], joint: str) -> str:
    shown = [excerpt(name) for name in names[:NAMED]]
    if len(names) > NAMED:
        shown.append(f"{len(names) - NAMED} more")
    return f" {joint} ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))


def _untold(spec: GraderSpec, subject: Subject) -> Failure:
    what = (
        f"check {spec.name!r} needs the retrieved documents, and the answer to {subject.case.id!r} tells none"
    )
    fix = "let the target return `documents`; a prompt retrieves nothing"
    return Failure(stage="grade", code="no-documents", message=f"{subject.case.place}: {what}; {fix}")


def _undefined(spec: GraderSpec, subject: Subject) -> Failure:
    what = f"check {spec.name!r} is undefined: case {subject.case.id!r} names no relevant document"
    return Failure(stage="grade", code="no-relevant", message=f"{subject.case.place}: {what}; add `relevant`")


def check_retrieval(spec: GraderSpec) -> tuple[Problem, ...]:
    """A known measure, a depth where one is needed, a threshold that not every ranking passes."""
    return (*_measure_problems(spec), *_threshold_problems(spec), *_relevant_problems(spec))


def _measure_problems(spec: GraderSpec) -> tuple[Problem, ...]:
    metric, k = spec.options.get("metric"), spec.options.get("k")
    if metric not in tuple(MEASURES):
        return (problem(spec, f"metric is {metric!r}", f"use one of {', '.join(MEASURES)}"),)
    if k is not None and (count(spec, "k") or 0) < 1:
        return (problem(spec, f"k is {k!r}", "give how many documents count, such as `k: 5`"),)
    separator = spec.options.get("id_separator")
    if separator is not None and (not isinstance(separator, str) or not separator):
        return (problem(spec, f"id_separator is {separator!r}", "give a text, such as `id_separator: '#'`"),)
    return ()


def _threshold_problems(spec: GraderSpec) -> tuple[Problem, ...]:
    threshold = spec.options.get("threshold")
    if threshold is None or (is_number(threshold) and 0 < threshold <= 1):
        return ()
    return (problem(spec, f"threshold is {threshold!r}", "give a number above 0, at most 1"),)


def _relevant_problems(spec: GraderSpec) -> tuple[Problem, ...]:
    written = spec.options.get("relevant")
    sound = written is None or (
        all(isinstance(each, str) for each in written)
        if isinstance(written, list)
        else isinstance(written, dict) and all(is_number(gain) and gain > 0 for gain in written.values())
    )
    return () if sound else (problem(spec, "relevant is neither ids nor gains", "list ids of documents"),)
