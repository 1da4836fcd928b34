from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mergefloor.errors import RepositoryError
from mergefloor.repo import LocalRepo


def test_tags__of_a_commit__are_those_that_point_at_it_light_or_annotated(
    sandbox: Any, opened: Callable[..., LocalRepo]
) -> None:
    repo = opened()
    first = sandbox.commit(a="1")
    sandbox.git("tag", "v1.0.0")
    sandbox.git("tag", "-a", "-m", "x", "prompts/a@1.0.0")
    second = sandbox.commit(a="2")
    sandbox.git("tag", "a-v1.1.0")
    assert repo.tags(repo.snapshot(first)) == ("prompts/a@1.0.0", "v1.0.0")
    assert repo.tags(repo.snapshot(second)) == ("a-v1.1.0",)


def test_tags__of_uncommitted_work__are_none(sandbox: Any, opened: Callable[..., LocalRepo]) -> None:
    repo = opened()
    sandbox.commit(a="1")
    sandbox.git("tag", "v1.0.0")
    sandbox.write("a", "2")
    assert repo.tags(repo.snapshot("WORKTREE")) == ()


def test_tags__of_a_commit_that_is_gone__is_a_repository_error(
    sandbox: Any, opened: Callable[..., LocalRepo]
) -> None:
    repo = opened()
    sandbox.commit(a="1")
    snapshot = repo.snapshot("HEAD")
    (sandbox.top / ".git" / "HEAD").unlink()
    with pytest.raises(RepositoryError, match="tags cannot be read"):
        repo.tags(snapshot)
