"""Search of the help centre: pages are cut into passages, BM25 ranks them, and a page is as good as its best one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import bm25s

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGES = 10  # how many an answer names
ENDINGS = ("ingly", "ing", "edly", "ed", "es", "s", "ly", "e")
SHORTEST_STEM = 3


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a page. `page`: its path under docs/ without the ending."""

    page: str
    text: str


def passages(page: str, markdown: str) -> Iterator[Passage]:
    """One a section. Each repeats the title and the opening of its page, so that it can stand alone."""
    title, _, body = markdown.removeprefix("# ").partition("\n")
    opening, *sections = re.split(r"^## ", body, flags=re.MULTILINE)
    for section in sections:
        heading, _, text = section.partition("\n")
        yield Passage(page, " ".join(f"{title}. {opening} {heading}: {text}".split()))


def stem(words: Sequence[str]) -> list[str]:
    """Words without the commonest English endings: `docked`, `docks` and `docking` are one."""
    return [_stem(word) for word in words]


def _stem(word: str) -> str:
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word[: -len(ending)]
    return word


def tokens(texts: Sequence[str]) -> list[list[str]]:
    """The words of each text that are looked up: no stop words, no endings."""
    cut: list[list[str]] = bm25s.tokenize(
        list(texts), stopwords="en_plus", stemmer=stem, return_ids=False, show_progress=False
    )
    return cut


@cache
def library() -> tuple[tuple[Passage, ...], bm25s.BM25]:
    """Every passage and the index over them, built once."""
    pages = sorted(DOCS.rglob("*.md"))
    found = tuple(
        passage
        for path in pages
        for passage in passages(path.relative_to(DOCS).with_suffix("").as_posix(), path.read_text("utf-8"))
    )
    index = bm25s.BM25()
    index.index(tokens([passage.text for passage in found]), show_progress=False)
    return found, index


def search(question: str, pages: int = PAGES) -> list[tuple[Passage, float]]:
    """The best passage of each of the best pages with its score, best first; equal scores in order of the page."""
    found, index = library()
    words = [word for word in tokens([question])[0] if word in index.vocab_dict]
    if not words:
        return []
    best: dict[str, tuple[Passage, float]] = {}
    for passage, score in zip(found, index.get_scores(words).tolist(), strict=True):
        if score > best.get(passage.page, (passage, 0.0))[1]:
            best[passage.page] = (passage, score)
    return sorted(best.values(), key=lambda hit: (-hit[1], hit[0].page))[:pages]


def answer(input: str, **fields: object) -> dict[str, object]:
    """What the help centre shows: the best passage, and the pages it found. No model is asked."""
    hits = search(input)
    text = hits[0][0].text if hits else "Nothing was found. Type *person* in the chat to reach one of us."
    documents = [{"id": hit.page, "text": hit.text, "score": round(score, 6)} for hit, score in hits]
    return {"text": text, "documents": documents}
