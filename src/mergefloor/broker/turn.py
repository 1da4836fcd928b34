"""Which question of the golden set a request belongs to, and which sample of its answers it gets.

The address of a sample is (question, draw, how often the identical request came before in this turn): so a re-run
replays turn by turn what was drawn, an agent that asks the same thing five times gets five samples, and a fresh pair
never gets the sample that an earlier look has seen (DECISION 5.2, 5.7). Base and head share: an identical request in
the same turn is one draw, paid once, as it is for prompts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from mergefloor.core.keys import digest
from mergefloor.core.types import Failure, Json


@dataclass(kw_only=True)
class Turn:
    """What a process asks while it answers one question. Written by the broker's thread alone.

    `words`: texts that tell this question from others, where a process answers several at a time.
    """

    address: str
    draw: int = 0
    words: tuple[str, ...] = ()
    _taken: dict[str, set[int]] = field(default_factory=dict)
    _failed: dict[str, Failure] = field(default_factory=dict)

    def take(self, subject: str) -> int:
        """Which sample of this request comes next: the lowest that nobody has."""
        taken = self._taken.setdefault(subject, set())
        index = next(number for number in range(len(taken) + 1) if number not in taken)
        taken.add(index)
        return index

    def give_back(self, subject: str, index: int) -> None:
        """It was not delivered: who asks again asks for the same one."""
        self._taken[subject].discard(index)

    def answered(self, subject: str) -> None:
        """An earlier failure of this request is made good."""
        self._failed.pop(subject, None)

    def failed(self, subject: str, failure: Failure) -> None:
        """The run could not give an answer that the process may have."""
        self._failed[subject] = failure

    @property
    def failure(self) -> Failure | None:
        """Why the question is unresolved, whatever the process made of it; None when every answer was given."""
        return next(iter(self._failed.copy().values()), None)


def turn_of(payload: str, draw: int) -> Turn:
    """The turn of a payload, which is the JSON that a process is sent, or any text."""
    return Turn(address=digest([payload, draw]), draw=draw, words=_words(payload))


def belongs(turns: Sequence[Turn], texts: Sequence[str]) -> Turn | None:
    """The one turn whose words all occur among the texts of a request; the wordiest of several; None: none does."""
    fitting = [turn for turn in turns if turn.words and all(_occurs(word, texts) for word in turn.words)]
    return max(fitting, key=lambda turn: (sum(map(len, turn.words)), turn.address), default=None)


def strings(value: Json) -> Iterator[str]:
    """Every text in a value, keys left out."""
    waiting: list[Json] = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, list):
            waiting.extend(each)
        elif isinstance(each, dict):
            waiting.extend(each.values())


def _words(payload: str) -> tuple[str, ...]:
    """The input of a case; without one every text of its variables."""
    try:
        value = json.loads(payload)
    except (ValueError, RecursionError):
        value = {"input": payload}
    if not isinstance(value, dict):
        return ()
    found = value.get("input") or list(strings(value.get("vars")))
    return tuple(word.strip() for word in strings(found) if word.strip())


def _occurs(word: str, texts: Sequence[str]) -> bool:
    return any(word in text for text in texts)
