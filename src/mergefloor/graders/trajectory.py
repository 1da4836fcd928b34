"""The `trajectory` check: how many tools a target called on its way to the answer."""

from __future__ import annotations

from functools import partial

from mergefloor.core.ports import Grader, Toolbox
from mergefloor.core.types import GraderSpec, Problem, Subject
from mergefloor.graders.check import Check, Seen
from mergefloor.graders.finding import yes_no
from mergefloor.graders.options import count, problem
from mergefloor.graders.outcome import idle
from mergefloor.graders.tools import untold


def trajectory(spec: GraderSpec, toolbox: Toolbox) -> Grader:
    """At most `max_tools` calls, repeated ones counted as often as they were made."""
    return Check(spec=spec, look=partial(_look, spec), fit=idle)


def _look(spec: GraderSpec, subject: Subject) -> Seen:
    made = subject.output.tools
    if made is None:
        return untold(spec, subject)
    most = count(spec, "max_tools") or 0
    return yes_no(len(made) <= most, f"call at most {most} tools", f"{len(made)} calls")


def check_trajectory(spec: GraderSpec) -> tuple[Problem, ...]:
    """A whole number, 0 or more."""
    most = count(spec, "max_tools")
    if most is not None and most >= 0:
        return ()
    what = f"max_tools is {spec.options.get('max_tools')!r}"
    return (problem(spec, what, "give how many calls are allowed, such as `max_tools: 8`"),)
