"""What surrounds a page of ours: its style, its script, and the policy that lets only these two work (T52)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mergefloor.render.svg import Svg


@dataclass(frozen=True, slots=True)
class Shell:
    """What surrounds the body: our style, our script, and the policy that lets only these two work."""

    style: str
    script: str
    policy: str


def shell_of(styles: Iterable[Path], scripts: Iterable[Path]) -> Shell:
    """The files one after the other, as one style and one script."""
    style, script = (
        "".join(path.read_text(encoding="utf-8") for path in paths) for paths in (styles, scripts)
    )
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    return Shell(style=Svg(style), script=Svg(script), policy=policy)


def _hash(text: str) -> str:
    """A CSP source: the digest of exactly what stands between the tags."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
