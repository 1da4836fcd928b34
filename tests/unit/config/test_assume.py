"""Without a config: one suite a prompt, and words that say so."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from mergefloor.config import assume_config
from mergefloor.config.naming import suite_names
from mergefloor.core.settings import Budget, Judge, MetricRule, Policy


def test_assume_config__two_prompts__two_suites_with_every_default():
    config = assume_config(["prompts/tone check.md", "prompts/customer_support.yaml"])
    assert config.path is None
    assert [(suite.name, suite.prompt) for suite in config.suites] == [
        ("customer_support", "prompts/customer_support.yaml"),
        ("tone-check", "prompts/tone check.md"),
    ]
    assert all(suite.golden == () for suite in config.suites)
    assert all(suite.metrics == (MetricRule(name="pass_rate"),) for suite in config.suites)
    assert (config.model, config.judge, config.policy, config.budget) == (None, Judge(), Policy(), Budget())


def test_assume_config__notes__say_what_was_assumed_and_how_to_change_it():
    notes = assume_config(["prompts/a.md"]).notes
    assert [str(note.place) for note in notes] == ["mergefloor.yml:1", "prompts/a.md:1"]
    for word in (
        "anthropic/claude-sonnet-4-6-20251015",
        "openai/gpt-5-mini-2025-08-07",
        "alpha 0.05",
        "no floors",
    ):
        assert word in notes[0].text
    assert f"at most {Budget().usd:g} USD and {Budget().minutes:g} minutes" in notes[0].text
    assert "`mergefloor init`" in notes[0].text
    assert "'a'" in notes[1].text


def test_suite_names__suffixes_and_foreign_letters__go():
    names = suite_names(
        ["a/Support.prompt.yml", "a/Ünïcode.j2", "a/日本.md", "a/-rf.txt", "a/v1.2 b.md", "a/noending"]
    )
    assert list(names.values()) == [
        "Support",
        "n-code",
        "prompt--" + names["a/日本.md"][-12:],
        "rf",
        "v1.2-b",
        "noending",
    ]


def test_suite_names__same_stem__no_file_takes_the_name_of_another():
    alone = suite_names(["prompts/z/tone.md"])
    both = suite_names(["prompts/a/Tone.md", "prompts/z/tone.md"])
    assert alone == {"prompts/z/tone.md": "tone"}
    assert "tone" not in [name.lower() for name in both.values()]
    assert len(set(both.values())) == 2


@given(st.lists(st.text(min_size=1), unique=True, max_size=8))
@settings(max_examples=300, deadline=None)
def test_suite_names__any_paths__valid_and_unique(paths):
    names = suite_names(paths)
    assert list(names) == paths
    assert len({name.casefold() for name in names.values()}) == len(paths)
    assert all(re.fullmatch(r"[A-Za-z0-9._-]{1,80}", name) for name in names.values())
