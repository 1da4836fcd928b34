from __future__ import annotations

import pytest

from mergefloor.core.semver.lines import changelog, suggestion
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


@pytest.mark.parametrize(
    ("line", "draft", "mended"),
    [
        ("changelog: 1.4.1 warmer tone", None, "changelog: 1.5.0 warmer tone"),
        ('changelog: "v1: 1.4.1: warmer"', "x", 'changelog: "v1: 1.5.0: warmer"'),
        ('  "changelog":  Made 1.4.1.', None, '  "changelog":  Made 1.5.0.'),
        (
            "changelog: warmer tone",
            "the output format changed",
            'changelog: "1.5.0: the output format changed"',
        ),
        ("changelog: 11.4.1 and 1.4.1.2", 'a "b"', 'changelog: "1.5.0: a \\"b\\""'),
    ],
)
def test_changelog__on_one_line__follows_the_version(line: str, draft: str | None, mended: str) -> None:
    found = changelog(PLACE, line, "1.4.1", "1.5.0", draft)
    assert found is not None
    assert (found.old, found.new) == (line, mended)


@pytest.mark.parametrize(
    ("line", "draft"),
    [
        ("changelog: |", "x"),
        ("changelog: >-", "x"),
        ("changelog: [1.4.1]", "x"),
        ("changelog:", "x"),
        ("changelog: warmer tone", None),
        ("# changelog: 1.4.1", "x"),
    ],
)
def test_changelog__of_a_block_a_list_or_without_a_draft__is_none(line: str, draft: str | None) -> None:
    assert changelog(PLACE, line, "1.4.1", "1.5.0", draft) is None
