"""What to do about a message: one rule names the wish, one function a wish calls the tools."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tools import Tools

Order = Mapping[str, Any]
Action = Callable[["Turn", Tools, Order], str]
RETURN_DAYS = 30
LARGEST_REFUND = 15_000  # cents; above it a person decides
UNITS = {"cm": "cm", "centimetre": "cm", "m": "m", "metre": "m", "inch": "inch", "inche": "inch"}
UNITS |= {"ft": "ft", "foot": "ft", "feet": "ft", "celsius": "C", "fahrenheit": "F"}
UNITS |= {"g": "g", "gram": "g", "kg": "kg", "kilo": "kg", "ounce": "oz", "pound": "lb"}
UNITS |= {"ml": "ml", "millilitre": "ml", "l": "l", "litre": "l", "gallon": "gallon"}
_UNIT, _NUMBER = rf"({'|'.join(UNITS)})s?\b", r"(-?\d+(?:\.\d+)?)\s*(?:degrees\s+)?"
QUANTITY = re.compile(rf"{_NUMBER}{_UNIT}.*?\b(?:in|to|into) {_UNIT}", re.IGNORECASE)
HOW_MANY = re.compile(rf"how many {_UNIT} (?:is|are) {_NUMBER}{_UNIT}", re.IGNORECASE)
ORDER = re.compile(r"\bT-?(\d{4})\b", re.IGNORECASE)
WEEKDAY = re.compile(r"\b(mon|tues|wednes|thurs|fri)day\b", re.IGNORECASE)
RULES = (
    ("danger", r"\b(lawyer|sue|court|hurt|injured|bleeding|newspaper|ombudsman)\b"),
    ("refund", r"\b(refund|money back|repaid|reimburse\w*|pay me back)\b"),
    ("cancel", r"\b(cancel|call off|don't want it any ?more|changed my mind)\b"),
    ("collect", r"\b(collect\w*|pick(ed)? (it |them |this )?up|pick-up|send (it |them |this )?back)\b"),
    ("status", r"\b(where is|when will|arrive[sd]?|on its way|tracking|how far)\b"),
)
# A third of the messages say it all in one line.
DIRECT = re.compile(r"\b(refund|cancel|collect)\b.*?\bT-?(\d{4})\b", re.IGNORECASE)
PATTERNS = tuple((wish, re.compile(pattern, re.IGNORECASE)) for wish, pattern in RULES)


@dataclass(frozen=True, slots=True)
class Turn:
    """A message, the order that it or an earlier one names, and the address of the one who writes."""

    text: str
    order: str | None
    email: str


def read(text: str, earlier: list[str], email: str) -> Turn:
    """The turn of a conversation: the newest message that names an order decides which it is about."""
    numbers = [found.group(1) for message in (text, *reversed(earlier)) if (found := ORDER.search(message))]
    return Turn(text, f"T-{numbers[0]}" if numbers else None, email)


def handle(turn: Turn, tools: Tools) -> str:
    """The answer. The tools note what was called on the way."""
    if direct := DIRECT.search(turn.text):
        return _about(turn, tools, f"T-{direct[2]}", STEPS[direct[1].lower()])
    wish = next((wish for wish, pattern in PATTERNS if pattern.search(turn.text)), None)
    if wish == "danger":
        return tools.escalate("management")
    if wish is not None and turn.order is not None:
        return _about(turn, tools, turn.order, ACTIONS[wish])
    if found := HOW_MANY.search(turn.text):
        return _convert(tools, found[2], found[3], found[1])
    if found := QUANTITY.search(turn.text):
        return _convert(tools, *found.groups())
    return _advise(turn.text, tools)


def _about(turn: Turn, tools: Tools, number: str, action: Action) -> str:
    order = tools.find_order(number)
    if order is None:
        return tools.escalate("orders")
    return action(turn, tools, order)


def _for_owner(action: Action) -> Action:
    """Only for the one who placed the order: money and parcels move, so the address is compared first."""

    def guarded(turn: Turn, tools: Tools, order: Order) -> str:
        if not tools.check_identity(order["id"], turn.email):
            return tools.escalate("identity")
        return action(turn, tools, order)

    return guarded


def _refund(turn: Turn, tools: Tools, order: Order) -> str:
    if order["state"] == "open":
        return tools.cancel_order(order["id"])
    if order["state"] != "delivered":
        return _advise(f"order is {order['state']}: refund of a parcel refused at the door", tools)
    if (tools.shop.today - date.fromisoformat(order["delivered"])).days > RETURN_DAYS:
        return _advise("how long you can return things, days after delivery", tools)
    if order["cents"] > LARGEST_REFUND:
        return tools.escalate("refunds")
    return tools.refund(order["id"], order["cents"])


def _cancel(turn: Turn, tools: Tools, order: Order) -> str:
    if order["state"] == "open":
        return tools.cancel_order(order["id"])
    return _advise("cancelling an order that is packed", tools)


def _collect(turn: Turn, tools: Tools, order: Order) -> str:
    days = tools.free_days(order["postcode"])
    if not days:
        return tools.escalate("orders")
    named = WEEKDAY.search(turn.text)
    fits = [day for day in days if named and f"{date.fromisoformat(day):%A}" == named.group().title()]
    return tools.book_collection(order["id"], (fits or days)[0])


def _status(turn: Turn, tools: Tools, order: Order) -> str:
    when = order.get("delivered") or order.get("expected")
    return f"{order['id']} is {order['state']}" + (f", {when}." if when else ".")


def _convert(tools: Tools, number: str, source: str, target: str) -> str:
    result = tools.convert(float(number), UNITS[source.lower()], UNITS[target.lower()])
    if result is None:
        return "The two do not measure the same."
    return f"{number} {source} are {result:.4g} {target}."


def _advise(query: str, tools: Tools) -> str:
    found = tools.search_articles(query)
    return str(found[0]["text"]) if found else tools.escalate("orders")


STEPS: dict[str, Action] = {"refund": _refund, "cancel": _cancel, "collect": _collect, "status": _status}
GUARDED = ("refund", "cancel", "collect")
ACTIONS = {wish: _for_owner(step) if wish in GUARDED else step for wish, step in STEPS.items()}
