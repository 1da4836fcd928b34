"""What of the runner's environment stays in our own process, once everything was read (T04).

What is taken away stays readable in `/proc/<pid>/environ` for the same user: children that run a repository's code
are another user.
"""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping

KEPT = frozenset(
    {
        "PATH",
        "HOME",
        "LANG",
        "LC_ALL",
        "LC_CTYPE",
        "TZ",
        "TMPDIR",
        "XDG_CACHE_HOME",
        # How to reach the network from a company's own runner.
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "NO_PROXY",
        "http_proxy",
        "https_proxy",
        "all_proxy",
        "no_proxy",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "REQUESTS_CA_BUNDLE",
        "CURL_CA_BUNDLE",
    }
)


def removed(names: Iterable[str]) -> tuple[str, ...]:
    """The variables that have to go: whatever is not on the list, tokens, `INPUT_*` and file commands above all."""
    return tuple(sorted(name for name in names if name not in KEPT))


def seal(environ: MutableMapping[str, str]) -> None:
    """Take them away, so that no library finds them and no child inherits them. Call it after everything was read."""
    for name in removed(tuple(environ)):
        del environ[name]
