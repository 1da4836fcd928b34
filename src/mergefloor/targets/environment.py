"""What code of a repository finds in its environment: a list, and nothing else (T04, T39)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

# Never passed on, even when a config names them: what a runner gives its jobs, what changes how programs are loaded,
# and keys, which reach code through the broker alone.
REFUSED_STARTS = ("ACTIONS_", "GITHUB_", "RUNNER_", "INPUT_", "STATE_", "LD_", "DYLD_")
REFUSED_ENDS = ("_KEY", "_TOKEN", "_SECRET", "_PASSWORD")
REFUSED = frozenset({"HOME", "TMPDIR", "SETUP_DIR"})
DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin"


def refused(names: Iterable[str]) -> tuple[str, ...]:
    """Those of the names that are never passed on."""
    return tuple(name for name in names if name in REFUSED or _secret(name))


def _secret(name: str) -> bool:
    return name.startswith(REFUSED_STARTS) or name.upper().endswith(REFUSED_ENDS)


def environment(
    names: Iterable[str], ours: Mapping[str, str], *, home: Path, setup: Path | None, keys: Mapping[str, str]
) -> dict[str, str]:
    """The environment of one side. `names`: what the target asks for; `keys`: what the broker gives instead of keys."""
    listed = tuple(names)
    path = ours.get("PATH") or DEFAULT_PATH
    found = {"PATH": path, "LANG": ours.get("LANG") or "C.UTF-8"}
    if setup is not None:
        found |= {
            "SETUP_DIR": str(setup),
            "PATH": f"{setup / 'bin'}:{path}",
            "PYTHONPATH": str(setup / "lib"),
        }
    barred = {*refused(listed)}
    found |= {name: ours[name] for name in listed if name in ours and name not in barred}
    return {**found, **keys, "HOME": str(home), "TMPDIR": str(home / "tmp")}
