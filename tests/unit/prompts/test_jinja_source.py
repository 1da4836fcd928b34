from __future__ import annotations

import time

import pytest

from mergefloor.prompts.jinja_source import read_source


@pytest.mark.parametrize(
    "body, required, optional",
    [
        ("{{ a }}{{ b.c }}{{ d['e'] }}", "a b d", ""),
        ("{% for x in xs %}{{ x }}{{ loop.index }}{% endfor %}", "xs", ""),
        ("{% set q = a %}{{ q }}", "a", ""),
        ("{% macro m(z, y=k) %}{{ z }}{{ varargs }}{% endmacro %}{{ m(1) }}", "k", ""),
        ("{% with w = a %}{{ w }}{% endwith %}{{ range(3) }}", "a", ""),
        ("{% for x in xs %}{% endfor %}{{ x }}", "xs x", ""),
        ("{{ a | d('x') }}{{ b is undefined }}{{ c is not defined }}", "", "a b c"),
        ("{% if a is defined %}{{ a }}{{ b }}{% endif %}", "b", "a"),
        ("{% raw %}{{ a }}{% endraw %}{# {{ b }} #}", "", ""),
        ("{{ lipsum() }}{{ cycler }}{{ joiner }}", "lipsum cycler joiner", ""),
    ],
)
def test_read_source__body__names_what_must_and_what_may_be_given(body, required, optional) -> None:
    source = read_source(body)
    assert (set(source.required), set(source.optional)) == (set(required.split()), set(optional.split()))
    assert source.findings == ()


@pytest.mark.parametrize(
    "body, what",
    [
        ("\n{% include x %}", "includes another file"),
        ("\n{% import 'x' as x %}", "imports another file"),
        ("\n{% from 'x' import y %}", "imports another file"),
        ("\n{% extends 'x' %}", "extends another file"),
        ("\n{% autoescape true %}{% endautoescape %}", "switches autoescaping"),
        ("\n{{ a.__class__ }}", "reads '__class__'"),
        ("\n{{ a['__class__'] }}", "reads '__class__'"),
        ("\n{{ a | attr('__class__') }}", "reads '__class__'"),
        ("\n{{ a | nosuch }}", "not valid Jinja: No filter named 'nosuch'"),
        ("\n{{ a | random }}", "not valid Jinja: No filter named 'random'"),
        ("\n{% do x %}", "not valid Jinja"),
    ],
)
def test_read_source__forbidden__is_found_with_its_line(body: str, what: str) -> None:
    (finding,) = read_source(body).findings
    assert finding.line == 2
    assert what in finding.what


@pytest.mark.parametrize(
    "body",
    [
        "{{ 'a' * 10**10 }}",
        "{{ 9**(9**(9**9)) }}",
        "{% if 9**(9**(9**9)) %}{% endif %}",
        "{% set x = [1] * 10**10 %}{{ x }}",
        "{{ 'a' | center(10**11) }}",
        "{% include 'a' * 10**10 %}",
        "{% autoescape 'a' * 10**10 %}{% endautoescape %}",
        "{{ " + "(" * 5_000 + "1" + ")" * 5_000 + " }}",
        "{{ " + "-" * 100_000 + "1 }}",
        "{{ " + "9" * 100_000 + " }}",
        "{% if a %}" * 3_000 + "{% endif %}" * 3_000,
        "{#" * 90_000,
        "{{" * 90_000,
        "{% raw %}" * 20_000,
        "{{ a" + " ~ a" * 10_000 + " }}",
        "x" * 200_001 + "{{ a }}",
    ],
)
def test_read_source__bomb__is_read_without_being_evaluated(body: str) -> None:
    before = time.process_time()
    read_source(body)
    assert time.process_time() - before < 3
