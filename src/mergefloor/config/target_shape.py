"""`target:` as it is written: one of `http`, `command` and `python`, and what belongs to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, ConfigDict, Field

from mergefloor.config.named import FilePath, Glob, ModelName
from mergefloor.core.targets import CodeTarget, HttpTarget, Target
from mergefloor.core.types import Json, Place, Problem
from mergefloor.golden import FilledText, Shape, told
from mergefloor.loading import Document

MOST = 200
KINDS = ("http", "command", "python")
_CALL = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*:[A-Za-z_][A-Za-z0-9_.]*")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,100}")
_RESERVED = re.compile(
    r"(GITHUB_|INPUT_|RUNNER_|ACTIONS_|LD_|PYTHON|MERGEFLOOR_)|.*(_KEY|_TOKEN|_SECRET|_PASSWORD)\Z"
)
_HTTP = HttpTarget(url="https://example.org")
HTTP_ONLY, CODE_ONLY = ("health", "wait"), ("files", "setup", "lock", "env", "models")


def _call(text: str) -> str:
    if not _CALL.fullmatch(text):
        raise told("is no `module:function`", "write it as `src.search:answer`")
    return text


def _url(text: str) -> str:
    parts = urlsplit(text.replace("{sha}", "0" * 40))
    if parts.scheme not in ("http", "https") or not parts.hostname or set("{}") & set(parts.geturl()):
        raise told("is no address", "write `https://...`, with `{sha}` where the commit's id goes")
    if parts.username or parts.password:
        raise told(
            "holds credentials", "a preview that needs a password cannot be asked: open it to the runner"
        )
    return text


def _variable(name: str) -> str:
    if not _VARIABLE.fullmatch(name):
        raise told("is no name of a variable", "write names alone, such as `FEATURE_SET`")
    if _RESERVED.match(name):
        raise told(
            "would hand over a secret or steer the runner", "models are asked through `models:`, without keys"
        )
    return name


Words = Annotated[list[FilledText], Field(min_length=1, max_length=MOST)]
Variable = Annotated[FilledText, AfterValidator(_variable)]
Url = Annotated[FilledText, AfterValidator(_url)]
Seconds = Annotated[float, Field(gt=0, le=3600)]


class TargetShape(Shape):
    """What is measured instead of a prompt."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": [kind]} for kind in KINDS]})

    http: Annotated[
        Url | None, Field(description="Address that answers, with `{sha}` for the side's commit.")
    ] = None
    command: Annotated[
        Words | None, Field(description="Program and arguments; JSON lines in, JSON lines out.")
    ] = None
    python: Annotated[
        Annotated[FilledText, AfterValidator(_call)] | None,
        Field(description="`module:function`, sync or async."),
    ] = None
    health: Annotated[
        Url | None, Field(description="Address that answers 200 once the deployment is up.")
    ] = None
    wait: Annotated[Seconds, Field(description="Seconds that `health` may take.")] = _HTTP.wait_s
    timeout: Annotated[Seconds, Field(description="Seconds for one question.")] = _HTTP.timeout_s
    files: Annotated[
        list[Glob],
        Field(
            default_factory=list,
            max_length=MOST,
            description="Globs of every file that the code needs: it gets these and nothing else.",
        ),
    ]
    setup: Annotated[Words | None, Field(description="Runs once a side, kept per contents of `lock`.")] = None
    lock: Annotated[
        list[FilePath], Field(default_factory=list, max_length=MOST, description="Lock files of `setup`.")
    ]
    env: Annotated[
        list[Variable],
        Field(default_factory=list, max_length=MOST, description="Variables that the code may see."),
    ]
    models: Annotated[
        list[ModelName],
        Field(
            default_factory=list,
            max_length=MOST,
            description="Models that the code may ask, through the broker.",
        ),
    ]


def target_of(shape: TargetShape | None, place: Place) -> Target | None:
    """The target of one suite."""
    if shape is None:
        return None
    if shape.http is not None:
        return HttpTarget(
            url=shape.http, health=shape.health, timeout_s=shape.timeout, wait_s=shape.wait, place=place
        )
    return CodeTarget(
        kind="python" if shape.python is not None else "command",
        run=(shape.python,) if shape.python is not None else tuple(shape.command or ()),
        files=tuple(shape.files),
        setup=tuple(shape.setup or ()),
        lock=tuple(shape.lock),
        env=tuple(shape.env),
        models=tuple(shape.models),
        timeout_s=shape.timeout,
        place=place,
    )


def measured_problems(document: Document, name: str, suite: Json) -> Iterator[Problem]:
    """A suite measures exactly one thing, and a target says what it needs."""
    if not isinstance(suite, dict):
        return
    keys, where = ("suites", name), f"suites.{name}"
    target = suite.get("target")
    if (suite.get("prompt") is None) == (target is None):
        what = f"`{where}` has {'neither `prompt` nor `target`' if target is None else 'both `prompt` and `target`'}"
        yield Problem(place=document.place(*keys), what=what, fix="name what is measured: one of the two")
    if not isinstance(target, dict):
        return
    found = [kind for kind in KINDS if target.get(kind) is not None]
    place = document.place(*keys, "target")
    if len(found) != 1:
        what = f"`{where}.target` has {' and '.join(f'`{k}`' for k in found) or 'no kind'}"
        yield Problem(place=place, what=what, fix="write one of `http`, `command` and `python`")
        return
    wrong = CODE_ONLY if found[0] == "http" else HTTP_ONLY
    for key in (key for key in wrong if target.get(key) is not None):
        what = f"`{where}.target.{key}` does not go with `{found[0]}`"
        yield Problem(place=document.place(*keys, "target", key), what=what, fix="remove it")
    if found[0] != "http" and not target.get("files"):
        what = f"`{where}.target` does not say which files the code needs"
        yield Problem(place=place, what=what, fix='add `files: ["src/**"]`: they alone are handed over')
