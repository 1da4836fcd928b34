"""Real repositories in a temporary folder. git here runs without any option of ours, as a user's would."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mergefloor.repo import LocalRepo


class Sandbox:
    """A repository to plant things in."""

    def __init__(self, top: Path, home: Path) -> None:
        self.top = top
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "GIT_AUTHOR_NAME": "a",
            "GIT_AUTHOR_EMAIL": "a@example.org",
            "GIT_COMMITTER_NAME": "a",
            "GIT_COMMITTER_EMAIL": "a@example.org",
            "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
            "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
            "GIT_CONFIG_NOSYSTEM": "1",
        }

    def git(self, *args: str, stdin: bytes = b"") -> str:
        done = subprocess.run(
            ["git", *args], cwd=self.top, env=self.env, input=stdin, check=True, capture_output=True
        )
        return done.stdout.decode("utf-8", "surrogateescape").rstrip("\n")

    def write(self, path: str, text: str | bytes) -> Path:
        file = self.top / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    def link(self, path: str, target: object) -> None:
        Path(self.top / path).symlink_to(str(target))

    def commit(self, message: str = "c", **files: str) -> str:
        for path, text in files.items():
            self.write(path, text)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    home, top = tmp_path / "home", tmp_path / "repo"
    home.mkdir()
    top.mkdir()
    made = Sandbox(top, home)
    made.git("init", "-q", "-b", "main")
    return made


@pytest.fixture
def opened(sandbox: Sandbox) -> Iterator[Callable[..., LocalRepo]]:
    """Opens a repository (the sandbox by default) and closes it at the end."""
    repos: list[LocalRepo] = []

    def make(path: Path | None = None, **more: object) -> LocalRepo:
        repos.append(LocalRepo(path or sandbox.top, environ=sandbox.env, **more))  # type: ignore[arg-type]
        return repos[-1]

    yield make
    for repo in repos:
        repo.close()
