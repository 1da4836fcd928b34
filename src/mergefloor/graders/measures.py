"""How much of a reference a text repeats: ROUGE, BLEU, GLEU, after their papers; token sequences in, [0, 1] out.

- Lin 2004, "ROUGE: A Package for Automatic Evaluation of Summaries", https://aclanthology.org/W04-1013
- Papineni et al. 2002, "Bleu: a Method for Automatic Evaluation of Machine Translation",
  https://aclanthology.org/P02-1040
- Wu et al. 2016, "Google's Neural Machine Translation System" (GLEU), https://arxiv.org/abs/1609.08144
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from unicodedata import normalize

# Scripts written without spaces count a character as a word; other words are runs of letters and digits.
UNSPACED = "\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
TOKEN = re.compile(rf"[{UNSPACED}]|(?:(?![{UNSPACED}])\w)+")

Tokens = Sequence[str]


def tokens(text: str) -> list[str]:
    """Words of the case-folded NFC text, in order; punctuation is left out."""
    return TOKEN.findall(normalize("NFC", normalize("NFC", text).casefold()))


def rouge_n(candidate: Tokens, reference: Tokens, n: int) -> float:
    """ROUGE-N: the share of the reference's n-grams that the candidate repeats (recall; Lin 2004, equation 1)."""
    wanted = _grams(reference, n)
    return _share((_grams(candidate, n) & wanted).total(), wanted.total())


def rouge_l(candidate: Tokens, reference: Tokens) -> float:
    """ROUGE-L: F1 of the longest common subsequence (Lin 2004, equations 2 to 4 with beta = 1)."""
    common = _common_subsequence(candidate, reference)
    return _share(2 * common, len(candidate) + len(reference))


def bleu(candidate: Tokens, reference: Tokens, n: int) -> float:
    """BLEU of one sentence against one reference, orders 1 to n weighted alike, with the brevity penalty.

    (Papineni 2002, sections 2.1 to 2.3.) No smoothing: an order without a match makes the score 0. Orders that
    are longer than the shorter text are left out, so that a short answer can be scored at all.
    """
    orders = min(n, len(candidate), len(reference))
    if orders == 0:
        return 0.0
    precisions = [_precision(candidate, reference, order) for order in range(1, orders + 1)]
    if min(precisions) == 0.0:
        return 0.0
    brevity = min(0.0, 1.0 - len(reference) / len(candidate))
    return min(1.0, math.exp(brevity + sum(map(math.log, precisions)) / orders))


def gleu(candidate: Tokens, reference: Tokens, n: int) -> float:
    """GLEU: matches among all n-grams of orders 1 to n; the smaller of precision and recall (Wu 2016)."""
    said, wanted = _all_grams(candidate, n), _all_grams(reference, n)
    return _share((said & wanted).total(), max(said.total(), wanted.total()))


def _precision(candidate: Tokens, reference: Tokens, n: int) -> float:
    """Modified n-gram precision: an n-gram counts at most as often as the reference has it."""
    said = _grams(candidate, n)
    return _share((said & _grams(reference, n)).total(), said.total())


def _grams(words: Tokens, n: int) -> Counter[tuple[str, ...]]:
    return Counter(zip(*(words[start:] for start in range(n)), strict=False))


def _all_grams(words: Tokens, n: int) -> Counter[tuple[str, ...]]:
    return sum((_grams(words, order) for order in range(1, n + 1)), Counter())


def _common_subsequence(left: Tokens, right: Tokens) -> int:
    """Length of the longest common subsequence, one bit a token of `left` (Hyyro 2004, bit-parallel LCS)."""
    places: dict[str, int] = {}
    for index, token in enumerate(left):
        places[token] = places.get(token, 0) | 1 << index
    full = (1 << len(left)) - 1
    row = full
    for token in right:
        hits = row & places.get(token, 0)
        row = ((row + hits) | (row - hits)) & full
    return (full & ~row).bit_count()


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
