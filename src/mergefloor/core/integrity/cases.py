"""What a change does to the golden cases: removed, renamed, edited, weakened, turned round, re-tagged, doubled (T21)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from mergefloor.core.classes import CaseClass, looser
from mergefloor.core.integrity.checks import Difference, differences
from mergefloor.core.integrity.fact import Fact
from mergefloor.core.integrity.options import same_text
from mergefloor.core.integrity.pairing import content, named, paired, question
from mergefloor.core.integrity.shapes import Shift
from mergefloor.core.keys import canonical
from mergefloor.core.tampering import Rule
from mergefloor.core.types import Case, Json

SHOWN = 3  # differences of one case in one sentence
_RULE_OF: dict[Shift, Rule] = {
    "looser": "case-weakened",
    "flipped": "expectation-flipped",
    "changed": "case-edited",
    "rubric": "rubric-changed",
}


ClassOf = Callable[[Sequence[str]], CaseClass]


def case_facts(
    suite: str, before: Sequence[Case], after: Sequence[Case], class_of: ClassOf = lambda _tags: "regression"
) -> Iterator[Fact]:
    """Everything that one suite's golden set lost. Added cases and tighter checks are no loss.

    `class_of`: the class that the base's config gives to tags.
    """
    pairing = paired(before, after)
    for case in pairing.removed:
        text = "a safety case, asked {}" if class_of(case.tags) == "safety" else "asked {}"
        yield Fact(rule="case-removed", subject=case.id, text=text, quotes=(_asked(case),), suite=suite)
    for old, new in pairing.kept:
        yield from _reclassed(suite, old, new, class_of)
        yield from _renamed(suite, old, new)
        yield from _changed(suite, old, new)
        yield from _retagged(suite, old, new)
    yield from _doubled(suite, before, after)


def _renamed(suite: str, old: Case, new: Case) -> Iterator[Fact]:
    if old.id != new.id and named(old):
        quotes = (old.id, new.id)
        yield Fact(rule="case-renamed", subject=old.id, text="id {} \u2192 {}", quotes=quotes, suite=suite)


def _changed(suite: str, old: Case, new: Case) -> Iterator[Fact]:
    """One fact a rule and case, with the first few differences."""
    found: defaultdict[Rule, list[Difference]] = defaultdict(list)
    for difference in (*_own(old, new), *differences(old.graders, new.graders)):
        found[_RULE_OF[difference.shift]].append(difference)
    for rule, listed in found.items():
        text = "; ".join(difference.text for difference in listed[:SHOWN])
        more = f"; and {len(listed) - SHOWN} more" if len(listed) > SHOWN else ""
        quotes = tuple(quote for difference in listed[:SHOWN] for quote in difference.quotes)
        yield Fact(rule=rule, subject=old.id, text=text + more, quotes=quotes, suite=suite)


def _own(old: Case, new: Case) -> Iterator[Difference]:
    """What changed of the case itself, beside its checks."""
    if question(old) != question(new):
        quotes = _moved(old, new)
        yield Difference(check="", shift="changed", text="the question changed: {} \u2192 {}", quotes=quotes)
    if old.critical and not new.critical:
        yield Difference(check="", shift="looser", text="is no longer critical")
    if (old.relevant, old.expected_tools) != (new.relevant, new.expected_tools):
        text = "what should be retrieved or called changed: {} \u2192 {}"
        quotes = (_retrieved(old), _retrieved(new))
        yield Difference(check="", shift="changed", text=text, quotes=quotes)
    if old.cluster != new.cluster:
        quotes = (old.cluster or "none", new.cluster or "none")
        yield Difference(check="", shift="changed", text="cluster {} \u2192 {}", quotes=quotes)
    yield from _expected(old, new)


def _expected(old: Case, new: Case) -> Iterator[Difference]:
    """A suite's check may compare with `expected` though the case itself has no such check."""
    if old.expected is None or same_text(old.expected, new.expected):
        return
    if any(old.expected in spec.options.values() for spec in old.graders):
        return
    yield Difference(
        check="",
        shift="flipped",
        text="expected {} \u2192 {}",
        quotes=(old.expected, new.expected or "nothing"),
    )


def _retagged(suite: str, old: Case, new: Case) -> Iterator[Fact]:
    """A tag that is gone may take the case out of a selection by tags; one more cannot."""
    lost = sorted(set(old.tags) - set(new.tags))
    if lost:
        quotes = (", ".join(old.tags), ", ".join(new.tags) or "none")
        yield Fact(rule="case-retagged", subject=old.id, text="tags {} \u2192 {}", quotes=quotes, suite=suite)


def _reclassed(suite: str, old: Case, new: Case, class_of: ClassOf) -> Iterator[Fact]:
    """Tags can take a case out of safety, one more as well as one less."""
    then, now = class_of(old.tags), class_of(new.tags)
    if looser(then, now):
        text = f"was {then}, is {now}: tags {{}} \u2192 {{}}"
        quotes = (", ".join(old.tags) or "none", ", ".join(new.tags) or "none")
        yield Fact(rule="class-loosened", subject=old.id, text=text, quotes=quotes, suite=suite)


def _doubled(suite: str, before: Sequence[Case], after: Sequence[Case]) -> Iterator[Fact]:
    """The same question with the same checks counts twice: easy cases crowd out the hard ones."""
    old, new = _groups(before), _groups(after)
    for key, ids in new.items():
        if len(ids) < 2 or len(ids) <= len(old.get(key, ())):  # noqa: PLR2004 - a pair
            continue
        fresh = [name for name in ids if name not in old.get(key, ())] or ids
        others = ", ".join(name for name in ids if name != fresh[-1])
        text = "asks and checks the same as {}"
        yield Fact(rule="case-duplicated", subject=fresh[-1], text=text, quotes=(others,), suite=suite)


def _groups(cases: Sequence[Case]) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for case in cases:
        found[content(case).casefold()].append(case.id)
    return found


def _asked(case: Case) -> str:
    if case.input is not None:
        return case.input
    values: dict[str, Json] = dict(case.vars)
    return canonical(values)


def _moved(old: Case, new: Case) -> tuple[str, str]:
    """Both questions, or the whole of what is asked where the part that moved is not the question itself."""
    if _asked(old) != _asked(new):
        return _asked(old), _asked(new)
    return question(old), question(new)


def _retrieved(case: Case) -> str:
    documents: list[Json] = [name if gain == 1 else {name: gain} for name, gain in case.relevant.items()]
    tools: list[Json] = [[tool.name, dict(tool.arguments)] for tool in case.expected_tools]
    return canonical([*documents, *tools])
