"""Which branch changes are merged into, and where the repository comes from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mergefloor.repo import LocalRepo


def test_default_branch__told_by_the_remote__before_everything_else(
    sandbox: Any, opened: Callable[..., LocalRepo]
) -> None:
    sandbox.commit(a="1")
    sandbox.git("update-ref", "refs/remotes/origin/release/1.x", "HEAD")
    sandbox.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/release/1.x")
    assert opened().default_branch() == "release/1.x"


def test_default_branch__no_remote__main_or_master_if_there_is_one_else_main(
    sandbox: Any, opened: Callable[..., LocalRepo]
) -> None:
    sandbox.commit(a="1")
    sandbox.git("branch", "-m", "topic")
    assert opened().default_branch() == "main"
    sandbox.git("branch", "master")
    assert opened().default_branch() == "master"
    sandbox.git("update-ref", "refs/remotes/origin/main", "HEAD")
    assert opened().default_branch() == "main"


def test_origin__as_configured__or_none(sandbox: Any, opened: Callable[..., LocalRepo]) -> None:
    sandbox.commit(a="1")
    assert opened().origin() is None
    sandbox.git("remote", "add", "origin", "git@github.com:acme/chat.git")
    assert opened().origin() == "git@github.com:acme/chat.git"
