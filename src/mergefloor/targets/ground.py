"""Where the code of one run lives: a folder of its own, users for its programs, and the test that they are apart."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from mergefloor.errors import MergefloorError
from mergefloor.targets.isolation import Guarded, self_test
from mergefloor.targets.order import Limits, Order, User

SHIM, PROBE = "shim.py", "probe.py"
SAME_USER = "targets of this run are not isolated: their code has your own rights, and each side could change the other's answers"


@dataclass(kw_only=True)
class Ground:
    """Made on first use. `users` None: nobody else to be; `strict`: then nothing runs at all.

    `env`: the environment of the self-test; `interpreter`: a Python that other users can run; `remark`: what a reader
    of the report should know.
    """

    parent: Path
    interpreter: str
    env: dict[str, str]
    users: Iterator[User] | None
    guarded: Guarded
    limits: Limits
    strict: bool
    remark: str = ""
    _setups: User | None = None
    _top: tempfile.TemporaryDirectory[str] | None = None

    @property
    def top(self) -> Path:
        """The folder, which others may pass through but not list. MergefloorError when isolation is due but absent."""
        if self._top is None:
            made = tempfile.TemporaryDirectory(prefix="side-", dir=self.parent, ignore_cleanup_errors=True)
            self._top = made
            Path(made.name).chmod(0o711)
            for name in (SHIM, PROBE):
                # A copy: the package may lie where no other user can read.
                shutil.copyfile(Path(__file__).with_name(name), Path(made.name) / name)
                (Path(made.name) / name).chmod(0o644)
            self._check(Path(made.name))
        return Path(self._top.name)

    @property
    def apart(self) -> bool:
        """Whether programs get users of their own; known once `top` was asked for."""
        return self.users is not None

    def user(self) -> User | None:
        """The next user. MergefloorError when there are no more."""
        if self.users is None:
            return None
        found = next(self.users, None)
        if found is None:
            raise MergefloorError("too many programs for one run", "split the suites over several runs")
        return found

    def setup_user(self) -> User | None:
        """The user of every setup: each is over, and what it left is sealed, before the next one begins."""
        if self._setups is None:
            self._setups = self.user()
        return self._setups

    def close(self) -> None:
        """Remove everything."""
        if self._top is not None:
            self._top.cleanup()
            self._top = None

    def _check(self, top: Path) -> None:
        problem = "this process is not root" if self.users is None else self._reached(top)
        if not problem:
            return
        if self.strict:
            self.close()
            fix = "run the action's image as it is, without `docker.sock`, and without a checkout that keeps its token"
            raise MergefloorError(f"isolation self-test failed: {problem}; code targets are refused", fix)
        self.users = None
        self.remark = f"{SAME_USER} ({problem})"

    def _reached(self, top: Path) -> str:
        """What the probe could reach that it must not."""
        order = Order(
            argv=(self.interpreter, "-I", str(top / PROBE)),
            env={**self.env, "HOME": "/nonexistent"},
            cwd=Path("/"),
            user=self.user(),
            limits=self.limits,
        )
        return self_test(order, replace(self.guarded, folders=(*self.guarded.folders, str(top))))
