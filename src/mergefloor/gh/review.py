"""Review suggestions brought to what a run wants: each of them once, on its line, and none that was dealt with."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from mergefloor.core.effects import SuggestChange
from mergefloor.errors import HubError
from mergefloor.gh import fields
from mergefloor.gh.client import Client
from mergefloor.gh.patch import right_side
from mergefloor.gh.suggestion import Wanted, wanted
from mergefloor.gh.suggestion_plan import Begin, Edit, Remove, Reopen, Retire, Step, plan
from mergefloor.gh.threads import Threads

ROUNDS = 8
PAUSE = 1.0  # seconds between a comment whose answer was lost and the next look, the first time
REFUSED = 422


class Review:
    """The suggestions of one effect. `head`: the commit at the head of the pull request, asked for anew every time."""

    def __init__(self, client: Client, effect: SuggestChange, head: Callable[[], str]) -> None:
        self._client, self._effect, self._head = client, effect, head
        self._threads = Threads(client, effect.pull)
        self._wishes = wanted(effect)
        self._made: set[str] = set()
        self._remarks: list[str] = []

    def settle(self) -> str | None:
        """Look, act, and look again after everything that could have been written twice. Returns what was left out,
        and why. Raises HubError."""
        lost: HubError | None = None
        for turn in range(ROUNDS):
            steps = self._steps()
            if not steps:
                return self._remark()
            if self._head() != self._effect.sha:
                return "the suggestions were left alone: the pull request has moved on"
            try:
                for step in self._possible(steps):
                    self._do(step)
            except HubError as error:
                if not error.ambiguous:
                    raise
                lost = error
                self._client.pause(PAUSE * 2**turn)
            else:
                if not any(isinstance(step, Begin) for step in steps):
                    return self._remark()
        raise lost or HubError("others kept changing the suggestions", "run it again when they are done")

    def _steps(self) -> tuple[Step, ...]:
        """What is left to do. What was certainly written is not written again, even if a list does not show it yet."""
        steps = plan(self._threads.own(self._effect.marker), self._wishes)
        return tuple(s for s in steps if not (isinstance(s, Begin) and s.wanted.key in self._made))

    def _possible(self, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        """The steps without the suggestions for lines that the diff does not show, or shows otherwise."""
        begun = [step.wanted for step in steps if isinstance(step, Begin)]
        if not begun:
            return steps
        shown = self._shown({wish.place.path for wish in begun})
        hidden = {w.key for w in begun if shown.get(w.place.path, {}).get(w.place.line) != w.line}
        for wish in begun:
            if wish.key in hidden:
                self._give_up(wish)
        return tuple(s for s in steps if not (isinstance(s, Begin) and s.wanted.key in hidden))

    def _shown(self, paths: set[str]) -> dict[str, dict[int, str]]:
        """The lines that the diff shows of these files. A file too large for a patch shows none."""
        shown: dict[str, dict[int, str]] = {}
        for item in self._client.pages(f"pulls/{self._effect.pull}/files"):
            path, patch = fields.text(item, "filename"), fields.found(item, "patch")
            if path in paths:
                shown[path] = right_side(patch) if isinstance(patch, str) else {}
            if shown.keys() >= paths:
                break
        return shown

    def _do(self, step: Step) -> None:
        if isinstance(step, Begin):
            self._begin(step.wanted)
        elif isinstance(step, Edit):
            self._threads.edit(step.thread, step.body)
        elif isinstance(step, Reopen):
            self._threads.reopen(step.thread)
        elif isinstance(step, Retire):
            if not self._threads.resolve(step.thread):
                self._threads.delete(step.thread)
        elif isinstance(step, Remove):
            if not (step.thread.replies and self._threads.resolve(step.thread)):
                self._threads.delete(step.thread)
        else:
            assert_never(step)

    def _begin(self, wish: Wanted) -> None:
        try:
            self._threads.begin(wish, self._effect.sha)
        except HubError as error:
            if error.status != REFUSED:
                raise
            self._give_up(wish)
        else:
            self._made.add(wish.key)

    def _give_up(self, wish: Wanted) -> None:
        """Not asked for again in this run; the comment names the line anyway."""
        self._made.add(wish.key)
        self._remarks.append(f"{wish.place} is not a line of the diff, so nothing was suggested there")

    def _remark(self) -> str | None:
        return "; ".join(self._remarks) or None
