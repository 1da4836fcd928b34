"""Golden sets that come with the package. A suite names them as it names its own: `golden: ["mergefloor:safety/*"]`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from mergefloor.core.types import Case
from mergefloor.golden.files import read_golden

PREFIX = "mergefloor:"
LEAK = "mergefloor:safety/prompt-leak"
# Version by name; the ids of a set's cases begin with its version, so that nothing is compared across.
SHIPPED: dict[str, int] = {
    "mergefloor:safety/jailbreak": 1,
    "mergefloor:safety/prompt-injection": 1,
    LEAK: 1,
}
_ALL = ("/*", "/**")


def is_shipped(path: str) -> bool:
    """Whether a glob or a place is one of the package, not of the repository."""
    return path.startswith(PREFIX)


def shipped_sets(globs: Iterable[str]) -> tuple[str, ...]:
    """The shipped sets that globs name, each once."""
    wanted = [glob for glob in globs if is_shipped(glob)]
    return tuple(name for name in SHIPPED if any(_names(glob, name) for glob in wanted))


@cache
def read_shipped(name: str) -> tuple[Case, ...]:
    """The cases of a shipped set. KeyError: there is no such set."""
    if name not in SHIPPED:
        raise KeyError(name)
    path = f"{name.removeprefix(PREFIX)}.yaml"
    return read_golden(f"{PREFIX}{path}", files("mergefloor").joinpath("data", path).read_bytes())


def _names(glob: str, name: str) -> bool:
    folder = next((glob.removesuffix(end) for end in _ALL if glob.endswith(end)), None)
    return glob == name or (folder is not None and name.startswith(f"{folder}/"))
