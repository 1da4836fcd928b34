"""Outputs that say nothing and fool judges: they fail before a judge is asked (T28).

Zhao et al. 2025, "One Token to Fool LLM-as-a-Judge" (https://arxiv.org/abs/2507.08794): lone symbols and opening
phrases of reasoning, "master keys", get up to 90 % false passes from strong judges.
"""

from __future__ import annotations

from unicodedata import category, normalize

from mergefloor.graders.judge.sheet import Sheet
from mergefloor.graders.judge.shown import visible

# The paper's ten (three of them symbols, which `_substance` covers) and plain variants of them.
MASTER_KEYS = frozenset(
    {
        "thought process",
        "let's solve this problem step by step",
        "solution",
        "解",
        "かいせつ",
        "respuesta",
        "mental process",
        "let me solve it step by step",
        "let me solve this step by step",
        "let's solve it step by step",
        "let's think step by step",
        "the solution",
        "the answer",
        "the answer is",
        "answer",
        "final answer",
        "the final answer is",
        "solución",
        "réponse",
        "lösung",
        "antwort",
        "解答",
        "答案",
    }
)


def trivial(sheet: Sheet, candidate: str) -> str | None:
    """Why this output cannot be an answer, or None. What equals the reference is one, however short."""
    said = _substance(candidate)
    if sheet.reference is not None and said and said == _substance(sheet.reference):
        return None
    if not said:
        return "no words, only white space or punctuation"
    if said in MASTER_KEYS:
        return "only the opening of an answer"
    if said == _substance(sheet.question):
        return "only the question again"
    return None


def _substance(text: str) -> str:
    """Case-folded words, without invisible characters and without the punctuation around the whole text."""
    folded = normalize("NFKC", visible(text)).casefold().replace("\u2019", "'")
    words = " ".join(folded.split())
    start, end = 0, len(words)
    while start < end and _is_dressing(words[start]):
        start += 1
    while end > start and _is_dressing(words[end - 1]):
        end -= 1
    return words[start:end]


def _is_dressing(char: str) -> bool:
    """Punctuation, white space, controls and ASCII-like symbols; letters, digits and pictures are substance."""
    kind = category(char)
    return kind[0] in "PZC" or kind in ("Sm", "Sc", "Sk", "Mn")
