import math

import pytest

from mergefloor.core.wording import (
    Name,
    Prose,
    apart,
    change,
    count,
    level,
    listing,
    names,
    points,
    say,
    seconds,
    sentences,
    share,
    span,
    usd,
)


def test_say__foreign_parts__stay_apart_from_our_words():
    assert say("{} of {}, {}", 3, Name("a"), (Prose("b"), "c")) == (
        "3",
        " of ",
        Name("a"),
        ", ",
        Prose("b"),
        "c",
    )


def test_say__wrong_number_of_parts__is_refused():
    with pytest.raises(ValueError, match="zip"):
        say("{} and {}", "one")


def test_sentences__empty_ones__leave_no_space():
    assert sentences((), say("A."), (), say("B.")) == ("A.", " ", "B.")
    assert sentences((), ()) == ()


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, "a"), (2, "a and b"), (3, "a, b and c"), (4, "a, b, c and 1 more"), (9, "a, b, c and 6 more")],
)
def test_listing__any_length__reads_as_a_sentence(number, text):
    assert "".join(listing([(letter,) for letter in "abcdefghi"[:number]])) == text


def test_names__texts__become_names():
    assert names(["x", "y"]) == (Name("x"), " and ", Name("y"))


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.857142, "85.7 %"), (0.85, "85 %"), (1.0, "100 %"), (0.0, "0 %"), (None, "–"), (math.nan, "–")],
)
def test_share__values__are_percent_without_needless_digits(value, text):
    assert share(value) == text


def test_level__scores__are_numbers():
    assert level("score", 0.8421) == "0.842"
    assert level("score", None) == "–"
    assert level("score", math.inf) == "–"
    assert level("binary", 0.5) == "50 %"


def test_apart__nearly_equal__shows_the_difference():
    assert apart("binary", 0.84996, 0.85) == ("84.996 %", "85 %")
    assert apart("binary", 0.85, 0.85) == ("85 %", "85 %")
    assert (
        apart("score", 0.80004, 0.8) == ("0.8000", "0.8000") or apart("score", 0.80004, 0.8)[0] == "0.80004"
    )
    assert apart("binary", 0.5, 0.5 + 1e-9) == ("50 %", "50 %")


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("binary", -0.2143, "−21.4 pt"),
        ("binary", 0.12, "+12 pt"),
        ("binary", -0.00001, "0 pt"),
        ("score", -0.0061, "−0.006"),
        ("score", 0.0, "0.000"),
        ("score", None, "–"),
        ("binary", math.nan, "–"),
    ],
)
def test_change__values__have_a_true_sign(kind, value, text):
    assert change(kind, value) == text


def test_span__interval__has_its_unit_once():
    assert span("binary", (-0.331, -0.098)) == "−33.1 to −9.8 pt"
    assert span("score", (-0.021, 0.009)) == "−0.021 to +0.009"
    assert span("binary", None) == "–"
    assert span("binary", (0.0, math.inf)) == "–"


def test_points__sizes__are_words():
    assert points("binary", 0.12) == "12 points"
    assert points("binary", 0.01) == "1 point"
    assert points("score", 0.05) == "0.05"


def test_usd__small_sums__are_not_nothing():
    assert [usd(v) for v in (0.0, 0.0042, 1.5, None, math.nan)] == [
        "$0.00",
        "$0.0042",
        "$1.50",
        "no price",
        "no price",
    ]


def test_seconds_and_count__values__read_well():
    assert seconds(1.44) == "1.4 s"
    assert seconds(None) == "–"
    assert [count(1, "case"), count(1_200, "case"), count(2, "query", "queries")] == [
        "1 case",
        "1,200 cases",
        "2 queries",
    ]
