"""The only async room: scheduler, deadlines, retries, adaptive concurrency, budget, cached models."""

from mergefloor.engine.engine import Engine
from mergefloor.engine.foresight import Needs
from mergefloor.engine.limits import Limits
from mergefloor.engine.prices import load_prices

__all__ = ["Engine", "Limits", "Needs", "load_prices"]
