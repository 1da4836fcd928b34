"""Which stored outputs count as judged again, and which only look like it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from tests.modes.test_calibrate import CASES, Provider, Stage, again, stage

from mergefloor.core.report import Report
from mergefloor.core.types import Failure, Output, Request
from mergefloor.graders.judge import prompt
from mergefloor.modes import record
from mergefloor.render import recording


def epochs(report: Report) -> list[str]:
    return [note for note in report.notes if "judged again" in note]


@pytest.mark.parametrize("name", ["JUDGE_PROMPT_VERSION", "PARSER_VERSION", "METRIC_VERSION"])
def test_gate__after_a_release_with_other_versions__judges_what_is_stored_again(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    first = stage(policy="waive")
    assert epochs(first.gate()) == [] and epochs(first.gate()) == []
    monkeypatch.setattr(prompt, name, 99)
    (told,) = epochs(first.gate())
    assert told.startswith("What the judge is asked") and f"{2 * CASES} stored outputs" in told
    assert epochs(first.gate()) == []


def test_gate__of_labels_judged_before__counts_none_of_them() -> None:
    it = stage(policy="require")
    it.calibrate()
    assert epochs(it.gate()) == []


@dataclass(kw_only=True)
class Stammering(Provider):
    """Its first reply about anything cannot be read, the second can."""

    async def complete(self, request: Request, *, draw: int) -> Output | Failure:
        found = await super().complete(request, draw=draw)
        spoiled = (
            request.model.provider == "anthropic" and "thrown away unread" not in request.messages[-1].content
        )
        return Output(text="Well.", served_model=request.model.name) if spoiled else found


def test_gate__again_with_a_judge_that_answers_at_the_second_try__takes_its_own_repairs_for_no_other_judge() -> (
    None
):
    it = stage(Stammering(), policy="waive")
    it.gate()
    assert epochs(it.gate()) == []


def test_gate__of_a_judge_that_is_down_after_the_change__tells_of_no_output_that_it_could_not_judge() -> None:
    it = stage(policy="waive")
    it.gate()
    changed = again(it, policy="waive", rubric="The answer is short.")
    it.provider.down = "provider-5xx"

    async def silent(request: Request, *, draw: int) -> Output | Failure:
        if request.model.provider == "anthropic":
            return Failure(stage="judge", code="provider-5xx", message="down")
        return await Provider.complete(it.provider, request, draw=draw)

    it.provider.complete = silent  # type: ignore[method-assign]
    assert epochs(changed.gate()) == []


def dated(it: Stage) -> Stage:
    """The day of its answers, so that these are young enough to be history."""
    return Stage(it.provider, replace(it.made, now=lambda: 1_000_000_000.0))


def test_record__after_a_change_of_the_rubric__judges_every_stored_run_again_and_draws_none() -> None:
    it, asked = stage(policy="waive"), record.RecordRequest(ref="base")
    assert record.examine(asked, dated(it).made).epoch is None
    changed = dated(again(it, policy="waive", rubric="The answer is courteous."))
    it.provider.asked.clear()
    found = record.examine(asked, changed.made)
    assert found.epoch is not None
    assert (found.epoch.outputs, found.epoch.since) == (5 * CASES, "2001-09-09"), "the engine's clock"
    assert found.cost.calls == len(it.provider.asked), "nobody but the judge was asked"
    assert f"{5 * CASES} stored outputs were judged again" in recording(found)
    assert epochs(changed.gate()) == [], "the recording has done it already"
