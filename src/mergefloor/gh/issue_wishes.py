"""What a run wants of an issue: this text in it, open; or closed; or a comment below it that is said once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from mergefloor.core.effects import CloseIssue, UpsertIssue
from mergefloor.gh.comment_state import state_line
from mergefloor.gh.letter import TITLE, Facts, facts_of, fitting, letter, restated
from mergefloor.gh.sticky import Version

NEWER = "a newer run has written the issue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """The issue open, with the text of this run, unless a newer one has written."""

    effect: UpsertIssue

    @property
    def marker(self) -> str:
        """By which the issue is found."""
        return self.effect.marker

    def wanted(self, latest: Version | None) -> str:
        """Our text; a newer run's where there is one. Opening what was closed begins another round."""
        if latest is not None and latest.order > self.effect.stamp.order:
            return latest.text
        was = None if latest is None else facts_of(latest.text)
        count = 1 if was is None else was.round + (not was.open)
        facts = Facts(title=self.effect.title[:TITLE], round=count)
        return letter(self.marker, self.effect.stamp, facts, self.effect.body)

    def refusal(self, text: str) -> str | None:
        """Never refused."""
        return None

    def remark(self, text: str) -> str | None:
        """A newer run's text stayed."""
        return NEWER if Version(text=text).order > self.effect.stamp.order else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """The issue closed by this run, its words as they were, unless a newer run has written."""

    effect: CloseIssue

    @property
    def marker(self) -> str:
        """By which the issue is found."""
        return self.effect.marker

    def wanted(self, latest: Version | None) -> str:
        """The same text under our stamp. The stamp keeps an older run from opening it again."""
        if latest is None:
            return ""
        if latest.order > self.effect.stamp.order:
            return latest.text
        facts = facts_of(latest.text) or Facts(title="")
        return restated(latest.text, replace(facts, open=False), state=state_line("", self.effect.stamp))

    def refusal(self, text: str) -> str | None:
        """Never refused."""
        return None

    def remark(self, text: str) -> str | None:
        """A newer run's text stayed."""
        return NEWER if Version(text=text).order > self.effect.stamp.order else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """A comment that is there once for its key, whoever repeats it and whatever was lost on the way."""

    key: str
    body: str

    @property
    def marker(self) -> str:
        """First line of the comment."""
        return f"<!-- mergefloor-once:{hashlib.sha256(self.key.encode()).hexdigest()[:24]} -->"

    def wanted(self, latest: Version | None) -> str:
        """What was said first stays, also where somebody has edited it."""
        return f"{self.marker}\n{fitting(self.body, '')}" if latest is None else latest.text

    def refusal(self, text: str) -> str | None:
        """Never refused."""
        return None

    def remark(self, text: str) -> str | None:
        """Nothing else can stay."""
        return None
