"""Annotations -> lines that the runner obeys: escaped to the letter, counted, cut (ActionCommand.cs, ExecutionContext.cs)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from mergefloor.core.effects import Annotate
from mergefloor.runner.lines import lines

PER_LEVEL = 10  # of each level a step may show; the runner drops the rest without a word
MAX_TEXT = 4_096  # characters of a message
MAX_TITLE = 200


class Annotations:
    """Counts what a step has shown. `redact`: text without secrets."""

    def __init__(self, redact: Callable[[str], str]) -> None:
        self._redact = redact
        self._shown: Counter[str] = Counter()

    def commands(self, wanted: Iterable[Annotate]) -> list[str]:
        """A line for each that there is room for; the last one of a level counts those that were left out."""
        found = list(wanted)
        out: list[str] = []
        for level in dict.fromkeys(each.level for each in found):
            of_level = [each for each in found if each.level == level]
            room = PER_LEVEL - self._shown[level]
            kept = of_level[:room]
            out += [self._command(each, 0) for each in kept[:-1]]
            out += [self._command(each, len(of_level) - len(kept)) for each in kept[-1:]]
            self._shown[level] += len(kept)
        return out

    def _command(self, each: Annotate, more: int) -> str:
        where = {"file": each.place.path, "line": str(each.place.line)} if each.place else {}
        title = " ".join(self._clean(each.title))[:MAX_TITLE].strip()
        properties = {**{name: " ".join(self._clean(value)) for name, value in where.items()}, "title": title}
        written = ",".join(f"{name}={property_text(value)}" for name, value in properties.items() if value)
        rest = f"\n(and {more} more: see the report)" if more else ""
        message = cut("\n".join(self._clean(each.message)).strip(), MAX_TEXT - len(rest)) + rest
        return f"::{each.level}{' ' if written else ''}{written}::{message_text(message)}"

    def _clean(self, text: str) -> list[str]:
        return lines(self._redact(text))


def message_text(text: str) -> str:
    """What stands after the second `::`, as the runner will read it back."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def property_text(text: str) -> str:
    """The value of a property, as the runner will read it back."""
    return message_text(text).replace(":", "%3A").replace(",", "%2C")


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, as .NET counts them: those outside the basic plane are two."""
    if _units(text) <= limit:
        return text
    end = limit - 1
    while _units(text[:end]) > limit - 1:
        end -= 1 + (_units(text[:end]) - limit) // 2
    return f"{text[:end]}\u2026"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
