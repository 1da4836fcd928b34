"""What a run cost: every call of it, priced. A call that the cache answered costs nothing and is not timed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Literal, TypeAlias

from mergefloor.core.local_model import is_local
from mergefloor.core.model_name import undated
from mergefloor.core.report import ArmUse, Cost
from mergefloor.core.settings import Price
from mergefloor.core.stats import percentile
from mergefloor.core.targets import is_target
from mergefloor.core.types import Usage

Payer: TypeAlias = Literal["base", "head", "judge"]
MILLION = 1_000_000
FREE = Price(input=0.0, output=0.0)
PAYERS: tuple[Payer, ...] = ("base", "head", "judge")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One answer and what it took. `model` is `provider/name`; `latency_s` in seconds; `suite` "" for canaries."""

    arm: Payer
    model: str
    usage: Usage
    latency_s: float = 0.0
    cached: bool = False
    scripted: bool = False
    suite: str = ""


def price_of(model: str, prices: Mapping[str, Price]) -> Price | None:
    """The price of `provider/name`: under its own name, its alias, or as an alias of a dated entry (the newest).

    What runs on this machine costs nothing."""
    if is_local(model):
        return FREE
    exact = prices.get(model) or prices.get(undated(model))
    if exact is not None:
        return exact
    dated = [name for name in prices if undated(name) == model]
    return prices[max(dated)] if dated else None


def usd(usage: Usage, price: Price) -> float:
    """USD of one call. Input that the provider read from its own cache is charged at `cached_input`."""
    again = min(usage.cached_input_tokens, usage.input_tokens)
    rate = price.input if price.cached_input is None else price.cached_input
    fresh = usage.input_tokens - again
    return (fresh * price.input + again * rate + usage.output_tokens * price.output) / MILLION


class Ledger:
    """Every call of a run, in the order in which they ended. Only ever grows, from any thread."""

    def __init__(self, prices: Mapping[str, Price] | None = None, calls: Iterable[Call] = ()) -> None:
        self._prices = dict(prices or {})
        self._known: dict[str, Price | None] = {}
        self._calls: list[Call] = []
        self._usd = 0.0
        self._lock = Lock()
        for call in calls:
            self.add(call)

    def add(self, call: Call) -> None:
        """Enter one call."""
        amount = self.usd_of(call) or 0.0
        with self._lock:
            self._calls.append(call)
            self._usd += amount

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every call so far."""
        return tuple(self._calls)

    @property
    def usd(self) -> float:
        """USD spent so far; a model without a price counts as 0 and is listed in `cost().unpriced`."""
        return self._usd

    @property
    def scripted(self) -> bool:
        """Whether any answer came from a script."""
        return any(call.scripted for call in self._calls)

    def price(self, model: str) -> Price | None:
        """The price of `provider/name`, None when the table has none."""
        if model not in self._known:
            self._known[model] = price_of(model, self._prices)
        return self._known[model]

    def usd_of(self, call: Call) -> float | None:
        """USD of one call: 0 when the cache, a script or a target answered, None when its model has no price."""
        if call.cached or call.scripted or is_target(call.model):
            return 0.0
        price = self.price(call.model)
        return None if price is None else usd(call.usage, price)

    def cost(self) -> Cost:
        """The whole run. Tokens are those of fresh calls."""
        fresh = [call for call in self._calls if not call.cached]
        unpriced = {call.model for call in fresh if self.usd_of(call) is None}
        return Cost(
            usd=math.fsum(self.usd_of(call) or 0.0 for call in fresh),
            input_tokens=sum(call.usage.input_tokens for call in fresh),
            output_tokens=sum(call.usage.output_tokens for call in fresh),
            calls=len(fresh),
            cached_calls=len(self._calls) - len(fresh),
            unpriced=tuple(sorted(unpriced)),
        )

    def uses(self, suite: str) -> tuple[ArmUse, ...]:
        """What each arm of one suite used, one entry a model: base, head, then judge."""
        groups: dict[tuple[int, str], list[Call]] = {}
        for call in self._calls:
            if call.suite == suite:
                groups.setdefault((PAYERS.index(call.arm), call.model), []).append(call)
        return tuple(self._use(groups[key]) for key in sorted(groups))

    def _use(self, calls: Sequence[Call]) -> ArmUse:
        fresh = [call for call in calls if not call.cached]
        spent = [self.usd_of(call) for call in fresh]
        priced = [amount for amount in spent if amount is not None]
        waits = [call.latency_s for call in fresh]
        return ArmUse(
            arm=calls[0].arm,
            model=calls[0].model,
            usd=math.fsum(priced) if len(priced) == len(spent) else None,
            input_tokens=sum(call.usage.input_tokens for call in fresh),
            output_tokens=sum(call.usage.output_tokens for call in fresh),
            calls=len(fresh),
            cached_calls=len(calls) - len(fresh),
            latency_p50=percentile(waits, 0.50),
            latency_p95=percentile(waits, 0.95),
        )
