"""Golden answers that the change writes into the prompt: the set then measures copying (T29)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mergefloor.core.integrity.fact import Fact
from mergefloor.core.integrity.scene import SuiteScene
from mergefloor.core.integrity.shingles import SIZE, Runs, share, shingles, words
from mergefloor.core.types import Case

ENOUGH = 0.5
SHORT = 8  # words: below this there are too few runs of five, and only the whole answer counts
SHORTEST = 4  # words: a shorter answer is a fact that a prompt may well state


def answer_facts(suite: str, before: SuiteScene, after: SuiteScene) -> Iterator[Fact]:
    """Cases of either side whose answer the head's prompt holds and the base's did not."""
    old, new = words(before.prompt_text), words(after.prompt_text)
    if old == new:
        return
    fresh = {size: shingles(new, size) - shingles(old, size) for size in range(SHORTEST, SHORT)}
    reported: set[str] = set()
    for case in (*before.cases, *after.cases):
        pasted = next((text for text in _answers(case) if _held(text, fresh)), None)
        if pasted is not None and case.id not in reported:
            reported.add(case.id)
            text = "the prompt now holds this case's answer: {}"
            yield Fact(rule="answer-in-prompt", subject=case.id, text=text, quotes=(pasted,), suite=suite)


def _answers(case: Case) -> Iterator[str]:
    """Whole answers. Texts that an answer must contain are facts, which the prompt may state."""
    if case.expected is not None:
        yield case.expected
    for spec in case.graders:
        for option in ("value", "reference"):
            text = spec.options.get(option)
            if isinstance(text, str) and not spec.negate:
                yield text


def _held(text: str, fresh: Mapping[int, Runs]) -> bool:
    answer = words(text)
    if len(answer) >= SHORT:
        return share(shingles(answer, SIZE), fresh[SIZE]) >= ENOUGH
    return len(answer) >= SHORTEST and answer in fresh[len(answer)]
