import math

import pytest

from mergefloor.core.luck import once


@pytest.mark.parametrize(
    ("p", "said"),
    [
        (0.004, "once in 250 runs"),
        (0.025, "once in 40 runs"),
        (0.1, "once in 10 runs"),
        (0.3, "in 3 of 10 runs"),
        (0.99, "almost every time"),
        (1e-9, "less than once in a million runs"),
        (0.00002, "once in 50,000 runs"),
        (math.nan, "how often is not known"),
    ],
)
def test_once__a_chance__is_said_as_people_say_it(p, said):
    assert once(p) == said
