"""One comment, whoever writes at the same time and whatever fails (R25, R26).

GitHub has no conditional update, so nothing is assumed and everything is looked at again:
- after a create the comments are listed again; of several of ours the one with the lowest id stays, with the newest text;
- after an update the comment is read again with its latest edits: whoever overwrote a newer run's text puts it back.
The last one to write looks last, so what stays is the text of the newest run, in one comment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from mergefloor.errors import HubError
from mergefloor.gh.comments import Own
from mergefloor.gh.sticky import Version, newest, same

ROUNDS = 10
PAUSE = 1.0  # seconds between a write whose answer was lost and the next look, the first time


class Notes(Protocol):
    """Where texts of ours stand: comments, issues, pull requests. Everything raises HubError."""

    def own(self, marker: str) -> tuple[Own, ...]:
        """Those that this token wrote and that begin with the marker, lowest id first."""

    def again(self, own: Own) -> Own | None:
        """The same one as it is now, with its latest edits. None: it is gone."""

    def create(self, text: str) -> Own:
        """A new one. HubError with `ambiguous`: it may be there all the same."""

    def write(self, own: Own, text: str) -> bool:
        """Replace its text. False: it is gone."""

    def delete(self, own: Own) -> bool:
        """Take away one too many. False: it is gone already."""


class Wish(Protocol):
    """What somebody wants of the comment."""

    @property
    def marker(self) -> str:
        """First line of the comment."""

    def wanted(self, latest: Version | None) -> str:
        """The text that should be there, given the newest that was ever seen there."""

    def refusal(self, text: str) -> str | None:
        """Why this text must not be written now, asked right before; None when it may be."""

    def remark(self, text: str) -> str | None:
        """What to say when this text is the one that stayed; None when it is the one that was wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settler:
    """Brings one text to what is wanted. `pause`: waits a number of seconds, or less at the deadline."""

    comments: Notes
    pause: Callable[[float], None]

    def settle(self, wish: Wish) -> str | None:
        """Look, do one thing, look again, until there is nothing left to do. Returns a remark when something else
        than the wish stayed. HubError when GitHub refuses, or it cannot be brought about."""
        return self.settled(wish)[1]

    def settled(self, wish: Wish) -> tuple[Own | None, str | None]:
        """The same, and which one stayed; None where the wish refused to write."""
        own = self.comments.own(wish.marker)
        latest: Version | None = None
        lost: HubError | None = None
        for turn in range(ROUNDS):
            latest = newest([*_versions(own), *([latest] if latest else [])])
            text = wish.wanted(latest)
            there = bool(own) and same(own[0].now.text, text)
            if own and turn and not there:
                self.pause(PAUSE)  # what was just read may come from a copy that is behind
            if not there and (why := wish.refusal(text)):
                return None, why
            try:
                if there:
                    self._prune(own[1:])
                    return own[0], wish.remark(text)
                own = self._written(own, text, wish.marker) if own else self._created(text, wish.marker)
            except HubError as error:
                if not error.ambiguous:
                    raise
                lost = error
                self.pause(PAUSE * 2**turn)
                own = self.comments.own(wish.marker)
        raise lost or HubError("others kept changing the comment", "run it again when they are done")

    def _created(self, text: str, marker: str) -> tuple[Own, ...]:
        """A list that was read from a copy may not show the new comment yet."""
        made = self.comments.create(text)
        listed = self.comments.own(marker)
        return listed if listed else (made,)

    def _written(self, own: tuple[Own, ...], text: str, marker: str) -> tuple[Own, ...]:
        """The survivor is written before others are deleted, so that there is a comment at every moment."""
        survivor = self.comments.again(own[0]) if self.comments.write(own[0], text) else None
        if survivor is None:
            return self.comments.own(marker)
        return (survivor, *own[1:])

    def _prune(self, others: Iterable[Own]) -> None:
        for other in others:
            self.comments.delete(other)


def _versions(own: Iterable[Own]) -> Iterator[Version]:
    for comment in own:
        yield comment.now
        yield from comment.before
