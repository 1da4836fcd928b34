"""An example folder as a git repository: one commit a folder under `commits/`, the last one on a branch `change`."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from importlib import metadata
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


def check_example(source: Path) -> None:
    """UsageError when there is no such example, or when its code imports what is not installed."""
    if not _steps(source):
        names = sorted(path.name for path in source.parent.glob("*") if _steps(path))
        raise UsageError(
            f"there is no example {source.name!r}", f"the examples are {', '.join(names) or 'not installed'}"
        )
    if absent := [name for name in _needs(source) if not _installed(name)]:
        raise UsageError(
            f"the code of the example {source.name!r} imports {', '.join(absent)}, which is not installed",
            f"type `make demo EXAMPLE={source.name}` in a checkout, else `pip install 'mergefloor[demo]'`",
        )


def build_example(source: Path, target: Path, environ: Mapping[str, str]) -> None:
    """Commit every step of the example in order; the dates are fixed, so the ids are the same everywhere."""
    steps = _steps(source)
    env = {**environ, **IDENTITY}
    _git(target, env, "init", "-q", "-b", "main")
    for step in steps:
        if step == steps[-1]:
            _git(target, env, "checkout", "-q", "-b", "change")
        shutil.copytree(step, target, dirs_exist_ok=True)
        _git(target, env, "add", "-A")
        _git(target, env, "commit", "-q", "-m", step.name.partition("-")[2].replace("-", " "))


def _steps(source: Path) -> list[Path]:
    return sorted(path for path in (source / "commits").glob("*") if path.is_dir())


def _needs(source: Path) -> list[str]:
    """The distributions that a `requirements.in` of the example names."""
    listed = [path.read_text(encoding="utf-8") for path in source.glob("commits/*/requirements.in")]
    return re.findall(r"^[A-Za-z0-9][A-Za-z0-9._-]*", "\n".join(listed), re.MULTILINE)


def _installed(name: str) -> bool:
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    return True


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
