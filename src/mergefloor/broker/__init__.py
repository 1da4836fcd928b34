"""Models for code that holds no key: a server on loopback that adds it, counts the cost and serves the cache."""

from mergefloor.broker.broker import Broker
from mergefloor.broker.side import Side
from mergefloor.broker.turn import Turn
from mergefloor.broker.upstream import Provider, Secrets, Upstream

__all__ = ["Broker", "Provider", "Secrets", "Side", "Turn", "Upstream"]
