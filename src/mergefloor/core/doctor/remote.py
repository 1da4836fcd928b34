"""Which repository on GitHub a remote's address means."""

from __future__ import annotations

import re

_NAME = r"[A-Za-z0-9_.-]+"
_REPOSITORY = re.compile(rf"{_NAME}/(?!\.{{1,2}}\Z){_NAME}")
_ADDRESS = re.compile(
    rf"(?:(?:https?|ssh|git)://(?:[^@/\s]+@)?(?P<host>[A-Za-z0-9.-]+)(?::\d+)?/|(?:[^@/\s]+@)(?P<scp>[A-Za-z0-9.-]+):/?)"
    rf"(?P<owner>{_NAME})/(?P<name>{_NAME}?)(?:\.git)?/?"
)


def is_repository(text: str) -> bool:
    """Whether this is `OWNER/NAME`."""
    return _REPOSITORY.fullmatch(text) is not None


def repository_at(address: str, server: str = "https://github.com") -> str | None:
    """`OWNER/NAME` of an address on this GitHub server; None for one elsewhere: no token may travel there."""
    found = _ADDRESS.fullmatch(address.strip())
    if found is None:
        return None
    host = (found["host"] or found["scp"]).lower()
    at_home = host == server.partition("://")[2].partition("/")[0].partition(":")[0].lower()
    return f"{found['owner']}/{found['name']}" if at_home else None
