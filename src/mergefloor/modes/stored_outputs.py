"""What the cache holds of the outputs that a judged check decides, as items to label. Nothing is called for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from mergefloor import golden, graders
from mergefloor.core.calibration.labels import Label
from mergefloor.core.keys import ask_key, digest
from mergefloor.core.label_rows import row
from mergefloor.core.labelling import Item
from mergefloor.core.plan import PlannedCase, Side
from mergefloor.core.ports import Cache
from mergefloor.core.targets import is_target
from mergefloor.core.types import Grade, GraderSpec, Output, Place, Subject
from mergefloor.engine.grading import MAX_ROUNDS, Check, Graders
from mergefloor.errors import InputError
from mergefloor.graders.in_words import in_words, material
from mergefloor.modes.standing_suites import Standing

LONGEST_CASE = 60
HASHED = 12
_NOT_ID = re.compile(r"[^A-Za-z0-9._-]")
Address = tuple[str, str, str]  # suite, case, check
Key = tuple[str, str, str, str]  # and the hash of the output


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """One stored output of one planned case."""

    planned: PlannedCase
    subject: Subject
    rest: bool | None  # whether a check without a judge failed it; None: none could tell


def judged_checks(standings: Iterable[Standing]) -> tuple[str, ...]:
    """The names of the judged checks, in the order of the suites and cases."""
    return _names(standings, graders.judged)


def comparisons(standings: Iterable[Standing]) -> tuple[str, ...]:
    """Those of them that compare two outputs, which no screen shows."""
    return _names(standings, graders.compares)


def _names(standings: Iterable[Standing], wanted: Callable[[GraderSpec], bool]) -> tuple[str, ...]:
    planned = (case for standing in standings for case in standing.cases)
    return tuple(dict.fromkeys(spec.name for case in planned for spec in case.graders if wanted(spec)))


def stored_items(
    standings: Sequence[Standing], cache: Cache, clean: Callable[[str], str]
) -> tuple[Item, ...]:
    """Every stored output of every judged check, once a (check, case, output). The first standing that has a check of
    a case says it in words; any of them may say whether the output is suspect."""
    found: dict[Key, Item] = {}
    words: dict[Address, tuple[str, ...]] = {}
    for standing in standings:
        built = Graders(partial(graders.build, toolbox=standing.toolbox))
        for drawn, spec in _drawn(standing, built, cache):
            item = _item(drawn, spec, built, clean)
            if item is None:
                continue
            address = (drawn.planned.suite, drawn.planned.case.id, spec.name)
            key = (*address, digest(item.output))
            task = words.setdefault(address, item.task)
            known = found.get(key)
            if known is None:
                found[key] = replace(item, task=task)
            elif known.suspect is None:
                found[key] = replace(known, suspect=item.suspect)
    return tuple({(item.grader, item.id): item for item in found.values()}.values())


def _drawn(standing: Standing, built: Graders, cache: Cache) -> Iterator[tuple[_Drawn, GraderSpec]]:
    for planned in standing.cases:
        specs = [spec for spec in planned.graders if graders.judged(spec)]
        if not specs or planned.base is None:
            continue
        for subject in _subjects(planned, planned.base, cache):
            drawn = _Drawn(
                planned=planned, subject=subject, rest=_failed_otherwise(planned, subject, built, cache)
            )
            yield from ((drawn, spec) for spec in specs)


def _subjects(planned: PlannedCase, side: Side, cache: Cache) -> Iterator[Subject]:
    for _, entry in cache.history(side.hash):
        if isinstance(entry.answer, Output):
            sent = () if is_target(str(side.request.model)) else side.request.messages
            yield Subject(case=planned.case, question=side.question, output=entry.answer, messages=sent)


def _item(drawn: _Drawn, spec: GraderSpec, built: Graders, clean: Callable[[str], str]) -> Item | None:
    """None where the judge is never asked (a refusal, an empty answer), and for what no label file can hold."""
    subject = drawn.subject
    if not _check(spec, built).step(subject):
        return None
    asked, said = _savable(clean(subject.question)), _savable(clean(subject.output.text))
    name = _NOT_ID.sub("_", drawn.planned.case.id)[:LONGEST_CASE]
    item = Item(
        id=f"{name}.{digest([asked, said])[:HASHED]}",
        grader=spec.name,
        input=asked,
        output=said,
        task=tuple(map(clean, in_words(spec))),
        material=tuple((title, clean(text)) for title, text in material(spec, subject)),
        suspect=drawn.rest,
    )
    return item if _fits(item) else None


def _fits(item: Item) -> bool:
    """Whether a label of it could be read again: texts have a limit, and so have lines."""
    label = Label(
        id=item.id,
        input=item.input,
        output=item.output,
        label=1.0,
        grader=item.grader,
        place=Place(path="a.jsonl"),
    )
    try:
        golden.read_labels("a.jsonl", row(label).encode())
    except InputError:
        return False
    return True


def _savable(text: str) -> str:
    """The text as UTF-8 can hold it: a lone half of a character becomes U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _failed_otherwise(planned: PlannedCase, subject: Subject, built: Graders, cache: Cache) -> bool | None:
    """Whether one of the case's other checks fails the output; None where none of them has a grade."""
    others = [spec for spec in planned.graders if not graders.judged(spec)]
    grades = [_stored_grade(_check(spec, built), subject, cache) for spec in others]
    known = [grade for grade in grades if grade is not None]
    return any(not grade.passed for grade in known) if known else None


def _check(spec: GraderSpec, built: Graders) -> Check:
    ((_, grader),) = built.of((spec,))
    return Check(spec, grader)


def _stored_grade(check: Check, subject: Subject, cache: Cache) -> Grade | None:
    """What a check says from stored answers alone; None where one is missing or it has no grade."""
    for _ in range(MAX_ROUNDS):
        asks = check.step(subject)
        if not asks:
            return check.grade if isinstance(check.grade, Grade) else None
        stored = [cache.get(ask_key(ask)) for ask in asks]
        answers = tuple(entry.answer for entry in stored if entry is not None)
        if len(answers) < len(asks):
            return None
        check.replies += answers
    return None
