"""What the doctor asks of a workflow that keeps the issue about the models: to read, and to write issues."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

_spec = importlib.util.spec_from_file_location("doctor_builders", Path(__file__).parent / "builders.py")
assert _spec is not None
assert _spec.loader is not None
builders = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(builders)

MODELS = f"""\
name: models
on: workflow_dispatch
permissions: {{}}
jobs:
  models:
    runs-on: ubuntu-24.04
    timeout-minutes: 30
    environment: {{name: mergefloor, deployment: false}}
    permissions:
      contents: read
      issues: write
    steps:
      - uses: mergefloor/mergefloor@{builders.SHA}
        with:
          mode: models
          openai-api-key: ${{{{ secrets.OPENAI_API_KEY }}}}
"""


@pytest.mark.parametrize(
    ("edit", "wanted"),
    [
        (("", ""), []),
        (("      contents: read\n", ""), ["missing-permission"]),
        (("      issues: write\n", "      issues: read\n"), ["missing-permission"]),
        (("contents: read", "contents: write"), ["wide-permissions"]),
    ],
)
def test_models__needs_to_read_and_to_write_issues(edit: tuple[str, str], wanted: list[str]) -> None:
    found = builders.examined(builders.GOOD, MODELS.replace(*edit) if edit[0] else MODELS)
    assert [rule for rule, _, _ in builders.said(found)] == wanted
