"""R01: whatever the bytes of a prompt file are, a prompt comes out or InputError with a place."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mergefloor.core.prompt import PromptVersion
from mergefloor.errors import InputError
from mergefloor.prompts import parse, question, render_all, variables
from mergefloor.prompts.text import is_jinja

SEEDS = {
    "prompts/a.yaml": (
        b"version: 1.4.0\nupdated: 2026-01-02\nupdated_by: me\nchangelog: [a, {b: c}]\nsystem: |\n  Be {{tone}}.\n"
        b"examples:\n- user: hi\n  ideal: ho\ntest_cases:\n- input: q\n  vars: {tone: x}\n  must_contain: [a]\n"
    ),
    "prompts/b.yaml": (
        b"name: n\nversion: 1.0.0\ndescription: d\nowner: o\nmodel_hint: m\nrequired_vars: [a, b]\n"
        b"optional_vars: {c: 1, d: null}\ntemplate: |\n  $a ${b} $c $d $$5\n"
    ),
    "c.prompt.yml": (
        b"name: T\nmodel: openai/gpt-4o\nmodelParameters: {maxTokens: 5, temperature: 0.1, topP: 0.5}\n"
        b'responseFormat: json_schema\njsonSchema: \'{"name": "x", "schema": {"type": "object"}}\'\n'
        b"messages:\n- {role: system, content: Be brief}\n- {role: user, content: 'Sum {{input}}'}\n"
        b"testData:\n- {input: hello, expected: HI, id: a, tags: [t]}\n- input: two\n  expected: '{{input}}'\n"
        b"evaluators:\n- name: has\n  string: {contains: '{{expected}}'}\n- {name: s, uses: github/similarity}\n"
        b"- name: j\n  llm: {modelId: x, prompt: 'Is {{completion}} ok?', choices: [{choice: 1, score: 0}, "
        b"{choice: 2, score: 1}]}\n"
    ),
    "prompts/d.md": (
        b"---\nversion: 1.0.0\nrole: user\nmodel: a/b\nparams: {temperature: 0}\nvars: {tone: warm}\n---\r\n"
        b"{% if a is defined %}\r\n{{ a | upper }}\r\n{% endif %}\r\n{% for x in xs %}{{ x }}{% endfor %}{{ tone }}\r\n"
    ),
}
SNIPPETS = (
    b"{{", b"}}", b"{%", b"%}", b"$", b"${", b": ", b"- ", b"[", b"]", b"{", b"}", b"\n", b"\r", b"\t", b"\0", b"\xff",
    b"&a ", b"*a", b"!!python/object", b"---\n", b"...", b"null", b"1e999", b".nan", b"\xef\xbb\xbf", b"'", b'"',
    b"|\n", b"#", b"{#", b"__class__", b"\xf0\x9f\x98\x80", b"system: x\n", b"template: y\n", b"messages: []\n", b"9" * 5_000,
)  # fmt: skip


def check(path: str, data: bytes) -> bool:
    """Whether it was a prompt; anything but a prompt or InputError is raised."""
    try:
        prompt = parse(path, data)
    except InputError as error:
        assert error.problems
        assert all(p.place.path == path and p.place.line >= 1 and p.what and p.fix for p in error.problems)
        assert str(error)
        return False
    assert isinstance(prompt, PromptVersion)
    assert not set.intersection(*map(set, variables(prompt)))
    if not any(is_jinja(turn.content) for turn in prompt.turns[:1]) or prompt.format != "text":
        rendered = render_all(prompt, prompt.cases)
        assert len(rendered.messages) + len(rendered.problems) == len(prompt.cases)
        assert all(isinstance(question(turns), str) for turns in rendered.messages.values())
    return True


def mutated(seed: bytes, chance: random.Random) -> bytes:
    data = bytearray(seed)
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(data) + 1)
        end = min(len(data), start + chance.choice((0, 0, 1, 3, 20)))
        piece = chance.choice(
            (b"", chance.choice(SNIPPETS), bytes([chance.randrange(256)]), seed[start : start + 9])
        )
        data[start:end] = piece
    return bytes(data)


@pytest.mark.parametrize("path", SEEDS)
def test_parse__seed__is_a_prompt(path: str) -> None:
    assert check(path, SEEDS[path])


@pytest.mark.parametrize("path", SEEDS)
def test_parse__mutated_file__is_a_prompt_or_input_error(path: str) -> None:
    chance = random.Random(path)
    good = sum(check(path, mutated(SEEDS[path], chance)) for _ in range(800))
    assert 20 < good < 780


@pytest.mark.parametrize("path", SEEDS)
def test_parse__line_removed_or_doubled__is_a_prompt_or_input_error(path: str) -> None:
    lines = SEEDS[path].splitlines(keepends=True)
    for index in range(len(lines)):
        check(path, b"".join(lines[:index] + lines[index + 1 :]))
        check(path, b"".join(lines[:index] + lines[index : index + 1] + lines[index:]))


@given(path=st.sampled_from([*SEEDS, "prompts/e.txt", "prompts/f.j2"]), data=st.binary(max_size=80))
@settings(max_examples=100, deadline=None)
def test_parse__any_bytes__is_a_prompt_or_input_error(path: str, data: bytes) -> None:
    check(path, data)
