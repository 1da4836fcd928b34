"""Which case of the base became which case of the head: by id, then by content, then by question."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mergefloor.core.integrity.checks import form
from mergefloor.core.keys import canonical
from mergefloor.core.types import Case, Json

GENERATED = 12  # digits of the content's hash that name a case without an id of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """Cases with their successors, and those without one."""

    kept: tuple[tuple[Case, Case], ...]
    removed: tuple[Case, ...]
    added: tuple[Case, ...]


def paired(before: Sequence[Case], after: Sequence[Case]) -> Pairing:
    """Every case once. A case that was given another id is found again by what it asks."""
    left, free = list(before), list(after)
    kept: list[tuple[Case, Case]] = []
    keys: tuple[Callable[[Case], object], ...] = (lambda case: case.id, content, question)
    for key in keys:
        found = _matched(left, free, key)
        kept += found
        old, new = {case.id for case, _ in found}, {case.id for _, case in found}
        left = [case for case in left if case.id not in old]
        free = [case for case in free if case.id not in new]
    return Pairing(kept=tuple(kept), removed=tuple(left), added=tuple(free))


def named(case: Case) -> bool:
    """Whether the id was given by a person; a generated one changes with every edit."""
    return case.id != case.content_hash[:GENERATED]


def question(case: Case) -> str:
    """What a case asks, without white space, so that reformatting a file moves nothing."""
    earlier: list[Json] = [[turn.role, turn.content] for turn in case.earlier]
    asked: list[Json] = [case.input, dict(case.vars), [*case.context], *([earlier] if earlier else [])]
    return canonical(_settled(asked))


def content(case: Case) -> str:
    """What a case asks and checks. Equal contents are one case written twice."""
    return canonical([question(case), *sorted(form(spec) for spec in case.graders)])


def _settled(value: Json) -> Json:
    match value:
        case str():
            return " ".join(value.split())
        case list():
            return [_settled(inner) for inner in value]
        case dict():
            return {key: _settled(inner) for key, inner in value.items()}
        case _:
            return value


def _matched(
    left: Sequence[Case], free: Sequence[Case], key: Callable[[Case], object]
) -> list[tuple[Case, Case]]:
    waiting: defaultdict[object, list[Case]] = defaultdict(list)
    for case in reversed(free):
        waiting[key(case)].append(case)
    return [(case, waiting[key(case)].pop()) for case in left if waiting.get(key(case))]
