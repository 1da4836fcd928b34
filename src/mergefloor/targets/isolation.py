"""Which users foreign code becomes, and the proof that they reach nothing of ours (T02-T04, T38)."""

from __future__ import annotations

import glob
import itertools
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mergefloor.targets.order import Order, User
from mergefloor.targets.running import run

NOBODY = 65_534
# Above what systemd hands out to containers and services, below what it reserves at the top; a range for each process
# of ours, so that two runs on one machine never share a user (pids end at 4,194,304).
PRIVATE, A_RUN = 0x7000_0000, 60
TEST_S = 30.0
SOCKETS = (
    "/var/run/docker.sock",
    "/run/docker.sock",
    "/run/podman/podman.sock",
    "/run/containerd/containerd.sock",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarded:
    """What of the runner no code may reach: globs of files that may hold credentials (`.git/config` of the workspace),
    files that must not be written to (`$GITHUB_OUTPUT`), folders that must not be listed, sockets of container engines.
    """

    sockets: tuple[str, ...] = SOCKETS
    secret: tuple[str, ...] = ()
    append: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()


def users(euid: int, uid_map: str, pid: int) -> Iterator[User] | None:
    """Users for foreign code, one after the other; None when we are not root and can make nobody somebody else.

    `uid_map` is /proc/self/uid_map: in a user namespace that lacks our own range they are 65534, 65533, ...
    """
    if euid != 0:
        return None
    first = PRIVATE + pid * A_RUN
    if _mapped(uid_map, first) and _mapped(uid_map, first + A_RUN - 1):
        return (User(uid=first + number, private=True) for number in range(A_RUN))
    return (User(uid=uid, private=False) for uid in itertools.islice(itertools.count(NOBODY, -1), A_RUN))


def users_here() -> Iterator[User] | None:
    """The same for this very process."""
    try:
        uid_map = Path("/proc/self/uid_map").read_text(encoding="ascii")
    except OSError:
        uid_map = ""
    return users(os.geteuid(), uid_map, os.getpid())


def self_test(order: Order, guarded: Guarded) -> str:
    """Run the probe as this user; what is wrong, "" when nothing of ours can be reached."""
    asked = {
        "sockets": guarded.sockets,
        # Found by us: whoever cannot list a folder may still know what is in it.
        "secret": [path for pattern in guarded.secret for path in glob.glob(pattern)],  # noqa: PTH207
        "append": guarded.append,
        "folders": guarded.folders,
        "pids": [os.getpid(), os.getppid()],
    }
    try:
        done = run(order, TEST_S, json.dumps(asked).encode())
        found = json.loads(done.output) if done.ended.status == 0 else None
    except (OSError, ValueError) as error:
        return f"the probe cannot run: {error}"
    if not isinstance(found, list):
        return f"the probe did not run: {done.ended}"
    return f"it can {', '.join(map(str, found))}" if found else ""


def _mapped(uid_map: str, uid: int) -> bool:
    ranges = (tuple(map(int, line.split())) for line in uid_map.splitlines())
    return any(inside <= uid < inside + count for inside, _, count in ranges)
