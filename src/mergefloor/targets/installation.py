"""What a target's `setup` leaves behind, made once for equal lock files and read by both sides."""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from mergefloor.core.keys import digest
from mergefloor.core.ports import Snapshot, TreeEntry
from mergefloor.core.targets import CodeTarget
from mergefloor.core.types import Json
from mergefloor.targets.order import Limits, Order, User
from mergefloor.targets.running import run
from mergefloor.targets.workspace import copy

SETUP_S = 600.0
HERE = "{setup}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Installer:
    """Runs setups below `root`. `platform`: what else an installation depends on; `environ` makes the environment of
    a setup from its folder and its home; `user` None: with our own rights."""

    root: Path
    platform: str
    limits: Limits
    user: Callable[[], User | None]
    redact: Callable[[str], str]

    def install(
        self,
        target: CodeTarget,
        locks: Mapping[str, TreeEntry],
        source: Snapshot,
        environ: Callable[[Path, Path], dict[str, str]],
    ) -> Path | str:
        """The folder that the setup filled, or why there is none.

        A setup sees the lock files and nothing else of the repository, so that equal lock files are an equal result
        and a change cannot leave something in the folder that its base will use.
        """
        folder = self.root / f"setup-{self._key(target, locks)}"
        self.root.mkdir(mode=0o711, parents=True, exist_ok=True)
        with (self.root / f"{folder.name}.lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            done = folder / "done"
            if done.exists() and done.lstat().st_uid == os.geteuid():
                return folder / "out"
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(mode=0o711)
            problem = self._fill(target, locks, source, folder, environ)
            if problem is None:
                done.touch(mode=0o600)
            return problem or folder / "out"

    def _key(self, target: CodeTarget, locks: Mapping[str, TreeEntry]) -> str:
        listed: Json = [[path, entry.mode, entry.blob] for path, entry in sorted(locks.items())]
        return digest(["setup", 1, self.platform, list(target.setup), listed])[:32]

    def _fill(
        self,
        target: CodeTarget,
        locks: Mapping[str, TreeEntry],
        source: Snapshot,
        folder: Path,
        environ: Callable[[Path, Path], dict[str, str]],
    ) -> str | None:
        user = self.user()
        copy(folder / "lock", locks, source, user)
        for name in ("out", "home", "home/tmp"):
            (folder / name).mkdir(mode=0o700)
            if user is not None:
                os.chown(folder / name, user.uid, user.uid)
        order = Order(
            argv=filled(target.setup, folder / "out"),
            env=environ(folder / "out", folder / "home"),
            cwd=folder / "lock",
            user=user,
            limits=self.limits,
        )
        finished = run(order, SETUP_S)
        if finished.late or finished.ended.status != 0:
            how = f"did not end within {SETUP_S:.0f} s" if finished.late else str(finished.ended)
            return self.redact(f"`setup` failed: {how}")
        if user is not None:
            seal(folder / "out", user.uid)
        return None


def filled(argv: tuple[str, ...], setup: Path | None) -> tuple[str, ...]:
    """A command with the setup's folder in the place of `{setup}`."""
    return argv if setup is None else tuple(part.replace(HERE, str(setup)) for part in argv)


def seal(top: Path, owner: int) -> None:
    """Make everything that `owner` left ours, readable for all and writable for nobody else.

    Only what it owns: a hard link to somebody else's file stays that somebody's.
    """
    for folder, folders, files, here in os.fwalk(top, follow_symlinks=False):
        for name in (*folders, *files):
            _seal(name, here, owner)
        if folder == str(top):
            _seal(".", here, owner)


def _seal(name: str, folder: int, owner: int) -> None:
    facts = os.stat(name, dir_fd=folder, follow_symlinks=False)
    if facts.st_uid != owner:
        return
    os.chown(name, 0, 0, dir_fd=folder, follow_symlinks=False)
    if stat.S_ISDIR(facts.st_mode):
        os.chmod(name, 0o755, dir_fd=folder)  # noqa: S103 - to be read by users of both sides
    elif stat.S_ISREG(facts.st_mode):
        os.chmod(name, 0o755 if facts.st_mode & stat.S_IXUSR else 0o644, dir_fd=folder)
