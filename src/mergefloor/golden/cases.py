"""Plain data -> Case. Everything wrong with every case is told at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pydantic import ValidationError

from mergefloor.core.keys import digest
from mergefloor.core.search import gains
from mergefloor.core.types import Case, GraderSpec, Json, Message, Place, Problem
from mergefloor.errors import InputError
from mergefloor.golden.case_shape import CaseModel
from mergefloor.golden.checks import checks_of
from mergefloor.golden.problems import problems_of
from mergefloor.golden.specs import REFERENCE, concerns
from mergefloor.golden.target_shapes import tools, turns
from mergefloor.loading import Document

ID_DIGITS = 12
MAX_CASES = 10_000
MAX_PROBLEMS = 50
_COMPARING = frozenset({"equals", "similarity", "overlap"})
_LACKING = {"retrieval": "`relevant` to the case", "tools": "`expected_tools` to the case"}


def has_check(case: Case) -> bool:
    """Whether the case brings a check of its own; without one its suite must have some."""
    return bool(case.graders)


def case_from(document: Document, *keys: str | int, taken: Collection[str] = ()) -> Case:
    """The case at `keys`; its id must not be in `taken`. Raises InputError with everything wrong with it."""
    row = document.at(*keys)
    if not isinstance(row, dict):
        raise InputError([_problem(document.place(*keys), "a case must be a mapping", "write `input: ...`")])
    case, problems = _validated(document, row, keys)
    problems += _missing(document, row, keys)
    if case is None or problems:
        raise InputError(problems)
    if case.id in taken:
        what = f"the case id {case.id!r} is used twice"
        raise InputError([_problem(document.place(*keys, "id"), what, "give each case its own `id`")])
    return case


def cases_from(document: Document, *keys: str | int) -> tuple[Case, ...]:
    """Every case of the list at `keys`. Raises InputError with the problems of all of them."""
    listed = document.at(*keys)
    if not isinstance(listed, list):
        raise InputError(
            [_problem(document.place(*keys), "the cases must be a list", "begin each with `- `")]
        )
    return gathered([(document, (*keys, index)) for index in range(len(listed))])


def gathered(
    rows: Sequence[tuple[Document, tuple[str | int, ...]]], before: Sequence[Problem] = ()
) -> tuple[Case, ...]:
    """The cases at these places of one file, with different ids. Raises InputError with all problems.

    `before` are the problems that the file has already.
    """
    found: dict[str, Case] = {}
    problems = list(before)
    for document, keys in rows[: MAX_CASES + 1]:
        try:
            case = case_from(document, *keys)
        except InputError as error:
            problems += error.problems
            continue
        if case.id in found:
            problems.append(_twin(case, found[case.id], document.place(*keys, "id")))
        found.setdefault(case.id, case)
    if len(rows) > MAX_CASES:
        where = rows[MAX_CASES][0].place(*rows[MAX_CASES][1])
        problems.append(_problem(where, f"the file holds more than {MAX_CASES:,} cases", "split it"))
    if problems:
        raise InputError(sorted(problems, key=lambda problem: problem.place.line)[:MAX_PROBLEMS])
    return tuple(found.values())


def _validated(
    document: Document, row: dict[str, Json], keys: tuple[str | int, ...]
) -> tuple[Case | None, list[Problem]]:
    try:
        shape = CaseModel.model_validate(row)
    except ValidationError as error:
        return None, list(problems_of(error, document, *keys))
    graders = checks_of(shape, lambda *inner: document.place(*keys, *inner))
    case = _case(shape, row, document.place(*keys), graders)
    return case, [*_unreferenced(case), *_unasked(shape, document, keys)]


def _case(shape: CaseModel, row: dict[str, Json], place: Place, graders: tuple[GraderSpec, ...]) -> Case:
    content = digest({key: value for key, value in row.items() if _counts(key, value)})
    earlier, question = _conversation(shape)
    return Case(
        id=shape.id or content[:ID_DIGITS],
        place=place,
        content_hash=content,
        input=question,
        earlier=earlier,
        vars=shape.vars or {},
        expected=shape.expected,
        context=tuple(shape.context or ()),
        relevant=gains(row.get("relevant")),
        expected_tools=tools(shape.expected_tools),
        graders=graders,
        tags=tuple(shape.tags or ()),
        critical=bool(shape.critical),
        cluster=shape.cluster,
    )


def _conversation(shape: CaseModel) -> tuple[tuple[Message, ...], str | None]:
    """The turns before the question, and the question: `input`, else the last turn."""
    listed = turns(shape.messages)
    if shape.input is None and listed:
        return listed[:-1], listed[-1].content
    return listed, shape.input


def _counts(key: str, value: Json) -> bool:
    """Whether an entry belongs to the content: not a name, and not the same as being absent."""
    absent = value is None or value is False or value in ([], {})
    return key not in ("id", "tags") and not absent


def _missing(document: Document, row: dict[str, Json], keys: tuple[str | int, ...]) -> list[Problem]:
    found = []
    if row.get("input") is None and not row.get("vars") and not row.get("messages"):
        found.append(
            _problem(document.place(*keys), "the case has neither `input` nor `vars`", "add one of them")
        )
    if row.get("method") is not None and row.get("expected") is None:
        what = "the case has a `method` and nothing to compare with"
        found.append(_problem(document.place(*keys, "method"), what, "add `expected`"))
    return found


def _unasked(shape: CaseModel, document: Document, keys: tuple[str | int, ...]) -> list[Problem]:
    """A conversation must end with a question, and with one only."""
    if not shape.messages:
        return []
    last = document.place(*keys, "messages", len(shape.messages) - 1)
    if shape.input is None and shape.messages[-1].role != "user":
        return [
            _problem(last, "the conversation does not end with the user's turn", "add it, or add `input`")
        ]
    if shape.input is not None and shape.messages[-1].role == "user":
        what = "the conversation ends with the user's turn, and `input` is another one"
        return [_problem(last, what, "remove `input`, or add the assistant's turn between them")]
    return []


def _unreferenced(case: Case) -> list[Problem]:
    return [
        _problem(
            spec.place,
            f"the {spec.kind} check has nothing to compare with",
            f"add {_LACKING.get(spec.kind, '`reference`, or `expected` to the case')}",
        )
        for spec in case.graders
        if spec.place and (_blank(spec) or not concerns(spec, case))
    ]


def _blank(spec: GraderSpec) -> bool:
    return spec.kind in _COMPARING and REFERENCE[spec.kind] not in spec.options


def _twin(case: Case, first: Case, place: Place) -> Problem:
    if case.content_hash == first.content_hash:
        return _problem(
            place, f"the case is the same as the one on line {first.place.line}", "remove one of the two"
        )
    return _problem(
        place, f"the case id {case.id!r} is taken by line {first.place.line}", "give one another `id`"
    )


def _problem(place: Place, what: str, fix: str) -> Problem:
    return Problem(place=place, what=what, fix=fix)
