"""Where requests with a key may go: https, or plain http to this machine and nowhere else (T08)."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit


def endpoint_problem(url: str, example: str) -> tuple[str, str] | None:
    """What keeps a text from being the base URL of an endpoint, and what to do. `example`: how one is written."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        return f"is no URL: {error}", example
    if not host or parts.scheme not in {"http", "https"} or parts.query or parts.fragment:
        return "is not the base URL of an endpoint", example
    if parts.username is not None or parts.password is not None:
        return "contains a user name or password", "put the key in its own variable"
    if parts.scheme == "http" and not _loopback(host):
        what = f"is plain http to {host!r}, so the key would travel unencrypted"
        return what, "use https; http is for this machine only (`http://127.0.0.1:11434/v1`)"
    return None


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
