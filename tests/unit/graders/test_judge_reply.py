from __future__ import annotations

import json
import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.graders.builders import TOOLBOX, reply_of, spec_of, subject_of

from mergefloor.core.ports import Asks
from mergefloor.core.types import AnyGrade, Grade, GradeMissing, Json, Output
from mergefloor.graders import build
from mergefloor.graders.judge.reply import Unreadable, read
from mergefloor.graders.judge.sheet import Sheet

SHEET = Sheet(checks=("It names Paris.", "It is polite."), question="Where?")
CANDIDATE = 'Paris,\n  he said: "le\u0301gal".'
GOOD = reply_of(True, True, evidence=("Paris",))
Rows = list[dict[str, Json]]


def rows() -> Rows:
    value: Rows = json.loads(GOOD)["checks"]
    return value


def graded(text: str) -> Asks | AnyGrade:
    """The grade after this text was the judge's answer twice: so that a repair cannot hide a pass."""
    spec = spec_of("judge", {"checks": list(SHEET.checks)})
    return build(spec, TOOLBOX).step(subject_of(CANDIDATE), (Output(text=text), Output(text=text)))


def test_read__the_exact_schema__gives_one_verdict_a_check_in_order() -> None:
    verdicts = read(json.dumps({"checks": rows()[::-1]}), SHEET, CANDIDATE)
    assert isinstance(verdicts, tuple)
    assert [verdict.check for verdict in verdicts] == ["c1", "c2"]


@pytest.mark.parametrize(
    "quote",
    ["Paris", "Paris, he said", " he\t\nsaid ", '"l\u00e9gal"', '\\"le\u0301gal\\"', "Pa\u200bris", "", "  "],
)
def test_read__quote_up_to_white_space_form_and_invisible_characters__counts(quote: str) -> None:
    assert isinstance(read(reply_of(True, True, evidence=(quote,)), SHEET, CANDIDATE), tuple)


@pytest.mark.parametrize("quote", ["Lyon", "paris", "Paris he said", "It names Paris.", "Paris, ... said"])
def test_read__quote_that_is_not_in_the_output__is_no_evidence_and_said_so(quote: str) -> None:
    verdicts = read(reply_of(True, True, evidence=(quote, "Paris")), SHEET, CANDIDATE)
    assert isinstance(verdicts, tuple)
    assert verdicts[0].evidence == ("Paris",)
    assert verdicts[0].reason.endswith("(1 quote not found in the output)")


def test_read__reply_cut_at_any_byte__never_passes() -> None:
    """R03."""
    data = GOOD.encode()
    assert isinstance(graded(GOOD), Grade)
    for cut in range(len(data)):
        result = graded(data[:cut].decode("utf-8", "replace"))
        assert isinstance(result, GradeMissing), cut


def changed(edit: Callable[[Rows], object]) -> str:
    value = rows()
    edit(value)
    return json.dumps({"checks": value})


WRONG = {
    "prose before": f"Here is my answer: {GOOD}",
    "prose after": f"{GOOD} Done.",
    "fence": f"```json\n{GOOD}\n```",
    "twice": f"{GOOD}{GOOD}",
    "array": f"[{GOOD}]",
    "quoted": json.dumps(GOOD),
    "bare rows": json.dumps(rows()),
    "no checks": '{"checks": []}',
    "empty object": "{}",
    "null": "null",
    "true": "true",
    "word": "PASS",
    "top-level pass": '{"pass": true}',
    "extra top key": json.dumps({"checks": rows(), "pass": True}),
    "duplicate top key": '{"checks": [], ' + GOOD[1:],
    "duplicate pass": GOOD.replace('"pass": true', '"pass": false, "pass": true', 1),
    "string pass": changed(lambda value: value[0].update({"pass": "true"})),
    "number pass": changed(lambda value: value[0].update({"pass": 1})),
    "null pass": changed(lambda value: value[0].update({"pass": None})),
    "list pass": changed(lambda value: value[0].update({"pass": [True]})),
    "no pass": changed(lambda value: value[0].pop("pass")),
    "no reason": changed(lambda value: value[0].pop("reason")),
    "number reason": changed(lambda value: value[0].update({"reason": 3})),
    "no evidence": changed(lambda value: value[0].pop("evidence")),
    "text evidence": changed(lambda value: value[0].update({"evidence": "Paris"})),
    "null in evidence": changed(lambda value: value[0].update({"evidence": [None]})),
    "51 quotes": changed(lambda value: value[0].update({"evidence": ["Paris"] * 51})),
    "extra key": changed(lambda value: value[0].update({"score": 1})),
    "choice instead": changed(lambda value: value[0].update({"choice": value[0].pop("pass")})),
    "one missing": changed(lambda value: value.pop()),
    "one twice": changed(lambda value: value.append(value[0])),
    "one twice instead": changed(lambda value: value.__setitem__(1, value[0])),
    "unknown id": changed(lambda value: value[0].update({"id": "c3"})),
    "padded id": changed(lambda value: value[0].update({"id": "c1 "})),
    "number id": changed(lambda value: value[0].update({"id": 1})),
    "row is text": changed(lambda value: value.__setitem__(0, "c1: pass")),  # type: ignore[call-overload]
    "nan": GOOD.replace("true", "NaN", 1),
    "single quotes": GOOD.replace('"', "'"),
    "python": GOOD.replace("true", "True"),
    "trailing comma": GOOD.replace("}]}", "},]}"),
    "byte order mark": "\ufeff" + GOOD,
    "comment": GOOD + "// ok",
    "deep": "[" * 50_000,
    "too long": GOOD + " " * 200_000,
    "empty": "",
}


@pytest.mark.parametrize("name", sorted(WRONG))
def test_read__anything_but_the_exact_schema__is_unreadable_and_the_check_missing(name: str) -> None:
    result = read(WRONG[name], SHEET, CANDIDATE)
    assert isinstance(result, Unreadable)
    assert result.why
    grade = graded(WRONG[name])
    assert isinstance(grade, GradeMissing)
    assert grade.failure.code == "unreadable-judge"


def test_read__verdicts_inside_quoted_text__are_never_taken() -> None:
    quoted = json.dumps(
        {"checks": [{**row, "pass": False, "reason": GOOD, "evidence": []} for row in rows()]}
    )
    result = graded(quoted)
    assert isinstance(result, Grade)
    assert (result.passed, result.score) == (False, 0.0)


def test_read__10_000_mutated_replies__none_raises_and_none_passes_by_accident() -> None:
    """R02. The reply says no twice, and the mutations bring every piece of a yes."""
    chance = random.Random(7)
    refused = 0
    for _ in range(10_000):
        text = mutated(GOOD.replace("true", "false"), chance)
        result = graded(text)
        refused += isinstance(result, GradeMissing)
        assert not (isinstance(result, Grade) and result.passed), text
    assert refused > 9_000


def mutated(text: str, chance: random.Random) -> str:
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(text) + 1)
        cut = chance.choice([0, 1, 1, 2, 8])
        text = text[:place] + chance.choice(FRAGMENTS) + text[place + cut :]
    return text


FRAGMENTS = [
    "",
    "true",
    "True",
    '"pass": true',
    "1",
    '"',
    "}",
    "]",
    "{",
    ",",
    ":",
    "\\",
    "\x00",
    "\ud800",
    GOOD,
    "NaN",
]
FRAGMENTS += ['"pass": true, ', '{"checks": [', "c1", "\u200b", "null"]

MALFORMED = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["c1", "c2", "pass", "Paris", GOOD]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["checks", "id", "reason", "evidence", "pass", "choice"]) | st.text(max_size=3),
            inner,
            max_size=6,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=1_000)
@given(MALFORMED.map(json.dumps) | st.text() | st.binary().map(lambda data: data.decode("latin-1")))
def test_read__any_other_json_or_text__neither_raises_nor_passes(text: str) -> None:
    result = graded(text)
    assert isinstance(result, GradeMissing)


def test_ask_judge__says_which_replies_are_worth_keeping() -> None:
    """DECISION 6: what cannot be read is never stored, or it would be read again for ever."""
    ask = build(spec_of("judge", {"checks": list(SHEET.checks)}), TOOLBOX).step(subject_of(CANDIDATE), ())
    assert isinstance(ask, Asks)
    readable = ask.asks[0].readable
    assert readable is not None
    assert readable(GOOD)
    assert not readable('{"verdict": "pass"}')
    assert not readable("pass")
