"""One value of a YAML text rewritten: every other byte stays, or nothing is written at all."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mergefloor.core.types import Json
from mergefloor.errors import InputError
from mergefloor.loading import entered, load_yaml, rewritten

BOM = b"\xef\xbb\xbf"
MODEL = ("defaults", "model")


def moved(text: str, new: str = "b/new") -> str:
    return rewritten("m.yml", text.encode(), MODEL, new).decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("defaults:\n  model: a/old  # a/old\n", "defaults:\n  model: b/new  # a/old\n"),
        ("defaults:\n  model: 'a/old'\n", "defaults:\n  model: 'b/new'\n"),
        ('defaults:\n  model:   "a/old"\n', 'defaults:\n  model:   "b/new"\n'),
        ("# model: a/old\ndefaults: {x: 1, model: a/old}", "# model: a/old\ndefaults: {x: 1, model: b/new}"),
        ('{"defaults": {"model": "a/old"}}', '{"defaults": {"model": "b/new"}}'),
        ("defaults:\r\n  model: a/old\r\nx: 1\r\n", "defaults:\r\n  model: b/new\r\nx: 1\r\n"),
        ("x: 'model: a/old'\ndefaults:\n  model: a/old\n", "x: 'model: a/old'\ndefaults:\n  model: b/new\n"),
        ("defaults:\n  ? model\n  : a/old\n", "defaults:\n  ? model\n  : b/new\n"),
        ("é: ü\ndefaults: {model: a/old}\n", "é: ü\ndefaults: {model: b/new}\n"),
    ],
)
def test_rewritten__of_one_value__keeps_every_other_byte(before: str, after: str) -> None:
    assert moved(before) == after


def test_rewritten__after_a_byte_order_mark__keeps_it() -> None:
    found = rewritten("m.yml", BOM + b"defaults: {model: a/old}", MODEL, "b/new")
    assert found == BOM + b"defaults: {model: b/new}"


def test_rewritten__in_a_list__is_found_by_its_index() -> None:
    found = rewritten("m.yml", b"judge:\n  panel: [a/x, 'a/y']\n", ("judge", "panel", 1), "b/new")
    assert found == b"judge:\n  panel: [a/x, 'b/new']\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("defaults: {}\n", "no text"),
        ("defaults:\n  model: {a: b}\n", "no text"),
        ("defaults:\n  model: |\n    a/old\n", "as a block"),
        ("defaults:\n  model: >-\n    a/old\n", "as a block"),
        ("x: &a a/old\ndefaults:\n  model: *a\n", "alias"),
        ("defaults: {model: a/old}\ndefaults: {model: a/old}\n", "duplicate"),
    ],
)
def test_rewritten__of_what_is_no_plain_text__is_refused_with_its_line(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        moved(text)
    assert "m.yml:" in str(caught.value)


@pytest.mark.parametrize("new", ["a: b", "x #y", "1.5", "true", "[x", "", "a\nb", "- x"])
def test_rewritten__to_a_text_that_would_be_something_else_there__is_refused(new: str) -> None:
    with pytest.raises(InputError, match="without changing something else"):
        moved("defaults:\n  model: a/old\n", new)
    quoted = moved('defaults:\n  model: "a/old"\n', new)
    assert load_yaml("m.yml", quoted.encode()).at(*MODEL) == new, "in quotes any text will do"


def test_rewritten__in_front_matter__leaves_the_body() -> None:
    data = b"---\r\nversion: 1.0.0\r\nmodel: a/old # x\r\n---\r\nmodel: a/old\r\n"
    found = rewritten("p.md", data, ("model",), "b/new", front=True)
    assert found == data.replace(b"model: a/old #", b"model: b/new #")
    with pytest.raises(InputError, match="no front matter"):
        rewritten("p.md", b"model: a/old\n", ("model",), "b/new", front=True)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "s:\n  x:\n    prompt: p\n    golden: g\n",
            "s:\n  x:\n    prompt: p\n    model: b/new\n    golden: g\n",
        ),
        ("s:\n x:\n  prompt: p # why", "s:\n x:\n  prompt: p # why\n  model: b/new"),
        ("s:\r\n  x:\r\n    prompt: p\r\n", "s:\r\n  x:\r\n    prompt: p\r\n    model: b/new\r\n"),
        ("s:\r\n  x:\r\n    prompt: p", "s:\r\n  x:\r\n    prompt: p\r\n    model: b/new"),
        ("s: {x: {prompt: p}}\n", "s: {x: {model: b/new, prompt: p}}\n"),
        ('{"s": {"x": {"prompt": "p"}}}', '{"s": {"x": {"model": "b/new", "prompt": "p"}}}'),
        (
            '{"s": {"x": {\n  "prompt": "p"\n}}}',
            '{"s": {"x": {\n  "model": "b/new",\n  "prompt": "p"\n}}}',
        ),
        (
            "s:\n  x:\n    prompt:\n      p\n    g: 1\n",
            "s:\n  x:\n    prompt:\n      p\n    model: b/new\n    g: 1\n",
        ),
    ],
)
def test_entered__below_its_sibling__stands_as_that_one_does(before: str, after: str) -> None:
    made = entered("m.yml", before.encode(), ("s", "x", "model"), "b/new", after="prompt")
    assert made.decode() == after


def test_entered__where_nothing_is_to_stand_below__is_refused() -> None:
    for text in ("s: {x: {golden: g}}\n", "s: {}\n", "s:\n  x: 1\n"):
        with pytest.raises(InputError, match="there is no"):
            entered("m.yml", text.encode(), ("s", "x", "model"), "b/new", after="prompt")


WORD = st.text(st.characters(codec="ascii", exclude_categories=["Cc", "Cs"]), max_size=8)
TREE = st.recursive(
    st.one_of(WORD, st.integers(), st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORD, inner, max_size=3)),
    max_leaves=12,
)


@given(
    st.dictionaries(WORD, TREE, max_size=3),
    st.sampled_from([None, True, False]),
    st.sampled_from([None, "'", '"']),
    WORD,
)
def test_rewritten__of_any_document__changes_this_value_alone_or_refuses(
    more: dict[str, Json], flow: bool | None, style: str | None, new: str
) -> None:
    value: dict[str, Json] = {**more, "defaults": {"model": "a/old", "more": more}}
    text = yaml.safe_dump(value, default_flow_style=flow, default_style=style, width=40).encode()
    try:
        load_yaml("m.yml", text)
    except InputError:
        return
    try:
        made = rewritten("m.yml", text, MODEL, new)
    except InputError:
        return
    assert load_yaml("m.yml", made).value == {**value, "defaults": {"model": new, "more": more}}


@given(st.dictionaries(WORD, TREE, max_size=3), WORD, st.sampled_from([None, True, False]), st.booleans())
def test_entered__in_any_document__adds_this_key_alone_or_refuses(
    more: dict[str, Json], prompt: str, flow: bool | None, windows: bool
) -> None:
    suite: dict[str, Json] = {**more, "prompt": prompt}
    value: dict[str, Json] = {"before": more, "s": {"x": suite, "y": more}}
    text = yaml.safe_dump(value, default_flow_style=flow, width=40, sort_keys=False)
    data = (text.replace("\n", "\r\n") if windows else text).encode()
    try:
        known = load_yaml("m.yml", data).value
    except InputError:
        return
    try:
        made = entered("m.yml", data, ("s", "x", "model"), "b/new", after="prompt")
    except InputError:
        return
    assert isinstance(known, dict)
    assert load_yaml("m.yml", made).value == {**known, "s": {"x": {**suite, "model": "b/new"}, "y": more}}
    assert made.replace(b"\r\n", b"\n").count(b"\n") - data.replace(b"\r\n", b"\n").count(b"\n") <= 1
