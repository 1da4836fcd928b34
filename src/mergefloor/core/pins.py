"""Which model names are pinned: they name one fixed model, so that a score can be compared with last month's."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mergefloor.core.local_model import is_local

_DATED = re.compile(
    r"""
      (?<!\d) 20\d\d (?P<dash>-?) (0[1-9]|1[0-2]) (?P=dash) (0[1-9]|[12]\d|3[01]) (?!\d)   # 20251015, 2025-08-07
    | [-@] (?!1024) (0[1-9]|1[0-2]) -? (0[1-9]|[12]\d|3[01]) (-preview)? $                 # 0613, 1106-preview, 05-20
    | - (0[1-9]|1[0-2]) -20\d\d $                                                          # 09-2025
    | - 2[3-9] (0[1-9]|1[0-2]) $                                                           # 2407
    | - 0\d\d $                                                                            # 002
    """,
    re.VERBOSE | re.ASCII,
)
_LATEST = re.compile(r"(^|[-:@/])latest$")
_DIGEST = re.compile(r"(^|[@:-])(sha256:)?[0-9a-f]{12,64}$")
# Words after a colon that choose a route to a model (OpenRouter), not a build of it.
_ROUTES = frozenset({"", "free", "nitro", "floor", "online", "extended", "exacto"})


def is_pinned(model: str) -> bool:
    """True if `provider/name` names one fixed model. Whatever is not known to be fixed floats.

    - `scripted/FILE` is pinned: the hash of the file is in the cache key.
    - `local/NAME` is pinned: the hash of its weights is in the cache key.
    - `latest` as the last word or tag floats, whatever stands before it.
    - a dated snapshot is pinned, in the ways providers write dates: `-20251015`, `-2025-08-07`, `@20250514`,
      `-20241022-v2:0`; at the end also `-0613`, `-1106-preview`, `-05-20`, `-09-2025`, `-2407`, and a numbered
      release `-002`. `-1024` is a size, not the 24th of October.
    - `openai-compatible/NAME` is pinned too by a digest or an explicit tag (`llama3.1:8b-instruct-q4_K_M`), unless
      the tag only chooses a route (`:free`).
    - everything else floats, family names above all (`gpt-4o`, `claude-sonnet-4-5`).
    """
    provider, _, name = model.lower().partition("/")
    if not name:
        return False
    if provider == "scripted" or is_local(model):
        return True
    if _LATEST.search(name):
        return False
    return bool(_DATED.search(name)) or (provider == "openai-compatible" and _is_built(name))


def floating(models: Iterable[str]) -> tuple[str, ...]:
    """The models that are not pinned, each once, in the order given."""
    return tuple(dict.fromkeys(model for model in models if not is_pinned(model)))


def _is_built(name: str) -> bool:
    """True for a tag or a digest: a colon before the last slash belongs to a host's port."""
    tag = name.rpartition("/")[2].partition(":")[2]
    return tag not in _ROUTES or bool(_DIGEST.search(name))
