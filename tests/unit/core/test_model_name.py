"""What may be served for what was asked."""

from __future__ import annotations

import pytest

from mergefloor.core.model_name import same_model, undated


@pytest.mark.parametrize(
    ("asked", "served", "same"),
    [
        ("gpt-4o", "gpt-4o", True),
        ("gpt-4o", "gpt-4o-2024-08-06", True),
        ("gpt-4", "gpt-4-0613", True),
        ("claude-sonnet-4-0", "claude-sonnet-4-20250514", True),
        ("claude-3-5-sonnet-latest", "claude-3-5-sonnet-20241022", True),
        ("Llama3", "llama3", True),
        ("gpt-4o", "gpt-4o-mini", False),
        ("gpt-4o", "gpt-4o-mini-2024-07-18", False),
        ("gpt-4o-2024-08-06", "gpt-4o-2024-05-13", False),
        ("gpt-4o-2024-08-06", "gpt-4o", False),
        ("claude-opus-4", "claude-opus-4-1-20250805", False),
        ("gpt-5-mini-2025-08-07", "gpt-5-nano-2025-08-07", False),
    ],
)
def test_same_model__alias_or_snapshot(asked: str, served: str, same: bool) -> None:
    assert same_model(asked, served) is same


def test_undated__keeps_what_is_no_date() -> None:
    assert [undated(n) for n in ("gpt-4-0613", "claude-x@20250514", "o3", "gpt-4.1")] == [
        "gpt-4",
        "claude-x",
        "o3",
        "gpt-4.1",
    ]
