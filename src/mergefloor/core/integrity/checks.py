"""The checks of a case or a suite, before and after: what is no longer asked for, what is asked the other way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from mergefloor.core.integrity.needles import follows, needles, opposite
from mergefloor.core.integrity.options import shifts
from mergefloor.core.integrity.shapes import Shift
from mergefloor.core.keys import canonical
from mergefloor.core.types import GraderSpec, Json

_WORDS: dict[Shift, str] = {
    "looser": "asks for less",
    "flipped": "asks for something else",
    "changed": "changed",
    "rubric": "changed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One check that no longer asks for what it did. `shift` is never `tighter`."""

    check: str
    shift: Shift
    text: str
    quotes: tuple[str, ...] = ()


def differences(before: Sequence[GraderSpec], after: Sequence[GraderSpec]) -> tuple[Difference, ...]:
    """What the second list of checks lets pass that the first did not; more and tighter checks are no difference."""
    return (*_needles(before, after), *_others(before, after))


def form(spec: GraderSpec) -> str:
    """What a check asks for, as text: equal forms are equal checks, whatever their names and places."""
    options: dict[str, Json] = {key: _ordered(value) for key, value in spec.options.items()}
    return canonical([spec.kind, spec.negate, spec.gating, options])


def _ordered(value: Json) -> Json:
    return sorted(value, key=canonical) if isinstance(value, list) else value


def _needles(before: Sequence[GraderSpec], after: Sequence[GraderSpec]) -> Iterator[Difference]:
    now = needles(after)
    for needle in needles(before):
        if follows(needle, now, after):
            continue
        contrary = opposite(needle, now)
        verb = "must contain" if needle.wanted else "must not contain"
        if contrary is not None:
            text = f"asked that an answer {verb} {{}}, now asks for the contrary"
        else:
            text = f"no longer asks that an answer {verb} {{}}"
        yield Difference(
            check=needle.check,
            shift="flipped" if contrary else "looser",
            text=text,
            quotes=(needle.words(),),
        )


def _others(before: Sequence[GraderSpec], after: Sequence[GraderSpec]) -> Iterator[Difference]:
    old = [spec for spec in before if spec.kind != "contains"]
    new = [spec for spec in after if spec.kind != "contains"]
    for spec, twin in _paired(old, new):
        if twin is None:
            text = f"the {spec.kind} check is gone"
            yield Difference(check=spec.name, shift="looser", text=text)
            continue
        for option, shift in shifts(spec, twin):
            if shift != "tighter":
                yield _moved(spec, twin, option, shift)


def _moved(spec: GraderSpec, twin: GraderSpec, option: str, shift: Shift) -> Difference:
    quotes = tuple(_shown(_value(side, option)) for side in (spec, twin))
    text = f"{option} of the {spec.kind} check {_WORDS[shift]}: {{}} \u2192 {{}}"
    return Difference(check=spec.name, shift=shift, text=text, quotes=quotes)


def _value(spec: GraderSpec, option: str) -> Json:
    own: dict[str, Json] = {"gating": spec.gating, "negate": spec.negate}
    return own.get(option, spec.options.get(option))


def _shown(value: Json) -> str:
    return value if isinstance(value, str) else "none" if value is None else canonical(value)


def _paired(
    old: Sequence[GraderSpec], new: Sequence[GraderSpec]
) -> Iterator[tuple[GraderSpec, GraderSpec | None]]:
    """Each old check with its successor: the same one first, then the one of its name, then any of its kind."""
    left, free = set(range(len(old))), set(range(len(new)))
    keys: tuple[Callable[[GraderSpec], object], ...] = (form, lambda s: (s.kind, s.name), lambda s: s.kind)
    for key in keys:
        waiting: defaultdict[object, list[int]] = defaultdict(list)
        for at in sorted(free, reverse=True):
            waiting[key(new[at])].append(at)
        for at in sorted(left):
            if twins := waiting.get(key(old[at])):
                twin = twins.pop()
                left.discard(at)
                free.discard(twin)
                yield old[at], new[twin]
    yield from ((old[at], None) for at in sorted(left))
