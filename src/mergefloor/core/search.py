"""What a retrieval check looks for in a case, and which of it a change has lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mergefloor.core.retrieval import MEASURES, Lost, Metric, lost, ranked
from mergefloor.core.types import AnyGrade, Case, Document, Failure, Grade, GraderSpec, Json, Output

KIND = "retrieval"
DEFAULT: Metric = "recall"


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """One check, read: its measure, how deep it looks (None: all that was retrieved), what is relevant, and what
    separates a document's id from the number of a piece of it. `threshold` None: any relevant document will do."""

    metric: Metric = DEFAULT
    k: int | None = None
    threshold: float | None = None
    separator: str | None = None
    relevant: Mapping[str, float] = field(default_factory=dict)

    def ranking(self, documents: Iterable[Document]) -> tuple[str, ...]:
        """The documents that were retrieved, each once, best first."""
        return ranked((each.id for each in documents), self.separator)

    def score(self, documents: Iterable[Document]) -> float | None:
        """The measure in [0, 1]; None when the case names nothing relevant."""
        return MEASURES[self.metric](self.ranking(documents), self.relevant, self.k)


def search_of(spec: GraderSpec, case: Case) -> Search:
    """The options of a retrieval check, which were validated; its own relevant documents go before the case's."""
    metric, k, threshold = (spec.options.get(name) for name in ("metric", "k", "threshold"))
    separator = spec.options.get("id_separator")
    return Search(
        metric=next((name for name in MEASURES if name == metric), DEFAULT),
        k=k if isinstance(k, int) else None,
        threshold=float(threshold) if isinstance(threshold, int | float) else None,
        separator=separator if isinstance(separator, str) else None,
        relevant=gains(spec.options.get("relevant")) or case.relevant,
    )


def gains(written: Json) -> dict[str, float]:
    """Relevant documents as they are written, a list of ids or ids with their gains; in a list each gains 1."""
    if isinstance(written, dict):
        return {name: float(gain) for name, gain in written.items() if isinstance(gain, int | float)}
    return {name: 1.0 for name in written if isinstance(name, str)} if isinstance(written, list) else {}


def lost_documents(
    case: Case,
    specs: Sequence[GraderSpec],
    base: Output | Failure | None,
    head: Output | Failure | None,
    grades: Sequence[AnyGrade] = (),
) -> tuple[Lost, ...]:
    """The relevant documents that the base retrieved and the head did not, as deep as the case's checks look.

    `grades`: the head's; a check that fails tells best what to look at. Nothing where a side tells no documents.
    """
    before, after = _documents(base), _documents(head)
    if before is None or after is None:
        return ()
    search = _search(case, specs, grades)
    return lost(search.ranking(before), search.ranking(after), search.relevant, search.k)


def _search(case: Case, specs: Sequence[GraderSpec], grades: Sequence[AnyGrade]) -> Search:
    """The first retrieval check that fails, else the first one, else the case's own relevant documents."""
    failed = {grade.grader for grade in grades if isinstance(grade, Grade) and not grade.passed}
    looking = [spec for spec in specs if spec.kind == KIND and not spec.negate]
    chosen = next((spec for spec in looking if spec.name in failed), looking[0] if looking else None)
    return Search(relevant=case.relevant) if chosen is None else search_of(chosen, case)


def _documents(output: Output | Failure | None) -> tuple[Document, ...] | None:
    return output.documents if isinstance(output, Output) else None
