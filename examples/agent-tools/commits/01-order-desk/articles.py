"""Search of the help articles: words that few articles have count more, and twice in a title."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from math import log, sqrt

STOP_WORDS = """
    a about an and are as at be by can do does for from get have how i if in is it its me much my of on or
    should so that the their them there they this to was what when where which will with you your
"""
STOP = frozenset(STOP_WORDS.split())
TITLE_COUNTS = 2


def words(text: str) -> list[str]:
    """Lower-case words without endings of the plural and of time."""
    found = re.findall(r"[a-z]+", text.lower())
    return [re.sub(r"(?<=\w{3})(ing|ed|es|s|e)$", "", word) for word in found if word not in STOP]


class Articles:
    """An index over articles: `find` ranks them."""

    def __init__(self, articles: Iterable[Mapping[str, str]]) -> None:
        self._articles = tuple(articles)
        self._counts = [
            Counter(words(f"{row['title']} " * TITLE_COUNTS + row["text"])) for row in self._articles
        ]
        self._spread = Counter(word for count in self._counts for word in count)

    def find(self, query: str, most: int = 5) -> list[dict[str, object]]:
        """The best articles as `{id, text, score}`, best first; none when no word is known."""
        asked = set(words(query))
        scored = zip((self._score(asked, count) for count in self._counts), self._articles, strict=True)
        best = sorted((hit for hit in scored if hit[0]), key=lambda hit: (-hit[0], hit[1]["id"]))[:most]
        return [{"id": row["id"], "text": row["text"], "score": round(score, 6)} for score, row in best]

    def _score(self, asked: set[str], count: Counter[str]) -> float:
        rare = {word: log(1 + len(self._articles) / self._spread[word]) for word in asked if word in count}
        found = sum((1 + log(count[word])) * weight for word, weight in rare.items())
        return found / sqrt(log(1 + count.total()))
