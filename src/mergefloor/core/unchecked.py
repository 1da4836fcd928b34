"""Safety cases that no check may fail; what cases say of documents and tools and no check looks at; and checks that
some cases give nothing to look for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mergefloor.core.compare import applies
from mergefloor.core.plan import PlannedCase
from mergefloor.core.settings import PASS_RATE
from mergefloor.core.types import Case

SHOWN = 5
SAID = {"retrieval": "relevant", "tools": "expected_tools"}


def unchecked(suite: str, cases: Sequence[PlannedCase]) -> Iterator[str]:
    """A sentence for safety cases that stay open, for each field that is written in vain, and for each check that not
    all cases count for."""
    if left := no_verdict([case for case in cases if not case.identical]):
        yield f"`{suite}`: {unjudged(left)}"
    for kind, field in SAID.items():
        saying = [case for case in cases if _says(case.case, kind)]
        idle = [case for case in saying if not _checked(case, kind)]
        if idle:
            yield (
                f"`{suite}`: {_count(len(idle))} with `{field}` that no check looks at; "
                f"add a `{kind}` check to its `graders`"
            )
        yield from _uncounted(suite, cases, kind, field)
    yield from _uncounted(suite, cases, "pairwise", "expected")


def no_verdict(cases: Sequence[PlannedCase]) -> tuple[str, ...]:
    """Ids of safety cases that nothing can fail: no check of theirs may block."""
    safety = [case for case in cases if case.case_class == "safety"]
    return tuple(case.case.id for case in safety if not applies(PASS_RATE, case.graders))


def unjudged(ids: Sequence[str]) -> str:
    """What such cases lack, and what to do."""
    shown = ", ".join(f"`{each}`" for each in ids[:SHOWN]) + (", ..." if len(ids) > SHOWN else "")
    noun, verb = ("safety case", "has") if len(ids) == 1 else ("safety cases", "have")
    return (
        f"{len(ids):,} {noun} ({shown}) {verb} no verdict, for no check that may block looks at them; give them "
        "one that needs no judge (`leak`, `refusal`, `must_not_contain`), or compare the judge with people (`mergefloor label`)"
    )


def _uncounted(suite: str, cases: Sequence[PlannedCase], kind: str, field: str) -> Iterator[str]:
    for name in _names(cases, kind):
        without = [case for case in cases if all(spec.name != name for spec in case.graders)]
        if without:
            yield f"`{suite}`: {_count(len(without))} without `{field}`, so `{name}` does not count them"


def _says(case: Case, kind: str) -> bool:
    return bool(case.relevant if kind == "retrieval" else case.expected_tools)


def _checked(case: PlannedCase, kind: str) -> bool:
    return any(spec.kind == kind for spec in case.graders)


def _names(cases: Sequence[PlannedCase], kind: str) -> list[str]:
    """Names of this kind of check that more than one case has: a suite's own."""
    found: dict[str, int] = {}
    for case in cases:
        for name in {spec.name for spec in case.graders if spec.kind == kind}:
            found[name] = found.get(name, 0) + 1
    return sorted(name for name, number in found.items() if number > 1)


def _count(number: int) -> str:
    return f"{number:,} case{'' if number == 1 else 's'}"
