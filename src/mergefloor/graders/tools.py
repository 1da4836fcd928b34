"""The `tools` check: a target called the tools that it should, in the order that is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from mergefloor.core.ports import Grader, Toolbox
from mergefloor.core.types import Failure, GraderSpec, Json, Problem, Subject, ToolCall
from mergefloor.graders.check import Check, Seen
from mergefloor.graders.finding import excerpt, yes_no
from mergefloor.graders.options import problem, text
from mergefloor.graders.outcome import idle
from mergefloor.graders.strict_json import identity

ORDERS = ("any", "subsequence", "exact")
EXTRAS = ("allow", "forbid")
NAMED = 8  # calls that a reason names

Calls = Sequence[ToolCall]


def tools(spec: GraderSpec, toolbox: Toolbox) -> Grader:
    """Every expected call was made, each by a call of its own, with the arguments that are named.

    `order: any` in whatever order, `subsequence` in this one with others between, `exact` these and no others;
    `extra: forbid` allows no other calls.
    """
    return Check(spec=spec, look=partial(_look, spec), fit=idle)


def _look(spec: GraderSpec, subject: Subject) -> Seen:
    made, wanted = subject.output.tools, expected_calls(spec) or subject.case.expected_tools
    if made is None:
        return untold(spec, subject)
    if not wanted:
        return _unexpected(spec, subject)
    order = text(spec, "order") or "any"
    only = order == "exact" or text(spec, "extra") == "forbid"
    # Every expected call takes one of the calls that were made, so equal numbers leave no other.
    passed = (len(made) == len(wanted) or not only) and _arranged(order, wanted, made)
    return yes_no(passed, _wish(order, only, wanted), _called(made))


def _arranged(order: str, wanted: Calls, made: Calls) -> bool:
    if order == "any":
        return assigned(wanted, made)
    rest = iter(made)
    return all(any(fits(each, call) for call in rest) for each in wanted)


def assigned(wanted: Calls, made: Calls) -> bool:
    """Whether every expected call can have a call of its own (Kuhn 1955: one alternating path an expected call)."""
    owner: dict[int, int] = {}
    choices = [[place for place, call in enumerate(made) if fits(each, call)] for each in wanted]
    return all(_settles(each, choices, owner, set()) for each in range(len(wanted)))


def _settles(each: int, choices: Sequence[Sequence[int]], owner: dict[int, int], tried: set[int]) -> bool:
    for place in choices[each]:
        if place in tried:
            continue
        tried.add(place)
        if place not in owner or _settles(owner[place], choices, owner, tried):
            owner[place] = each
            return True
    return False


def fits(wanted: ToolCall, made: ToolCall) -> bool:
    """Whether a call is of this tool with these arguments; arguments that are not named may be anything."""
    return wanted.name == made.name and all(
        name in made.arguments and identity(made.arguments[name]) == identity(value)
        for name, value in wanted.arguments.items()
    )


def expected_calls(spec: GraderSpec) -> tuple[ToolCall, ...]:
    """The calls that the check itself names."""
    written = spec.options.get("expected")
    found = (_call(each) for each in (written if isinstance(written, list) else []))
    return tuple(call for call in found if call is not None)


def _call(written: Json) -> ToolCall | None:
    if isinstance(written, str):
        return ToolCall(name=written)
    name = written.get("name") if isinstance(written, dict) else None
    arguments = written.get("arguments") if isinstance(written, dict) else None
    if not isinstance(name, str) or not isinstance(arguments, dict | None):
        return None
    return ToolCall(name=name, arguments=arguments or {})


def _wish(order: str, only: bool, wanted: Calls) -> str:
    how = {"any": "", "subsequence": " in this order", "exact": " in this order"}[order]
    return f"call {_named(wanted)}{how}{' and nothing else' if only else ''}"


def _called(made: Calls) -> str:
    return _named(made) if made else "no call"


def _named(calls: Calls) -> str:
    shown = [_said(call) for call in calls[:NAMED]]
    return ", ".join(shown) + (f" and {len(calls) - NAMED} more" if len(calls) > NAMED else "")


def _said(call: ToolCall) -> str:
    arguments = excerpt(identity(dict(call.arguments))) if call.arguments else ""
    return f"{excerpt(call.name)}{f' with {arguments}' if arguments else ''}"


def untold(spec: GraderSpec, subject: Subject) -> Failure:
    """The answer says nothing of tools."""
    what = f"check {spec.name!r} needs the tools that were called, and the answer to {subject.case.id!r} tells none"
    fix = "let the target return `tools`, an empty list where it calls none"
    return Failure(stage="grade", code="no-tools", message=f"{subject.case.place}: {what}; {fix}")


def _unexpected(spec: GraderSpec, subject: Subject) -> Failure:
    what = f"check {spec.name!r} has no `expected` and case {subject.case.id!r} has no `expected_tools`"
    return Failure(
        stage="grade", code="no-reference", message=f"{subject.case.place}: {what}; add one of them"
    )


def check_tools(spec: GraderSpec) -> tuple[Problem, ...]:
    """Known words, and expected tools that are names or names with arguments."""
    found = []
    for name, known in (("order", ORDERS), ("extra", EXTRAS)):
        value = spec.options.get(name)
        if value is not None and value not in known:
            found.append(problem(spec, f"{name} is {value!r}", f"use one of {', '.join(known)}"))
    written = spec.options.get("expected")
    if written is not None and (not isinstance(written, list) or len(expected_calls(spec)) != len(written)):
        found.append(problem(spec, "expected lists something else than tools", "list names of tools"))
    if spec.options.get("order") == "exact" and spec.options.get("extra") == "allow":
        found.append(problem(spec, "order is exact and extra is allow", "use `order: subsequence`"))
    return tuple(found)
