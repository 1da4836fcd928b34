"""An SDK costs most of a second to import: only a call that must be made pays for it."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import sys
import mergefloor.engine, mergefloor.providers
from mergefloor.providers import Directory
d = Directory({"OPENAI_API_KEY": "k"})
d.describe("openai/gpt-4o", None); d.describe("anthropic/claude-x", None)
heavy = {"openai", "anthropic", "aiohttp", "httpx2"} & set(sys.modules)
print(sorted(heavy))
"""


def test_providers__described_but_not_connected__import_no_sdk() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
