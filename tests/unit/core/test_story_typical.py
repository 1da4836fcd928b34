from core_builders import draw, planned

from mergefloor.core.story import ArmStory, typical

CASE = planned("a")


def arm(*drawn):
    return ArmStory(arm="base", model="m", messages=(), draws=drawn)


def test_typical__most_draws__are_agreed_with():
    assert (
        typical(arm(draw(CASE, "base", False, 0), draw(CASE, "base", True, 1), draw(CASE, "base", True, 2)))
        == "base1"
    )
    assert (
        typical(arm(draw(CASE, "base", True, 0), draw(CASE, "base", False, 1), draw(CASE, "base", False, 2)))
        == "base1"
    )


def test_typical__an_even_split__shows_a_pass():
    assert typical(arm(draw(CASE, "base", False, 0), draw(CASE, "base", True, 1))) == "base1"


def test_typical__answers_without_a_grade__show_the_first():
    from dataclasses import replace

    assert typical(arm(replace(draw(CASE, "base", True, 3), grades=()))) == "base3"


def test_typical__no_answer__is_none():
    assert typical(arm()) is None
    assert typical(arm(draw(CASE, "base", None))) is None
