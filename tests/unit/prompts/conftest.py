from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mergefloor.core.types import Case, Place
from mergefloor.errors import InputError
from mergefloor.prompts import parse


@pytest.fixture
def case() -> Callable[..., Case]:
    def make(name: str = "c1", line: int = 7, **fields: Any) -> Case:
        return Case(id=name, place=Place(path="evals/set.yaml", line=line), content_hash=name, **fields)

    return make


@pytest.fixture
def problems() -> Callable[[str, str], list[str]]:
    def read(path: str, text: str) -> list[str]:
        with pytest.raises(InputError) as caught:
            parse(path, text.encode())
        return str(caught.value).split("\n")

    return read
