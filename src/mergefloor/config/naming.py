"""A suite's name out of its prompt's path."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence

_SUFFIX = re.compile(r"(\.prompt)?\.[A-Za-z0-9]+$")
_FOREIGN = re.compile(r"[^A-Za-z0-9._]+")
LONGEST_STEM = 60
HASH_DIGITS = 12


def suite_names(paths: Sequence[str]) -> dict[str, str]:
    """A name for each path: its file's stem where no other path has it, else stem, `--` and a hash of the path.

    A name is never handed from one of two living files to the other when files come and go: either a path has its
    stem for itself, or it has a name of its own.
    """
    stems = {path: _stem(path) for path in paths}
    uses = Counter(stem.casefold() for stem in stems.values())
    return {
        path: stem if stem and uses[stem.casefold()] == 1 else f"{stem or 'prompt'}--{_hash(path)}"
        for path, stem in stems.items()
    }


def _stem(path: str) -> str:
    """The file's name without its suffixes, in letters that a suite's name may have; never with `--` inside."""
    name = _SUFFIX.sub("", path.rpartition("/")[2])
    return _FOREIGN.sub("-", name).strip("-.")[:LONGEST_STEM].strip("-.")


def _hash(path: str) -> str:
    return hashlib.sha256(path.encode("utf-8", "surrogatepass")).hexdigest()[:HASH_DIGITS]
