"""One input after the other, and everything that is wrong with them. No secret is ever repeated in a problem."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import cast, get_args

from mergefloor.core.activity import Mode
from mergefloor.core.endpoint import endpoint_problem
from mergefloor.core.types import Place, Problem
from mergefloor.runner.folders import path_problem, within

MODES: tuple[str, ...] = get_args(Mode)
# YAML 1.2 core schema, as the runner's own toolkit reads a boolean input.
TRUE, FALSE = ("true", "True", "TRUE"), ("false", "False", "FALSE")
MAX_NAME = 250
_SHOWN = 60
_SEPARATOR = re.compile(r"[,\n]")
_NO_REF = re.compile(r"\A-|\.\.|[ ~^:?*\[\\]")


def variable(name: str) -> str:
    """The environment variable of an input: upper case, blanks become `_`, hyphens stay."""
    return f"INPUT_{name.replace(' ', '_').upper()}"


class Form:
    """Reads inputs of the environment. An absent input and an empty one are the same."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env
        self._place = Place(path=_workflow(env))
        self.problems: list[Problem] = []

    def line(self, name: str, limit: int = MAX_NAME) -> str:
        """One line of printable text."""
        value = self._text(name)
        if not value.isprintable() or len(value) > limit:
            self._wrong(name, "is not one line of printable text", f"write at most {limit} characters")
        return value

    def mode(self, name: str) -> Mode:
        """One of the modes; absent is `auto`."""
        value = self._text(name) or "auto"
        if value in MODES:
            return cast(Mode, value)
        self._wrong(
            name, f"is {value[:_SHOWN]!r}", f"write one of {', '.join(f'`{mode}`' for mode in MODES)}"
        )
        return "auto"

    def switch(self, name: str, *, absent: bool) -> bool:
        """A boolean in one of the spellings of YAML 1.2."""
        value = self._text(name)
        if value and value not in TRUE + FALSE:
            self._wrong(name, f"is {value[:_SHOWN]!r}, which is no boolean", "write `true` or `false`")
        return value in TRUE if value else absent

    def names(self, name: str) -> tuple[str, ...]:
        """Names between commas or line breaks, each once, in the order given."""
        parts = (part.strip() for part in _SEPARATOR.split(self._text(name)))
        found = tuple(dict.fromkeys(part for part in parts if part))
        for part in found:
            if not part.isprintable() or len(part) > MAX_NAME:
                self._wrong(
                    name, f"has the entry {part[:_SHOWN]!r}", "write names, one a line or with commas"
                )
        return found

    def ref(self, name: str) -> str | None:
        """A branch, a tag or a commit. It reaches git and URLs, and never as an option (T14)."""
        value = self.line(name)
        if _NO_REF.search(value):
            fix = "write a branch, a tag or a full commit id"
            self._wrong(name, f"is {value[:_SHOWN]!r}, which names no commit", fix)
        return value or None

    def path(self, name: str, example: str) -> str | None:
        """A path inside the workspace, from its root."""
        value, workspace = self._text(name), self._env.get("GITHUB_WORKSPACE", "")
        if not value:
            return None
        if problem := path_problem(value, workspace):
            self._wrong(name, f"{problem}: {value[:_SHOWN]!r}", f"write it like `{name}: {example}`")
        return within(value, workspace)

    def secret(self, name: str, instead: str = "") -> str:
        """A secret; where the input is empty, the environment variable `instead`."""
        value, source = self._or_variable(name, instead)
        # It travels in a header: a blank or a line break in one is a slip in the secret's settings.
        if not (value.isascii() and value.isprintable()) or " " in value:
            self._add(f"{source} has blanks or control characters", "set the secret again, as one line")
        return value

    def url(self, name: str, instead: str) -> str:
        """A base URL to which a key may travel (T08); where the input is empty, the variable `instead`."""
        value, source = self._or_variable(name, instead)
        problem = endpoint_problem(value.rstrip("/"), f"write it like `{name}: https://llm.example.org/v1`")
        if value and problem:
            self._add(f"{source} {problem[0]}", problem[1])
        return value

    def _or_variable(self, name: str, instead: str) -> tuple[str, str]:
        value = self._text(name)
        if value or not instead:
            return value, f"input `{name}`"
        return self._env.get(instead, "").strip(), instead

    def _text(self, name: str) -> str:
        return self._env.get(variable(name), "").strip()

    def _wrong(self, name: str, what: str, fix: str) -> None:
        self._add(f"input `{name}` {what}", fix)

    def _add(self, what: str, fix: str) -> None:
        self.problems.append(Problem(place=self._place, what=what, fix=fix))


def _workflow(env: Mapping[str, str]) -> str:
    """The file in which the inputs were written, out of `owner/name/.github/workflows/x.yml@ref`."""
    path = env.get("GITHUB_WORKFLOW_REF", "").partition("@")[0].split("/", 2)[2:]
    return path[0] if path and path[0] else "workflow"
