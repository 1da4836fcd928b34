"""A judge that is asked about the answers of its own family."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.modes import test_calibrate
from tests.modes.test_calibrate import JUDGE, Provider, stage, told

from mergefloor.core.types import Failure, Output, Request

FAVOUR = f"The judge {JUDGE} is of the family that it judges (suite `s`): models favour their own answers."


class Kin(Provider):
    """Candidate and judge from one house."""

    async def complete(self, request: Request, *, draw: int) -> Output | Failure:
        judges = "<<<CANDIDATE" in request.messages[-1].content
        model = replace(request.model, provider="anthropic" if judges else "openai")
        return await super().complete(replace(request, model=model), draw=draw)


def test_gate__whose_judge_is_another_snapshot_of_the_candidate__says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(test_calibrate, "MODEL", "anthropic/judge-20250505")
    assert FAVOUR in told(stage(Kin()).gate())


def test_gate__whose_judge_is_of_another_family__says_nothing_of_it() -> None:
    assert "of the family" not in told(stage().gate())
