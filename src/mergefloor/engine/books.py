"""The engine's money and time for whoever makes calls beside it, on a thread of their own."""

from __future__ import annotations

from dataclasses import dataclass

from mergefloor.core.cost import Call, Ledger
from mergefloor.core.ports import Clock
from mergefloor.core.settings import Price
from mergefloor.engine.purse import Purse


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedBooks:
    """Implements core.books.Books over the ledger and the purse of one run. `until`: when it is over, by `clock`."""

    ledger: Ledger
    purse: Purse
    clock: Clock
    until: float

    def price(self, model: str) -> Price | None:
        """The price of `provider/name`, None when the table has none."""
        return self.ledger.price(model)

    def left(self) -> float:
        """Seconds until the run is over; 0 or less when it is."""
        return self.until - self.clock()

    def reserve(self, usd: float) -> bool | None:
        """Hold this much for a call. None: not now, calls under way hold the rest; False: it can never fit."""
        return self.purse.hold(usd)

    def settle(self, usd: float, call: Call | None) -> None:
        """The call is over: what was held for it is free, and what it cost stands in the ledger (None: nothing)."""
        if call is not None:
            self.ledger.add(call)
        self.purse.release(usd)
