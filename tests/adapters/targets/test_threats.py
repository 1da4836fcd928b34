"""What a malicious head may try (T02-T04, T38): nothing of it reaches the base, the run or the runner.

Every attempt has a control: the same attempt under our own user works, so a test that stops testing would fail.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from mergefloor.core.types import Failure
from mergefloor.errors import MergefloorError
from mergefloor.targets import Guarded, users_here

ATTEMPTS = {
    "reads the environment of its parent": "open(f'/proc/{os.getppid()}/environ').read()",
    "reads the environment of the run": "open(f'/proc/{MAIN}/environ').read()",
    "reads the memory of the run": "open(f'/proc/{MAIN}/mem', 'rb')",
    "reads the memory of the base": "open(f'/proc/{BASE}/mem', 'rb')",
    "lists the folder of the run": "os.listdir('../..')",
    "reads the code of the base": "open('../../0/code/p.py').read()",
    "writes into the folder of the base": "open('../../0/code/p.py', 'a')",
    "writes into the home of the base": "open('../../0/home/x', 'w')",
    "changes its own files": "open('p.py', 'a')",
    "adds a file of its own": "open('json.py', 'w')",
    "writes to GITHUB_OUTPUT": "open(FOLDER + '/output', 'a')",
    "reads credentials of a checkout": "open(FOLDER + '/config').read()",
    "opens docker.sock": "socket.socket(socket.AF_UNIX).connect(FOLDER + '/docker.sock')",
    "signals the run": "os.kill(MAIN, 0)",
    "signals the base": "os.kill(BASE, 0)",
}
TRY = """import socket
def answer(q):
    FOLDER, MAIN, BASE = q["context"][0], int(q["context"][1]), int(q["context"][2])
    try:
        eval(q["input"])
        say(q["id"], text="done")
    except OSError as error:
        say(q["id"], text="denied")"""
HONEST = 'def answer(q):\n    say(q["id"], text=f"{os.getpid()} {sorted(os.environ)}")'


@pytest.fixture
def runner(folder: Path) -> Iterator[Path]:
    """What lies on a runner: a file command, a checkout's configuration, an engine's socket."""
    (folder / "output").write_text("")
    (folder / "output").chmod(0o644)
    (folder / "config").write_text(
        '[http "https://github.com/"]\n\textraheader = AUTHORIZATION: basic eA==\n'
    )
    (folder / "config").chmod(0o600)
    with socket.socket(socket.AF_UNIX) as engine:
        engine.bind(str(folder / "docker.sock"))
        (folder / "docker.sock").chmod(0o660)
        engine.listen(50)
        yield folder


def attempts(desk: Any, folder: Path) -> tuple[dict[str, str], list[str]]:
    """What came of every attempt, and what the base answered before and after."""
    base, head = desk.program(HONEST), desk.program(TRY)

    async def work() -> tuple[dict[str, str], list[str]]:
        before = (await base.ask("x")).text
        context = [str(folder), str(os.getpid()), before.split()[0]]
        outs = {name: await head.ask(code, context=context) for name, code in ATTEMPTS.items()}
        return {name: out.text for name, out in outs.items()}, [before, (await base.ask("x")).text]

    found: tuple[dict[str, str], list[str]] = desk.run(work, base, head)
    return found


def test_attempts__under_a_user_of_its_own__are_all_denied(apart: Any, runner: Path) -> None:
    found, (before, after) = attempts(apart, runner)
    assert found == dict.fromkeys(ATTEMPTS, "denied")
    assert before == after
    assert "['HOME', 'LANG', 'PATH', 'TMPDIR']" in after
    assert (runner / "output").read_text() == ""


def test_attempts__under_our_own_user__leak(desk: Any, runner: Path) -> None:
    found, _ = attempts(desk(), runner)
    assert found == dict.fromkeys(ATTEMPTS, "done")


def test_program__has_no_rights_limits_and_a_private_mask(apart: Any) -> None:
    body = """import resource
def answer(q):
    status = dict(l.split(":", 1) for l in open("/proc/self/status").read().splitlines() if ":" in l)
    names = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Groups")
    limits = {n: resource.getrlimit(getattr(resource, "RLIMIT_" + n)) for n in ("CORE", "NPROC", "NOFILE", "FSIZE", "AS", "CPU")}
    say(q["id"], text=json.dumps([{n: status[n].strip() for n in names}, limits, os.umask(0), os.getuid(), os.getpgrp() == os.getpid()]))"""
    [out] = apart.answers(apart.program(body), "x")
    rights, limits, mask, user, leads = json.loads(out.text)
    assert rights == {
        **dict.fromkeys(("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"), "0" * 16),
        "NoNewPrivs": "1",
        "Groups": "",
    }
    assert {name: hard for name, (_, hard) in limits.items()} == {
        "CORE": 0, "NPROC": 512, "NOFILE": 1024, "FSIZE": 1 << 30, "AS": 8 << 30, "CPU": 3600,
    }  # fmt: skip
    assert (mask, user >= 65_000, leads) == (0o077, True, True)


BREACHES = {
    "writes garbage": 'print("hello", flush=True)',
    "answers a question of its own": 'say("0" * 32, text="x")',
    "answers another way round": 'say(q["id"][::-1], text="x")',
    "ends early": "os._exit(0)",
    "closes its output": "os.close(1); time.sleep(60)",
    "hangs": "time.sleep(60)",
    "floods one line": 'os.write(1, b"x" * 3_000_000); time.sleep(60)',
    "floods lines": 'while True: print("{}", flush=True)',
    "crashes hard": "os.abort()",
    "kills its group": "os.killpg(0, 9)",
    "kills all it can": "os.kill(-1, 9)",
    "takes all memory": "x = bytearray(64 << 30)",
    "stops itself": "os.kill(os.getpid(), 19)",
}


@pytest.mark.parametrize("name", BREACHES)
def test_breach__of_the_head__is_its_own_failure_and_the_base_answers_as_before(
    apart: Any, name: str
) -> None:
    base = apart.program(HONEST)
    head = apart.program(f"def answer(q):\n    {BREACHES[name]}", timeout_s=0.5)

    async def work() -> list[Any]:
        return [await base.ask("x"), await head.ask("x"), await base.ask("x")]

    before, breach, after = apart.run(work, base, head)
    assert isinstance(breach, Failure)
    assert breach.code in {"target-crashed", "target-timeout"}
    assert before == after


def test_breach__answers_twice__is_given_up_after_three(apart: Any) -> None:
    head = apart.program('def answer(q):\n    say(q["id"], text="x"); say(q["id"], text="y")')

    async def work() -> list[Any]:
        outs = []
        for n in range(5):
            outs.append(await head.ask(str(n)))
            await asyncio.sleep(0.1)
        return outs

    outs = apart.run(work, head)
    assert all(isinstance(out, Failure) or out.text == "x" for out in outs)
    assert outs[-1].fatal
    assert "a second time" in outs[-1].message


def test_breach__answers_before_it_is_asked__is_no_answer(apart: Any) -> None:
    head = apart.program('say("1", text="x")\ndef answer(q):\n    say(q["id"], text="fine")')
    outs = apart.answers(head, *"abcdefg")
    assert outs[-1].fatal
    assert not any(getattr(out, "text", "") == "x" for out in outs)


def test_fork__double_and_in_a_session_of_its_own__ends_with_its_parent(apart: Any) -> None:
    """R34: 50 targets that leave daemons behind; no orphan, no zombie."""
    body = """def answer(q):
    read, write = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.setpgid(0, 0)
            os.write(write, str(os.getpid()).encode())
            for fd in range(256):
                try: os.close(fd)
                except OSError: pass
            time.sleep(600)
        os._exit(0)
    say(q["id"], text=os.read(read, 99).decode())"""
    sides = [apart.program(body + f"\n# {n}") for n in range(50)]

    async def work() -> list[Any]:
        limit = asyncio.Semaphore(8)

        async def one(side: Any) -> Any:
            async with limit:
                return await side.ask("x")

        return await asyncio.gather(*map(one, sides))

    pids = [out.text for out in apart.run(work, *sides)]
    assert len(set(pids)) == 50
    assert not [pid for pid in pids if Path("/proc", pid).exists()]
    assert children() == []


def test_fork__a_chain_that_never_holds_still__ends(apart: Any) -> None:
    body = """def answer(q):
    if os.fork() == 0:
        os.setsid()
        while True:
            if os.fork():
                os._exit(0)
    time.sleep(0.2)
    say(q["id"], text=str(os.getuid()))"""
    [out] = apart.answers(apart.program(body), "x")
    assert processes_of(int(out.text)) == []


def test_listener__of_the_head__is_gone_with_it(apart: Any) -> None:
    body = """import socket
kept = []
def answer(q):
    kept.append(socket.create_server(("127.0.0.1", 0)))
    if os.fork() == 0:
        time.sleep(600)
    say(q["id"], text=str(kept[-1].getsockname()[1]))"""
    [out] = apart.answers(apart.program(body), "x")
    with socket.socket() as client:
        assert client.connect_ex(("127.0.0.1", int(out.text))) != 0


def test_kill_of_the_supervisor__under_our_own_user__is_a_crash_and_leaves_nobody(desk: Any) -> None:
    d = desk()
    side = d.program("def answer(q):\n    os.kill(os.getppid(), 9); time.sleep(60)", timeout_s=5)
    [out] = d.answers(side, "x")
    assert out.code == "target-crashed"
    assert children() == []


@pytest.mark.parametrize(
    ("guarded", "said"),
    [
        (Guarded(append=("{folder}/output",)), "write to {folder}/output"),
        (Guarded(secret=("{folder}/con*",)), "read credentials in {folder}/config"),
        (Guarded(folders=("{folder}/open",)), "list {folder}/open"),
        (Guarded(sockets=("{folder}/docker.sock",)), "connect to {folder}/docker.sock"),
    ],
    ids=["output", "credentials", "folder", "socket"],
)
def test_self_test__something_of_the_runner_within_reach__refuses_code(
    apart: Any, desk: Any, runner: Path, guarded: Guarded, said: str
) -> None:
    (runner / "open").mkdir(mode=0o755)
    for name, mode in {"output": 0o666, "config": 0o644, "docker.sock": 0o666}.items():
        (runner / name).chmod(mode)
    here = Guarded(**{
        name: tuple(each.format(folder=runner) for each in getattr(guarded, name))
        for name in ("sockets", "secret", "append", "folders")
    })  # fmt: skip
    d = desk(users=users_here(), strict=True, guarded=here)
    with pytest.raises(MergefloorError, match="isolation self-test failed") as error:
        d.program(HONEST)
    assert said.format(folder=runner) in str(error.value)
    assert error.value.exit_code == 2


def test_self_test__a_configuration_without_credentials__is_fine(desk: Any, apart: Any, folder: Path) -> None:
    (folder / "config").write_text("[core]\n\tbare = false\n")
    d = desk(users=users_here(), strict=True, guarded=Guarded(secret=(f"{folder}/config",)))
    [out] = d.answers(d.program(HONEST), "x")
    assert out.text


def test_strict__without_another_user__refuses(desk: Any) -> None:
    d = desk(users=None, strict=True)
    with pytest.raises(MergefloorError, match="isolation self-test failed: this process is not root"):
        d.program(HONEST)


def test_not_strict__without_another_user__runs_and_says_so(desk: Any) -> None:
    d = desk()
    [out] = d.answers(d.program(HONEST), "x")
    assert out.text
    assert "not isolated" in d.targets.remarks[0]


def children() -> list[str]:
    """Children of this process that are still there after a moment, zombies too."""
    until = time.monotonic() + 5
    while True:
        mine = [pid for pid, parent in parents() if parent == os.getpid()]
        if not mine or time.monotonic() > until:
            return mine
        threading.Event().wait(0.05)


def parents() -> Iterator[tuple[str, int]]:
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            yield folder.name, int((folder / "stat").read_bytes().rpartition(b")")[2].split()[1])


def processes_of(user: int) -> list[str]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if folder.stat().st_uid == user:
                found.append(folder.name)
    return found
