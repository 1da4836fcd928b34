"""What a judge is given beside the candidate: the checks, and what they are about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mergefloor.core.types import GraderSpec, Json, Problem, Subject
from mergefloor.graders.options import is_number, problem, share_problems, text, texts

MAX_CHECKS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One grading task. `choices`: answer -> score in [0, 1]; empty means that every check is yes or no."""

    checks: tuple[str, ...]
    question: str
    reference: str | None = None
    context: tuple[str, ...] = ()
    choices: Mapping[str, float] = field(default_factory=dict)

    @property
    def ids(self) -> tuple[str, ...]:
        """The checks' ids: c1, c2, ..."""
        return tuple(f"c{number}" for number in range(1, len(self.checks) + 1))

    def schema(self) -> dict[str, Json]:
        """The answer's JSON schema. The reason stands before the decision, so that it is written first."""
        decision: dict[str, Json] = {"pass": {"type": "boolean"}}
        if self.choices:
            decision = {"choice": {"type": "string", "enum": list(self.choices)}}
        fields: dict[str, Json] = {
            "id": {"type": "string", "enum": list(self.ids)},
            "reason": {"type": "string"},
            "evidence": {"type": "array", "items": {"type": "string"}},
            **decision,
        }
        return _closed({"checks": {"type": "array", "items": _closed(fields)}})


def sheet_for(spec: GraderSpec, subject: Subject) -> Sheet:
    """The sheet of one check of one case."""
    return Sheet(
        checks=checks_of(spec),
        question=subject.question,
        reference=text(spec, "reference") or subject.case.expected,
        context=subject.case.context,
        choices=choices_of(spec),
    )


def checks_of(spec: GraderSpec) -> tuple[str, ...]:
    """The yes-or-no questions of a rubric: the one `rubric`, or every one of `checks`."""
    rubric = text(spec, "rubric")
    return (*([rubric] if rubric else []), *texts(spec, "checks"))


def choices_of(spec: GraderSpec) -> dict[str, float]:
    """`choices` as answer -> score; written as a mapping, or as a list of {choice, score}."""
    table = spec.options.get("choices")
    pairs = list(table.items()) if isinstance(table, dict) else []
    if isinstance(table, list):
        pairs = [
            (str(row["choice"]), row.get("score"))
            for row in table
            if isinstance(row, dict) and "choice" in row
        ]
    return {name: float(score) for name, score in pairs if is_number(score)}


def check_judge(spec: GraderSpec) -> tuple[Problem, ...]:
    """Something to check, not too much of it, a sane threshold and a sane table of choices."""
    checks = checks_of(spec)
    found = list(share_problems(spec, "threshold"))
    if not checks or not all(check.strip() for check in checks):
        found.append(problem(spec, "there is no rubric, or an empty one", "add `rubric` or `checks`"))
    if len(checks) > MAX_CHECKS:
        found.append(problem(spec, f"{len(checks)} checks", f"split it: at most {MAX_CHECKS} a judge call"))
    return (*found, *_choice_problems(spec))


def _choice_problems(spec: GraderSpec) -> tuple[Problem, ...]:
    table = spec.options.get("choices")
    if table is None:
        return ()
    choices = choices_of(spec)
    if not isinstance(table, dict | list) or len(choices) != len(table):
        return (
            problem(
                spec, "choices is not a table of answers and scores", "write `choices: {good: 1, bad: 0}`"
            ),
        )
    if len(choices) < 2 or not all(choices) or not all(0 <= score <= 1 for score in choices.values()):  # noqa: PLR2004
        return (
            problem(spec, f"choices is {choices!r}", "name two or more answers, each scored from 0 to 1"),
        )
    return ()


def _closed(fields: dict[str, Json]) -> dict[str, Json]:
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}
