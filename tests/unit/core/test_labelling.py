"""Which output comes next: shuffled by content, half suspects, the same again on resume."""

from __future__ import annotations

import itertools
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from mergefloor.core.calibration.labels import Label, Value
from mergefloor.core.labelling import ENOUGH_FAILURES, Item, Session, ordered, resumed
from mergefloor.core.place import Place


def item(number: int, suspect: bool | None = False, grader: str = "tone") -> Item:
    return Item(
        id=f"c{number}.x",
        grader=grader,
        input=f"q{number}",
        output=f"a{number}",
        task=("Kind?",),
        suspect=suspect,
    )


def label(of: Item, value: Value, rater: str | None = None) -> Label:
    return Label(
        id=of.id,
        input=of.input,
        output=of.output,
        label=value,
        grader=of.grader,
        rater=rater,
        place=Place(path="l"),
    )


def pool(suspects: int, others: int) -> list[Item]:
    return [item(n, n < suspects) for n in range(suspects + others)]


def labelled(session: Session, verdicts: list[bool | None]) -> Session:
    for verdict in verdicts:
        session = session.after(verdict)
    return session


def test_order__of_few_suspects_among_many__is_about_half_suspects() -> None:
    first = ordered(pool(60, 1000))[:100]
    assert 38 <= sum(bool(each.suspect) for each in first) <= 60


def test_order__of_many_suspects__is_about_half_others() -> None:
    first = ordered(pool(1000, 60))[:100]
    assert 38 <= sum(not each.suspect for each in first) <= 60


def test_session__with_suspects__is_an_enriched_sample_and_a_random_one_without() -> None:
    assert resumed("tone", pool(1, 9), (), 5).sample == "enriched"
    assert resumed("tone", pool(0, 9), (), 5).sample == "random"
    assert resumed("tone", [item(1, None)], (), 5).sample == "random"


def test_order__does_not_give_the_next_one_away() -> None:
    """After a suspect comes a suspect about as often as not: no pattern to learn."""
    found = [bool(each.suspect) for each in ordered(pool(200, 200))][:200]
    after_suspect = [b for a, b in itertools.pairwise(found) if a]
    assert 0.35 < sum(after_suspect) / len(after_suspect) < 0.65


@given(st.permutations(pool(5, 7)))
def test_order__whatever_the_order_of_the_cache__is_the_same_and_whole(items: list[Item]) -> None:
    found = ordered(items)
    assert found == ordered(pool(5, 7))
    assert sorted(found, key=lambda i: i.id) == sorted(items, key=lambda i: i.id)


def test_order__is_not_that_of_the_golden_set() -> None:
    assert list(ordered(pool(0, 30))) != pool(0, 30)


def test_order__of_nothing__is_nothing() -> None:
    assert ordered([]) == ()


def test_session__counts_labels_and_failures__and_no_skips() -> None:
    session = labelled(resumed("tone", pool(3, 3), [], 100), [True, False, None, False])
    assert (session.labelled, session.failures, session.goal) == (3, 2, 6)


def test_session__at_its_goal__has_nothing_left() -> None:
    session = resumed("tone", pool(3, 3), [], 2)
    assert labelled(session, [True]).current is not None
    assert labelled(session, [True, True]).current is None
    assert labelled(session, [True, True]).after(True).labelled == 2


def test_session__skipped__does_not_come_again_in_this_sitting() -> None:
    session = resumed("tone", pool(1, 1), [], 100)
    first = session.current
    assert labelled(session, [None]).current not in (first, None)
    assert labelled(session, [None, None]).current is None


def test_session__resumed__goes_on_with_the_very_next_item() -> None:
    items = pool(10, 30)
    whole, shown = resumed("tone", items, [], 100), []
    for verdict in [True, False] * 10:
        assert whole.current is not None
        shown.append(whole.current)
        whole = whole.after(verdict)
    said = [label(each, float(n % 2 == 0)) for n, each in enumerate(shown[:7])]
    again = resumed("tone", reversed(items), said, 100)
    assert (again.labelled, again.failures) == (7, 3)
    rest = []
    for verdict in [False, True] * 7:
        if len(rest) < 13:
            assert again.current is not None
            rest.append(again.current)
            again = again.after(not verdict)
    assert rest == shown[7:]


def test_session__resumed_with_the_changed_verdict_of_a_judge__still_leaves_out_what_is_labelled() -> None:
    items = pool(10, 30)
    done = ordered(items)[:5]
    again = resumed(
        "tone", [replace(i, suspect=not i.suspect) for i in items], [label(d, 1.0) for d in done], 100
    )
    left = set()
    while again.current is not None:
        left.add(again.current.id)
        again = again.after(True)
    assert left == {i.id for i in items} - {d.id for d in done}


def test_session__labels_of_outputs_that_are_gone__count_all_the_same() -> None:
    gone = [label(item(n), 0.0) for n in (90, 91)] + [label(item(92), 1.0)]
    session = resumed("tone", pool(0, 4), [*gone, label(item(93, grader="other"), 0.0)], 100)
    assert (session.labelled, session.failures, session.goal) == (3, 2, 7)


def test_session__a_label_under_an_id_of_its_own__is_known_by_its_content() -> None:
    items = pool(0, 2)
    session = resumed("tone", items, [replace(label(items[0], 1.0), id="imported-1")], 100)
    assert session.current == items[1]
    assert session.goal == 2


def test_session__with_enough_failures__goes_on_without_strata() -> None:
    items = pool(ENOUGH_FAILURES + 300, 300)
    session = labelled(resumed("tone", items, [], 1000), [False] * ENOUGH_FAILURES)
    done = {act.item.id for act in session.acts}
    shares = []
    for _ in range(100):
        assert session.current is not None
        assert session.current.id not in done
        done.add(session.current.id)
        shares.append(bool(session.current.suspect))
        session = session.after(True)
    natural = ordered([replace(i, suspect=None) for i in items])
    left = [i.id for i in natural if i.id not in {a.item.id for a in session.acts[:ENOUGH_FAILURES]}]
    assert [a.item.id for a in session.acts[ENOUGH_FAILURES:]] == left[:100]


def test_undo__brings_the_last_item_back__even_before_one_that_was_skipped() -> None:
    items = ordered(pool(2, 6))
    session = resumed("tone", items, [label(items[0], 1.0), label(items[2], 0.0)], 100)
    before, act = session.undone()
    assert act is not None
    assert act.item == items[2]
    assert act.passed is False
    assert before.current == items[2]
    assert (before.labelled, before.failures) == (1, 0)
    assert before.after(True).current == items[1]


def test_undo__of_a_skip__brings_it_back() -> None:
    session = resumed("tone", pool(1, 1), [], 100)
    before, act = session.after(None).undone()
    assert act is not None
    assert act.passed is None
    assert before.current == session.current


def test_undo__twice__goes_back_twice__and_then_no_further() -> None:
    start = resumed("tone", pool(2, 2), [], 100)
    session = labelled(start, [True, False])
    session, _ = session.undone()
    session, _ = session.undone()
    assert session.current == start.current
    assert session.undone() == (session, None)


def test_undo__at_the_goal__opens_the_session_again() -> None:
    session, _ = labelled(resumed("tone", pool(1, 1), [], 100), [True, False]).undone()
    assert session.current is not None
