"""The `evaluators` of a `.prompt.yml` file -> checks. Their texts may use the columns of a `testData` row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from mergefloor.core.settings import PASS_RATE
from mergefloor.core.types import GraderSpec, Json
from mergefloor.prompts.fields import Fields, listed, short, suggestion
from mergefloor.prompts.placeholders import as_text, brace_names, fill_braces
from mergefloor.prompts.rubrics import ORIGIN, RUBRICS, scale

KEYS = ("name", "string", "llm", "uses", "threshold")
STRING_KINDS: dict[str, str] = {
    "equals": "equals",
    "contains": "contains",
    "startsWith": "starts_with",
    "endsWith": "ends_with",
}
LONGEST_CHECK = 20_000
COMPLETION = "completion"
THE_ANSWER = "[the answer, which you are given as quoted data]"
_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluator:
    """One evaluator. `text` is templated: the value of a string check, the rubric of a judged one.

    `needs` are the columns that it uses; `compares`: it needs the row's `expected` as the reference.
    """

    spec: GraderSpec
    option: str
    text: str
    needs: tuple[str, ...] = ()
    compares: bool = False

    def check(self, row: Mapping[str, str]) -> GraderSpec:
        """The check for one row, whose columns are texts already. Raises TooLongError."""
        text = fill_braces(self.text, row)
        value: Json = [text] if self.option == "values" else text
        options = {**self.spec.options, self.option: value}
        if self.compares:
            options["reference"] = row["expected"]
        return replace(self.spec, options=options)


def read_evaluators(fields: Fields) -> tuple[Evaluator, ...]:
    """Every evaluator; what cannot be one is a problem."""
    found = (_evaluator(item) for item in fields.items("evaluators"))
    return tuple(evaluator for evaluator in found if evaluator is not None)


def scored(evaluators: Iterable[Evaluator]) -> tuple[str, ...]:
    """Names of evaluators that give a score and have no threshold: they are shown and do not decide a case."""
    return tuple(e.spec.name for e in evaluators if not e.spec.gating)


def _evaluator(item: Fields) -> Evaluator | None:
    item.only(KEYS)
    readers: dict[str, Callable[[Fields], Evaluator | None]] = {"string": _string, "llm": _llm, "uses": _uses}
    given = [key for key in readers if item.value.get(key) is not None]
    if len(given) != 1:
        what = f"the evaluator has {listed(given) or 'no check'}" if len(given) != 1 else ""
        item.wrong(what, f"give it one of {listed(readers)}", *given[:1])
        return None
    return readers[given[0]](item)


def _spec(
    item: Fields, kind: str, name: str, options: Mapping[str, Json], *, gating: bool = True
) -> GraderSpec:
    return GraderSpec(kind=kind, name=name, options=options, gating=gating, place=item.place())


def _name(item: Fields, default: str) -> str:
    """The evaluator's name as the name of a metric: letters, digits, dot, dash, underscore."""
    name = _UNFIT.sub("-", item.text("name")).strip("-")[:80] or default
    if name == PASS_RATE:
        item.wrong(
            f"the name {PASS_RATE!r} is taken by the share of passed cases", "choose another name", "name"
        )
    return name


def _string(item: Fields) -> Evaluator | None:
    inner = Fields(item.document, item.problems, *item.keys, "string")
    inner.only(tuple(STRING_KINDS))
    texts = {key: inner.text(key) for key in STRING_KINDS}
    filled = [key for key, text in texts.items() if text]
    if len(filled) != 1:
        what = f"the string check has {listed(filled) or 'no text'}"
        inner.wrong(what, f"write one of {listed(STRING_KINDS)}")
        return None
    kind = STRING_KINDS[filled[0]]
    option, options = _string_options(kind)
    return _evaluated(item, _spec(item, kind, _name(item, kind), options), option, texts[filled[0]])


def _string_options(kind: str) -> tuple[str, dict[str, Json]]:
    if kind == "contains":
        return "values", {"mode": "all", "case": False}
    return "value", {"case": True} if kind == "equals" else {}


def _llm(item: Fields) -> Evaluator | None:
    inner = Fields(item.document, item.problems, *item.keys, "llm")
    inner.only(("modelId", "prompt", "systemPrompt", "choices"))
    parts = (inner.text("systemPrompt"), inner.text("prompt", required=True))
    rubric = fill_braces("\n\n".join(part for part in parts if part), {COMPLETION: THE_ANSWER})
    choices = list(_choices(inner))
    if len({str(choice["choice"]) for choice in choices}) < 2:  # noqa: PLR2004 - with one the answer is known
        inner.wrong("the evaluator has fewer than two different choices", "list `choices: [{choice, score}]`")
    judged = _judged(item, _name(item, "judge"), rubric, [*choices])
    named = inner.text("modelId") or None
    return replace(judged, spec=replace(judged.spec, model=named, model_place=inner.place("modelId")))


def _choices(inner: Fields) -> Iterator[dict[str, Json]]:
    seen: set[str] = set()
    for entry in inner.items("choices"):
        entry.only(("choice", "score"))
        choice, score = entry.remark("choice"), entry.value.get("score")
        if not choice.strip():
            entry.wrong("the choice has no text", "write `choice: ...`")
        if choice in seen:
            entry.wrong(f"the choice {short(choice)} is listed twice", "remove one", "choice")
        if isinstance(score, bool) or not isinstance(score, int | float) or not 0 <= score <= 1:
            entry.wrong(
                f"the score is {short(as_text(score))}", "write a number from 0 to 1", *_at(entry, "score")
            )
            continue
        seen.add(choice)
        yield {"choice": choice, "score": float(score)}


def _uses(item: Fields) -> Evaluator | None:
    written = item.text("uses")
    rubric = RUBRICS.get(written.removeprefix(ORIGIN)) if written.startswith(ORIGIN) else None
    if rubric is None:
        known = [ORIGIN + name for name in RUBRICS]
        fix = suggestion(written, known) or f"known evaluators: {listed(known)}"
        item.wrong(f"the evaluator {short(written)} is not supported", fix, "uses")
        return None
    _name(item, "")
    return _judged(item, rubric.metric, rubric.text, scale(), compares=rubric.compares)


def _judged(
    item: Fields, name: str, rubric: str, choices: list[Json], *, compares: bool = False
) -> Evaluator:
    threshold = item.value.get("threshold")
    options: dict[str, Json] = {"choices": choices}
    if threshold is not None:
        options["threshold"] = threshold
        if isinstance(threshold, bool) or not isinstance(threshold, int | float) or not 0 <= threshold <= 1:
            item.wrong(
                f"`threshold` is {short(as_text(threshold))}", "write a number from 0 to 1", "threshold"
            )
    spec = _spec(item, "judge", name, options, gating=threshold is not None)
    return _evaluated(item, spec, "rubric", rubric, compares=compares)


def _evaluated(
    item: Fields, spec: GraderSpec, option: str, text: str, *, compares: bool = False
) -> Evaluator:
    if len(text) > LONGEST_CHECK:
        item.wrong(f"the evaluator has {len(text):,} characters", f"keep it under {LONGEST_CHECK:,}")
        text = ""
    columns = (*brace_names(text), *(("expected",) if compares else ()))
    return Evaluator(
        spec=spec, option=option, text=text, needs=tuple(dict.fromkeys(columns)), compares=compares
    )


def _at(entry: Fields, name: str) -> tuple[str, ...]:
    return (name,) if name in entry.value else ()
