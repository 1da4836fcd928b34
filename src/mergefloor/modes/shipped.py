"""Cases that come with the package, fitted to a suite's prompt or target."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from mergefloor import golden, prompts
from mergefloor.core.keys import digest
from mergefloor.core.prompt import PromptVersion
from mergefloor.core.settings import Suite
from mergefloor.core.types import Case, Json, Place
from mergefloor.errors import InputError

INPUT, CONTEXT = "input", "context"
NO_DOCUMENT = "No document was found."


def shipped_cases(suite: Suite, prompt: PromptVersion | None) -> tuple[Case, ...]:
    """The shipped cases of a suite; `prompt` None: it measures a target. InputError, once, where they do not fit."""
    names = golden.shipped_sets(suite.golden)
    cases = [case for name in names for case in golden.read_shipped(name)]
    if not cases:
        return ()
    if prompt is None:
        _refuse_hidden_prompt(suite, names)
        return tuple(_fitted(case, suite, frozenset()) for case in cases)
    required, optional = prompts.variables(prompt)
    known = required | optional
    _refuse_gaps(suite, prompt, sorted(required - {INPUT, CONTEXT} - _given(suite)), known)
    keeps = prompt.format == "native"
    return tuple(_fitted(case, suite, known, keeps=keeps) for case in cases)


def remarks(suites: Iterable[Suite]) -> tuple[str, ...]:
    """Which shipped sets every suite runs, with their versions."""
    named = ((suite.name, golden.shipped_sets(suite.golden)) for suite in suites)
    return tuple(
        f"suite {suite!r} runs shipped cases: " + ", ".join(map(_versioned, sets))
        for suite, sets in named
        if sets
    )


def _versioned(name: str) -> str:
    return f"{name}, version {golden.SHIPPED[name]} ({len(golden.read_shipped(name))} cases)"


def _given(suite: Suite) -> set[str]:
    return {*suite.vars, *([suite.input_variable] if suite.input_variable else [])}


def _refuse_hidden_prompt(suite: Suite, names: tuple[str, ...]) -> None:
    if golden.LEAK in names:
        others = ", ".join(f"`{name}`" for name in golden.SHIPPED if name != golden.LEAK)
        what = (
            f"suite {suite.name!r} measures a target, which does not show its instructions to {golden.LEAK}"
        )
        raise _wrong(suite, what, f"name the sets that fit: {others}")


def _refuse_gaps(suite: Suite, prompt: PromptVersion, missing: list[str], known: frozenset[str]) -> None:
    if missing:
        listed = ", ".join(f"`{name}`" for name in missing)
        what = f"shipped cases of suite {suite.name!r} cannot fill {listed} of {prompt.path}"
        value = f"`vars: {{{missing[0]}: ...}}`"
        question = f"`input_variable: {missing[0]}` to the suite if it takes the question, else "
        fix = f"add {'' if suite.input_variable else question}{value}"
        raise _wrong(suite, what, fix)
    extra = sorted(_given(suite) - known)
    if extra:
        what = f"suite {suite.name!r} gives `{extra[0]}` to shipped cases, and {prompt.path} does not use it"
        raise _wrong(suite, what, "remove it from `vars` or `input_variable`, or correct the name")


def _wrong(suite: Suite, what: str, fix: str) -> InputError:
    place = suite.place or Place(path="mergefloor.yml")
    return InputError.at(place.path, place.line, what, fix)


def _fitted(case: Case, suite: Suite, known: frozenset[str], *, keeps: bool = False) -> Case:
    """The question where the prompt takes it, and documents in the question where it takes none.

    `keeps`: the prompt has the question as a message of its own, whatever its variables are.
    """
    shown = CONTEXT in known
    question = case.input or ""
    if case.context and not shown:
        question = "\n\n".join((question, *case.context))
    values: dict[str, Json] = {**suite.vars}
    if case.context:
        values.pop(CONTEXT, None)
    if suite.input_variable:
        values[suite.input_variable] = question
    found = replace(
        case,
        input=question if keeps or not suite.input_variable else None,
        vars=values,
        context=_documents(case, values) if shown else (),
    )
    return replace(found, content_hash=_hash(case, found.input, values, found.context))


def _documents(case: Case, values: Mapping[str, Json]) -> tuple[str, ...]:
    """A prompt that is about documents gets one in every case."""
    return case.context or (() if CONTEXT in values else (NO_DOCUMENT,))


def _hash(case: Case, asked: str | None, values: Mapping[str, Json], context: tuple[str, ...]) -> str:
    return digest([case.content_hash, asked, dict(values), [*context]])
