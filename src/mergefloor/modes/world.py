"""Everything a mode may touch, handed in by main.py."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from random import Random
from typing import Protocol

from mergefloor.core.cost import Ledger
from mergefloor.core.ports import Cache, Clock, Evaluator, Models, Reply, Repo, Toolbox
from mergefloor.core.roster.listing import Listings, nobody_asked
from mergefloor.core.settings import Config
from mergefloor.core.types import Ask, Failure, Job, ModelRef
from mergefloor.engine.answers import Inherited
from mergefloor.engine.caller import Order
from mergefloor.modes.exports import Exports


class Engine(Evaluator, Protocol):
    """An evaluator that keeps the books."""

    @property
    def ledger(self) -> Ledger:
        """Every call of the run so far."""

    def lacks(self, ref: ModelRef) -> bool:
        """Whether a call to this model must fail for want of a key."""

    def foresee(self, jobs: Sequence[Job] = (), asks: Sequence[Ask] = ()) -> Failure | None:
        """Every key that is missing for what these will ask; nobody is called from then on."""

    @property
    def inherited(self) -> dict[str, Inherited]:
        """The judge's verdicts so far that the cache gave, by its key."""

    def anew(self, orders: Sequence[Order]) -> tuple[Reply, ...]:
        """Call for every order whatever the cache holds, and store nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """Where stored verdicts come from other machines: which of them are asked for again is drawn from `rng`, and those
    of `origin` (this very workflow at this very commit) are spared, so that a re-run stays a replay."""

    rng: Random
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Adapters behind their ports. `engine` opens one for a run's budget, prices and
    graders' toolbox, offline or not; `now` is seconds since 1970.

    `exports`: files of the workspace beside the repository.
    `audit`: None where nobody else can write to the cache. `data`: where the branch of data is read; None: in `repo`,
    a clone that may have fetched it.
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
    exports: Exports | None = None
    remarks: Callable[[], tuple[str, ...]] = tuple
    listings: Listings = nobody_asked
    data: Repo | None = None
    audit: Audit | None = None
