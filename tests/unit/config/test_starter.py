"""The config that `mergefloor init` writes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mergefloor.config import config_text
from mergefloor.config.paths import file_problem, glob_problem
from mergefloor.config.read import parse_config
from mergefloor.core.settings import DEFAULT_JUDGE, DEFAULT_MODEL, Budget, Judge, Policy
from mergefloor.errors import InputError


def test_config_text__reads_back_with_the_defaults():
    config = parse_config(
        "mergefloor.yml", config_text(["prompts/support.yaml"], ["evals/*.yaml", "golden/a.csv"]).encode()
    )
    assert config.model == DEFAULT_MODEL
    assert (config.policy, config.budget, config.judge) == (
        Policy(),
        Budget(usd=5.0, minutes=20.0),
        Judge(model=DEFAULT_JUDGE),
    )
    (suite,) = config.suites
    assert (suite.name, suite.prompt) == ("support", "prompts/support.yaml")
    assert suite.golden == ("evals/*.yaml", "golden/a.csv")
    assert config.notes == ()


def test_config_text__several_prompts__each_golden_set_to_the_suite_it_is_named_for():
    prompts = ["prompts/customer_support.yaml", "prompts/b.md", "prompts/triage.md"]
    text = config_text(prompts, ["evals/customer-support/*.yaml", "evals/triage.jsonl", "evals/other/*.csv"])
    config = parse_config("mergefloor.yml", text.encode())
    assert {suite.name: suite.golden for suite in config.suites} == {
        "b": (),
        "customer_support": ("evals/customer-support/*.yaml",),
        "triage": ("evals/triage.jsonl",),
    }
    assert '# not used yet: "evals/other/*.csv"' in text


@pytest.mark.parametrize(
    "word", ["null", "true", "no", "1", "1.5", "0x10", "2026-01-01", "=", "a: b", "- x", "#c", "é"]
)
def test_config_text__names_that_yaml_reads_otherwise__quoted(word):
    config = parse_config("m.yml", config_text([f"prompts/{word}.md", word], []).encode())
    assert sorted(suite.prompt for suite in config.suites) == sorted([f"prompts/{word}.md", word])


def test_config_text__path_that_no_config_can_name__left_out_and_said():
    text = config_text(["prompts/a\nb.md", "prompts/ok.md", "prompts/caf\udce9.md"], ["evals/{x}/*.csv"])
    config = parse_config("m.yml", text.encode())
    assert [suite.prompt for suite in config.suites] == ["prompts/ok.md"]
    assert '# not used yet: "prompts/a\\nb.md"' in text
    assert '# not used yet: "prompts/caf\\udce9.md"' in text
    assert '# not used yet: "evals/{x}/*.csv"' in text


def test_config_text__nothing_to_write_about__input_error():
    with pytest.raises(InputError, match="no prompt file was found"):
        config_text(["prompts/a\nb.md"], [])


@given(
    st.lists(st.text(min_size=1, max_size=20), max_size=5),
    st.lists(st.text(min_size=1, max_size=20), max_size=5),
)
@settings(max_examples=300, deadline=None)
def test_config_text__any_paths__reads_back(prompts, globs):
    named = {path for path in prompts if not file_problem(path)} | {"prompts/a.md"}
    config = parse_config("m.yml", config_text([*prompts, "prompts/a.md"], globs).encode())
    assert {suite.prompt for suite in config.suites} == named
    assert {glob for suite in config.suites for glob in suite.golden} <= {
        g for g in globs if not glob_problem(g)
    }


def test_config_text__of_a_blank_path__leaves_it_out() -> None:
    """A glob of blanks can be a file's name, and no config can name it."""
    text = config_text(["prompts/a.md"], [" "])
    assert parse_config("m.yml", text.encode()).suites[0].golden == ()
