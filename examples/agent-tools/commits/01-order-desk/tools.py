"""The tools of the agent. Each call is noted; nothing is written, so a question can be asked again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from articles import Articles
from shop import Shop

FACTORS = {"cm": ("m", 0.01), "m": ("m", 1.0), "inch": ("m", 0.0254), "ft": ("m", 0.3048)}
FACTORS |= {"g": ("kg", 0.001), "kg": ("kg", 1.0), "oz": ("kg", 0.028349523125), "lb": ("kg", 0.45359237)}
FACTORS |= {"ml": ("l", 0.001), "l": ("l", 1.0), "gallon": ("l", 3.785411784)}


class Tools:
    """The tools for one question: `calls` and `documents` tell afterwards what was done."""

    def __init__(self, shop: Shop, articles: Articles) -> None:
        self.shop = shop
        self._articles = articles
        self.calls: list[dict[str, Any]] = []
        self.documents: list[dict[str, object]] = []

    def find_order(self, order: str) -> Mapping[str, Any] | None:
        """The order, or None when there is no such number."""
        self._note("find_order", order=order)
        return self.shop.orders.get(order)

    def check_identity(self, order: str, email: str) -> bool:
        """Whether the address in the chat is the one that the order was placed with."""
        self._note("check_identity", order=order, email=email)
        return self.shop.orders[order]["email"] == email.strip().lower()

    def refund(self, order: str, cents: int) -> str:
        """Send the money of a delivered order back."""
        self._note("refund", order=order, cents=cents)
        return (
            f"{cents / 100:.2f} euros for {order} go back the way they came, in three to five banking days."
        )

    def cancel_order(self, order: str) -> str:
        """Stop an order that is not packed."""
        self._note("cancel_order", order=order)
        return f"{order} is cancelled, and the money goes back today."

    def free_days(self, postcode: str) -> list[str]:
        """The next three days on which a van can collect at an address, as `2026-10-16`."""
        self._note("free_days", postcode=postcode)
        return [day.isoformat() for day in self.shop.van_days(postcode)[:3]]

    def book_collection(self, order: str, day: str) -> str:
        """Have a parcel collected."""
        self._note("book_collection", order=order, day=day)
        return f"The van collects {order} on {day} and brings the label."

    def convert(self, value: float, source: str, target: str) -> float | None:
        """A quantity in another unit; None when the two do not measure the same."""
        self._note("convert", value=value, source=source, target=target)
        if {source, target} == {"C", "F"}:
            return value * 9 / 5 + 32 if source == "C" else (value - 32) * 5 / 9
        (kind, factor), (wanted, other) = FACTORS.get(source, ("", 0.0)), FACTORS.get(target, ("?", 1.0))
        return value * factor / other if kind == wanted else None

    def search_articles(self, query: str) -> list[dict[str, object]]:
        """The help articles that fit best."""
        self._note("search_articles", query=query)
        self.documents = self._articles.find(query)
        return self.documents

    def escalate(self, team: str) -> str:
        """Hand over to people: `orders`, `identity`, `refunds` or `management`."""
        self._note("escalate", team=team)
        return f"A colleague of the team {team} reads this now and answers within the hour."

    def _note(self, name: str, **arguments: object) -> None:
        self.calls.append({"name": name, "arguments": arguments})
