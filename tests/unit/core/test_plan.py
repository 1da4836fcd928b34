from __future__ import annotations

import pytest
from core_builders import planned

from mergefloor.core.evidence import Want
from mergefloor.core.keys import ask_key
from mergefloor.core.plan import first_jobs, jobs_for, plain_job
from mergefloor.core.types import Output


def drawn(jobs: object) -> list[tuple[str, str, int, bool]]:
    return [(j.sample.arm, j.sample.look, j.sample.index, j.known is not None) for j in jobs]  # type: ignore[attr-defined]


def test_first_jobs__without_history__draw_both_arms_once() -> None:
    assert drawn(first_jobs([planned()], {})) == [("base", "plain", 0, False), ("head", "plain", 0, False)]


def test_first_jobs__with_history__grade_it_and_draw_only_the_head() -> None:
    one = planned()
    assert one.base is not None
    stored = {one.base.hash: (Output(text="a"), Output(text="b"))}
    assert drawn(first_jobs([one], stored)) == [
        ("base", "plain", 0, True),
        ("base", "plain", 1, True),
        ("head", "plain", 0, False),
    ]


def test_first_jobs__for_identical_requests__cost_no_call() -> None:
    same = planned(base="x", head="x")
    assert same.identical
    assert first_jobs([same], {}) == ()
    assert same.base is not None
    assert drawn(first_jobs([same], {same.base.hash: (Output(text="a"),)})) == [("base", "plain", 0, True)]


def test_first_jobs__for_the_heads_own_set__draw_the_head_alone() -> None:
    own = planned(base=None, head_only=True)
    assert drawn(first_jobs([own], {})) == [("head", "plain", 0, False)]
    unchanged = planned(base="x", head="x", head_only=True)
    assert unchanged.base is not None
    known = {unchanged.base.hash: (Output(text="a"),)}
    assert drawn(first_jobs([unchanged], known)) == [("head", "plain", 0, True)]


def test_first_jobs__for_an_edited_case__draw_it_although_the_requests_are_equal() -> None:
    assert drawn(first_jobs([planned(base="x", head="x", head_only=True, changed=True)], {})) == [
        ("head", "plain", 0, False)
    ]


def test_first_jobs__without_a_head__draw_the_base_alone() -> None:
    assert drawn(first_jobs([planned(head=None)], {})) == [("base", "plain", 0, False)]


def test_jobs_for__fresh_pairs__interleave_the_arms() -> None:
    one = planned()
    jobs = jobs_for([Want(suite="s", case="c", look="one", count=2)], {("s", "c"): one})
    assert drawn(jobs) == [(arm, "one", i, False) for i in (0, 1) for arm in ("base", "head")]
    assert len({ask_key(job.ask) for job in jobs}) == 4


def test_jobs_for__a_floor__draw_the_head_alone_under_the_plain_address() -> None:
    one = planned()
    jobs = jobs_for([Want(suite="s", case="c", look="plain", count=3)], {("s", "c"): one})
    assert drawn(jobs) == [("head", "plain", i, False) for i in range(3)]
    assert ask_key(jobs[0].ask) == ask_key(plain_job(one, "head", 0).ask)


def test_fresh_draws__of_another_pair__have_other_addresses() -> None:
    want = [Want(suite="s", case="c", look="one", count=1)]
    one = jobs_for(want, {("s", "c"): planned(head="new")})
    two = jobs_for(want, {("s", "c"): planned(head="newer")})
    assert ask_key(one[0].ask) != ask_key(two[0].ask)


def test_plain_job__of_an_arm_that_is_not_there__is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no base side"):
        plain_job(planned(base=None), "base", 0)
