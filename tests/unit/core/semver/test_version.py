from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mergefloor.core.semver import Bump
from mergefloor.core.semver.version import Version, bump_between, needed, parse_version, smallest

BUMPS: tuple[Bump, ...] = ("none", "patch", "minor", "major")
versions = st.builds(
    Version,
    major=st.integers(0, 3),
    minor=st.integers(0, 3),
    patch=st.integers(0, 3),
    pre=st.sampled_from(["", "rc.1", "rc.2", "alpha"]),
    lead=st.sampled_from(["", "v"]),
)


def version(text: str) -> Version:
    found = parse_version(text)
    assert found is not None
    return found


@pytest.mark.parametrize("text", ["1.4.0", "v1.4.0", "0.0.1", "1.4.0-rc.1", "v10.20.30-a.b-c.7"])
def test_parse_version__of_a_version__is_written_back_the_same(text: str) -> None:
    assert str(version(text)) == text


@pytest.mark.parametrize(
    "text", ["", "1", "1.4", "1.4.0.0", "01.4.0", "1.4.x", "V1.4.0", " 1.4.0", "1.4.0-", "١.4.0"]
)
def test_parse_version__of_anything_else__is_none(text: str) -> None:
    assert parse_version(text) is None


def test_versions__in_the_order_of_semver_org__sort_so() -> None:
    listed = (
        "1.0.0-1 1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0 1.0.1"
    )
    parsed = [version(text) for text in listed.split()]
    parsed.reverse()
    assert sorted(parsed) == parsed[::-1]
    assert version("v1.0.0+one") == version("1.0.0+two")
    assert hash(version("v1.0.0")) == hash(version("1.0.0"))
    assert version("1.0.0") != "1.0.0"


@pytest.mark.parametrize(
    ("before", "after", "bump"),
    [
        ("1.4.0", "1.4.0", "none"),
        ("1.4.0", "v1.4.0+new", "none"),
        ("1.4.0", "1.4.1", "patch"),
        ("1.4.0", "1.4.9", "patch"),
        ("1.4.0", "1.5.0", "minor"),
        ("1.4.0", "1.6.3", "minor"),
        ("1.4.0", "2.0.0", "major"),
        ("0.9.0", "1.0.0", "major"),
        ("1.4.0", "1.5.0-rc.1", "minor"),
        ("1.5.0-rc.1", "1.5.0-rc.2", "minor"),
        ("1.5.0-rc.1", "1.5.0", "minor"),
        ("2.0.0-rc.1", "2.0.0", "major"),
        ("1.4.1-rc.1", "1.4.1", "patch"),
        ("1.5.0", "1.5.0-rc.1", None),
        ("1.4.1", "1.4.0", None),
        ("2.0.0", "1.9.9", None),
    ],
)
def test_bump_between__two_versions__is_what_they_declare(before: str, after: str, bump: Bump | None) -> None:
    assert bump_between(version(before), version(after)) == bump


@pytest.mark.parametrize(
    ("before", "bumps"),
    [
        ("1.4.0", ("none", "patch", "minor", "major")),
        ("0.4.0", ("none", "patch", "patch", "minor")),
        ("0.0.4", ("none", "patch", "patch", "patch")),
    ],
)
def test_needed__below_one__is_a_level_lower(before: str, bumps: tuple[Bump, ...]) -> None:
    assert tuple(needed(bump, version(before)) for bump in BUMPS) == bumps


@pytest.mark.parametrize(
    ("before", "bump", "after"),
    [
        ("1.4.2", "none", "1.4.2"),
        ("1.4.2-rc.1", "none", "1.4.2-rc.1"),
        ("v1.4.2", "patch", "v1.4.3"),
        ("1.4.2", "minor", "1.5.0"),
        ("1.4.2", "major", "2.0.0"),
        ("0.4.2", "minor", "0.5.0"),
        ("1.5.0-rc.1", "patch", "1.5.0"),
        ("1.5.0-rc.1", "minor", "1.5.0"),
        ("1.5.0-rc.1", "major", "2.0.0"),
    ],
)
def test_smallest__for_a_bump__is_the_next_version(before: str, bump: Bump, after: str) -> None:
    assert str(smallest(version(before), bump)) == after


@given(versions, st.sampled_from(BUMPS))
def test_smallest__for_any_bump__declares_at_least_that_bump(before: Version, bump: Bump) -> None:
    declared = bump_between(before, smallest(before, bump))
    assert declared is not None
    assert BUMPS.index(declared) >= BUMPS.index(bump)


@given(versions, versions)
def test_bump_between__any_two__is_backwards_one_way_only(one: Version, other: Version) -> None:
    forth, back = bump_between(one, other), bump_between(other, one)
    assert (forth is None) != (back is None) or (forth == back == "none" and one == other)
