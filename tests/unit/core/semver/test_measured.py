from __future__ import annotations

import pytest

from mergefloor.core.semver import Kind
from mergefloor.core.semver.measured import Evidence, measured


def kinds(evidence: Evidence) -> set[Kind]:
    return {fact.kind for fact in measured(evidence)}


def why(evidence: Evidence, kind: Kind) -> str:
    return next(fact.why for fact in measured(evidence) if fact.kind == kind)


@pytest.mark.parametrize(("n", "c"), [(50, 6), (100, 10), (200, 16), (500, 34)])
def test_measured__below_the_limit_and_fifty_cases__certifies(n: int, c: int) -> None:
    assert kinds(Evidence(n=n, changed=c - 1)) == {"certified"}
    assert kinds(Evidence(n=n, changed=c)) == {"outputs-changed", "uncertified"}


def test_measured__with_fewer_than_fifty_cases__certifies_nothing() -> None:
    assert kinds(Evidence(n=49, changed=0)) == {"uncertified"}
    assert why(Evidence(n=49, changed=0), "uncertified") == (
        "49 golden cases cannot certify a patch: that takes 50 whose requests changed"
    )
    assert why(Evidence(n=1, changed=0), "uncertified").startswith("1 golden case cannot")


def test_measured__outputs_beyond_noise__says_how_many_and_the_limit() -> None:
    said = why(Evidence(n=100, changed=14), "outputs-changed")
    assert said == "14 of 100 outputs differ beyond run noise (limit 10)"
    assert (
        why(Evidence(n=50, changed=1), "certified") == "1 of 50 outputs differs (limit 6) and no metric moved"
    )


def test_measured__where_the_base_differs_from_itself_as_often__blames_no_change_and_certifies_none() -> None:
    noisy = Evidence(n=100, changed=40, noise=0.4)
    assert kinds(noisy) == {"uncertified"}
    assert why(noisy, "uncertified") == "40 of 100 outputs differ, a patch may change fewer than 10"
    assert "outputs-changed" in kinds(Evidence(n=100, changed=60, noise=0.4))


def test_measured__less_noise_than_supposed__does_not_lower_the_limit() -> None:
    assert kinds(Evidence(n=100, changed=9, noise=0.0)) == {"certified"}


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"moved": ("`pass_rate` moved",)}, "metric-moved"),
        ({"merged": True}, "regression"),
        ({"valid_drop": "fewer"}, "schema-valid"),
        ({"refusals_up": "more"}, "refusals"),
    ],
)
def test_measured__anything_that_moved__is_told_and_keeps_a_patch_from_being_certified(
    more: dict[str, object], kind: Kind
) -> None:
    assert kinds(Evidence(n=100, changed=0, **more)) == {kind, "uncertified"}  # type: ignore[arg-type]


@pytest.mark.parametrize("field", ["cost", "latency"])
def test_measured__dearer_or_slower_by_more_than_a_quarter__is_told(field: Kind) -> None:
    assert field in kinds(Evidence(n=100, changed=0, **{field: 1.26}))  # type: ignore[arg-type]
    assert field not in kinds(Evidence(n=100, changed=0, **{field: 1.25}))  # type: ignore[arg-type]
    said = why(Evidence(n=100, changed=0, **{field: 1.5}), field)  # type: ignore[arg-type]
    assert said.endswith("is +50 % (limit +25 %)")


def test_measured__missing_answers__certify_only_if_all_of_them_could_have_changed() -> None:
    assert kinds(Evidence(n=100, changed=5, unresolved=4)) == {"certified"}
    assert kinds(Evidence(n=100, changed=5, unresolved=5)) == {"unresolved"}
    assert kinds(Evidence(n=100, changed=10, unresolved=5)) == {"outputs-changed", "uncertified"}
    assert kinds(Evidence(n=100, changed=0, unresolved=100)) == {"unresolved"}
    assert "5 golden cases without an answer" in why(Evidence(n=100, changed=5, unresolved=5), "unresolved")
