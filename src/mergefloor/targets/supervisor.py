"""The child that starts foreign code and ends all of it: a script of its own, run as `python -I supervisor.py FD`.

FD is one end of a socket. One line of JSON arrives, the order (`order.py`); the program gets standard input, output
and error of this process. When the socket closes, or the program ends, everything that it ever started is killed and
reaped, daemons included, because orphans become children of this process (PR_SET_CHILD_SUBREAPER). Then one line of
JSON leaves: `{"status": exit status, negative for a signal}` or `{"error": why it did not start}`.

Standard library only, so that it starts fast and works wherever the package was installed.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import select
import signal
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias

Order: TypeAlias = "dict[str, Any]"

# linux/prctl.h, linux/capability.h
PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER = 1, 24, 36
PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 38, 47, 4
CAPABILITY_VERSION_3, CAPABILITIES = 0x20080522, 64
LINUX = sys.platform == "linux"
PATIENCE_S = 5.0  # for whatever will not die, which is then not ours to end
LARGEST_ORDER = 1 << 20


def main(fd: int) -> None:
    """Take the order, run it, end it, tell how it ended."""
    channel = socket.socket(fileno=fd)
    channel.set_inheritable(False)
    order = _receive(channel)
    if order is None:
        return
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    woken = _wake_on_death()
    started = _start(order)
    for standard in (0, 1, 2):
        os.close(standard)
    if isinstance(started, str):
        _tell(channel, {"error": started})
        return
    status = _watch(channel, woken, started, float(order["grace_s"]))
    status = _end_all(order, started, status)
    _tell(channel, {"status": status})


def _receive(channel: socket.socket) -> Order | None:
    data = bytearray()
    while not data.endswith(b"\n") and len(data) < LARGEST_ORDER:
        piece = channel.recv(65_536)
        if not piece:
            return None
        data += piece
    order: Order = json.loads(data)
    return order


def _tell(channel: socket.socket, what: Order) -> None:
    with suppress(OSError):  # nobody is there any more to be told
        channel.sendall(json.dumps(what).encode() + b"\n")


def _prctl(*arguments: int) -> None:
    """OSError where the kernel refuses; nothing on systems that do not know it."""
    if not LINUX:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(*(ctypes.c_ulong(each) for each in (*arguments, 0, 0, 0, 0)[:5])):
        raise OSError(ctypes.get_errno(), "prctl")


def _wake_on_death() -> int:
    """A descriptor that becomes readable whenever a child has died."""
    read, write = os.pipe()
    for end in (read, write):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(write, warn_on_full_buffer=False)
    return read


def _start(order: Order) -> int | str:
    """The number of the program's process, or why there is none."""
    read, write = os.pipe()  # not inherited: it closes by itself when the program begins
    child = os.fork()
    if child == 0:
        _become(order, write)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        problem = pipe.read().decode("utf-8", "replace")
    if problem:
        os.waitpid(child, 0)
        return problem
    return child


def _become(order: Order, report: int) -> None:
    """In the child: give up every right, then be the program. Never returns."""
    try:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGPIPE, signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        os.setpgid(0, 0)
        os.umask(0o077)
        _confine(order["limits"])
        if order["uid"] is not None:
            _drop(int(order["uid"]))
        _prctl(PR_SET_NO_NEW_PRIVS, 1)
        _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        os.chdir(order["cwd"])
        os.execvpe(order["argv"][0], order["argv"], order["env"])  # noqa: S606 - there is no shell
    except BaseException as error:  # noqa: BLE001 - whatever it is, this copy must not go on
        os.write(report, f"{order['argv'][0]!r} cannot start: {error}".encode("utf-8", "replace")[:2000])
    finally:
        os._exit(127)


def _confine(limits: dict[str, int]) -> None:
    """Lower limits; one that is lower already stays."""
    for name, value in limits.items():
        which = getattr(resource, name, None)
        if which is None or (name == "RLIMIT_AS" and not LINUX):
            continue
        _, hard = resource.getrlimit(which)
        most = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(which, (most, most))


def _drop(uid: int) -> None:
    """Another user and group, no other groups, no capabilities, and none to be had again (T02)."""
    if LINUX:
        for capability in range(CAPABILITIES):
            with suppress(OSError):  # unknown to this kernel, or not ours to drop: no_new_privs bars it too
                _prctl(PR_CAPBSET_DROP, capability)
        with suppress(OSError):
            _prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    os.setgroups([])
    _become_user(uid)
    if LINUX:
        header, nothing = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0), (ctypes.c_uint32 * 6)()
        if ctypes.CDLL(None, use_errno=True).capset(header, nothing):
            raise OSError(ctypes.get_errno(), "capset")


def _become_user(uid: int) -> None:
    """OSError unless this process is that user, for good, when this returns."""
    os.setgid(uid)  # of root: the real, effective and saved one (setuid(2))
    os.setuid(uid)
    if uid <= 0 or os.getuid() != uid or os.geteuid() != uid:
        raise OSError(f"still user {os.getuid()}")


def _watch(channel: socket.socket, woken: int, child: int, grace_s: float) -> int | None:
    """Until the program ended or nobody wants it any more. Its exit status if it is known."""
    poll = select.poll()
    poll.register(channel, select.POLLIN)
    poll.register(woken, select.POLLIN)
    until: float | None = None
    while True:
        status, _ = _reap(child)
        if status is not None:
            return status
        left = None if until is None else 1000 * max(0.0, until - time.monotonic())
        ready = {fd for fd, _ in poll.poll(left)}
        if woken in ready:
            with suppress(BlockingIOError):
                os.read(woken, 4096)
        if channel.fileno() in ready and until is None:
            poll.unregister(channel)
            until = time.monotonic() + grace_s
            _signal_group(child, signal.SIGTERM)
        elif until is not None and time.monotonic() >= until:
            return None


def _signal_group(group: int, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):  # it is gone, or (macOS) only its zombie is left
        os.killpg(group, number)


def _reap(child: int, status: int | None = None) -> tuple[int | None, bool]:
    """Bury whoever died. The status of `child` when it was among them, and whether anybody is left below."""
    while True:
        try:
            pid, code = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return status, False
        if pid == 0:
            return status, True
        if pid == child:
            status = os.waitstatus_to_exitcode(code)


def _end_all(order: Order, child: int, status: int | None) -> int | None:
    """Kill and bury everything that is below this process."""
    until = time.monotonic() + PATIENCE_S
    if status is None:
        _signal_group(child, signal.SIGKILL)
    while time.monotonic() < until:
        if order["private"]:
            _sweep(int(order["uid"]))
        for pid in _below(os.getpid()):
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        status, left = _reap(child, status)
        if not left:
            return status
        time.sleep(0.002)
    return status


def _sweep(uid: int) -> None:
    """Kill every process of a user that is ours alone, at once: nothing can fork its way out of that."""
    killer = os.fork()
    if killer == 0:
        try:
            os.setgroups([])
            _become_user(uid)  # raises unless it worked: root must never come to the next line
            os.kill(-1, signal.SIGKILL)
        finally:
            os._exit(0)
    os.waitpid(killer, 0)


def _below(root: int) -> list[int]:
    """Every process below this one, by what /proc says; none where there is no /proc."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError):  # it ended meanwhile
            parents[int(folder.name)] = int((folder / "stat").read_bytes().rpartition(b")")[2].split()[1])
    found = {root}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return sorted(found - {root})


if __name__ == "__main__":
    main(int(sys.argv[1]))
