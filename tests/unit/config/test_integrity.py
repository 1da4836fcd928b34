"""`policy.integrity`: one word for all rules, or a word a rule."""

from __future__ import annotations

import json

import jsonschema
import pytest

from mergefloor.config import json_schema
from mergefloor.config.read import parse_config
from mergefloor.core.tampering import RULES
from mergefloor.errors import InputError
from mergefloor.loading import load_yaml

SUITE = "\nsuites: {s: {prompt: p.md}}"
WRONG = {
    "policy:\n  integrity:\n    case-remvd: block": ("m.yml:3", "did you mean `case-removed`?"),
    "policy: {integrity: {case-removed: blok}}": ("case-removed", "did you mean `block`?"),
    "policy: {integrity: off}": ("`policy.integrity` is 'off'", "use one of `warn`, `block`"),
    "policy: {integrity: [case-removed]}": ("is a list", "use one of `warn`, `block`"),
    "policy: {integrity: {case-removed: true}}": ("case-removed", "`off`"),
}


def actions(text: str) -> dict[str, str]:
    return dict(parse_config("m.yml", (text + SUITE).encode()).policy.integrity)


def test_integrity__one_word__is_that_of_every_rule() -> None:
    assert actions("policy: {integrity: block}") == dict.fromkeys(RULES, "block")


def test_integrity__a_word_a_rule__leaves_the_others_alone() -> None:
    text = "policy: {integrity: {case-removed: block, uncovered-prompt: off}}"
    assert actions(text) == {"case-removed": "block", "uncovered-prompt": "off"}


def test_integrity__absent__is_empty() -> None:
    assert actions("policy: {}") == {}


@pytest.mark.parametrize("text", WRONG)
def test_integrity__wrong__says_where_and_what_to_write(text: str) -> None:
    with pytest.raises(InputError) as caught:
        actions(text)
    assert len(caught.value.problems) == 1
    assert all(part in str(caught.value) for part in WRONG[text])


@pytest.mark.parametrize("text", WRONG)
def test_schema__wrong_integrity__refused_as_by_the_reader(text: str) -> None:
    validator = jsonschema.Draft202012Validator(json.loads(json.dumps(json_schema())))
    assert list(validator.iter_errors(load_yaml("m.yml", (text + SUITE).encode()).value))
    assert not list(
        validator.iter_errors(load_yaml("m.yml", f"policy: {{integrity: warn}}{SUITE}".encode()).value)
    )
