"""A branch of data that many runs write to at once: none waits for another, and nothing is lost or done twice.

GitHub moves a branch only forwards, which is the one compare-and-swap that it has. So a run looks, makes a commit on
what it saw, and asks for the move. Refused means that another was faster: look again, and add what is still missing.
An answer that was lost is the same: what arrived is there at the next look.
"""

from __future__ import annotations

from http import HTTPStatus

from mergefloor.core.effects import AppendHistory, PublishFiles
from mergefloor.core.keys import digest
from mergefloor.errors import HubError, RepositoryError
from mergefloor.gh.client import Client
from mergefloor.gh.data_branch import DataBranch, Look
from mergefloor.gh.data_wishes import Wish, wish_of

ROUNDS = 60
# Seconds; the longest pause of a round, of which a share is waited. GitHub takes 80 writes a minute of all runs
# together, three a round, so that those who lost a race spread out at once.
FIRST_PAUSE, LONGEST_PAUSE, LEAST_SHARE = 3.0, 24.0, 0.2
# A refusal while the branch stands still is no race. GitHub's copies may be behind for a moment, so it is asked again.
STANDSTILLS = 3
LOST_RACE = frozenset({HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY})
FORBIDDEN = HTTPStatus.FORBIDDEN
OPEN_UP = (
    "let the workflow push to {branch!r}: leave it out of the rules for branches (Settings > Rules), or let the "
    "workflow's app bypass them; grant `permissions: contents: write` to the job"
)


def add(client: Client, effect: AppendHistory | PublishFiles) -> str | None:
    """Bring the branch to hold this. A remark tells what people did to it; HubError when it cannot be written."""
    try:
        return _Writer(client, wish_of(effect)).settle()
    except RepositoryError as error:
        raise HubError(f"the branch {effect.branch!r} cannot be read: {error.what}", error.fix) from None


class _Writer:
    def __init__(self, client: Client, wish: Wish) -> None:
        self._client, self._wish = client, wish
        self._branch = DataBranch(client, wish.branch)
        self._last = self._branch.look("")
        self._deleted = ""

    def settle(self) -> str | None:
        """Round after round, until all is there."""
        stood, before = 0, None
        for turn in range(ROUNDS):
            tip = self._branch.tip()
            stood = stood + 1 if tip == before else 0
            refusal = self._round(tip)
            if refusal is None:
                return self._remark()
            if refusal.ambiguous:
                before = None
            elif refusal.status == FORBIDDEN or stood >= STANDSTILLS:
                raise self._refused(refusal)
            elif refusal.status not in LOST_RACE:
                raise refusal
            else:
                before = tip
            self._pause(turn)
        what = f"others kept writing to the branch {self._wish.branch!r}"
        raise HubError(what, "run the job again; nothing is written twice")

    def _round(self, tip: str) -> HubError | None:
        """Look, commit, move. None when all is there, else why the branch did not move."""
        look = self._seen(tip)
        files = self._wish.files(look)
        if not files and tip == look.commit:
            return None
        commit = self._branch.commit(look, files, self._wish.message) if files else look.commit
        try:
            self._branch.move(tip, commit)
        except HubError as error:
            return error
        return None

    def _seen(self, tip: str) -> Look:
        """A branch that was deleted since the last look is brought back with all that it held."""
        if not tip and self._last.commit:
            self._deleted = self._last.commit
            return self._last
        if tip != self._last.commit:
            self._last = self._branch.look(tip)
        return self._last

    def _refused(self, error: HubError) -> HubError:
        what = f"GitHub does not let this run write to the branch {self._wish.branch!r}: {error.what}"
        return HubError(what, OPEN_UP.format(branch=self._wish.branch), status=error.status)

    def _pause(self, turn: int) -> None:
        """A share of a growing pause, another one for every run and turn. Never next to nothing: what was read may
        come from a copy that is behind."""
        own = int(digest([self._wish.name, turn])[:8], 16) / 0xFFFFFFFF
        self._client.pause(min(LONGEST_PAUSE, FIRST_PAUSE * 2**turn) * max(LEAST_SHARE, own))

    def _remark(self) -> str | None:
        said = [self._wish.remark()]
        if self._deleted:
            what = f"the branch {self._wish.branch!r} was deleted while this run wrote to it"
            said.append(f"{what}; it was made again with all that commit {self._deleted[:12]} held")
        return "; ".join(each for each in said if each) or None
