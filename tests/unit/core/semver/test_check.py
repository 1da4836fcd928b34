from __future__ import annotations

import pytest

from mergefloor.core.semver import Fact, VersionCheck
from mergefloor.core.semver.check import MOST, VersionLine, check, reason
from mergefloor.core.types import Place

BEYOND = Fact(kind="outputs-changed", why="14 of 100 outputs differ beyond run noise (limit 10)")
SAME = Fact(kind="identical", why="the same bytes")
WORDING = Fact(kind="wording", why="wording changed")
CERTIFIED = Fact(kind="certified", why="2 of 100 outputs differ (limit 10) and no metric moved")
RENAMED = Fact(kind="variable-renamed", why="variable `a` was renamed to `b`")
LINE = VersionLine(place=Place(path="prompts/p.yaml", line=2), text="version: 1.4.1  # bump")


def test_check__bump_too_small__says_declared_required_and_why() -> None:
    found = check("1.4.0", "1.4.1", [BEYOND], "contract", LINE)
    assert (found.declared, found.required, found.wanted, found.ok) == ("patch", "minor", "1.5.0", False)
    assert reason(found) == (
        "declared 1.4.1 (patch); required 1.5.0: 14 of 100 outputs differ beyond run noise (limit 10)"
    )
    assert found.suggestion is not None
    assert found.suggestion.new == "version: 1.5.0  # bump"
    assert found.measured


def test_check__bump_large_enough__is_ok_and_a_larger_one_is_a_note() -> None:
    fits, large = (
        check("1.4.0", "1.5.0", [BEYOND], "contract", LINE),
        check("1.4.0", "2.0.0", [BEYOND], "contract"),
    )
    assert (fits.ok, large.ok, fits.suggestion) == (True, True, None)
    assert reason(fits).startswith("declared 1.5.0 (minor), as required: 14 of 100")
    assert reason(large).startswith("declared 2.0.0 (major); 1.5.0 (minor) would do: 14 of 100")


def test_check__nothing_changed__needs_no_bump_and_takes_one() -> None:
    same, bumped = check("1.4.0", "1.4.0", [SAME], "contract"), check("1.4.0", "1.4.1", [SAME], "contract")
    assert (same.ok, same.required, same.measured, bumped.ok) == (True, "none", False, True)
    assert reason(same) == "declared 1.4.0 (unchanged), as required: the same bytes"
    assert reason(bumped) == "declared 1.4.1 (patch); no bump would do: the same bytes"


def test_check__unchanged_version_of_changed_wording__is_too_small() -> None:
    found = check("1.4.0", "1.4.0", [WORDING, CERTIFIED], "contract", LINE)
    assert (found.ok, found.declared, found.required, found.wanted) == (False, "none", "patch", "1.4.1")


def test_check__wording__passes_as_a_patch_only_when_certified() -> None:
    assert check("1.4.0", "1.4.1", [WORDING, CERTIFIED], "contract").ok is True
    assert check("1.4.0", "1.4.1", [WORDING], "contract").ok is False


def test_check__when_missing_answers_could_certify__is_left_open() -> None:
    unresolved = Fact(kind="unresolved", why="40 golden cases without an answer")
    found = check("1.4.0", "1.4.1", [WORDING, unresolved], "contract", LINE)
    assert (found.ok, found.suggestion) == (None, None)
    assert reason(found).startswith("declared 1.4.1 (patch); whether 1.5.0 is required is not known: ")
    assert check("1.4.0", "1.5.0", [WORDING, unresolved], "contract").ok is True
    assert check("1.4.0", "1.4.0", [WORDING, unresolved], "contract").ok is False
    assert check("1.4.0", "1.4.1", [RENAMED, unresolved], "contract").ok is False


@pytest.mark.parametrize(
    ("before", "after", "ok", "wanted"),
    [
        ("0.4.0", "0.4.1", False, "0.5.0"),
        ("0.4.0", "0.5.0", True, "0.5.0"),
        ("0.0.4", "0.0.5", True, "0.0.5"),
        ("0.4.0", "1.0.0", True, "0.5.0"),
        ("1.4.0", "1.5.0", False, "2.0.0"),
    ],
)
def test_check__of_a_major_change_below_one__asks_for_a_level_less(
    before: str, after: str, ok: bool, wanted: str
) -> None:
    found = check(before, after, [RENAMED], "contract")
    assert (found.ok, found.wanted) == (ok, wanted)


def test_check__version_went_backwards__is_not_ok_and_says_so() -> None:
    line = VersionLine(place=LINE.place, text="version: 1.3.0")
    found = check("1.4.0", "1.3.0", [SAME], "contract", line)
    assert (found.ok, found.declared, found.wanted) == (False, None, "1.4.0")
    assert reason(found) == "the version went backwards, from 1.4.0 to 1.3.0; required 1.4.0: the same bytes"
    assert found.suggestion is not None
    assert found.suggestion.new == "version: 1.4.0"


def test_check__nothing_declared__promises_nothing() -> None:
    found = check(None, None, [RENAMED], "contract")
    assert (found.ok, found.required, found.wanted) == (None, "major", None)
    assert reason(found).startswith("no version is declared; ")
    first = check(None, "1.0.0", [RENAMED], "contract")
    assert first.ok is None
    assert reason(first).startswith("1.0.0 is the first version that is declared; ")


def test_check__declaration_taken_away__is_not_ok() -> None:
    found = check("1.4.0", None, [RENAMED], "contract")
    assert (found.ok, found.wanted) == (False, "2.0.0")
    assert reason(found).startswith("the version 1.4.0 is not declared any more; ")


@pytest.mark.parametrize(("before", "after"), [("1.4", "1.5.0"), ("1.4.0", "next"), ("one", "two")])
def test_check__malformed_version__is_not_ok_and_names_it(before: str, after: str) -> None:
    found = check(before, after, [RENAMED], "contract")
    assert found.ok is False
    assert "is not of the form 1.2.3" in reason(found)


def test_check__v_of_the_head__is_kept_in_what_is_wanted() -> None:
    assert check("1.4.0", "v1.4.1", [BEYOND], "contract").wanted == "v1.5.0"
    assert check("v1.4.0", "1.4.1", [BEYOND], "contract").wanted == "1.5.0"


def test_check__of_very_many_facts__keeps_a_dozen() -> None:
    facts = [Fact(kind="instructions", why=f"instruction {index}") for index in range(50)]
    found: VersionCheck = check("1.4.0", "1.4.1", facts, "behaviour")
    assert len(found.why) == MOST
    assert reason(found).count("instruction") == 3
