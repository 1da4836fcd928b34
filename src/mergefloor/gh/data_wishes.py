"""What is to change on a branch of data, worked out anew for every commit that it is tried on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from mergefloor.core.effects import AppendHistory, PublishFiles
from mergefloor.core.history.branch import ABOUT, README, ROOT, grown
from mergefloor.core.history.seal import SEAL, Seal, seal_from, seal_of
from mergefloor.core.keys import text_hash
from mergefloor.gh.data_branch import Look

ACCEPT = (
    "if that was meant, delete `seal.json` on the branch; if not, push the commit from before to it again"
)


class Wish(Protocol):
    """One wish for a branch."""

    @property
    def branch(self) -> str:
        """Its name."""

    @property
    def message(self) -> str:
        """Of the commit."""

    @property
    def name(self) -> str:
        """Tells it from every other wish."""

    def files(self, look: Look) -> Mapping[str, bytes]:
        """What must be written on top of this; nothing where all is there."""

    def remark(self) -> str | None:
        """What was noticed on the way."""


class Lines:
    """Lines for files that only grow."""

    def __init__(self, effect: AppendHistory) -> None:
        self._effect = effect
        self.branch, self.message, self.name = (
            effect.branch,
            effect.message,
            _hash(effect.lines),
        )
        self._seen, self._commit = Seal(), ""
        self._noticed: dict[str, None] = {}

    def files(self, look: Look) -> Mapping[str, bytes]:
        """The files that grow, and the seal over them. What a person changed is noticed and left as it is."""
        missing = [(path, line) for path, line in self._effect.lines if not look.holds(path, _line(line))]
        old = look.read(dict.fromkeys(path for path, _ in missing))
        kept = look.read([SEAL])
        seal = (seal_from(kept[SEAL]) if SEAL in kept else None) or Seal()
        self._notice(look, seal, old)
        new = grown(old, missing)
        if not new:
            return {}
        sealed = seal.renewed(old, {path: data for path, data in new.items() if path.startswith(f"{ROOT}/")})
        extra = {SEAL: sealed.text.encode()} | ({} if README in look.files else {README: ABOUT.encode()})
        return {**new, **extra}

    def remark(self) -> str | None:
        """What was changed by others than mergefloor; None when nothing was."""
        if not self._noticed:
            return None
        return f"the branch {self.branch!r} was changed by hand: {'; '.join(self._noticed)}; {ACCEPT}"

    def _notice(self, look: Look, seal: Seal, old: Mapping[str, bytes]) -> None:
        gone = {path: None for path in seal.marks if path not in look.files}
        self._noticed |= dict.fromkeys(seal.broken({**old, **gone}))
        lost = self._seen.broken({path: old.get(path) for path in self._seen.marks})
        where = f"while this run wrote (commit {self._commit[:12]} has what was there)"
        self._noticed |= dict.fromkeys(f"{each} {where}" for each in lost)
        self._seen, self._commit = seal_of(old), look.commit


class Pages:
    """Whole files, replaced."""

    def __init__(self, effect: PublishFiles) -> None:
        self._files = {path: text.encode() for path, text in effect.files}
        self.branch, self.message, self.name = (
            effect.branch,
            effect.message,
            _hash(effect.files),
        )

    def files(self, look: Look) -> Mapping[str, bytes]:
        """Those that differ from what is there."""
        return {path: data for path, data in self._files.items() if not look.holds(path, data)}

    def remark(self) -> str | None:
        """Nothing is noticed."""
        return None


def wish_of(effect: AppendHistory | PublishFiles) -> Wish:
    """The wish behind an effect."""
    return Lines(effect) if isinstance(effect, AppendHistory) else Pages(effect)


def _hash(rows: tuple[tuple[str, str], ...]) -> str:
    return text_hash("\n".join(f"{path}\0{text}" for path, text in rows))


def _line(line: str) -> bytes:
    return line.encode() + b"\n"
