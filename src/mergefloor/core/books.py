"""The run's money and time, for whoever makes calls beside the engine. Safe to use from any thread."""

from __future__ import annotations

from typing import Protocol

from mergefloor.core.cost import Call
from mergefloor.core.settings import Price


class Books(Protocol):
    """One budget, one ledger and one deadline for a run, whoever spends."""

    def price(self, model: str) -> Price | None:
        """The price of `provider/name`, None when the table has none."""

    def left(self) -> float:
        """Seconds until the run is over; 0 or less when it is."""

    def reserve(self, usd: float) -> bool | None:
        """Hold this much for a call. None: not now, calls under way hold the rest; False: it can never fit."""

    def settle(self, usd: float, call: Call | None) -> None:
        """The call is over: what was held for it is free, and what it cost stands in the ledger (None: nothing)."""
