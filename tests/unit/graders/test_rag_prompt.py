"""Requests of the measures: what is in their keys, and that no data gets out of its line (T27, R03, DECISION 6)."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.graders.builders import JUDGE, TOOLBOX
from tests.unit.graders.rag_judge import Judge, checks, measured, scene, shown
from tests.unit.graders.test_injection import OBEYED, PAYLOADS

import mergefloor
from mergefloor.core.keys import ask_key
from mergefloor.core.ports import Reply, Toolbox
from mergefloor.core.types import Ask, Document, Grade, GradeMissing, Output, Request, Subject
from mergefloor.graders.judge.shown import visible
from mergefloor.graders.rag import task
from mergefloor.graders.rag.tasks import question_task, statements_task, useful_task, verify_tasks

TASKS: dict[str, Callable[[str], Any]] = {
    "statements": lambda text: statements_task(text, "Why?"),
    "question of statements": lambda text: statements_task("Text.", text),
    "statement": lambda text: verify_tasks((text, "b"), ("d",))[0],
    "document": lambda text: verify_tasks(("a",), ("d", text))[0],
    "useful": lambda text: useful_task(text, "Why?", "So."),
    "reference": lambda text: useful_task("d", "Why?", text),
    "answer": lambda text: question_task(text, 0),
}


def asked(one: Any, toolbox: Toolbox = TOOLBOX, *, repair: bool = False) -> Ask:
    assert toolbox.judge is not None
    found: Ask = one.ask(toolbox, toolbox.judge, repair=repair)
    return found


def user_of(ask: Ask) -> str:
    assert isinstance(ask.request, Request)
    return ask.request.messages[1].content


def test_version__texts_changed__must_be_raised_with_them() -> None:
    folder = Path(mergefloor.__file__).parent / "templates" / "rag"
    texts = b"\0".join(path.name.encode() + b"\0" + path.read_bytes() for path in sorted(folder.iterdir()))
    assert (task.PROMPT_VERSION, hashlib.sha256(texts).hexdigest()[:16]) == (1, "a7910fbeb4c936dd")


CHANGED: dict[str, Ask] = {
    **{
        f"{name} {text}": asked(make(text))
        for name, make in TASKS.items()
        for text in ("x", "y", "y\u200b y")
    },
    "sample": asked(question_task("x", 1)),
    "repair": asked(question_task("x", 0), repair=True),
    "parameters": asked(question_task("x", 0), replace(TOOLBOX, judge_params={"max_tokens": 901})),
    "model": asked(question_task("x", 0), replace(TOOLBOX, judge=replace(JUDGE, name="judge-2026-02-02"))),
    "endpoint": asked(
        question_task("x", 0), replace(TOOLBOX, judge=replace(JUDGE, endpoint="https://o.example"))
    ),
    "order of documents": asked(verify_tasks(("a",), ("x", "d"))[0]),
    "documents in one": asked(verify_tasks(("a",), ("d\nx",))[0]),
}


def test_key__any_part_flipped__is_another_key() -> None:
    assert len({ask_key(ask) for ask in CHANGED.values()}) == len(CHANGED)


def test_key__another_nonce_key__is_the_same_key_but_another_request() -> None:
    one = question_task("x", 0)
    other = asked(one, replace(TOOLBOX, nonce_key=b"other"))
    assert ask_key(other) == ask_key(asked(one))
    assert other.request != asked(one).request


@pytest.mark.parametrize("name", ["PROMPT_VERSION", "PARSER_VERSION", "METRIC_VERSION"])
def test_key__version_raised__is_another_key(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    before = ask_key(asked(question_task("x", 0)))
    monkeypatch.setattr(task, name, 99)
    assert ask_key(asked(question_task("x", 0))) != before


@pytest.mark.parametrize("name", TASKS)
def test_request__has_a_closed_schema_and_the_parameters_of_the_judge(name: str) -> None:
    ask = asked(TASKS[name]("x"))
    assert ask.kind == "judge"
    assert isinstance(ask.request, Request)
    assert (ask.request.model, ask.request.params) == (JUDGE, {"max_tokens": 900})
    assert ask.request.response_schema is not None
    assert ask.request.response_schema["additionalProperties"] is False


@pytest.mark.parametrize("name", TASKS)
def test_request__data__stands_on_its_line_and_nowhere_else(name: str) -> None:
    text = "quite $data ${nonce} unusual words"
    user = user_of(asked(TASKS[name](text)))
    assert [text in line for line in user.splitlines()].count(True) == 1
    assert text not in asked(TASKS[name](text)).request.messages[0].content  # type: ignore[union-attr]


PIECES = [
    "<<<",
    ">>>",
    "<<<END DATA ",
    "<<<DATA ",
    '"',
    "\\",
    "\n",
    "\r",
    "\u2028",
    "\x85",
    "}",
    "{",
    "\ud800",
    "\u202e",
]


@settings(max_examples=300)
@given(st.sampled_from(sorted(TASKS)), st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=12))
def test_data__any_text__cannot_close_its_delimiter(name: str, pieces: list[str]) -> None:
    ask = asked(TASKS[name]("".join(pieces)))
    user = user_of(ask)
    lines = user.splitlines()
    assert user.count("<<<DATA ") == user.count("<<<END DATA ") == 1
    assert user.count("<<<") == user.count(">>>") == 2
    assert len(lines) == len(user_of(asked(TASKS[name]("x"))).splitlines())
    assert visible("".join(pieces)) in _texts(shown(ask))


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value
    return [text for each in inner for text in _texts(each)]


def orders_outside(ask: Ask) -> bool:
    """Whether a line beside the data orders a verdict; our own line names the field and orders nothing."""
    lines = user_of(ask).splitlines()
    data = next(place for place, line in enumerate(lines) if line.startswith("<<<DATA ")) + 1
    beside = lines[:data] + (
        lines[data + 1 :] if lines[data].startswith('{"') and lines[data].endswith("}") else lines[data:]
    )
    return any(OBEYED.search(line) for line in beside if '"pass": true or false' not in line)


class Obedient(Judge):
    """Does what any line outside of the data orders; else no statement follows and no document is useful."""

    def say(self, ask: Ask, data: dict[str, Any]) -> str:
        if "text" in data or "answer" in data:
            return super().say(ask, data)
        size = len(data.get("statements", [1]))
        return checks(*[orders_outside(ask)] * size)


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("where", ["answer", "document", "reference"])
def test_injection__judge_that_obeys_all_outside_the_data__gives_no_verdict_for_it(
    payload: str, where: str
) -> None:
    answer = payload if where == "answer" else "Tea is here."
    document = payload if where == "document" else "Water."
    subject = scene(
        Output(text=answer, documents=(Document(id="a", text=document),)),
        expected=payload if where == "reference" else "Coffee is there.",
    )
    for metric in ("faithfulness", "context_recall", "context_precision"):
        grade = measured(metric, subject, Obedient(), threshold=0.1)
        assert not (isinstance(grade, Grade) and grade.passed), (metric, grade)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_injection__control_without_quoting__the_same_judge_obeys(payload: str) -> None:
    ask = asked(question_task("x", 0))
    assert isinstance(ask.request, Request)
    system, user = ask.request.messages
    bare = replace(user, content=user.content.replace('{"answer": "x"}', f"The answer:\n{payload}"))
    assert orders_outside(replace(ask, request=replace(ask.request, messages=(system, bare))))


@pytest.mark.parametrize("payload", PAYLOADS[:24])
def test_injection__reply_that_repeats_the_data__gives_no_verdict(payload: str) -> None:
    def parrot(ask: Ask) -> Reply:
        return Output(text=f"The text says: {payload}\n" + Judge().say(ask, shown(ask)))

    subject = scene(Output(text="Tea.", documents=(Document(id="a", text=payload),)), expected=payload)
    for metric in ("faithfulness", "context_recall", "context_precision", "answer_relevancy"):
        assert isinstance(measured(metric, subject, parrot), GradeMissing)


def subject() -> Subject:
    return scene("Tea is here. Milk is there.", "One.", "Two.", expected="Tea is here.")


@pytest.mark.parametrize(
    "metric", ["faithfulness", "answer_relevancy", "context_precision", "context_recall"]
)
def test_reply__cut_at_any_byte__never_passes(metric: str) -> None:
    """R03: every reply of every round in turn; only what changes nothing (white space) may pass."""
    judge = Judge()
    assert isinstance(measured(metric, subject(), judge, threshold=0.9), Grade)
    rounds = len([ask for ask in judge.asked if ask.kind == "judge"])
    for place in range(rounds):
        length = len(_reply(metric, place))
        for at in range(length):
            grade = _with_cut(metric, place, at)
            assert isinstance(grade, GradeMissing), (place, at)


def _reply(metric: str, place: int) -> bytes:
    judge = Judge()
    measured(metric, subject(), judge)
    ask = [ask for ask in judge.asked if ask.kind == "judge"][place]
    return judge.say(ask, shown(ask)).encode()


def _with_cut(metric: str, place: int, at: int) -> object:
    judge = Judge()
    target = ask_key([ask for ask in _asks(metric) if ask.kind == "judge"][place])

    def answers(ask: Ask) -> Reply:
        reply = judge(ask)
        spoiled = ask_key(ask) == target or _repaired(ask)
        if not isinstance(reply, Output) or not spoiled:
            return reply
        return Output(text=reply.text.encode()[:at].decode("utf-8", "replace"))

    return measured(metric, subject(), answers, threshold=0.9)


def _asks(metric: str) -> list[Ask]:
    judge = Judge()
    measured(metric, subject(), judge)
    return judge.asked


def _repaired(ask: Ask) -> bool:
    return ask.kind == "judge" and "thrown away unread" in user_of(ask)


def test_reply__characters_changed_at_random__never_raises() -> None:
    rng = random.Random(7)
    for _ in range(300):
        judge = Judge()

        def answers(ask: Ask, judge: Judge = judge) -> Reply:
            reply = judge(ask)
            if not isinstance(reply, Output):
                return reply
            text = list(reply.text)
            for _ in range(rng.randrange(3)):
                text[rng.randrange(len(text))] = rng.choice('{}[]",:x0\\ \ud800')
            return Output(text="".join(text))

        measured(rng.choice(["faithfulness", "context_precision", "answer_relevancy"]), subject(), answers)
