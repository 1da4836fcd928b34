"""From two arms of a suite to planned cases: what each side sends, and what is checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from mergefloor import golden, graders, prompts
from mergefloor.core import targets
from mergefloor.core.keys import request_hash
from mergefloor.core.plan import OWN_SET, PlannedCase, Side
from mergefloor.core.settings import Suite
from mergefloor.core.types import Case, GraderSpec, Message, Place, Problem, Request
from mergefloor.errors import InputError
from mergefloor.modes.suites import SuiteSide


def checks(case: Case, shared: Sequence[GraderSpec]) -> tuple[GraderSpec, ...]:
    """Every check of one case under unique names: its own, then the suite's and the prompt's that concern it.

    A shared check that needs nothing of the case stays the same object, so that it is built once for all cases.
    """
    found: list[GraderSpec] = []
    taken: dict[str, int] = {}
    for spec in (*map(measured, case.graders), *(each for each in shared if golden.concerns(each, case))):
        taken[spec.name] = taken.get(spec.name, 0) + 1
        attached = golden.resolved(spec, case.expected)
        if taken[spec.name] > 1:
            attached = replace(attached, name=f"{spec.name}-{taken[spec.name]}")
        found.append(attached)
    return tuple(found)


def measured(spec: GraderSpec) -> GraderSpec:
    """The check as it counts: one by which no case can pass or fail is no part of the pass rate."""
    return replace(spec, gating=False) if spec.gating and not graders.decides(spec) else spec


def check_problems(specs: Iterable[GraderSpec], place: Place) -> tuple[Problem, ...]:
    """What is wrong with checks beyond their shape, and a case that has none."""
    listed = tuple(specs)
    if not listed:
        return (
            Problem(
                place=place,
                what="this case has no check",
                fix="add `expected`, `must_contain` or `graders` "
                "(`relevant` needs a `retrieval` check, `expected_tools` one of `tools`)",
            ),
        )
    return tuple(problem for spec in listed for problem in graders.check(spec))


def plan_cases(
    suite: Suite, base: SuiteSide | None, head: SuiteSide | None
) -> tuple[tuple[PlannedCase, ...], tuple[PlannedCase, ...]]:
    """The binding cases (base's golden set, both arms) and the head's own set where it differs. Judged checks gate as
    they ask to: whether they may is settled once the judge was held against people (modes/voting.py)."""
    if head is None:
        return (), ()
    binding = _binding(suite, base, head) if base else ()
    if base and {c.id: c.content_hash for c in base.cases} == {c.id: c.content_hash for c in head.cases}:
        return binding, ()
    return binding, _own(suite, binding, head)


def _binding(suite: Suite, base: SuiteSide, head: SuiteSide) -> tuple[PlannedCase, ...]:
    shared = tuple(map(measured, (*suite.graders, *base.prompt.graders)))
    before = _sides(base, base.cases).sides
    after = _sides(head, base.cases, spare=head.cases)
    return tuple(
        PlannedCase(
            suite=suite.name,
            case=case,
            graders=checks(case, shared),
            base=before[case.id],
            head=after.sides[case.id],
            rekeyed=case.id in after.rekeyed,
            case_class=suite.class_of(case.tags),
        )
        for case in base.cases
    )


def _own(suite: Suite, binding: Sequence[PlannedCase], head: SuiteSide) -> tuple[PlannedCase, ...]:
    shared = tuple(map(measured, (*suite.graders, *head.prompt.graders)))
    known = {p.case.id: p for p in binding}
    sides = _sides(head, head.cases).sides
    planned = []
    for case in head.cases:
        twin = known.get(case.id)
        same = twin is not None and _unmoved(twin, case, sides[case.id])
        planned.append(
            PlannedCase(
                suite=suite.name + OWN_SET if binding else suite.name,
                case=case,
                graders=checks(case, shared),
                base=twin.base if twin and same else None,
                head=sides[case.id],
                head_only=True,
                changed=not same,
                case_class=suite.class_of(case.tags),
            )
        )
    return tuple(planned)


def _unmoved(twin: PlannedCase, case: Case, side: Side) -> bool:
    """The case is the base's own, or was rewritten without a change of what is sent and what is checked."""
    if twin.case.content_hash == case.content_hash:
        return True
    before, after = ([replace(s, place=None) for s in c.graders] for c in (twin.case, case))
    return twin.base is not None and twin.base.hash == side.hash and before == after


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    """What one arm sends, by case, and the cases that had to take the other set's inputs."""

    sides: Mapping[str, Side]
    rekeyed: frozenset[str]


def _sides(arm: SuiteSide, cases: Sequence[Case], spare: Sequence[Case] = ()) -> _Sent:
    """What one arm sends for each case. A base case that the head's prompt cannot render (its variables changed)
    takes the inputs of the head's own case of that id; the base's checks stay."""
    if arm.is_target:
        return _asked(arm, cases)
    rendered = prompts.render_all(arm.prompt, cases)
    messages, problems = dict(rendered.messages), rendered.problems
    missing = {case.id for case in cases} - messages.keys()
    if missing and spare:
        second = prompts.render_all(arm.prompt, [c for c in spare if c.id in missing])
        messages.update(second.messages)
        problems = tuple(p for p in problems if not _mended(p, cases, second.messages)) + second.problems
    if problems:
        raise InputError(problems)
    rekeyed = frozenset(messages.keys() - rendered.messages.keys())
    return _Sent(sides={case.id: _side(arm, messages[case.id]) for case in cases}, rekeyed=rekeyed)


def _asked(arm: SuiteSide, cases: Sequence[Case]) -> _Sent:
    """A target is asked the cases as they are: there is nothing to render that could go wrong."""
    sides = {}
    for case in cases:
        request = Request(model=arm.model, messages=targets.messages(case), params=arm.params)
        sides[case.id] = Side(request=request, hash=request_hash(request), question=targets.question(case))
    return _Sent(sides=sides, rekeyed=frozenset())


def _mended(problem: Problem, cases: Sequence[Case], messages: Mapping[str, tuple[Message, ...]]) -> bool:
    return any(case.place == problem.place and case.id in messages for case in cases)


def _side(arm: SuiteSide, messages: tuple[Message, ...]) -> Side:
    request = Request(
        model=arm.model, messages=messages, params=arm.params, response_schema=arm.prompt.response_schema
    )
    return Side(request=request, hash=request_hash(request), question=prompts.question(messages))
