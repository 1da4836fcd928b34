"""What a reviewer must know beside the numbers, read as text."""

from dataclasses import replace

import pytest
from tests.unit.core.test_view import text
from tests.unit.render import samples

from mergefloor.core.lifecycle import ModelNotice
from mergefloor.core.sections import DEEDS, comparability, models, own_gate, version
from mergefloor.core.tampering import RULES, Tampering
from mergefloor.core.types import Place

CHECK = samples.eventful().suites[0].semver


def said(section):
    return [text(item) for item in section.items]


def tampered(*found):
    return replace(samples.passed(), tampering=found)


def deed(rule="floor-loosened", subject="x.floor", evidence="0.9 before, 0.5 now", **more):
    return Tampering(rule=rule, subject=subject, evidence=evidence, **more)


def checked(check):
    return samples.report(suites=(samples.suite(semver=check),))


def notice(**fields):
    return ModelNotice(
        **{"name": "openai/gpt-4o", "place": Place(path="a.yml", line=2), "floating": True, **fields}
    )


# -- what the change does to its own gate ------------------------------------------------------------------------


def test_own_gate__nothing_found__is_empty():
    assert own_gate(samples.passed(), 40).items == ()


def test_own_gate__every_rule__has_its_words():
    assert set(DEEDS) == set(RULES)
    for rule, (one, several) in DEEDS.items():
        assert (one.count("{}"), several.count("{}")) == (1, 2), rule


def test_own_gate__one_deed__is_told_with_its_evidence_and_weight():
    lines = said(own_gate(tampered(deed(suite="s", action="block")), 40))
    assert lines[0].startswith("The base branch's rules and golden cases were applied all the same")
    assert lines[1:] == ["It loosens `x.floor` (suite `s`): 0.9 before, 0.5 now. The policy forbids it."]


def test_own_gate__no_evidence__is_a_whole_sentence():
    assert said(own_gate(tampered(deed(evidence="")), 40))[1:] == ["It loosens `x.floor`."]


def test_own_gate__ten_removed_cases__are_all_named_in_one_line():
    found = [deed("case-removed", f"case-{n}", "", suite="s") for n in range(10)]
    (_, line) = said(own_gate(tampered(*reversed(found)), 40))
    assert line.startswith("It removes 10 golden cases: `case-0`, `case-1`, ")
    assert line.endswith("and `case-9` (suite `s`).")


def test_own_gate__cases_come_before_settings_and_what_blocks_before_the_rest():
    found = (
        deed("budget-raised", "budget", action="warn"),
        deed("floor-loosened", action="block"),
        deed("case-edited", "b", action="warn"),
        deed("case-removed", "a", action="warn"),
        deed("case-weakened", "c", action="block"),
    )
    lines = said(own_gate(tampered(*found), 40))[1:]
    assert [line.split()[1] for line in lines] == ["weakens", "removes", "edits", "loosens", "raises"]


def test_own_gate__several_with_evidence__tell_each_below():
    lines = said(own_gate(tampered(deed(subject="a"), deed(subject="b", evidence="gone!")), 40))
    assert lines[1:] == ["It loosens 2 floors: `a` and `b`.", "`a`: 0.9 before, 0.5 now.", "`b`: gone!"]


def test_own_gate__more_than_fits__says_how_many_are_left():
    found = [deed(subject=f"x{n}", suite=f"s{n}") for n in range(9)]
    assert said(own_gate(tampered(*found), 3))[-1] == "And 6 more lines."


# -- the version -------------------------------------------------------------------------------------------------


def test_version__not_checked__is_empty():
    assert version(samples.passed(), 40).items == ()


def test_version__of_a_line_with_a_comment__says_what_to_type():
    mend = replace(CHECK.suggestion, new="version: 1.5.0  # kept", old="version: 1.4.1  # kept")
    told = said(version(checked(replace(CHECK, suggestion=mend)), 40))[-1]
    assert told.startswith("To mend it, write `version: 1.5.0` instead of `version: 1.4.1` in")


def test_version__too_small__says_why_and_the_line_that_mends_it():
    line, mend = said(version(checked(CHECK), 40))
    assert line == (
        "`customer-support` declares `1.4.0` \u2192 `1.4.1` (patch), which is too small; required is `1.5.0` (minor): "
        "14 of 100 outputs differ beyond run noise (limit 10) and an instruction line was removed."
    )
    assert (
        mend
        == "To mend it, write `version: 1.5.0` instead of `version: 1.4.1` in `prompts/customer_support.yaml:1`."
    )


def test_version__too_small_without_a_suggestion__is_one_line():
    assert len(said(version(checked(replace(CHECK, suggestion=None)), 40))) == 1


def test_version__enough__says_so():
    check = replace(CHECK, ok=True, after="1.5.0", declared="minor", why=())
    assert said(version(checked(check), 40)) == [
        "`customer-support` declares `1.4.0` \u2192 `1.5.0` (minor), which is enough; required is `1.5.0` (minor)."
    ]


def test_version__nothing_required__is_no_new_version():
    check = replace(CHECK, ok=True, before=None, declared=None, required="none", wanted=None, why=())
    assert said(version(checked(check), 40)) == [
        "`customer-support` declares no version \u2192 `1.4.1`, which is enough; required is no new version."
    ]


def test_version__nothing_declared__promised_nothing():
    check = replace(CHECK, ok=None, before=None, after=None, wanted=None, why=("wording changed",))
    (line,) = said(version(checked(check), 40))
    assert line == (
        "`customer-support` promised nothing: no version is declared, or answers are missing. "
        "This change asks for minor: wording changed."
    )


# -- models and comparability --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        (
            {"instead": "openai/gpt-4o-2024-08-06"},
            "`openai/gpt-4o` (`a.yml:2`) is a moving name: the provider may change what is behind it; "
            "name `openai/gpt-4o-2024-08-06` instead.",
        ),
        (
            {"floating": False, "retires": "2026-03-01", "days_left": 12},
            "`openai/gpt-4o` (`a.yml:2`) retires on `2026-03-01`, in 12 days.",
        ),
        (
            {"floating": False, "retires": "2026-03-01", "days_left": -1, "replacement": "openai/gpt-5"},
            "`openai/gpt-4o` (`a.yml:2`) was retired on `2026-03-01`, 1 day ago; its provider recommends `openai/gpt-5`.",
        ),
        (
            {"fixed": True, "used": False},
            "`openai/gpt-4o` (`a.yml:2`) is named there and not used and has no date in its name, though its provider "
            "says that it stays one model.",
        ),
        ({"floating": False}, "`openai/gpt-4o` (`a.yml:2`)."),
    ],
)
def test_models__a_notice__says_what_it_is_and_what_to_name(fields, line):
    assert said(models(replace(samples.passed(), notices=(notice(**fields),)), 40)) == [line]


def test_models__the_most_urgent__comes_first():
    found = (notice(name="b"), notice(name="a", retires="2026-03-01", days_left=3))
    lines = said(models(replace(samples.passed(), notices=found), 40))
    assert [line[:3] for line in lines] == ["`a`", "`b`"]


def test_comparability__a_number_that_means_something_else__is_named():
    found = samples.report(suites=(samples.suite(not_comparable=("the judge changed",)),))
    assert said(comparability(found, 40)) == ["`customer-support`: the judge changed."]
