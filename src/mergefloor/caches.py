"""`mergefloor cache`: what is kept on this machine, and less of it."""

from __future__ import annotations

import argparse
import time

from mergefloor.core.effects import Outcome
from mergefloor.modes import cache as cache_mode
from mergefloor.storage import upkeep
from mergefloor.wiring import Env, opened_cache


def run_cache(invocation: argparse.Namespace, env: Env) -> Outcome:
    """`mergefloor cache stats|prune`."""
    with opened_cache(invocation.cache, env) as (cache, _):
        if invocation.action == "prune":
            removed = upkeep.prune(cache, older_than_days=invocation.days)
            noun = "entry" if removed == 1 else "entries"
            return cache_mode.table({"removed": f"{removed} {noun} older than {invocation.days} days"})
        found = upkeep.stats(cache)
    return cache_mode.table(
        {
            "answers": f"{found.entries} of {found.subjects} requests",
            "oldest": _day(found.oldest),
            "newest": _day(found.newest),
            "size": f"{(found.bytes + found.segment_bytes) / 1e6:.1f} MB in {found.segments} segments",
            "damaged": ", ".join(f"{kind}: {count}" for kind, count in found.defects.items()) or "none",
        }
    )


def _day(seconds: float | None) -> str:
    return "-" if seconds is None else time.strftime("%Y-%m-%d", time.gmtime(seconds))
