"""What a measure looks at: the question, the answer, the documents that were retrieved, and the reference."""

from __future__ import annotations

from mergefloor.core.types import Failure, GraderSpec, Subject
from mergefloor.graders.options import text


def documents(spec: GraderSpec, subject: Subject) -> tuple[str, ...] | Failure:
    """The texts that the answer could rest on, best first: what a target retrieved, else the context of the case.

    A target that retrieved nothing has an empty list; one that says nothing of it, or gives ids without texts, cannot
    be measured.
    """
    found = subject.output.documents
    if found is None:
        return subject.case.context or _failure(
            spec, subject, "tells none", "let the target return `documents`"
        )
    if not all(document.text.strip() for document in found):
        return _failure(spec, subject, "gives some without a text", "let the target return their `text` too")
    return tuple(document.text for document in found)


def reference(spec: GraderSpec, subject: Subject) -> str:
    """The right answer: the check's own `reference`, else the case's `expected`, else ""."""
    return (text(spec, "reference") or subject.case.expected or "").strip()


def undefined(spec: GraderSpec, subject: Subject, code: str, why: str) -> Failure:
    """The measure does not exist for this answer, which is not the same as 0."""
    what = f"check {spec.name!r} is undefined for case {subject.case.id!r}: {why}"
    return Failure(stage="grade", code=code, message=f"{subject.case.place}: {what}")


def _failure(spec: GraderSpec, subject: Subject, what: str, fix: str) -> Failure:
    said = f"check {spec.name!r} needs the retrieved documents, and the answer to {subject.case.id!r} {what}"
    return Failure(stage="grade", code="no-documents", message=f"{subject.case.place}: {said}; {fix}")
