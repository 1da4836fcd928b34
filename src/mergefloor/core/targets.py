"""What a suite measures when it is not a prompt: a deployed preview, a program, or a Python function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from mergefloor.core.keys import canonical, digest
from mergefloor.core.types import Case, Json, Message, Place

if TYPE_CHECKING:
    from mergefloor.core.ports import TreeEntry

Kind: TypeAlias = Literal["http", "command", "python"]
PROVIDERS: tuple[Kind, ...] = ("http", "command", "python")


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpTarget:
    """A deployment of each side. `url` and `health` are templates with `{sha}`; `timeout_s` is for one question,
    `wait_s` for the health address to answer 200 before the first one."""

    url: str
    health: str | None = None
    timeout_s: float = 60.0
    wait_s: float = 300.0
    place: Place | None = field(default=None, compare=False)

    kind: Literal["http"] = "http"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeTarget:
    """Code of the repository, run in a work tree of each side that holds `files` and nothing else.

    `run`: the program and its arguments (`command`), or `module:function` (`python`). `setup` runs once a side and
    is kept per contents of `lock`. `env`: names of variables that the program may see; `models`: those it may ask
    through the key broker. A question ends after `timeout_s`.
    """

    kind: Literal["command", "python"]
    run: tuple[str, ...]
    files: tuple[str, ...]
    setup: tuple[str, ...] = ()
    lock: tuple[str, ...] = ()
    env: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    timeout_s: float = 60.0
    place: Place | None = field(default=None, compare=False)


Target: TypeAlias = HttpTarget | CodeTarget


def label(target: Target) -> str:
    """A target in a few words, for people."""
    return f"http: {target.url}" if target.kind == "http" else f"{target.kind}: {' '.join(target.run)}"


def is_target(model: str) -> bool:
    """Whether `provider/name` is a target and no model: it has neither a version nor a price."""
    return model.partition("/")[0] in PROVIDERS


def payload(case: Case) -> dict[str, Json]:
    """What a target is asked: the case's input, variables and context, never its id or what is expected.

    `messages`: the turns of the conversation before `input`.
    """
    found: dict[str, Json] = {
        "input": case.input,
        "messages": [{"role": turn.role, "content": turn.content} for turn in case.earlier],
        "vars": dict(case.vars),
        "context": list(case.context),
    }
    return {name: value for name, value in found.items() if value}


def messages(case: Case) -> tuple[Message, ...]:
    """The payload as what is sent: canonical JSON in one message, so that equal questions are equal requests."""
    return (Message(role="user", content=canonical(payload(case))),)


def question(case: Case) -> str:
    """What was asked, in words."""
    return case.input if case.input is not None else canonical(dict(case.vars))


def code_identity(target: CodeTarget, files: Mapping[str, TreeEntry]) -> str:
    """What the answers of a code target can depend on: its own settings and every file it is given, by blob id.

    `files`: those that `target.files` selects, by path.
    """
    listed: Json = [[path, entry.mode, entry.blob] for path, entry in sorted(files.items())]
    return digest(["code", target.kind, list(target.run), list(target.setup), list(target.models), listed])


def http_identity(target: HttpTarget, sha: str) -> str:
    """What the answers of a deployment can depend on: where it is, and the commit it was made from."""
    return digest(["http", target.url, sha])
