"""Which variable a model lacks: known from the environment alone."""

from __future__ import annotations

import subprocess
import sys

import pytest

from mergefloor.core.types import ModelRef
from mergefloor.errors import ProviderError
from mergefloor.providers import Directory

CODE = """
import sys
from mergefloor.core.types import ModelRef
from mergefloor.providers import Directory
d = Directory({})
for name in ("openai", "anthropic", "openai-compatible", "local", "scripted"):
    d.missing_key(ModelRef(provider=name, name="m", endpoint=""))
print(sorted({"openai", "anthropic", "aiohttp", "httpx2", "numpy", "tokenizers"} & set(sys.modules)))
"""


@pytest.mark.parametrize(
    ("provider", "env", "missing"),
    [
        ("openai", {}, "OPENAI_API_KEY"),
        ("openai", {"OPENAI_API_KEY": " "}, "OPENAI_API_KEY"),
        ("openai", {"OPENAI_API_KEY": "k"}, ""),
        ("anthropic", {"OPENAI_API_KEY": "k"}, "ANTHROPIC_API_KEY"),
        ("anthropic", {"ANTHROPIC_API_KEY": "k"}, ""),
        ("openai-compatible", {}, ""),
        ("local", {}, ""),
        ("scripted", {}, ""),
    ],
)
def test_missing_key__by_provider__names_the_variable_or_nothing(
    provider: str, env: dict[str, str], missing: str
) -> None:
    ref = ModelRef(provider=provider, name="m", endpoint="https://llm.example.org/v1")
    assert Directory(env).missing_key(ref) == missing


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_connect__where_a_key_is_missing__says_the_same(provider: str) -> None:
    ref = ModelRef(provider=provider, name="m", endpoint="https://llm.example.org/v1")
    with pytest.raises(ProviderError, match=f"set `{Directory({}).missing_key(ref)}`"):
        Directory({}).connect(ref)


def test_missing_key__of_every_provider__imports_no_sdk() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
