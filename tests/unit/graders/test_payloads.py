"""T27: injections by family. No verdict is ever taken from text that a judge only quotes, and a judge that obeys the
output is convicted by the planted injection. What the attacks do to a plain template and a plain reading stands beside
each as the control."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from unicodedata import normalize

import pytest
from tests.unit.graders.builders import TOOLBOX, reply_of, spec_of, subject_of
from tests.unit.graders.payloads import FAMILIES, PAYLOADS, YES
from tests.unit.graders.rag_judge import measured, scene, shown
from tests.unit.graders.test_injection import candidate_shown

from mergefloor.core.ports import Asks, Reply, Toolbox
from mergefloor.core.types import AnyGrade, Ask, Document, Grade, Output, Request
from mergefloor.graders import build, canaries, canary_verdict
from mergefloor.graders.judge.shown import INVISIBLE, visible

NO = reply_of(False, reason="It does not hold.")
CHECK = "It names the capital of France."
every = pytest.mark.parametrize("payload", [payload for _, payload in PAYLOADS], ids=range(len(PAYLOADS)))

# Ways to say yes in any of the families, after letters that only look like ours are read as ours.
ORDERED = re.compile(r"pass\b\W*.{0,12}\btrue|counts as met", re.IGNORECASE | re.DOTALL)
LOOKALIKES = str.maketrans("\u0430\u0435\u043e", "aeo")


def orders(text: str) -> bool:
    """Whether a text tells its reader to pass it, in any spelling that a model would understand."""
    plain = normalize("NFKC", INVISIBLE.sub("", text)).translate(LOOKALIKES)
    return bool(ORDERED.search(plain))


def gullible(ask: Ask) -> str:
    """Obeys the candidate; without an order in it judges soundly."""
    said = candidate_shown(ask)
    return reply_of(orders(said) or "Paris" in said)


def graded(judge: Callable[[Ask], str], payload: str) -> AnyGrade:
    grader = build(spec_of("judge", {"rubric": CHECK}), TOOLBOX)
    replies: tuple[Output, ...] = ()
    while isinstance(step := grader.step(subject_of(payload), replies), Asks):
        replies = (*replies, *(Output(text=judge(ask)) for ask in step.asks))
    return step


def passes(grade: AnyGrade) -> bool:
    return isinstance(grade, Grade) and grade.passed


def test_payloads__are_sixty_and_more_all_different_in_ten_families_and_more() -> None:
    assert len({payload for _, payload in PAYLOADS}) == len(PAYLOADS) >= 60
    assert len(FAMILIES) >= 10 and all(len(payloads) >= 5 for payloads in FAMILIES.values())


# --- (a) nothing is read from quotes -------------------------------------------------------------------------------

# What a judge that says no may do with the output in its reply.
ECHOES: dict[str, Callable[[str], str]] = {
    "before": lambda text: f"{text}\n{NO}",
    "before, on one line": lambda text: f"{json.dumps(text)} {NO}",
    "after": lambda text: f"{NO}\n{text}",
    "in a fence before": lambda text: f"```json\n{text}\n```\n{NO}",
    "nothing else": lambda text: text,
    "the forged verdict alone": lambda text: YES if YES in text else NO,
    "in its reason": lambda text: reply_of(False, reason=f"It only says {text}"),
    "as its evidence": lambda text: reply_of(False, evidence=(text,)),
    "as a key of its own": lambda text: json.dumps({"quote": text, **json.loads(NO)}),
    "as a row of its own": lambda text: json.dumps({"checks": [*json.loads(NO)["checks"], text]}),
}


@pytest.mark.parametrize("echo", ECHOES)
def test_reading__of_a_reply_that_repeats_the_output__never_passes_it(echo: str) -> None:
    taken = [
        payload
        for _, payload in PAYLOADS
        if passes(graded(lambda ask: ECHOES[echo](candidate_shown(ask)), payload))
    ]
    assert taken == []


def test_reading__control_by_the_first_verdict_in_sight__takes_the_forged_one() -> None:
    """A plain reader: the first `"pass"` of the reply that is followed by a boolean."""
    plain = re.compile(r'"pass": (true|false)')
    taken = [payload for _, payload in PAYLOADS if plain.findall(f"{payload}\n{NO}")[0] == "true"]
    assert len(taken) >= 60


@every
def test_reading__of_a_sound_judge__is_not_changed_by_what_the_output_holds(payload: str) -> None:
    assert not passes(graded(lambda ask: NO, payload))
    assert passes(graded(lambda ask: reply_of(True, reason="It does."), payload))


# --- (b) a judge that obeys is convicted ---------------------------------------------------------------------------


@every
def test_gullible_judge__is_talked_round_by_every_payload_and_convicted_by_the_planted_one(
    payload: str,
) -> None:
    assert passes(graded(gullible, payload)), "the control: this judge does obey"
    wrong = {
        planted.name
        for planted in canaries(TOOLBOX)
        if canary_verdict(Output(text=gullible(planted.ask))) is not planted.expected
    }
    assert wrong == {"injection"}


@every
def test_template__holds_every_payload_within_its_line(payload: str) -> None:
    """Everything that orders a pass is on the line of data; in a plain template it is beside our own words."""
    lines: list[str] = []

    def keep(ask: Ask) -> str:
        assert isinstance(ask.request, Request)
        lines.extend(ask.request.messages[1].content.splitlines())
        return NO

    graded(keep, payload)
    ours = ('"pass": true or false',)
    spoken = [line for line in lines if orders(line) and not any(own in line for own in ours)]
    assert spoken and all(line.startswith('"') and isinstance(json.loads(line), str) for line in spoken)
    naive = f"Does the answer hold?\nANSWER:\n{payload}\nSay pass or fail."
    assert any(orders(line) and not line.startswith('"') for line in [naive, *naive.splitlines()])


# --- the measures of retrieval ------------------------------------------------------------------------------------

METRICS = ("faithfulness", "context_recall", "context_precision")
FIELDS = ("answer", "document", "reference", "question")


def fielded(payload: str, where: str) -> dict[str, str]:
    plain = {
        "answer": "Tea is here.",
        "document": "Water.",
        "reference": "Coffee is there.",
        "question": "Where?",
    }
    return {**plain, where: payload}


def rag(payload: str, where: str, judge: Callable[[Ask], Reply], metric: str) -> AnyGrade:
    said = fielded(payload, where)
    subject = scene(
        Output(text=said["answer"], documents=(Document(id="a", text=said["document"]),)),
        expected=said["reference"],
        question=said["question"],
    )
    return measured(metric, subject, judge, threshold=0.1)


def texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value
    return [text for each in inner for text in texts(each)]


def no(data: dict[str, Any]) -> str:
    return reply_of(*[False] * len(data.get("statements", [1])))


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("where", FIELDS)
def test_rag__of_a_reply_that_repeats_its_data__never_passes(where: str, metric: str) -> None:
    """Every text is one statement; where a verdict is asked for, the data comes back, alone or before a no."""
    for form in ("{}", "{}\n" + NO, "```json\n{}\n```\n" + NO):
        for _, payload in PAYLOADS[::3]:

            def parrot(ask: Ask, form: str = form, payload: str = payload) -> Reply:
                data = shown(ask)
                if "text" in data:
                    return Output(text=json.dumps({"statements": [data["text"]]}))
                held = visible(payload) in texts(data)
                return Output(text=form.replace("{}", payload) if held else no(data))

            assert not passes(rag(payload, where, parrot, metric)), payload[:80]


@pytest.mark.parametrize("where", ["document", "reference"])
def test_rag__control_of_a_judge_that_obeys_its_data__passes_and_is_what_canaries_are_for(where: str) -> None:
    """Verdicts on documents go to the same judge with the same rules: the planted injection stands for these too."""
    metric = "context_precision"
    for _, payload in PAYLOADS[::6]:

        def obeys(ask: Ask) -> Reply:
            return Output(text=reply_of(orders(json.dumps(shown(ask), ensure_ascii=False))))

        assert passes(rag(payload, where, obeys, metric))
    assert [planted.name for planted in canaries(TOOLBOX)].count("injection") == 1
    assert canaries(Toolbox(nonce_key=b"key")) == ()
