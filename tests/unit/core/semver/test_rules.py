from __future__ import annotations

from typing import get_args

import pytest

from mergefloor.core.semver import Bump, Fact, Kind, RuleSet
from mergefloor.core.semver.rules import CHANGED, MEASURED, TABLE, ranked, required

RULES: tuple[RuleSet, ...] = get_args(RuleSet)
# The table of the decision rule, row by row: kinds, contract, behaviour (unmeasured), behaviour (outputs changed).
ROWS: list[tuple[tuple[Kind, ...], Bump, Bump, Bump]] = [
    (("identical", "unreached"), "none", "none", "minor"),
    (("variable-removed", "variable-renamed", "variable-required"), "major", "major", "major"),
    (("output-field", "output-format", "tool-changed", "model", "max-tokens"), "major", "major", "major"),
    (("snapshot", "parameters", "few-shots", "instructions", "weighty-words"), "minor", "minor", "major"),
    (("variable-optional", "output-field-added", "tool-added"), "minor", "minor", "minor"),
    (("wording",), "minor", "minor", "minor"),
    (("outputs-changed", "metric-moved", "cost", "latency"), "minor", "minor", "minor"),
    (("regression", "schema-valid", "refusals"), "major", "major", "major"),
]


def fact(kind: Kind) -> Fact:
    return Fact(kind=kind, why=f"it is {kind}")


def test_table__has_every_kind_and_every_rule_set() -> None:
    assert set(TABLE) == set(get_args(Kind))
    assert all(set(row) == set(RULES) for row in TABLE.values())


@pytest.mark.parametrize(
    ("kind", "contract", "behaviour", "changed"), [(kind, *row[1:]) for row in ROWS for kind in row[0]]
)
def test_required__by_one_fact__is_its_row_of_the_table(
    kind: Kind, contract: Bump, behaviour: Bump, changed: Bump
) -> None:
    assert required([fact(kind)], "contract") == contract
    assert required([fact(kind)], "behaviour") == behaviour
    assert required([fact(kind), fact("outputs-changed")], "behaviour") == changed


@pytest.mark.parametrize("rules", RULES)
def test_required__by_wording__is_patch_only_when_certified(rules: RuleSet) -> None:
    assert required([fact("wording"), fact("certified")], rules) == "patch"
    assert required([fact("wording"), fact("uncertified")], rules) == "minor"
    assert required([fact("wording"), fact("unresolved")], rules) == "minor"
    assert required([fact("wording"), fact("unresolved")], rules, hopeful=True) == "patch"


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("kind", get_args(Kind))
def test_required__with_one_more_fact__never_falls_unless_it_certifies(kind: Kind, rules: RuleSet) -> None:
    rank: tuple[Bump, ...] = get_args(Bump)
    for other in get_args(Kind):
        both = required([fact(other), fact(kind)], rules)
        if "certified" not in (kind, other):
            assert rank.index(both) >= rank.index(required([fact(other)], rules))


def test_required__by_nothing__is_nothing() -> None:
    assert required([], "contract") == "none"


def test_ranked__puts_the_most_demanding_first_and_measurements_before_texts() -> None:
    facts = [fact("wording"), fact("few-shots"), fact("outputs-changed"), fact("model"), fact("certified")]
    assert [f.kind for f in ranked(facts, "contract")] == ["model", "outputs-changed", "few-shots", "wording"]


def test_ranked__names_what_did_or_did_not_certify_wording() -> None:
    assert [f.kind for f in ranked([fact("wording"), fact("uncertified")], "contract")] == [
        "wording",
        "uncertified",
    ]
    assert [f.kind for f in ranked([fact("certified"), fact("wording")], "contract")] == [
        "certified",
        "wording",
    ]
    changed = [fact("wording"), fact("uncertified"), fact("outputs-changed")]
    assert [f.kind for f in ranked(changed, "contract")] == ["outputs-changed", "wording"]


def test_ranked__when_nothing_asks_for_anything__keeps_what_is_known() -> None:
    assert ranked([fact("identical")], "contract") == (fact("identical"),)


def test_changed_kinds__are_measured_ones() -> None:
    assert CHANGED < MEASURED
