"""Where requests go: a base URL of the operator's environment, never of a repository (T08)."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from mergefloor.errors import ProviderError


def checked(url: str, variable: str) -> str:
    """The URL in normal form. ProviderError unless it is https, or http to this machine, without a password."""
    clean = url.strip().rstrip("/")
    try:
        parts = urlsplit(clean)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise ProviderError(f"{variable} is no URL: {error}", _example(variable)) from error
    if not host or parts.scheme not in {"http", "https"} or parts.query or parts.fragment:
        raise ProviderError(f"{variable} is not the base URL of an endpoint", _example(variable))
    if parts.username is not None or parts.password is not None:
        raise ProviderError(f"{variable} contains a user name or password", "put the key in its own variable")
    if parts.scheme == "http" and not _loopback(host):
        what = f"{variable} is plain http to {host!r}, so the key would travel unencrypted"
        raise ProviderError(what, "use https; http is for this machine only (`http://127.0.0.1:11434/v1`)")
    return clean


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _example(variable: str) -> str:
    return f"set it like `{variable}=https://llm.example.org/v1`"
