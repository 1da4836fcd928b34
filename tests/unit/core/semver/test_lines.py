from __future__ import annotations

import pytest

from mergefloor.core.semver.lines import suggestion
from mergefloor.core.types import Place

PLACE = Place(path="prompts/p.yaml", line=2)


@pytest.mark.parametrize(
    ("line", "mended"),
    [
        ("version: 1.4.1", "version: 1.5.0"),
        ("version: '1.4.1'  # bump me, 1.4.1", "version: '1.5.0'  # bump me, 1.4.1"),
        ('  "version" :  "1.4.1"', '  "version" :  "1.5.0"'),
        ("{name: a1.4.1, version: 1.4.1, x: 1.4.1}", "{name: a1.4.1, version: 1.5.0, x: 1.4.1}"),
        ("version: !!str &v 1.4.1", "version: !!str &v 1.5.0"),
    ],
)
def test_suggestion__of_a_version_line__replaces_the_version_alone(line: str, mended: str) -> None:
    found = suggestion(PLACE, line, "1.4.1", "1.5.0")
    assert found is not None
    assert (found.place, found.old, found.new) == (PLACE, line, mended)


@pytest.mark.parametrize(
    "line", ["version: *v", "version: >-", "x_version: 1.4.1", "version: 1.4.10", "# version: 1.4.1x"]
)
def test_suggestion__where_the_version_is_not_written_out__is_none(line: str) -> None:
    assert suggestion(PLACE, line, "1.4.1", "1.5.0") is None
