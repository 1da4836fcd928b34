"""Where requests go: a base URL of the operator's environment, never of a repository (T08)."""

from __future__ import annotations

from mergefloor.core.endpoint import endpoint_problem
from mergefloor.errors import ProviderError


def checked(url: str, variable: str) -> str:
    """The URL in normal form. ProviderError unless it is https, or http to this machine, without a password."""
    clean = url.strip().rstrip("/")
    problem = endpoint_problem(clean, f"set it like `{variable}=https://llm.example.org/v1`")
    if problem is not None:
        what, fix = problem
        raise ProviderError(f"{variable} {what}", fix)
    return clean
