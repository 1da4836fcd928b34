"""The JSON that an event brought along, read by paths. GitHub wrote it: what is missing is nobody's mistake here."""

from __future__ import annotations

import re

from mergefloor.core.types import Json
from mergefloor.errors import InputError, MergefloorError
from mergefloor.loading import Document, Limits, load_json

# GitHub sends at most 25 MB; the runner writes the same again with indentation.
LIMITS = Limits(size=64 * 1024 * 1024, nodes=600_000, scalar=1024 * 1024)
FIX = "run the job again; if that does not help, please report this with the name of the event"
_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


class Payload:
    """One event's payload. Every reader raises MergefloorError (exit 2) when the shape is not GitHub's."""

    def __init__(self, event: str, data: bytes) -> None:
        self._event = event
        try:
            self._document: Document = load_json(f"payload of {event}", data, limits=LIMITS)
        except InputError as error:
            raise MergefloorError(f"the event cannot be read: {error.problems[0]}", FIX) from error
        if not isinstance(self._document.value, dict):
            raise self._unlike("a mapping", ())

    def find(self, *keys: str) -> Json:
        """The value at a path; None when there is none."""
        try:
            return self._document.at(*keys)
        except KeyError:
            return None

    def text(self, *keys: str) -> str:
        """The text at a path."""
        value = self.find(*keys)
        if not isinstance(value, str):
            raise self._unlike("a text", keys)
        return value

    def number(self, *keys: str) -> int:
        """The whole number at a path."""
        value = self.find(*keys)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._unlike("a whole number", keys)
        return value

    def sha(self, *keys: str) -> str:
        """The full commit id at a path."""
        value = self.text(*keys)
        if not _SHA.fullmatch(value):
            raise self._unlike("a full commit id", keys)
        return value

    def branch(self, *keys: str) -> str:
        """The name of a branch at a path, without `refs/heads/`."""
        return self.text(*keys).removeprefix("refs/heads/")

    def flag(self, *keys: str) -> bool:
        """Whether the value at a path is true; absent is false."""
        return self.find(*keys) is True

    def _unlike(self, wanted: str, keys: tuple[str, ...]) -> MergefloorError:
        where = f"at `{'.'.join(keys)}`" if keys else "at its top"
        return MergefloorError(f"the payload of the event {self._event!r} has not {wanted} {where}", FIX)
