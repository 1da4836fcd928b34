"""Everything a mode may touch, handed in by main.py."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from mergefloor.core.cost import Ledger
from mergefloor.core.ports import Cache, Clock, Evaluator, Models, Repo, Toolbox
from mergefloor.core.settings import Config


class Engine(Evaluator, Protocol):
    """An evaluator that keeps the books."""

    @property
    def ledger(self) -> Ledger:
        """Every call of the run so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Adapters behind their ports. `engine` opens one for a run's budget, prices and
    graders' toolbox, offline or not; `now` is seconds since 1970.

    `nonce_key` makes the judge's delimiters unpredictable (THREATS 7); `redact` takes secrets out of every report.
    """

    repo: Repo
    models: Models
    cache: Cache
    engine: Callable[[Config, Toolbox, bool], AbstractContextManager[Engine]]
    clock: Clock
    now: Clock
    nonce_key: bytes
    redact: Callable[[str], str]
