"""What a run wants of the comment: its own text there, or a block on top of what is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mergefloor.core.effects import AmendComment, UpsertComment
from mergefloor.gh.sticky import Version, amended, composed

NEWER_RUN = "a newer run has written the comment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upsert:
    """The text of one run, unless a newer one has written or the pull request has moved on (PLATFORM 2).

    `head`: the commit at the head of the pull request, asked for anew every time.
    """

    effect: UpsertComment
    head: Callable[[], str]

    @property
    def marker(self) -> str:
        """By which the comment is found."""
        return self.effect.marker

    def wanted(self, latest: Version | None) -> str:
        """Our text; a newer run's where there is one, also when an older run has just overwritten it."""
        mine = Version(text=composed(self.effect))
        return latest.text if latest is not None and latest.order > mine.order else mine.text

    def refusal(self, text: str) -> str | None:
        """Our own text is not written about a commit that is no longer the head."""
        if self.remark(text):
            return None
        head = self.head()
        if head == self.effect.sha:
            return None
        return f"the comment was left alone: it would speak of {self.effect.sha[:12]}, and the head is {head[:12]} now"

    def remark(self, text: str) -> str | None:
        """A newer run's text stayed."""
        return None if text == composed(self.effect) else NEWER_RUN


@dataclass(frozen=True, slots=True, kw_only=True)
class Amend:
    """A block on top of whatever the newest run wrote."""

    effect: AmendComment

    @property
    def marker(self) -> str:
        """By which the comment is found."""
        return self.effect.marker

    def wanted(self, latest: Version | None) -> str:
        """The newest text with the block."""
        return amended(self.effect, latest)

    def refusal(self, text: str) -> str | None:
        """Never refused: whoever asks has checked the commit."""
        return None

    def remark(self, text: str) -> str | None:
        """Whatever stays has the block."""
        return None
