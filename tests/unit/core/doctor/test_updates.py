"""What the doctor asks of a workflow that updates models: the rights of a pull request of its own, and no status."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

_spec = importlib.util.spec_from_file_location("doctor_builders", Path(__file__).parent / "builders.py")
assert _spec is not None
assert _spec.loader is not None
builders = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(builders)

README = (Path(__file__).parents[4] / "README.md").read_text(encoding="utf-8")
(SHOWN,) = (
    text for text in re.findall(r"```yaml\n(.*?)```", README, re.S) if text.startswith("name: model-update")
)
UPDATE = SHOWN.replace("@COMMIT", f"@{builders.SHA}")
OPENS = "open-pr: ${{ inputs.open-pr }}"
CONTENTS, PULLS = (
    "      contents: write # the branch of the pull request\n",
    "      pull-requests: write # the pull request\n",
)


def rules(*edits: tuple[str, str]) -> list[str]:
    found = builders.examined(builders.GOOD, builders.bent(UPDATE, *edits))
    return [rule for rule, _, _ in builders.said(found)]


def test_update__as_the_readme_shows_it__is_in_order() -> None:
    assert rules() == []


@pytest.mark.parametrize("right", [CONTENTS, PULLS])
def test_update__that_opens_pull_requests__needs_both_rights(right: str) -> None:
    assert rules((right, "")) == ["missing-permission"]


@pytest.mark.parametrize("closed", ["open-pr: 'false'", "comment: 'true'"])
def test_update__that_opens_none__may_read_and_no_more(closed: str) -> None:
    assert rules((OPENS, closed)) == ["wide-permissions"]
    read = CONTENTS.replace("write", "read", 1)
    assert rules((OPENS, closed), (CONTENTS, read), (PULLS, "")) == []


def test_update__with_more_than_it_needs__is_told() -> None:
    assert rules((PULLS, PULLS + "      packages: write\n")) == ["wide-permissions"]
