"""A program asked like a model: answers in any order, crashes and hangs that cost their own case and no other."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from mergefloor.core.types import Document, Failure, Output, ToolCall, Usage


def test_complete__a_full_reply__is_read(desk: Any) -> None:
    d = desk()
    side = d.program(
        """def answer(q):
    say(q["id"], text="found", documents=["a", {"id": "b", "text": "B", "score": 0.5}], trace=[1],
        tool_calls=[{"name": "look", "arguments": {"k": 1}}], usage={"input_tokens": 3, "output_tokens": 4})"""
    )
    [out] = d.answers(side, "x")
    assert out == Output(
        text="found",
        documents=(Document(id="a"), Document(id="b", text="B", score=0.5)),
        tools=(ToolCall(name="look", arguments={"k": 1}),),
        usage=Usage(input_tokens=3, output_tokens=4),
        trace=[1],
    )


def test_complete__vars_and_context__reach_the_program(desk: Any) -> None:
    d = desk()
    side = d.program('def answer(q):\n    say(q["id"], text=q["vars"]["name"] + q["context"][0])')
    out = d.run(lambda: side.ask("x", vars={"name": "n"}, context=["é\u2028"]), side)
    assert out.text == "né\u2028"


def test_complete__many_at_once__go_to_one_process_and_may_be_answered_in_any_order(desk: Any) -> None:
    d = desk()
    side = d.program(
        """waiting = []
def answer(q):
    waiting.append(q)
    if len(waiting) == 20:
        for each in reversed(waiting):
            say(each["id"], text=each["input"] + str(os.getpid()))"""
    )

    async def work() -> list[Any]:
        return await asyncio.gather(*(side.ask(f"{n}-") for n in range(20)))

    texts = [out.text for out in d.run(work, side)]
    assert [text.split("-")[0] for text in texts] == [str(n) for n in range(20)]
    assert len({text.split("-")[1] for text in texts}) == 1


def test_complete__an_error_for_one_case__is_that_cases_and_the_process_lives(desk: Any) -> None:
    d = desk()
    side = d.program(
        """def answer(q):
    if q["input"] == "bad":
        say(q["id"], error="no such key")
    else:
        say(q["id"], text=str(os.getpid()))"""
    )
    one, bad, two = d.answers(side, "x", "bad", "y")
    assert one == two
    assert (bad.code, bad.message, bad.fatal) == ("target-crashed", "command/s: no such key", False)


def test_complete__crash_of_one_case__costs_that_case_and_says_why(desk: Any) -> None:
    d = desk()
    side = d.program(
        """def answer(q):
    if q["input"] == "bad":
        sys.exit("the secret is out")
    say(q["id"], text="fine")""",
    )
    d.targets.redact = lambda text: text.replace("secret", "***")
    side.model.redact = d.targets.redact
    one, bad, two = d.answers(side, "x", "bad", "y")
    assert one.text == two.text == "fine"
    assert bad.code == "target-crashed"
    assert "exit status 1; it wrote: the *** is out" in bad.message


def test_complete__crash_among_many__is_told_from_the_innocent(desk: Any) -> None:
    d = desk()
    side = d.program(
        """import threading
def work(q):
    time.sleep(0.05)
    if q["input"] == "7":
        os._exit(3)
    say(q["id"], text="fine")
def answer(q):
    threading.Thread(target=work, args=(q,)).start()"""
    )

    async def work() -> list[Any]:
        return await asyncio.gather(*(side.ask(str(n)) for n in range(12)))

    outs = d.run(work, side)
    assert [isinstance(out, Failure) for out in outs] == [n == 7 for n in range(12)]


def test_complete__a_program_that_always_crashes__is_given_up_after_three(desk: Any, folder: Path) -> None:
    d = desk()
    starts = folder / "starts"
    side = d.side({"p.py": f"open({str(starts)!r}, 'a').write('x'); raise SystemExit(4)"})

    async def work() -> list[Any]:
        return await asyncio.gather(*(side.ask(str(n)) for n in range(10)))

    outs = d.run(work, side)
    assert all(out.code == "target-crashed" for out in outs)
    assert sum(out.fatal for out in outs) == 10 - 3
    assert len(starts.read_text()) == 1 + 3


def test_complete__three_crashes_with_answers_between__are_not_the_end(desk: Any) -> None:
    d = desk()
    side = d.program('def answer(q):\n    q["input"] == "bad" and os._exit(1)\n    say(q["id"], text="fine")')
    outs = d.answers(side, *["bad", "x"] * 5)
    assert [getattr(out, "fatal", None) for out in outs] == [False, None] * 5


def test_complete__a_hang__ends_at_its_deadline_with_everything_it_started(desk: Any, folder: Path) -> None:
    d = desk()
    body = f"""import subprocess
def answer(q):
    if q["input"] == "hang":
        child = subprocess.Popen(["sleep", "60"])
        open({str(folder / "pid")!r}, "w").write(str(child.pid))
        time.sleep(60)
    say(q["id"], text="fine")"""
    side = d.program(body, timeout_s=1.0)
    began = time.monotonic()
    hang, after = d.answers(side, "hang", "x")
    assert (hang.code, after.text) == ("target-timeout", "fine")
    assert "did not answer within 1 s" in hang.message
    assert time.monotonic() - began < 6
    assert not Path("/proc", (folder / "pid").read_text()).exists()


def test_complete__a_hang_that_ignores_sigterm__is_killed(desk: Any) -> None:
    d = desk()
    side = d.program(
        """import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
def answer(q):
    time.sleep(60)""",
        timeout_s=0.5,
    )
    [out] = d.answers(side, "x")
    assert out.code == "target-timeout"
    assert "exit status -9" in out.message


def test_complete__one_by_one_under_a_short_deadline__waits_for_its_turn(desk: Any) -> None:
    """Eight questions of 0.3 s each, all asked at once of a program that takes one at a time: none of them is late."""
    d = desk()
    side = d.program('def answer(q):\n    time.sleep(0.3)\n    say(q["id"], text="fine")', timeout_s=1.5)

    async def work() -> list[Any]:
        return await asyncio.gather(*(side.ask(str(n)) for n in range(8)))

    assert [out.text for out in d.run(work, side)] == ["fine"] * 8


def test_complete__cancelled_question__its_late_reply_breaks_nothing(desk: Any) -> None:
    d = desk()
    side = d.program('def answer(q):\n    time.sleep(0.3)\n    say(q["id"], text=str(os.getpid()))')

    async def work() -> list[Any]:
        first = await side.ask("a")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await side.ask("b")
        return [first, await side.ask("c")]

    one, two = d.run(work, side)
    assert one == two


def test_complete__a_program_that_does_not_exist__says_so(desk: Any) -> None:
    d = desk()
    side = d.side({"p.py": ""}, run=("no-such-program",))
    [out] = d.answers(side, "x")
    assert out.code == "target-crashed"
    assert "'no-such-program' cannot start" in out.message


def test_close__leaves_no_process_and_no_folder(desk: Any, folder: Path) -> None:
    d = desk()
    side = d.program('def answer(q):\n    say(q["id"], text=f"{os.getppid()} {os.getpid()}")')
    [out] = d.answers(side, "x")
    assert not any(Path("/proc", pid).exists() for pid in out.text.split())
    d.targets.close()
    assert list(folder.iterdir()) == []


def test_close__without_an_event_loop__ends_the_program(desk: Any, folder: Path) -> None:
    """A run that breaks off never comes to close its models: the supervisor sees that nobody is there."""
    d = desk()
    side = d.program('def answer(q):\n    say(q["id"], text=f"{os.getppid()} {os.getpid()}")')

    async def work() -> str:
        pids: str = (await side.ask("x")).text
        d.targets.close()
        until = time.monotonic() + 5
        while any(Path("/proc", pid).exists() for pid in pids.split()) and time.monotonic() < until:
            await asyncio.sleep(0.02)
        return pids

    pids = d.run(work, side)
    assert not any(Path("/proc", pid).exists() for pid in pids.split())


def test_complete__a_hang_while_others_are_answered__still_ends(desk: Any) -> None:
    """Replies to others make nobody wait for ever."""
    d = desk()
    side = d.program(
        """def answer(q):
    if q["input"] != "hang":
        time.sleep(0.05)
        say(q["id"], text="fine")""",
        timeout_s=0.6,
    )

    async def work() -> tuple[Any, int]:
        await side.ask("start")
        hang = asyncio.create_task(side.ask("hang"))
        answered = 0
        while not hang.done():
            answered += getattr(await side.ask("x"), "text", "") == "fine"
        return await hang, answered

    began = time.monotonic()
    out, answered = d.run(work, side)
    assert out.code == "target-timeout"
    assert answered > 3
    assert time.monotonic() - began < 10


def test_complete__standard_error__is_free_and_its_end_is_kept(desk: Any) -> None:
    d = desk()
    side = d.program(
        """def answer(q):
    os.write(2, b"x" * 5_000_000 + b"the end")
    q["input"] == "bad" and os._exit(5)
    say(q["id"], text="fine")"""
    )
    one, bad = d.answers(side, "x", "bad")
    assert one.text == "fine"
    assert bad.message.endswith("the end)")
    assert len(bad.message) < 2_500


def test_embed__is_refused(desk: Any, kit: Any) -> None:
    d = desk()
    side = d.program(kit.ECHO)
    request: Any = type("R", (), {"model": side.ref, "texts": ("a",)})()
    assert d.run(lambda: side.model.embed(request), side).code == "bad-request"
