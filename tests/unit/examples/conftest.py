"""The two sides of an example, laid over each other as the commits of its repository are."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.fixture(scope="session")
def side(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, int], Path]:
    """The folder of an example as it is after so many commits."""
    made: dict[tuple[str, int], Path] = {}

    def build(example: str, commits: int) -> Path:
        if (example, commits) not in made:
            folder = tmp_path_factory.mktemp(f"{example}-{commits}")
            for step in sorted((EXAMPLES / example / "commits").iterdir())[:commits]:
                shutil.copytree(step, folder, dirs_exist_ok=True)
            made[example, commits] = folder
        return made[example, commits]

    return build
