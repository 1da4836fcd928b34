from __future__ import annotations

import pytest
from tests.unit.graders.builders import TOOLBOX, Grading, spec_of, subject_of

from mergefloor.core.ports import Asks, Reply
from mergefloor.core.types import AnyGrade, Json, Output
from mergefloor.graders import build


@pytest.fixture
def grade() -> Grading:
    """Build a check and grade one output; the replies are the models' answers so far."""

    def run(
        kind: str,
        output: str | Output,
        *replies: Reply,
        expected: str | None = None,
        negate: bool = False,
        **options: Json,
    ) -> AnyGrade:
        grader = build(spec_of(kind, options, negate=negate), TOOLBOX)
        step = grader.step(subject_of(output, expected=expected), replies)
        assert not isinstance(step, Asks)
        return step

    return run
