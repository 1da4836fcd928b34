"""Documents that were lost by cases which pass all the same."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.render import samples

from mergefloor.core.lost_section import CASES, lost_section
from mergefloor.core.retrieval import Lost


def test_section__of_many_cases__names_some_and_counts_the_rest() -> None:
    lost = (Lost(document="a.md", base=1, head=None, depth=10),)
    rows = tuple(replace(samples.plain_row(number), lost=lost) for number in range(CASES + 5))
    report = samples.report(suites=(samples.suite(rows=rows, broken=()),))
    section = lost_section(report, 100)
    assert len(section.items) == CASES + 1
    assert "5 more cases" in "".join(str(piece) for piece in section.items[-1])
    assert lost_section(replace(report, private=True), 100).items == ()
