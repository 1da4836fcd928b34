"""The child that answers with a Python function: a script of its own, run as `python -I shim.py MODULE:FUNCTION FOLDER...`.

The folders become the first of the import path once this script has begun, so nothing in them can stand in for what
it imports itself (T05). Standard library only. Questions and answers are lines of JSON (docs/targets.md); what the
function prints goes to standard error.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import json
import os
import sys
import traceback
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, BinaryIO, TypeAlias

Answer: TypeAlias = "dict[str, Any]"
Function: TypeAlias = "Callable[..., Any]"
NAMES = ("input", "vars", "context", "messages")
LONGEST = 1 << 26
REPLIES = frozenset({"text", "documents", "tool_calls", "usage", "trace", "index"})


def main(name: str, folders: list[str]) -> None:
    """Load the function, then answer until there are no more questions."""
    replies = _private_output()
    sys.path[:0] = folders
    function = _load(name)
    if inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
        getattr(function, "__call__", None)  # noqa: B004 - an object whose call is asynchronous
    ):
        asyncio.run(_serve_together(function, replies))
    else:
        _serve_in_turn(function, replies)


def _private_output() -> BinaryIO:
    """Standard output for the protocol alone: whatever prints, prints to standard error."""
    replies = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    return replies


def _load(name: str) -> Function:
    module, _, path = name.partition(":")
    found: Any = importlib.import_module(module)
    for part in path.split("."):
        found = getattr(found, part)
    if not callable(found):
        raise TypeError(f"{name!r} is no function but a {type(found).__name__}")
    function: Function = found
    return function


def _serve_in_turn(function: Function, replies: BinaryIO) -> None:
    """A plain function: one question after the other, outside of any event loop, which it may start itself."""
    runner: asyncio.Runner | None = None
    for line in sys.stdin.buffer:
        question = json.loads(line)
        try:
            value = _call(function, question)
            if inspect.isawaitable(value):
                runner = runner or asyncio.Runner()
                value = runner.run(_awaited(value))
            answer = _answer(value)
        except Exception as error:  # noqa: BLE001 - whatever it raises is the outcome of this case
            answer = _error(error)
        _send(replies, question["id"], answer)


async def _serve_together(function: Function, replies: BinaryIO) -> None:
    """An asynchronous function: every question at once."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=LONGEST)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    tasks: set[asyncio.Task[None]] = set()
    while line := await reader.readline():
        task = asyncio.create_task(_one(function, json.loads(line), replies))
        tasks.add(task)
        task.add_done_callback(tasks.discard)


async def _one(function: Function, question: Answer, replies: BinaryIO) -> None:
    try:
        answer = _answer(await _call(function, question))
    except Exception as error:  # noqa: BLE001 - as above
        answer = _error(error)
    _send(replies, question["id"], answer)


async def _awaited(value: Awaitable[Any]) -> Any:
    return await value


def _call(function: Function, question: Mapping[str, Any]) -> Any:
    """The function with what it has names for; with the whole question when it takes one thing of another name."""
    asked = {name: question[name] for name in NAMES if name in question}
    parameters = list(inspect.signature(function).parameters.values())
    if any(each.kind is each.VAR_KEYWORD for each in parameters):
        return function(**asked)
    known = {**dict(asked.get("vars", {})), **asked}
    if len(parameters) == 1 and parameters[0].name not in {*NAMES, *known}:
        return function(asked)
    return function(**{each.name: known[each.name] for each in parameters if each.name in known})


def _answer(value: Any) -> Answer:
    if isinstance(value, str):
        return {"text": value}
    if isinstance(value, list | tuple):
        return {"documents": list(value)}
    if isinstance(value, Mapping):
        if wrong := set(value) - REPLIES:
            raise TypeError(f"it returned {sorted(map(str, wrong))}; known are {sorted(REPLIES)}")
        return dict(value)
    raise TypeError(f"it returned a {type(value).__name__}; return a str, a list of documents or a dict")


def _error(error: Exception) -> Answer:
    traceback.print_exception(error, limit=-5)
    return {"error": traceback.format_exception_only(error)[-1].strip()[:2000]}


def _send(replies: BinaryIO, number: str, answer: Answer) -> None:
    try:
        line = json.dumps({"id": number, **answer}, allow_nan=False, default=_plain)
    except (TypeError, ValueError, RecursionError) as error:
        line = json.dumps({"id": number, **_error(error)})
    rest = memoryview(line.encode() + b"\n")
    while rest:
        rest = rest[replies.write(rest) :]


def _plain(value: Any) -> Any:
    """Numbers and arrays of other libraries as Python's own."""
    for name in ("tolist", "item"):
        if callable(found := getattr(value, name, None)):
            return found()
    raise TypeError(f"a {type(value).__name__} is no JSON")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
