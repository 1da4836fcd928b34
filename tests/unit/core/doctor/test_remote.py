"""Which repository a remote means, and that none is guessed for another server."""

from __future__ import annotations

import pytest

from mergefloor.core.doctor.remote import is_repository, repository_at


@pytest.mark.parametrize(
    "address",
    [
        "https://github.com/acme/chat",
        "https://github.com/acme/chat.git",
        "https://github.com/acme/chat/",
        "https://token@github.com/acme/chat.git",
        "git@github.com:acme/chat.git",
        "ssh://git@github.com/acme/chat.git",
        "ssh://git@github.com:22/acme/chat",
        "HTTPS://GitHub.com/acme/chat".replace("HTTPS", "https"),
    ],
)
def test_repository_at__addresses_of_github__owner_and_name(address: str) -> None:
    assert repository_at(address) == "acme/chat"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "/srv/git/chat.git",
        "../chat",
        "https://gitlab.com/acme/chat",
        "https://github.com.evil.example/acme/chat",
        "https://evil.example/github.com/acme",
        "git@evil.example:acme/chat",
        "https://github.com/acme",
        "https://github.com/acme/chat/tree/main",
        "file:///github.com/acme/chat",
    ],
)
def test_repository_at__anything_else__none(address: str) -> None:
    assert repository_at(address) is None


def test_repository_at__an_enterprise_server__only_its_own() -> None:
    assert repository_at("git@ghe.acme.test:acme/chat.git", "https://ghe.acme.test") == "acme/chat"
    assert repository_at("https://github.com/acme/chat", "https://ghe.acme.test") is None


def test_repository_at__a_name_with_dots__kept_whole() -> None:
    assert repository_at("https://github.com/acme/chat.js.git") == "acme/chat.js"


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        ("a/b", True),
        ("a", False),
        ("a/b/c", False),
        ("a/ b", False),
        ("a/..", False),
        ("a/.", False),
        ("a/.b", True),
        ("", False),
    ],
)
def test_is_repository(text: str, fine: bool) -> None:
    assert is_repository(text) is fine
