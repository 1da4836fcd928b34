from __future__ import annotations

from mergefloor.core.epoch import Epoch, sentence


def test_sentence__of_another_model__names_it_the_judge() -> None:
    told = sentence(Epoch(outputs=12, since="2026-11-20", judge=True))
    assert told == (
        "The judge changed since 2026-11-20: 12 stored outputs were judged again, and no older verdict counts."
    )


def test_sentence__of_another_question__says_what_may_have_changed() -> None:
    told = sentence(Epoch(outputs=1, since="2026-11-20", judge=False))
    assert told.startswith(
        "What the judge is asked (its prompt, rubric or parameters) changed since 2026-11-20:"
    )
    assert "1 stored output was judged again" in told
