"""One process of a target as the broker knows it: what it may ask, and which question of the golden set it answers.

The address of a sample is (question, draw, how often the identical request came before in this turn): so a re-run
replays turn by turn what was drawn, an agent that asks the same thing five times gets five samples, and a fresh pair
never gets the sample that an earlier look has seen (DECISION 5.2, 5.7). Base and head share: an identical request in
the same turn is one draw, paid once, as it is for prompts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from mergefloor.core.cost import Payer
from mergefloor.core.keys import digest
from mergefloor.core.types import Failure


@dataclass(kw_only=True)
class Turn:
    """What a process asks while it answers one question. Written by the broker's thread alone."""

    address: str
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


@dataclass(kw_only=True)
class Side:
    """One process. `environment`: what it needs to reach the broker; nothing in it is worth stealing."""

    models: tuple[str, ...]
    arm: Payer
    suite: str
    token: str = field(repr=False)
    key: str = field(repr=False)
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    open: int = 0
    held: int = 0
    _turn: Turn = field(default_factory=lambda: Turn(address="start"))
    _busy: bool = False

    @property
    def now(self) -> Turn:
        """The turn under way; before the first one, what the process does while it starts."""
        return self._turn

    @contextmanager
    def turn(self, question: str, draw: int) -> Iterator[Turn]:
        """The process answers one question from here to the end of the block; RuntimeError when it still answers
        another. `question`: what it was asked; `draw`: which sample of its answer."""
        if self._busy:
            raise RuntimeError("a process of a target answers one question at a time")
        self._busy = True
        self._turn = Turn(address=digest([question, draw]))
        try:
            yield self._turn
        finally:
            self._busy = False
