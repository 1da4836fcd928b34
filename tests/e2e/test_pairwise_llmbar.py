"""Real judges' recorded choices through the comparing check itself: request, parser, ties, calibration, eligibility.

LLMBar: Zeng et al. (2023), https://arxiv.org/abs/2310.07641.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import pytest

from mergefloor import graders
from mergefloor.core.calibration.hearing import Hearing
from mergefloor.core.calibration.labels import sheets
from mergefloor.core.plan import PlannedCase
from mergefloor.core.ports import Asks, Reply, Toolbox
from mergefloor.core.settings import Policy
from mergefloor.core.types import (
    Ask,
    Case,
    Cell,
    Failure,
    GraderSpec,
    Job,
    ModelRef,
    Output,
    Place,
    Request,
    Subject,
    Vectors,
)
from mergefloor.golden import read_labels
from mergefloor.modes.calibration import checks, hold

JUDGES = ("GPT-4.Vanilla", "ChatGPT.Vanilla", "ChatGPT.Vanilla_NoRules")
SUBSETS = ("natural", "neighbor", "gptinst", "gptout", "manual")
SPEC = GraderSpec(
    kind="pairwise", name="better", options={"rubric": "The better one follows the instruction."}
)


class Recorded:
    """The engine, with a recorded judge behind it: it says which of the two outputs it saw it preferred then."""

    def __init__(self, recording: Any, replay: ModuleType, judge: str, subset: str) -> None:
        said = recording.answers[tuple(judge.split(".", 1))]
        self.place = {
            (case["output_1"], case["output_2"], swap): replay.choice(said[subset, index, swap])
            for index, case in enumerate(recording.cases[subset])
            for swap in (False, True)
        }
        self.toolbox = Toolbox(judge=ModelRef(provider="x", name=judge, endpoint="x"), nonce_key=b"k")

    def evaluate(self, jobs: Sequence[Job]) -> tuple[Cell, ...]:
        return tuple(self._cell(job) for job in jobs)

    def probe(self, asks: Sequence[Ask]) -> tuple[Output | Vectors | Failure, ...]:
        raise AssertionError("nobody plants anything here")

    def _cell(self, job: Job) -> Cell:
        assert job.known is not None
        (spec,) = job.graders
        grader = graders.build(spec, self.toolbox)
        subject = Subject(case=job.case, question=job.question, output=job.known)
        replies: tuple[Reply, ...] = ()
        while isinstance(step := grader.step(subject, replies), Asks):
            replies += tuple(map(self._reply, step.asks))
        return Cell(job=job, output=job.known, grades=(step,))

    def _reply(self, ask: Ask) -> Output:
        assert isinstance(ask.request, Request)
        lines = ask.request.messages[1].content.splitlines()
        one, two = (
            json.loads(lines[next(i for i, line in enumerate(lines) if line.startswith(mark)) + 1])
            for mark in ("<<<OUTPUT 1 ", "<<<OUTPUT 2 ")
        )
        swap = (one, two, False) not in self.place
        # Their swapped prompt shows output 2 first, so the place that they name is the place that we show.
        place = self.place[two, one, True] if swap else self.place[one, two, False]
        choice = "tie" if place is None else ("output 1", "output 2")["ab".index(place)]
        row = {"id": "c1", "reason": "as recorded", "evidence": [], "choice": choice}
        return Output(text=json.dumps({"checks": [row]}))


@pytest.fixture(scope="module")
def held(recording: Any, replay: ModuleType) -> Callable[[str, str], Hearing]:
    def hearing(judge: str, subset: str) -> Hearing:
        rows = [
            {
                "id": case["id"],
                "input": case["input"],
                "output": case["output_1"],
                "reference": case["output_2"],
                "label": "better" if case["label"] == 1 else "worse",
                "grader": "better",
            }
            for case in recording.cases[subset]
        ]
        labelled = sheets(read_labels("l.jsonl", "".join(f"{json.dumps(row)}\n" for row in rows).encode()))
        case = Case(id="c", place=Place(path="g.jsonl"), content_hash="0", input="-", expected="-")
        planned = PlannedCase(suite="s", case=case, base=None, head=None, graders=(SPEC,))
        engine = Recorded(recording, replay, judge, subset)
        (found,) = hold(
            checks([planned]),
            labelled,
            engine.toolbox.judges,
            engine,
            wanted=frozenset({"better"}),
            policy=Policy(),
        )
        return found

    return hearing


@pytest.mark.parametrize("subset", SUBSETS)
@pytest.mark.parametrize("judge", JUDGES)
def test_pairwise__recorded_choices__give_the_published_accuracy_and_swap_agreement(
    recording: Any, held: Callable[[str, str], Hearing], judge: str, subset: str
) -> None:
    found, published = held(judge, subset).pairwise, recording.published[judge][subset]
    assert found is not None
    counts = {
        "correct_False": found.forward,
        "correct_True": found.swapped,
        "correct_both": found.both,
        "equal": found.swap.same,
    }
    for name, count in counts.items():
        assert f"{count} / {found.n} = {count / found.n * 100}%" == published[name]
    assert found.swap.kappa == pytest.approx(published["kappa_agreement"], abs=1e-12)


@pytest.mark.parametrize(
    ("judge", "subset", "votes"),
    [
        ("GPT-4.Vanilla", "natural", True),
        ("ChatGPT.Vanilla", "natural", False),
        ("ChatGPT.Vanilla_NoRules", "neighbor", False),
    ],
)
def test_pairwise__recorded_judge__blocks_only_where_it_agrees_with_people(
    held: Callable[[str, str], Hearing], judge: str, subset: str, votes: bool
) -> None:
    found = held(judge, subset)
    assert found.votes is votes
    assert found.pairwise is not None
    assert found.calibration.kappa == found.pairwise.kappa
