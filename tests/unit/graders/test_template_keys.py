"""Every text that a judge is sent is in the key of its verdicts: a changed word begins a new epoch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.graders.builders import JUDGE, TOOLBOX

import mergefloor
from mergefloor.core.keys import ask_key
from mergefloor.core.types import Ask
from mergefloor.graders.judge import pair_prompt, prompt
from mergefloor.graders.judge.pair_prompt import Pair, ask_pair, comparison
from mergefloor.graders.judge.prompt import ask_judge
from mergefloor.graders.judge.sheet import Sheet
from mergefloor.graders.rag import task
from mergefloor.graders.rag.tasks import question_task, statements_task, useful_task, verify_tasks

TEMPLATES = Path(mergefloor.__file__).parent / "templates"
SHEETS = (
    Sheet(checks=("It is right.",), question="Why?"),
    Sheet(checks=("It is right.",), question="Why?", choices={"good": 1.0, "bad": 0.0}),
)


def judged() -> Iterator[Ask]:
    for sheet in SHEETS:
        for repair in (False, True):
            yield ask_judge(sheet, "So.", TOOLBOX, JUDGE, repair=repair)
    pair = Pair(output="So.", reference="Or so.")
    for repair in (False, True):
        yield ask_pair(comparison("It is right.", "Why?", ()), pair, 1, TOOLBOX, JUDGE, repair=repair)


def measured() -> Iterator[Ask]:
    for repair in (False, True):
        yield statements_task("So.", "Why?").ask(TOOLBOX, JUDGE, repair=repair)
        yield verify_tasks(("So.",), ("So it is.",))[0].ask(TOOLBOX, JUDGE, repair=repair)
        yield useful_task("So it is.", "Why?", "So.").ask(TOOLBOX, JUDGE, repair=repair)
        yield question_task("So.", 0).ask(TOOLBOX, JUDGE, repair=repair)


def names(folder: str) -> list[str]:
    return sorted(path.stem for path in (TEMPLATES / folder).iterdir())


@pytest.mark.parametrize("name", names("judge"))
def test_key__of_a_verdict__changes_with_every_text_of_the_judge(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    before, read = [ask_key(ask) for ask in judged()], prompt.template_text

    def changed(asked: str) -> str:
        return f"{read(asked)} Anew." if asked == name else read(asked)

    monkeypatch.setattr(prompt, "template_text", changed)
    monkeypatch.setattr(pair_prompt, "template_text", changed)
    after = [ask_key(ask) for ask in judged()]
    assert any(one != other for one, other in zip(before, after, strict=True))


@pytest.mark.parametrize("name", names("rag"))
def test_key__of_a_measure__changes_with_every_text_of_it(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    before, read = [ask_key(ask) for ask in measured()], task._text
    monkeypatch.setattr(task, "_text", lambda asked: f"{read(asked)} Anew." if asked == name else read(asked))
    after = [ask_key(ask) for ask in measured()]
    assert any(one != other for one, other in zip(before, after, strict=True))
