"""The child that renders other people's Jinja: a script of its own, run as `python -I sandbox_child.py` (T64-T66).

It imports jinja2 and the standard library only, so it starts fast and works wherever the package was installed.
Frames over stdin and stdout: four bytes of length, big-endian, then JSON. First `{templates, newline, limits}`,
answered by `{}`; then one `{values}` a case, answered by `{texts}`. What went wrong is `{kind, error, line}`.
"""

from __future__ import annotations

import json
import math
import resource
import sys
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO, TypeAlias, cast

from jinja2 import StrictUndefined, Template, TemplateRuntimeError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

Frame: TypeAlias = "dict[str, object]"
FILENAME = "<prompt>"
_GLOBALS = ("range", "dict", "namespace")
_PLAIN = (str, int, float, bool, type(None))


class OutputTooLongError(TemplateRuntimeError):
    """A message is longer than the limit."""


class Strict(StrictUndefined):
    """Undefined names fail where they are printed, also inside a list."""

    __slots__ = ()
    __repr__ = StrictUndefined.__str__


class Texts(list[str]):
    """A case's `context`: a list to loop over, and one text with blank lines between when it is printed."""

    def __str__(self) -> str:
        return "\n\n".join(self)


def environment(newline: str = "\n") -> ImmutableSandboxedEnvironment:
    """The sandbox: no loader, strict undefined names, plain data out, nothing random, line ends as written."""
    env = ImmutableSandboxedEnvironment(
        undefined=Strict,
        autoescape=False,
        loader=None,
        keep_trailing_newline=True,
        newline_sequence=newline,
        finalize=_plain,
    )
    env.globals = {name: env.globals[name] for name in _GLOBALS}
    del env.filters["random"]
    return env


def _plain(value: object) -> object:
    """Only data may be printed: a function or method would print an address that changes with every run."""
    if isinstance(value, Strict):
        return str(value)
    for item in _items(value):
        if isinstance(item, Strict):
            str(item)
        elif not isinstance(item, _PLAIN):
            raise TemplateRuntimeError(f"a {type(item).__name__} cannot be printed, only data")
    return value


def _items(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        yield from chain.from_iterable(_items(item) for item in chain(value.keys(), value.values()))
    elif isinstance(value, list | tuple):
        yield from chain.from_iterable(map(_items, value))
    else:
        yield value


def _render(template: Template, values: Frame, limit: int) -> str:
    pieces, size = [], 0
    for piece in template.generate(values):
        size += len(piece.encode("utf-8"))
        if size > limit:
            raise OutputTooLongError
        pieces.append(piece)
    return "".join(pieces)


def _failure(error: Exception) -> Frame:
    line, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == FILENAME:
            line = trace.tb_lineno
        trace = trace.tb_next
    text = str(error)[:300]
    return {"kind": _kind(error), "error": f"{type(error).__name__}: {text}", "line": line}


def _kind(error: Exception) -> str:
    kinds = {
        SecurityError: "forbidden",
        UndefinedError: "undefined",
        MemoryError: "memory",
        OutputTooLongError: "output",
    }
    return next((kind for kind_of, kind in kinds.items() if isinstance(error, kind_of)), "failed")


def _lower(which: int, value: int) -> None:
    """Lower a soft limit. A hard limit that is lower already stays."""
    if which == resource.RLIMIT_AS and sys.platform == "darwin":
        return  # macOS does not know this limit; the wall clock remains
    _, hard = resource.getrlimit(which)
    resource.setrlimit(which, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def _more_cpu(seconds: float) -> None:
    """Allow the next case its own CPU time."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _lower(resource.RLIMIT_CPU, math.ceil(used.ru_utime + used.ru_stime + seconds))


def _confine(limits: dict[str, float]) -> None:
    for which, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 16),  # Jinja imports a few modules late
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_AS, int(limits["memory"])),
    ):
        _lower(which, value)


def _receive(source: BinaryIO) -> Frame | None:
    head = source.read(4)
    if len(head) < 4:  # noqa: PLR2004 - the parent has gone
        return None
    return cast(Frame, json.loads(source.read(int.from_bytes(head, "big"))))


def _send(target: BinaryIO, frame: Frame) -> None:
    body = json.dumps(frame, ensure_ascii=False).encode("utf-8", "replace")
    target.write(len(body).to_bytes(4, "big") + body)
    target.flush()


def _compile(order: Frame) -> list[Template]:
    env = environment(str(order["newline"]))
    sources = cast("list[str]", order["templates"])
    return [Template.from_code(env, env.compile(s, filename=FILENAME), dict(env.globals)) for s in sources]


def _answer(templates: list[Template], frame: Frame, limit: int) -> Frame:
    values = cast(Frame, frame["values"])
    if frame.get("texts"):
        name = str(frame["texts"])
        values[name] = Texts(cast("list[str]", values[name]))
    try:
        return {"texts": [_render(template, values, limit) for template in templates]}
    except Exception as error:  # noqa: BLE001 - whatever a foreign template raises is an answer
        return _failure(error)


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Compile once, then answer every case until the parent closes the pipe."""
    order = _receive(source)
    if order is None:
        return
    limits = cast("dict[str, float]", order["limits"])
    _confine(limits)
    _more_cpu(limits["cpu"])
    try:
        templates = _compile(order)
    except Exception as error:  # noqa: BLE001 - as above
        _send(target, _failure(error))
        return
    _send(target, {})
    while (frame := _receive(source)) is not None:
        _more_cpu(limits["cpu"])
        _send(target, _answer(templates, frame, int(limits["output"])))


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
