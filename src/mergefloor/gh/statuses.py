"""A commit status written, and which of two runs on one commit speaks for it: the one that announced itself last (R26).

A run that finds that a newer one has announced itself says nothing any more. GitHub has no conditional write, so it
looks again after its word: where it has just covered a newer run's word, it puts that back. Only what the same token
wrote counts: anybody who may push can set a status, and none of theirs is repeated in our name (T24).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import get_args

from mergefloor.core.effects import SetStatus
from mergefloor.core.hub import State
from mergefloor.core.types import Json
from mergefloor.errors import HubError
from mergefloor.gh import fields
from mergefloor.gh.client import Client
from mergefloor.gh.description import description
from mergefloor.gh.repeat import post

LOOK_TIME = 30.0  # seconds for one look at what others wrote; the word itself weighs more
LOOKED_AT = 300  # statuses of a commit, of all contexts
STATES: dict[str, State] = {state: state for state in get_args(State)}
NEWER = "a newer run speaks for this commit, so the status was left to it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One status of our context and token on a commit. `url`: by which run."""

    state: State
    text: str
    url: str


class Statuses:
    """The statuses that one token writes. Everything raises HubError."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._us: Json = None

    def write(self, effect: SetStatus) -> str | None:
        """Write it, unless a newer run speaks for the commit. A remark when it was left, or could not be told."""
        if not effect.final or not effect.url:
            self._post(effect)
            return None
        try:
            if newer(self._words(effect), effect.url) is not None:
                return NEWER
        except HubError as error:
            self._post(effect)
            return f"whether a newer run speaks for this commit cannot be told: {error}"
        return self._spoken(effect)

    def _spoken(self, effect: SetStatus) -> str | None:
        """Say it, and look whether it covered the word of a newer run, which then is said again."""
        self._post(effect)
        try:
            words = self._words(effect)
        except HubError as error:
            return f"whether a newer run speaks for this commit cannot be told: {error}"
        covered = newer(words, effect.url)
        if covered is None or covered.state == "pending" or words[0].url == covered.url:
            return None
        self._post(replace(effect, state=covered.state, description=covered.text, url=covered.url))
        return NEWER

    def _post(self, effect: SetStatus) -> None:
        body: dict[str, Json] = {
            "state": effect.state,
            "context": effect.context,
            "description": description(effect.description),
        }
        if effect.url:
            body["target_url"] = effect.url
        made = post(self._client, f"statuses/{effect.sha}", body)
        self._us = fields.found(made, "creator", "login")

    def _words(self, effect: SetStatus) -> list[Word]:
        """What this token wrote about this commit in this context, newest first; nothing before its first word."""
        if self._us is None:
            return []
        with self._client.within(LOOK_TIME):
            listed = list(islice(self._client.pages(f"commits/{effect.sha}/statuses"), LOOKED_AT))
        return [
            Word(state=state_of(row), text=text_of(row, "description"), url=text_of(row, "target_url"))
            for row in listed
            if fields.text(row, "context") == effect.context
            and fields.found(row, "creator", "login") == self._us
        ]


def newer(words: Sequence[Word], url: str) -> Word | None:
    """The latest word of the run that announced itself last, when that is not the run of this URL, but came after it.
    `words`: newest first."""
    announced = [word.url for word in words if word.state == "pending"]
    if url not in announced or announced[0] == url:
        return None
    return next(word for word in words if word.url == announced[0])


def state_of(row: Json) -> State:
    """The state of a status. HubError for one that nobody knows."""
    said = fields.text(row, "state")
    if said not in STATES:
        raise HubError(f"GitHub tells an unknown state {said!r}", fields.FIX)
    return STATES[said]


def text_of(row: Json, key: str) -> str:
    """A text of a status; "" where there is none."""
    value = fields.found(row, key)
    return value if isinstance(value, str) else ""
