"""A small repository, and a GitHub that shows it."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import github as pygithub
import pytest
from tests.fakes.github import FakeGitHub

LINES = "".join(f"line {n}\n" for n in range(1, 41))


@dataclass(slots=True)
class Site:
    """The fake with one pull request from `topic` to `main`: line 20 of a.txt changed, p/x.yml renamed."""

    fake: FakeGitHub
    top: Path
    number: int
    head: str

    def git(self, *args: str) -> str:
        return git(self.top, *args)

    def write(self, text: str, branch: str = "topic") -> str:
        """Commit a.txt with this text; the commit's id."""
        self.git("checkout", "-q", branch)
        (self.top / "a.txt").write_text(text)
        self.git("commit", "-qam", "more")
        return self.git("rev-parse", "HEAD")

    def repo(self, token: str = "", **but: Any) -> Any:
        """PyGithub's repository object."""
        auth = pygithub.Auth.Token(token or self.fake.token)
        options = {"retry": None, "per_page": 100, "lazy": True, "timeout": 5} | but
        quick = {"seconds_between_requests": 0, "seconds_between_writes": 0}
        hub = pygithub.Github(base_url=self.fake.url, auth=auth, **options, **quick)
        return hub.get_repo(self.fake.repository)

    def ask(
        self, method: str, path: str, body: Any = None, token: str | None = None, *, timeout: float = 5
    ) -> tuple[int, Any, dict[str, str]]:
        """Status, JSON (or text) and headers of one plain request. `path`: below the repository, or from `/` on."""
        below = path if path.startswith("/") else f"/repos/{self.fake.repository}/{path}"
        url = self.fake.graphql_url if path == "/graphql" else f"{self.fake.url}{below}"
        headers = {"Authorization": f"Bearer {self.fake.token if token is None else token}"}
        data = None if body is None else json.dumps(body).encode()
        if data:
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(url, data=data, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return answer.status, _read(answer.read()), dict(answer.headers)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _read(error.read()), dict(error.headers)

    def query(self, text: str, token: str | None = None, **variables: Any) -> Any:
        """The answer to a GraphQL document."""
        return self.ask("POST", "/graphql", {"query": text, "variables": variables}, token)[1]


def _read(data: bytes) -> Any:
    try:
        return json.loads(data) if data else None
    except ValueError:
        return data.decode()


def git(top: Path, *args: str) -> str:
    who = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org")
    env = {**os.environ, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
    done = subprocess.run(("git", *who, *args), cwd=top, env=env, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture(scope="session")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("shop")
    git(top, "init", "-qb", "main")
    (top / "p").mkdir()
    (top / "a.txt").write_text(LINES)
    (top / "p" / "x.yml").write_text("version: 1.0.0\n" * 5)
    (top / "image.bin").write_bytes(b"\0\1\2")
    (top / "link").symlink_to("a.txt")
    git(top, "add", ".")
    git(top, "commit", "-qm", "one")
    git(top, "tag", "-am", "first", "v1")
    git(top, "checkout", "-qb", "topic")
    (top / "a.txt").write_text(LINES.replace("line 20\n", "line twenty\n"))
    git(top, "mv", "p/x.yml", "p/y.yml")
    git(top, "commit", "-qam", "two")
    return top


@pytest.fixture
def site_with(repository: Path, tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """A fresh copy of the repository behind a fake of its own; options go to FakeGitHub."""
    opened: list[FakeGitHub] = []

    def made(**options: Any) -> Site:
        top = tmp_path / f"copy{len(opened)}"
        subprocess.run(("cp", "-r", str(repository), str(top)), check=True)
        fake = FakeGitHub(top, **options).__enter__()
        opened.append(fake)
        return Site(fake, top, fake.open_pull("topic"), git(top, "rev-parse", "topic"))

    yield made
    for fake in opened:
        fake.__exit__(None, None, None)


@pytest.fixture
def site(site_with: Callable[..., Site]) -> Iterator[Site]:
    """The usual one; nothing sent may have been against the rules."""
    made = site_with()
    yield made
    assert made.fake.violations == []
