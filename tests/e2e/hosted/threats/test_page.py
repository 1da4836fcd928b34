"""docs/threats.md names tests that exist, and every threat that is tested here."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
PAGE = (HERE.parents[3] / "docs" / "threats.md").read_text(encoding="utf-8")
TESTS = {
    name
    for path in HERE.glob("test_*.py")
    for name in re.findall(r"^def (test_T\w+)\(", path.read_text(encoding="utf-8"), re.M)
}
THREATS = [f"T{n:02}" for n in (*range(1, 17), *range(50, 60), 86, *range(90, 94))]


def test_names__on_the_page__are_those_of_tests() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert named
    assert named - TESTS == set()


def test_threats__of_the_page__each_have_a_row_with_a_test_of_their_own() -> None:
    for threat in THREATS:
        (row,) = re.findall(rf"^\| {threat} \|.*$", PAGE, re.M)
        assert re.search(rf"`test_(T\d\d_)*{threat}_", row), threat
        assert any(threat in name for name in TESTS), threat
