"""A script: answers written down in a YAML file of the repository, for demos, tests and dry runs.

default: I do not know.              # absent: a question that nothing matches is a failure
answers:
  - when: {user: [refund, "30 days"], system: Be brief}   # every text must occur; `any`: in any turn
    say: [Yes., "Yes, within 30 days."]                   # a list: one a draw, in turn
    finish: stop                                          # stop | refusal | filtered | length | empty
    latency_ms: 20
  - when: {user: outage}
    fail: provider-5xx
  - when: {user: returns}                                 # what a target does (script_acts.py); `say` may be absent
    documents: [guide.md#2, {id: faq.md, score: 0.7}]
    tools: [search, {name: book, arguments: {day: 1}}]
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from mergefloor.core.types import Document, Finish, Json, Problem, ToolCall
from mergefloor.errors import InputError
from mergefloor.loading import DATA, load_yaml
from mergefloor.loading import Document as File
from mergefloor.providers import script_acts

TOP = ("default", "answers")
ACTS = ("documents", "tools")
ENTRY = ("when", "say", "finish", "latency_ms", "fail", *ACTS)
WHEN = ("system", "user", "any")
FINISHES: tuple[Finish, ...] = get_args(Finish)
CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One answer and when it is given: every text of `system`, `user` and `any` must occur, case and all."""

    say: tuple[str, ...]
    finish: Finish = "stop"
    latency_ms: float = 0.0
    fail: str | None = None
    system: tuple[str, ...] = ()
    user: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    documents: tuple[Document, ...] | None = None
    tools: tuple[ToolCall, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A whole script. `digest`: SHA-256 of the file's bytes, 64 hex digits. `default`: None when there is none."""

    digest: str
    default: Line | None
    lines: tuple[Line, ...]


def read_script(path: str, data: bytes, known: dict[str, Script]) -> Script:
    """The script of a file, read once for the same bytes. InputError with every problem."""
    digest = hashlib.sha256(data).hexdigest()
    if digest not in known:
        known[digest] = Reader(load_yaml(path, data, limits=DATA)).script(digest)
    return known[digest]


class Reader:
    """Reads one document and collects everything that is wrong with it."""

    def __init__(self, document: File) -> None:
        self._document = document
        self._problems: list[Problem] = []

    def script(self, digest: str) -> Script:
        """The script. InputError with every problem."""
        top = self._mapping((), TOP)
        default = Line(say=self._texts(top["default"], ("default",))) if "default" in top else None
        answers = top.get("answers", [])
        if not isinstance(answers, list):
            self._problem(("answers",), "`answers` is not a list", "write one `- when: ...` for each answer")
            answers = []
        lines = tuple(self._line(index) for index in range(len(answers)))
        if not lines and default is None:
            self._problem((), "the script answers nothing", "write `answers:` or `default:`")
        if self._problems:
            raise InputError(self._problems)
        return Script(digest=digest, default=default, lines=lines)

    def _line(self, index: int) -> Line:
        here: tuple[str | int, ...] = ("answers", index)
        entry, when = self._mapping(here, ENTRY), self._mapping((*here, "when"), WHEN)
        finish, fail = self._finish(entry, here), self._fail(entry, here)
        acts = any(name in entry for name in ACTS)
        self._speaks(entry, here, needed=finish == "stop" and fail is None and not acts)
        if not when:
            self._problem(here, "the answer has no `when`", "write `when: {user: ...}`, or use `default`")
        return Line(
            say=self._texts(entry["say"], (*here, "say")) if "say" in entry else ("",),
            finish=finish,
            latency_ms=self._latency(entry, here),
            fail=fail,
            documents=script_acts.documents(entry.get("documents"), self._wrong(*here, "documents")),
            tools=script_acts.tools(entry.get("tools"), self._wrong(*here, "tools")),
            **{part: self._texts(when[part], (*here, "when", part)) for part in WHEN if part in when},
        )

    def _speaks(self, entry: Mapping[str, Json], here: tuple[str | int, ...], *, needed: bool) -> None:
        if needed and "say" not in entry:
            self._problem(here, "the answer says nothing", "write `say:` or `fail:`")
        if "fail" in entry and any(name in entry for name in ("say", "finish", *ACTS)):
            self._problem(here, "an answer that fails says nothing", "remove `fail`, or everything it says")

    def _finish(self, entry: Mapping[str, Json], here: tuple[str | int, ...]) -> Finish:
        found = next((name for name in FINISHES if name == entry.get("finish", "stop")), None)
        if found is None:
            self._problem(
                (*here, "finish"), f"no finish {entry['finish']!r}", f"write one of {', '.join(FINISHES)}"
            )
        return found or "stop"

    def _fail(self, entry: Mapping[str, Json], here: tuple[str | int, ...]) -> str | None:
        code = entry.get("fail")
        if code is None or (isinstance(code, str) and CODE.fullmatch(code)):
            return code
        self._problem((*here, "fail"), f"{code!r} is no failure code", "write one like `provider-5xx`")
        return None

    def _latency(self, entry: Mapping[str, Json], here: tuple[str | int, ...]) -> float:
        value = entry.get("latency_ms", 0)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf:
            return float(value)
        self._problem((*here, "latency_ms"), f"{value!r} is no latency", "write milliseconds, 0 or more")
        return 0.0

    def _mapping(self, keys: tuple[str | int, ...], allowed: tuple[str, ...]) -> dict[str, Json]:
        try:
            value = self._document.at(*keys)
        except KeyError:
            return {}
        if not isinstance(value, dict):
            self._problem(keys, "this is not a mapping", f"write {', '.join(f'`{key}:`' for key in allowed)}")
            return {}
        for key in value.keys() - set(allowed):
            self._problem((*keys, key), f"unknown key {key!r}", f"known are {', '.join(allowed)}")
        return value

    def _texts(self, value: Json, keys: tuple[str | int, ...]) -> tuple[str, ...]:
        found = value if isinstance(value, list) else [value]
        texts = tuple(text for text in found if isinstance(text, str))
        if not found or len(texts) != len(found):
            self._problem(keys, "this is not a text or a list of texts", "put it in quotes")
        return texts or ("",)

    def _wrong(self, *keys: str | int) -> script_acts.Wrong:
        return lambda what, fix: self._problem(keys, what, fix)

    def _problem(self, keys: tuple[str | int, ...], what: str, fix: str) -> None:
        self._problems.append(Problem(place=self._document.place(*keys), what=what, fix=fix))
