from __future__ import annotations

from calibration_people import ruled

from mergefloor.core.calibration.ruling import Repeats, repeats

YES, NO = ruled(True), ruled(False)


def test_repeats__of_a_steady_judge__agree() -> None:
    assert repeats([(YES, YES, YES), (NO, NO, NO)]) == Repeats(outputs=2, steady=2, agreement=1)


def test_repeats__of_a_wavering_judge__count_pairs_of_runs() -> None:
    assert repeats([(YES, YES, NO), (NO, NO, NO)]) == Repeats(outputs=2, steady=1, agreement=(1 / 3 + 1) / 2)


def test_repeats__leave_out_what_was_judged_once() -> None:
    assert repeats([(YES,), (NO, YES), ()]) == Repeats(outputs=1, steady=0, agreement=0)
    assert repeats([(YES,), (NO,)]) is None
