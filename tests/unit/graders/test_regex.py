from __future__ import annotations

import time

import pytest
from tests.unit.graders.builders import Grading, spec_of

from mergefloor.core.types import Grade, Json
from mergefloor.graders import check
from mergefloor.graders.regex import BadPattern, compiled

# Nested and overlapping quantifiers that take Python's `re` exponential or high polynomial time, each with the
# character whose repetition triggers it (T67).
EVIL = [
    (pattern, char)
    for char in ("a", "x", "0", " ", "é")
    for pattern in (
        f"({char}+)+$",
        f"({char}*)*b",
        f"({char}|{char}{char})+$",
        f"({char}|{char}?)+b",
        f"^({char}+)*b$",
        f"(.*{char}){{20}}b",
        f"{char}*{char}*{char}*{char}*{char}*b",
        f"({char}+){{2,60}}b",
        f"(([{char}b]+)*c)+d",
        f"^(?:{char}?){{60}}{char}{{60}}b$",
    )
]


def test_regex__fifty_redos_patterns_times_100_000_characters__each_within_two_seconds(
    grade: Grading,
) -> None:
    assert len(EVIL) == 50
    for pattern, char in EVIL:
        begin = time.process_time()
        result = grade("regex", char * 100_000 + "!", pattern=pattern)
        assert time.process_time() - begin < 2.0, pattern
        assert isinstance(result, Grade)
        assert not result.passed, pattern


def test_regex__largest_admitted_program__stays_linear(grade: Grading) -> None:
    pattern = "(?:a|.{100}b|.{300}a){3}c"
    begin = time.process_time()
    assert not isinstance(compiled(pattern), BadPattern)
    grade("regex", "ab" * 50_000, pattern=pattern)
    assert time.process_time() - begin < 6.0  # 1.8 s on an idle core


@pytest.mark.parametrize(
    ("pattern", "advice"),
    [
        ("(?=a)b", "no lookaround"),
        ("(?!a)b", "no lookaround"),
        ("(?<=a)b", "no lookaround"),
        (r"(a)\1", "no backreferences"),
        ("(?>a+)b", "atomic"),
        ("a++b", "possessive"),
        (r"end\Z", r"`\z`"),
        (r"\u00e9", r"`\x{e9}`"),
        ("[a", "Syntax"),
        ("a{1001}", "Syntax"),
        ("\ud800", "remove"),
        (r"\pL{0,20}\pN{0,20}", "smaller repetition"),
        ("", "add `pattern`"),
    ],
)
def test_check__pattern_that_re2_does_not_take__is_a_problem_with_advice(pattern: str, advice: str) -> None:
    (problem,) = check(spec_of("regex", {"pattern": pattern}))
    assert advice in problem.fix


@pytest.mark.parametrize(
    ("output", "options", "passed"),
    [
        ("Order 1234 is late", {"pattern": r"\b\d{4}\b"}, True),
        ("Order 12345 is late", {"pattern": r"\b\d{4}\b"}, False),
        ("order", {"pattern": "ORDER"}, False),
        ("order", {"pattern": "ORDER", "case": False}, True),
        ("order 1", {"pattern": "order", "whole": True}, False),
        (" order \n", {"pattern": "order", "whole": True}, True),
        ("cafe\u0301", {"pattern": "^caf\u00e9$"}, True),
        ("a\nb", {"pattern": "(?m)^b$"}, True),
        ("b\n", {"pattern": "b$"}, False),
        ("x\ud800y", {"pattern": "^x.y$"}, True),
    ],
)
def test_regex__table__as_documented(
    grade: Grading, output: str, options: dict[str, Json], passed: bool
) -> None:
    result = grade("regex", output, **options)
    assert isinstance(result, Grade)
    assert result.passed is passed
