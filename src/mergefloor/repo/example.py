"""An example folder as a git repository: one commit a folder under `commits/`, the last one on a branch `change`."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from mergefloor.errors import RepositoryError, UsageError

IDENTITY = {
    "GIT_AUTHOR_NAME": "Example",
    "GIT_AUTHOR_EMAIL": "example@example.org",
    "GIT_COMMITTER_NAME": "Example",
    "GIT_COMMITTER_EMAIL": "example@example.org",
    "GIT_AUTHOR_DATE": "2026-11-02T09:00:00Z",
    "GIT_COMMITTER_DATE": "2026-11-02T09:00:00Z",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
}


def build_example(source: Path, target: Path, environ: Mapping[str, str]) -> None:
    """Commit every step of the example in order; the dates are fixed, so the ids are the same everywhere."""
    steps = sorted(path for path in (source / "commits").glob("*") if path.is_dir())
    if not steps:
        names = sorted(path.name for path in source.parent.glob("*") if (path / "commits").is_dir())
        raise UsageError(
            f"there is no example {source.name!r}", f"the examples are {', '.join(names) or 'not installed'}"
        )
    env = {**environ, **IDENTITY}
    _git(target, env, "init", "-q", "-b", "main")
    for step in steps:
        if step == steps[-1]:
            _git(target, env, "checkout", "-q", "-b", "change")
        shutil.copytree(step, target, dirs_exist_ok=True)
        _git(target, env, "add", "-A")
        _git(target, env, "commit", "-q", "-m", step.name.partition("-")[2].replace("-", " "))


def _git(folder: Path, env: Mapping[str, str], *args: str) -> None:
    try:
        done = subprocess.run(
            ["git", *args], cwd=folder, env=dict(env), capture_output=True, text=True, check=False
        )
    except FileNotFoundError as error:
        raise RepositoryError(
            "git is not installed", "install git, it is the only tool that is needed"
        ) from error
    if done.returncode:
        raise RepositoryError(
            f"git {args[0]} failed: {done.stderr.strip()!r}", "check that git is installed and new enough"
        )
