"""Teams whose runs happen in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.hosted.team import Team
from tests.e2e.hosted.threats.inside import a_team


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    """The small repository, fresh for every test."""
    with a_team(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Team]]:
    """Teams that the tests of a module share; arguments as of `a_team`."""
    with ExitStack() as stack:

        def make(**given: Any) -> Team:
            return stack.enter_context(a_team(tmp_path_factory.mktemp("team"), **given))

        yield make
