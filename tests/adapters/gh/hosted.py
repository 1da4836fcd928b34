"""A repository with one pull request on the fake GitHub, and our side of it. Nobody waits: time passes in a list."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.fakes.github import FakeGitHub, Limits, Permissions

from mergefloor.gh.client import Client
from mergefloor.gh.hub import GitHub
from mergefloor.gh.wire import Clocks

REPOSITORY = "mergefloor/mergefloor"
PROMPT = "prompts/reply.yml"
BEFORE = "name: reply\nversion: 1.0.0\ntext: |\n" + "".join(f"  line {n}\n" for n in range(30))
AFTER = BEFORE.replace("version: 1.0.0", "version: 1.0.1").replace("line 29", "line xxix")
DATE = "2026-11-21T09:00:00Z"


@dataclass(slots=True)
class Site:
    """The fake, the folder of its repository, the pull request's number and head, and what was waited (seconds)."""

    fake: FakeGitHub
    top: Path
    number: int
    head: str
    waited: list[float]

    def hub(self, **but: Any) -> GitHub:
        """Our side. `but`: other options of the client."""
        return GitHub(self.client(**but))

    def client(self, **but: Any) -> Client:
        options = {"token": self.fake.token, "repository": REPOSITORY, "clocks": self._clocks} | but
        return Client(api_url=self.fake.url, graphql_url=self.fake.graphql_url, **options)

    def push(self, text: str, message: str = "push", branch: str = "topic") -> str:
        """Somebody pushes the prompt with this text; the commit's id."""
        git(self.top, "checkout", "-q", "-f", branch)
        (self.top / PROMPT).write_text(text)
        git(self.top, "commit", "-q", "-a", "--allow-empty", "-m", message)
        self.head = git(self.top, "rev-parse", "HEAD")
        self.fake.push_pull(self.number, self.head)
        return self.head

    def asked(self, *methods: str) -> list[str]:
        """Method and path of what was asked so far."""
        return [
            f"{r.method} {r.path.removeprefix(f'/repos/{REPOSITORY}/')}"
            for r in self.fake.requests
            if not methods or r.method in methods
        ]

    def bodies(self, number: int | None = None) -> list[str]:
        return [said.body for said in self.fake.comments[number or self.number]]

    @property
    def _clocks(self) -> Clocks:
        return Clocks(steady=lambda: 1_000.0 + sum(self.waited), wall=lambda: 1_000.0, sleep=self._sleep)

    def _sleep(self, seconds: float) -> None:
        self.waited.append(seconds)


@contextmanager
def hosted(folder: Path, **options: Any) -> Iterator[Site]:
    """The site. What the fake refuses as against GitHub's rules fails the test."""
    top = folder / "repo"
    top.mkdir()
    git(top, "init", "-q", "-b", "main")
    first = _commit("refs/heads/main", {PROMPT: BEFORE, "notes.txt": "one\n"})
    git(
        top,
        "fast-import",
        "--quiet",
        stdin=first + _commit("refs/heads/topic", {PROMPT: AFTER}, "refs/heads/main"),
    )
    limits = Limits(per_hour=None, writes_per_minute=None)
    fake = FakeGitHub(top / ".git", repository=REPOSITORY, **({"limits": limits} | options))
    with fake:
        number = fake.open_pull("topic")
        yield Site(fake, top, number, fake.pulls[number].head_sha, [])
    assert fake.violations == []


def _commit(ref: str, files: dict[str, str], parent: str = "") -> str:
    """One commit for `git fast-import`: one process for a whole history."""
    start = f"commit {ref}\ncommitter a <a@example.org> 1795251600 +0000\ndata 1\nc\n"
    start += f"from {parent}\n" if parent else ""
    return start + "".join(f"M 644 inline {path}\ndata {len(text)}\n{text}\n" for path, text in files.items())


def git(top: Path, *args: str, stdin: str = "") -> str:
    env = {
        "PATH": os.environ["PATH"], "HOME": str(top), "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_AUTHOR_DATE": DATE,
        "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org", "GIT_COMMITTER_DATE": DATE,
    }  # fmt: skip
    done = subprocess.run(
        ["git", *args], cwd=top, env=env, input=stdin, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


EVERYTHING = Permissions.everything()
