"""Which output a person labels next: shuffled by content, enriched with likely failures, and where a session stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from mergefloor.core.calibration.labels import Label, Sample
from mergefloor.core.keys import digest

HALF = 0.5  # a label is a pass from here on, as in calibration/scale.py
ENOUGH_FAILURES = 30  # DECISION 8: with fewer the judge's eye for failures is hardly measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One output to label for one check. `task`: the check in words; `material`: titles and texts that belong to it.

    `suspect`: whether a check without a judge failed it; None: nobody knows. It is never shown. What the judge said
    plays no part: among outputs chosen by its own verdicts its misses are rare and its eye for failures looks better
    than it is (verification bias, Begg and Greenes 1983, https://doi.org/10.2307/2530820). Nothing here says which arm
    or model wrote the output.
    """

    id: str
    grader: str
    input: str
    output: str
    task: tuple[str, ...]
    material: tuple[tuple[str, str], ...] = ()
    suspect: bool | None = None

    @property
    def content(self) -> tuple[str, str]:
        """What a label is about, whatever its id."""
        return self.input, self.output


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One key's worth: a label, or (None) a skip."""

    item: Item
    passed: bool | None


def ordered(items: Iterable[Item]) -> tuple[Item, ...]:
    """Shuffled, about half of them suspects while there are any.

    Both the shuffle and the coins that choose between suspects and others come from hashes of content: the order is
    the same on every machine and for every rater, and whoever sees one item learns nothing of the next one.
    """
    ranked = _shuffled(items)
    suspects = [item for item in reversed(ranked) if item.suspect]
    others = [item for item in reversed(ranked) if not item.suspect]
    found: list[Item] = []
    while suspects and others:
        found.append((suspects if _coin(ranked[0].grader, len(found)) else others).pop())
    return (*found, *reversed(suspects or others))


def _shuffled(items: Iterable[Item]) -> list[Item]:
    return sorted(items, key=lambda item: digest(["shuffle", item.grader, item.id]))


def _coin(grader: str, position: int) -> bool:
    return int(digest(["coin", grader, position])[0], 16) % 2 == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One rater and one check. `queue` is ordered; `acts`: what was said of its items, in order.

    `elsewhere`, `elsewhere_failures`: this rater's labels of outputs that are not in the queue. `back`: the item that
    an undo brought back.
    """

    grader: str
    queue: tuple[Item, ...]
    count: int
    acts: tuple[Act, ...] = ()
    elsewhere: int = 0
    elsewhere_failures: int = 0
    back: Item | None = None

    @property
    def sample(self) -> Sample:
        """How this queue chooses outputs: at random where there is nothing to enrich it with."""
        return "enriched" if any(item.suspect for item in self.queue) else "random"

    @property
    def labelled(self) -> int:
        """Labels of this rater for this check."""
        return self.elsewhere + sum(act.passed is not None for act in self.acts)

    @property
    def failures(self) -> int:
        """Those that are failures."""
        return self.elsewhere_failures + sum(act.passed is False for act in self.acts)

    @property
    def goal(self) -> int:
        """How many labels there will be: as many as asked for, or as the stored outputs allow."""
        return max(self.labelled, min(self.count, self.elsewhere + len(self.queue)))

    @property
    def current(self) -> Item | None:
        """What to label next; None when the goal is reached or nothing is left."""
        if self.back is not None:
            return self.back
        if self.labelled >= self.count:
            return None
        done = {act.item.id for act in self.acts}
        left = [item for item in self.queue if item.id not in done]
        if self.failures >= ENOUGH_FAILURES:
            left = _shuffled(left)
        return left[0] if left else None

    def after(self, passed: bool | None) -> Session:
        """The session when the current item was labelled, or skipped (None)."""
        item = self.current
        if item is None:
            return self
        return replace(self, acts=(*self.acts, Act(item=item, passed=passed)), back=None)

    def undone(self) -> tuple[Session, Act | None]:
        """The session before its last act, and that act; its item is the current one again."""
        if not self.acts:
            return self, None
        last = self.acts[-1]
        return replace(self, acts=self.acts[:-1], back=last.item), last


def resumed(grader: str, items: Iterable[Item], said: Sequence[Label], goal: int) -> Session:
    """The session of a rater who has `said` this much already (labels of this rater, in the order of the file)."""
    queue = ordered(item for item in items if item.grader == grader)
    by_content = {item.content: item for item in queue}
    acts: list[Act] = []
    strays: list[bool] = []
    for label in said:
        if label.grader != grader:
            continue
        item = by_content.pop((label.input, label.output), None)
        if item is None:
            strays.append(_passes(label))
        else:
            acts.append(Act(item=item, passed=_passes(label)))
    return Session(
        grader=grader,
        queue=queue,
        count=goal,
        acts=tuple(acts),
        elsewhere=len(strays),
        elsewhere_failures=strays.count(False),
    )


def _passes(label: Label) -> bool:
    return not isinstance(label.label, str) and label.label >= HALF
