"""Effects carried out by the runner: what reaches its files and its log, and what is said when it cannot."""

from __future__ import annotations

import io
from itertools import count
from pathlib import Path
from typing import Literal

import pytest
from tests.fakes.runner_grammar import CommandLog, key_values

from mergefloor.core.effects import Annotate, AppendSummary, Print, React, SaveState, SetOutput, WriteFile
from mergefloor.runner import Runner, speaks_to_runner
from mergefloor.runner.summary import BUDGET, NOTE

SECRET = "sk-canary-0123456789"
LEVELS: tuple[Literal["error", "warning", "notice"], ...] = ("error", "warning", "notice")
VERDICT = Print(text="verdict: pass")


class Step:
    """A runner's step with its files, and what came of it."""

    def __init__(self, folder: Path, **env: str) -> None:
        names = {"GITHUB_OUTPUT": "out", "GITHUB_STATE": "state", "GITHUB_STEP_SUMMARY": "summary"}
        self.files = {name: folder / file for name, file in names.items()}
        for path in self.files.values():
            path.touch()
        numbers = count(1)
        self.text = io.StringIO()
        self.runner = Runner(
            {"GITHUB_ACTIONS": "true", **{name: str(path) for name, path in self.files.items()}, **env},
            out=self.text,
            token=lambda: f"{next(numbers):032x}",
            redact=lambda text: text.replace(SECRET, "[redacted]"),
            secrets=(SECRET,),
        )

    @property
    def log(self) -> CommandLog:
        found = CommandLog()
        found.feed(self.text.getvalue())
        return found

    def read(self, name: str) -> str:
        return self.files[name].read_bytes().decode()


@pytest.fixture
def step(tmp_path: Path) -> Step:
    return Step(tmp_path)


def test_apply__every_effect__reaches_its_place(step: Step) -> None:
    step.runner.apply(
        [
            VERDICT,
            AppendSummary(text="# Page"),
            SetOutput(name="verdict", value="pass"),
            SetOutput(name="pass-rate", value="0.9"),
            SaveState(name="sha", value="a" * 40),
            Annotate(level="warning", message="look"),
        ]
    )
    assert key_values(step.read("GITHUB_OUTPUT")) == {"verdict": "pass", "pass-rate": "0.9"}
    assert key_values(step.read("GITHUB_STATE")) == {"sha": "a" * 40}
    assert step.read("GITHUB_STEP_SUMMARY") == "# Page\n\n"
    assert [each.name for each in step.log.commands] == ["add-mask", "warning", "stop-commands"]
    assert step.log.shown[-2] == "verdict: pass"


def test_apply__several_times__adds_up(step: Step) -> None:
    for number in range(3):
        step.runner.apply([SaveState(name=f"s{number}", value="x"), AppendSummary(text=f"part {number}")])
    assert key_values(step.read("GITHUB_STATE")) == {"s0": "x", "s1": "x", "s2": "x"}
    assert step.read("GITHUB_STEP_SUMMARY") == "part 0\n\npart 1\n\npart 2\n\n"


def test_apply__a_secret_in_every_effect__reaches_no_sink(step: Step) -> None:
    masks = step.text.getvalue()
    step.runner.apply(
        [
            Print(text=f"x {SECRET}"),
            AppendSummary(text=SECRET),
            SetOutput(name="summary", value=SECRET),
            SaveState(name="context", value=SECRET),
            Annotate(level="error", message=SECRET, title=SECRET),
        ]
    )
    step.runner.say(SECRET)
    step.runner.group(SECRET, SECRET)
    step.runner.stream().write(f"{SECRET}\n")
    everything = [step.read(name) for name in step.files] + [step.text.getvalue().removeprefix(masks)]
    assert not any("canary" in text for text in everything)
    assert all("[redacted]" in text for text in everything)


def test_masks__on_a_runner_alone__are_written(tmp_path: Path) -> None:
    assert Step(tmp_path).log.masks == {SECRET}
    assert Step(tmp_path, GITHUB_ACTIONS="").text.getvalue() == ""


@pytest.mark.parametrize("name", ["GITHUB_OUTPUT", "GITHUB_STATE", "GITHUB_STEP_SUMMARY"])
def test_apply__without_a_file__says_so_in_one_line_and_goes_on(tmp_path: Path, name: str) -> None:
    step = Step(tmp_path, **{name: ""})
    step.runner.apply(
        [SetOutput(name="a", value="b"), SaveState(name="a", value="b"), AppendSummary(text="x"), VERDICT]
    )
    assert [line for line in step.log.shown if name in line] == [
        f"mergefloor: {name} is not set, so nothing was written to it"
    ]
    assert sum(bool(step.read(other)) for other in step.files) == 2
    assert "verdict: pass" in step.log.shown


def test_apply__file_that_cannot_be_written__says_so_and_goes_on(tmp_path: Path) -> None:
    step = Step(tmp_path)
    target = tmp_path / "elsewhere"
    target.write_text("kept")
    for path in step.files.values():
        path.unlink()
        path.symlink_to(target)
    step.runner.apply(
        [SetOutput(name="a", value="b"), SaveState(name="a", value="b"), AppendSummary(text="x"), VERDICT]
    )
    assert sum("cannot be written" in line for line in step.log.shown) == 3
    assert target.read_text() == "kept"
    assert "verdict: pass" in step.log.shown


def test_apply__summary_over_the_limit__is_cut_over_all_calls(step: Step) -> None:
    block = "\u2502" * 20_000 + "\n\n"
    for _ in range(3):
        step.runner.apply([AppendSummary(text=block * 8)])
    size = len(step.read("GITHUB_STEP_SUMMARY").encode())
    assert BUDGET - 70_000 < size <= BUDGET
    assert step.read("GITHUB_STEP_SUMMARY").endswith(NOTE)


def test_R39_apply__long_texts_before_the_verdict__leave_room_for_all_of_it(step: Step) -> None:
    verdict = "\n".join(f"verdict line {number}" for number in range(1_000))
    annotations = [Annotate(level=level, message="\u2502" * 5_000) for level in LEVELS for _ in range(12)]
    step.runner.apply([Print(text="a long line\n" * 300_000), Print(text=verdict), *annotations])
    assert len(step.text.getvalue().encode()) <= 2_000_000
    assert "\n".join(step.log.shown[-1_001:-1]) == verdict
    assert len([each for each in step.log.commands if each.name in LEVELS]) == 30


def test_apply__output_that_the_service_refuses__is_left_out_and_said(step: Step) -> None:
    step.runner.apply(
        [SetOutput(name="summary", value="x" * 600_000), SetOutput(name="verdict", value="pass")]
    )
    assert key_values(step.read("GITHUB_OUTPUT")) == {"verdict": "pass"}
    assert "'summary' is too long" in step.log.text


def test_speaks_to_runner__other_effects__are_not_ours() -> None:
    assert speaks_to_runner(VERDICT)
    assert not speaks_to_runner(WriteFile(path="x", text="y"))
    assert not speaks_to_runner(React(comment=1, content="eyes"))
