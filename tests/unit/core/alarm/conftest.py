"""Histories in a line: how many of ten cases pass in each run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from mergefloor.core.history.case_set import CaseName, CaseSet
from mergefloor.core.history.entry import Entry, Point, Reading
from mergefloor.core.history.history import History, history_of

CASES = CaseSet(cases=tuple(CaseName(id=f"c{i}", content="1") for i in range(10)))
Made = Callable[..., History]


def _entry(number: int, passes: int | None, **but: Any) -> Entry:
    good = {((number * (passes or 0)) + i) % 10 for i in range(passes or 0)}
    points = tuple(Point(value=float(i in good), draws=1) if passes is not None else None for i in range(10))
    reading = Reading(
        name="pass_rate",
        kind="binary",
        value=None if passes is None else passes / 10,
        cases=0 if passes is None else 10,
        points=points,
    )
    facts: dict[str, Any] = {
        "id": f"{number}.1/s", "at": 86_400.0 * number, "sha": "0", "event": "scheduled", "suite": "s",
        "kind": "regression", "samples": 1, "readings": (reading,), "case_set": CASES.hash,
    }  # fmt: skip
    return Entry(**{**facts, **but})


@pytest.fixture
def made() -> Made:
    def build(passes: Sequence[int | None], **but: dict[int, dict[str, Any]]) -> History:
        changes = but.get("but", {})
        rows = [_entry(i, each, **changes.get(i, {})) for i, each in enumerate(passes)]
        return history_of(rows, [CASES])

    return build
