"""Commits made of plain data, in one `git fast-import`: any mode, any name, no work tree."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

File = tuple[str, bytes]  # mode and content; of a submodule (160000) the id of its commit
Tree = Mapping[str, File]
WHO = "a <a@example.org> 1767225600 +0000"


class History:
    """A repository to plant commits in."""

    def __init__(self, top: Path) -> None:
        self.top, self._count = top, 0
        home = top / "home"
        home.mkdir(parents=True)
        self._env = {"PATH": os.environ["PATH"], "HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1"}
        self.git("init", "-q", "-b", "main")

    def git(self, *args: str, stdin: bytes = b"") -> str:
        done = subprocess.run(
            ["git", *args], cwd=self.top, env=self._env, input=stdin, check=True, capture_output=True
        )
        return done.stdout.decode().strip()

    def commit(self, files: Tree, *parents: str, branch: str = "") -> str:
        """A commit of exactly these files. Its branch, or a new one, points at it."""
        self._count += 1
        ref = f"refs/heads/{branch or f'c{self._count}'}"
        if parents:
            self.git("update-ref", ref, parents[0])
        rows = [f"commit {ref}\ncommitter {WHO}\ndata 1\nc\n".encode()]
        rows += [f"from {parent}\n".encode() for parent in parents[:1]]
        rows += [f"merge {parent}\n".encode() for parent in parents[1:]]
        rows += [b"deleteall\n", *(_file(path, *file) for path, file in files.items())]
        self.git("fast-import", "--quiet", "--force", stdin=b"".join(rows))
        return self.git("rev-parse", ref)


def texts(files: Mapping[str, str]) -> dict[str, File]:
    """Regular files by path."""
    return {path: ("100644", text.encode()) for path, text in files.items()}


def _file(path: str, mode: str, data: bytes) -> bytes:
    if mode == "160000":
        return b"M 160000 %s %s\n" % (data, _quoted(path))
    return b"M %s inline %s\ndata %d\n%s\n" % (mode.encode(), _quoted(path), len(data), data)


def _quoted(path: str) -> bytes:
    inner = path.encode().replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
    return b'"' + inner + b'"'
