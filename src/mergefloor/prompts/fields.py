"""The keys of one mapping in a prompt file. What is wrong is kept, so that all of it can be told at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import islice

from mergefloor.core.types import Json, Place, Problem
from mergefloor.loading import Document
from mergefloor.prompts.placeholders import as_text

_VERSION = re.compile(
    r"v?(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})(-[0-9A-Za-z.-]{1,80})?(\+[0-9A-Za-z.-]{1,80})?"
)
_SHOWN = 80
_COMPARED = 100
MAX_PROBLEMS = 50


class Fields:
    """Reads one mapping of a document by key. Every reader returns a usable value and notes the problem, if any."""

    def __init__(self, document: Document, problems: list[Problem], *keys: str | int) -> None:
        self.document, self.problems, self.keys = document, problems, keys
        value = document.at(*keys)
        self.value: Mapping[str, Json] = value if isinstance(value, dict) else {}
        if not isinstance(value, dict):
            self.wrong(f"{kind(value)} stands where a mapping belongs", "write `key: value` lines")

    def wrong(self, what: str, fix: str, *keys: str | int) -> None:
        """Keep one problem, at a key of this mapping."""
        self.problems.append(Problem(place=self.place(*keys), what=what, fix=fix))

    def place(self, *keys: str | int) -> Place:
        """Where a key of this mapping was written."""
        return self.document.place(*self.keys, *keys)

    def only(self, known: Sequence[str]) -> None:
        """Every other key is a problem."""
        for key in self.value:
            if len(self.problems) >= MAX_PROBLEMS:
                return
            if key not in known:
                near = suggestion(key, known)
                self.wrong(
                    f"the key {short(key)} is not known here",
                    f"{near or f'known keys: {listed(known)}'}",
                    key,
                )

    def text(self, name: str, *, required: bool = False) -> str:
        """A text; "" when absent."""
        value = self.value.get(name)
        if isinstance(value, str) and (value.strip() or not required):
            return value
        if value is None or isinstance(value, str):
            if required:
                self.wrong(f"`{name}` is missing or empty", f"write a text under `{name}:`", *self._at(name))
            return ""
        self.wrong(f"`{name}` is {kind(value)}, not a text", "put it in quotes", name)
        return ""

    def remark(self, name: str) -> str:
        """Something for people only, in whatever shape it was written, as a text."""
        value = self.value.get(name)
        if isinstance(value, list):
            return "\n".join(map(as_text, value))
        if isinstance(value, dict):
            return "\n".join(f"{key}: {as_text(item)}" for key, item in value.items())
        return self.document.text(*self.keys, name) if name in self.value else ""

    def names(self, name: str, fits: Callable[[str], bool]) -> tuple[str, ...]:
        """A list of variable names, each once."""
        value = self.value.get(name)
        if value is None:
            return ()
        if not isinstance(value, list):
            self.wrong(f"`{name}` is {kind(value)}, not a list of names", f"write `{name}: [a, b]`", name)
            return ()
        return tuple(dict.fromkeys(self._named(name, value, fits)))

    def _named(self, name: str, items: Iterable[Json], fits: Callable[[str], bool]) -> Iterator[str]:
        seen: set[str] = set()
        for index, item in enumerate(items):
            if not isinstance(item, str) or not fits(item):
                what = f"{short(as_text(item))} in `{name}` is not the name of a variable"
                self.wrong(what, "use letters, digits and `_`", name, index)
            elif item in seen:
                self.wrong(f"{short(item)} stands twice in `{name}`", "remove one", name, index)
            else:
                seen.add(item)
                yield item

    def items(self, name: str) -> Iterator[Fields]:
        """The mappings of a list; nothing when the list is absent."""
        value = self.value.get(name)
        if value is not None and not isinstance(value, list):
            self.wrong(f"`{name}` is {kind(value)}, not a list", "begin every entry with `- `", name)
        if isinstance(value, list):
            for index in range(len(value)):
                yield Fields(self.document, self.problems, *self.keys, name, index)

    def choice(self, name: str, known: Sequence[str], default: str) -> str:
        """One of a few words; the default when absent or wrong."""
        value = self.value.get(name)
        if value is None:
            return default
        if isinstance(value, str) and value in known:
            return value
        self.wrong(f"`{name}` is {short(as_text(value))}", f"choose one of {listed(known)}", name)
        return default

    def version(self) -> tuple[str | None, Place | None]:
        """The declared version and where, as it was written."""
        if self.value.get("version") is None:
            return None, None
        written = self.document.text(*self.keys, "version")
        if isinstance(self.value["version"], dict | list) or not _VERSION.fullmatch(written):
            self.wrong(
                f"the version {short(written)} is not of the form 1.2.3", "write `version: 1.0.0`", "version"
            )
            return None, None
        return written, self.place("version")

    def _at(self, name: str) -> tuple[str, ...]:
        return (name,) if name in self.value else ()


def kind(value: Json) -> str:
    """What a value is, in words."""
    if isinstance(value, bool):
        return "true or false"
    words = {
        dict: "a mapping",
        list: "a list",
        str: "a text",
        int: "a number",
        float: "a number",
        type(None): "nothing",
    }
    return words[type(value)]


def short(text: str) -> str:
    """A foreign text in quotes, cut."""
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")


def listed(names: Iterable[str]) -> str:
    """Names in backticks, with commas."""
    return ", ".join(f"`{name}`" for name in names)


def suggestion(name: str, known: Iterable[str]) -> str:
    """`did you mean ...?`, or nothing when no known name is near."""
    near = get_close_matches(name[:_SHOWN], [each[:_SHOWN] for each in islice(known, _COMPARED)], n=1)
    return f"did you mean `{near[0]}`?" if near else ""
