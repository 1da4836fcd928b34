"""Whole runs: real repositories, the real command line, a real HTTP server on loopback."""

from __future__ import annotations

import gc
import importlib.util
import json
import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
RECORDINGS = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def replay() -> ModuleType:
    """The replay server's module; absent for users."""
    path = RECORDINGS / "tools" / "replay_llm.py"
    if not path.exists():
        pytest.skip("the recorded LLM answers are not here")
    spec = importlib.util.spec_from_file_location("replay_llm", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["replay_llm"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def recording(replay: ModuleType) -> Any:
    """Golden cases, prompts, recorded completions and published figures."""
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", ResourceWarning
        )  # the recording leaves closing its files to the collector
        found = replay.Recording()
        gc.collect()
    return found


@pytest.fixture
def server(replay: ModuleType, recording: Any) -> Iterator[Any]:
    """Recorded answers over the OpenAI and Anthropic APIs."""
    with replay.Server(recording) as running:
        yield running


class GitRepo:
    """A throw-away repository."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *args: str) -> str:
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
        done = subprocess.run(
            ["git", *identity, *args], cwd=self.path, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def commit(self, files: dict[str, str | None], message: str = "change") -> str:
        """Write (None: delete) files and commit; the full sha."""
        for name, text in files.items():
            target = self.path / name
            if text is None:
                target.unlink()
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    return GitRepo(tmp_path / "repo")


class Gate:
    """The command line, as a user's shell would run it but in this process."""

    def __init__(
        self, repo: GitRepo, home: Path, env: dict[str, str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.repo, self.home, self.env, self._capsys = repo, home, env, capsys
        self.code = -1
        self.out = ""
        self.err = ""

    def run(self, *argv: str) -> int:
        from mergefloor.main import main

        env = {"PATH": os.environ["PATH"], "HOME": str(self.home), **self.env}
        self._capsys.readouterr()
        self.code = main([*argv, "--repo", str(self.repo.path)], env)
        self.out, self.err = self._capsys.readouterr()
        return self.code

    def gate(self, base: str, head: str, *more: str) -> dict[str, Any]:
        """Run `gate` with its own cache and read the JSON report."""
        path = self.home / "report.json"
        path.unlink(missing_ok=True)
        cache = str(self.home / "cache")
        self.run("gate", "--base", base, "--head", head, "--json", str(path), "--cache", cache, *more)
        assert path.exists(), f"exit {self.code}\n{self.out}\n{self.err}"
        report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return report


@pytest.fixture
def gate(repo: GitRepo, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Gate]:
    def make(**env: str) -> Gate:
        home = tmp_path / "home"
        home.mkdir(exist_ok=True)
        return Gate(repo, home, env, capsys)

    return make
