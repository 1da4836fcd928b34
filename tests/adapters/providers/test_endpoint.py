"""Where a key may travel (T08)."""

from __future__ import annotations

import pytest

from mergefloor.errors import ProviderError
from mergefloor.providers.endpoint import checked


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("https://llm.example.org/v1/", "https://llm.example.org/v1"),
        ("http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1"),
        ("http://127.9.9.9", "http://127.9.9.9"),
        ("http://localhost:11434/v1", "http://localhost:11434/v1"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_checked__https_or_loopback__is_taken(url: str, normal: str) -> None:
    assert checked(url, "OPENAI_BASE_URL") == normal


@pytest.mark.parametrize(
    "url",
    [
        "http://llm.example.org/v1",
        "http://10.0.0.1/v1",
        "http://127.0.0.1.example.org/",
        "http://localhost.example.org/",
        "http://0.0.0.0/",
        "https://user:secret@llm.example.org",
        "https://127.0.0.1@evil.example.org",
        "ftp://llm.example.org",
        "file:///etc/passwd",
        "llm.example.org/v1",
        "https://",
        "https://host:port/",
        "https://[::1",
        "https://llm.example.org/v1?key=1",
    ],
)
def test_checked__anything_else__is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ProviderError) as error:
        checked(url, "OPENAI_BASE_URL")
    assert "OPENAI_BASE_URL" in str(error.value)
    assert "secret" not in str(error.value)
