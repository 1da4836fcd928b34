"""On which terms answers are kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


def _nothing(text: str) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """`shared`: other users may read the segments, whatever the umask. `producer` is written into every entry: which
    run drew it. `private`: whether a text holds a secret that must not leave this run; such an answer is not stored,
    for one with a part blacked out would not be the answer any more."""

    shared: bool = False
    producer: str = ""
    private: Callable[[str], bool] = _nothing
