"""How well a ranking finds the relevant documents: the measures of trec_eval for one question, in [0, 1].

- Manning, Raghavan and Schuetze 2008, "Introduction to Information Retrieval", chapter 8, https://nlp.stanford.edu/IR-book/
- Jarvelin and Kekalainen 2002, "Cumulated gain-based evaluation of IR techniques", TOIS 20(4)
- trec_eval, whose figures these are to the last digit: https://github.com/usnistgov/trec_eval

A ranking is a sequence of document ids, best first, in the order in which the target gave them: scores are not looked
at, so a tie is broken by whoever ranked. (trec_eval breaks ties by id, the last first.) An id that comes twice counts
once, where it comes first. `relevant` maps ids to gains; a gain of 0 or less is not relevant. A question without a
relevant document has no measure: None, never 0 or 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, inf, log2
from typing import Literal, TypeAlias

Metric: TypeAlias = Literal["hit_rate", "recall", "precision", "mrr", "ndcg", "map"]
Ranking: TypeAlias = Sequence[str]
Gains: TypeAlias = Mapping[str, float]
Measure: TypeAlias = "Callable[[Ranking, Gains, int | None], float | None]"


def ranked(ids: Iterable[str], separator: str | None = None) -> tuple[str, ...]:
    """The documents of a ranking, each once. `separator`: what stands after its last occurrence is the number of a
    piece, so that `guide.md#3` is the document `guide.md` however the documents are cut."""
    if not separator:
        return tuple(dict.fromkeys(ids))
    return tuple(dict.fromkeys(document_of(each, separator) for each in ids))


def document_of(piece: str, separator: str) -> str:
    """The id of the document that a piece is of; an id without the separator is a document's own."""
    before, found, _ = piece.rpartition(separator)
    return before if found and before else piece


def hit_rate(ranking: Ranking, relevant: Gains, k: int | None = None) -> float | None:
    """1 when a relevant document is among the first k, else 0 (trec_eval: success_k)."""
    wanted = _wanted(relevant)
    return float(any(_found(ranking, wanted, k))) if wanted else None


def recall(ranking: Ranking, relevant: Gains, k: int | None = None) -> float | None:
    """The share of the relevant documents that is among the first k (recall_k)."""
    wanted = _wanted(relevant)
    return sum(_found(ranking, wanted, k)) / len(wanted) if wanted else None


def precision(ranking: Ranking, relevant: Gains, k: int | None = None) -> float | None:
    """The share of the first k that is relevant; a ranking that is shorter than k is no better for it (P_k)."""
    wanted = _wanted(relevant)
    if not wanted:
        return None
    found = _found(ranking, wanted, k)
    places = len(found) if k is None else k
    return sum(found) / places if places else 0.0


def reciprocal_rank(ranking: Ranking, relevant: Gains, k: int | None = None) -> float | None:
    """1 / rank of the first relevant document, 0 when none is among the first k (recip_rank); its mean is MRR."""
    wanted = _wanted(relevant)
    if not wanted:
        return None
    return next((1 / place for place, hit in enumerate(_found(ranking, wanted, k), 1) if hit), 0.0)


def ndcg(ranking: Ranking, relevant: Gains, k: int | None = None) -> float | None:
    """Discounted gain over that of the best ranking there could be, both cut at k (ndcg_cut_k).

    The gain of rank i is linear, gain / log2(i + 1), as in trec_eval, and not (2 ** gain - 1) / log2(i + 1).
    """
    wanted = _wanted(relevant)
    if not wanted:
        return None
    best = sorted(wanted.values(), reverse=True)[:k]
    return min(1.0, _discounted([wanted.get(each, 0.0) for each in _first(ranking, k)]) / _discounted(best))


def average_precision(ranking: Ranking, relevant: Gains, k: int | None = None) -> float | None:
    """Precision at each relevant document among the first k, over the number of all relevant ones (map_cut_k)."""
    wanted = _wanted(relevant)
    if not wanted:
        return None
    places = [place for place, hit in enumerate(_found(ranking, wanted, k), 1) if hit]
    return fsum(count / place for count, place in enumerate(places, 1)) / len(wanted)


MEASURES: dict[Metric, Measure] = {
    "hit_rate": hit_rate,
    "recall": recall,
    "precision": precision,
    "mrr": reciprocal_rank,
    "ndcg": ndcg,
    "map": average_precision,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A relevant document that fell: its rank on the base and on the head, from 1.

    `head` None: it is not among the first `depth`.
    """

    document: str
    base: int
    head: int | None
    depth: int


def lost(base: Ranking, head: Ranking, relevant: Gains, k: int | None = None) -> tuple[Lost, ...]:
    """The relevant documents among the base's first k that the head's first k lack, in the base's order.

    Where none is lacking, those that fell. Without a k: among all that was retrieved.
    """
    wanted, after = _wanted(relevant), _ranks(head)
    depth = max(k or 0, len(after))
    fallen = [
        Lost(document=each, base=rank, head=after.get(each), depth=depth)
        for each, rank in _ranks(_first(base, k)).items()
        if each in wanted and (each not in after or after[each] > rank)
    ]
    gone = [each for each in fallen if each.head is None or (k is not None and each.head > k)]
    return tuple(gone or fallen)


def _ranks(ranking: Ranking) -> dict[str, int]:
    return {each: place for place, each in enumerate(ranked(ranking), 1)}


def _wanted(relevant: Gains) -> dict[str, float]:
    return {name: gain for name, gain in relevant.items() if 0 < gain < inf}


def _first(ranking: Ranking, k: int | None) -> Ranking:
    return ranked(ranking)[:k]


def _found(ranking: Ranking, wanted: Gains, k: int | None) -> list[bool]:
    return [each in wanted for each in _first(ranking, k)]


def _discounted(gains: Iterable[float]) -> float:
    return fsum(gain / log2(place + 1) for place, gain in enumerate(gains, 1))
