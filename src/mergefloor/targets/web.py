"""Where the deployment of one commit is: a template and a commit become an address, or a reason why not (T70)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from mergefloor.targets.addresses import literal

SHA = "{sha}"
COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
LONGEST = 2_000


def of_commit(template: str, sha: str) -> str:
    """The template with the commit in it. ValueError says what is wrong with either."""
    if SHA in template and not COMMIT.fullmatch(sha):
        raise ValueError(f"{sha!r} is no commit and has no deployment; name two commits")
    url = template.replace(SHA, sha)
    if not url.isascii() or not url.isprintable() or any(c in url for c in " {}\\") or len(url) > LONGEST:
        raise ValueError(f"{template!r} is no address; write `https://host/path`, with {SHA} for the commit")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"{template!r} is no address of HTTP; begin with `https://`")
    if "@" in parts.netloc:
        raise ValueError("the address holds a user or a password; remove it: none is ever sent")
    if parts.port == 0:  # and ValueError for what is no port at all
        raise ValueError(f"{template!r} has the port 0; leave it out")
    if (why := literal(parts.hostname)) is not None:
        raise ValueError(f"{why}; it is never asked")
    return url
