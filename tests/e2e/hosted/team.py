"""What a team does with its repository: branches, pull requests, runs of the action."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.fakes.github import FakeGitHub
from tests.fakes.runner import Run, RunnerHarness

CONTEXT = "mergefloor"
MARKER = "<!-- mergefloor:mergefloor.yml -->"
KEY = "the-key-that-signs-the-cache"
IDENTITY = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A repository, the GitHub it lives on, and a runner."""

    folder: Path
    github: FakeGitHub
    runner: RunnerHarness

    def git(self, *args: str) -> str:
        """Run git in the repository; what it printed."""
        env = {"PATH": os.environ["PATH"], **IDENTITY}
        done = subprocess.run(
            ["git", *args], cwd=self.folder, env=env, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def begin(self, files: Mapping[str, str]) -> None:
        """The first commit of `main`."""
        self.git("init", "-q", "-b", "main")
        self._write(files)
        self.git("commit", "-q", "-m", "begin")

    def sha(self, ref: str) -> str:
        """The commit behind a name."""
        return self.git("rev-parse", ref)

    def commit(self, branch: str, files: Mapping[str, str | None], *, start: str = "main") -> str:
        """Commit files (None: delete) on a branch, made from `start` when it is new; the commit's id."""
        if branch not in self.git("branch", "--format=%(refname:short)").split():
            self.git("branch", branch, start)
        self.git("checkout", "-q", branch)
        self._write(files)
        self.git("commit", "-q", "--allow-empty", "-m", f"work on {branch}")
        return self.sha("HEAD")

    def _write(self, files: Mapping[str, str | None]) -> None:
        for path, text in files.items():
            if text is not None:
                target = self.folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8")
        if gone := [path for path, text in files.items() if text is None]:
            self.git("rm", "-q", "--", *gone)
        if there := [path for path, text in files.items() if text is not None]:
            self.git("add", "--", *there)

    def run(self, event: str, payload: dict[str, Any], **inputs: str) -> Run:
        """One run of the action with the cache's key; inputs have their hyphens as underscores."""
        given = {"cache-key": KEY, **{name.replace("_", "-"): value for name, value in inputs.items()}}
        return self.runner.run(event, payload, given, token=self.github.token)

    def gate(self, number: int, *, action: str = "synchronize", **inputs: str) -> Run:
        """The action on a pull request's event."""
        return self.run(
            "pull_request", self.github.event("pull_request", number=number, action=action), **inputs
        )

    def dispatch(self, branch: str, **inputs: str) -> Run:
        """Somebody presses the button on a branch."""
        payload = self.github.event("workflow_dispatch", ref=f"refs/heads/{branch}")
        given = {"cache-key": KEY, **{name.replace("_", "-"): value for name, value in inputs.items()}}
        return self.runner.run(
            "workflow_dispatch",
            payload,
            given,
            token=self.github.token,
            env_extra={"GITHUB_SHA": self.sha(branch)},
        )

    def say(self, number: int, body: str, *, author: str, **inputs: str) -> Run:
        """Somebody comments, and the action runs on it."""
        comment = self.github.comment(number, author, body)
        return self.run("issue_comment", self.github.event("issue_comment", comment=comment), **inputs)

    def status(self, sha: str) -> tuple[str, str]:
        """State and description of our context on a commit."""
        found = self.github.world.latest(sha)[CONTEXT]
        return found.state, found.description or ""

    def sticky(self, number: int) -> list[str]:
        """The texts of our comments on a pull request."""
        return [c.body for c in self.github.comments[number] if c.body.startswith(MARKER)]
