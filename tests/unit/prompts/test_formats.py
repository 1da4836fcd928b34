from __future__ import annotations

import hashlib

import pytest

from mergefloor.prompts import is_prompt, parse, variables

NATIVE = b"version: 1.2.3\nsystem: Be kind.\n"
TEMPLATE = b"name: t\nrequired_vars: [a]\noptional_vars: [b]\ntemplate: $a $b\n"
PROMPT_YML = b"messages:\n- {role: user, content: 'Hi {{name}}'}\n"


@pytest.mark.parametrize(
    "path, expected",
    [
        ("prompts/a.yaml", True),
        ("prompts/deep/down/a.yml", True),
        ("prompts/a.md", True),
        ("prompts/a.txt", True),
        ("prompts/a.md.j2", True),
        ("prompts/A.MD", True),
        ("a.prompt.yml", True),
        ("src/x/a.prompt.yaml", True),
        ("a.yaml", False),
        ("src/prompts/a.yaml", False),
        ("prompts/a.py", False),
        ("prompts/a.yaml.bak", False),
        ("prompts", False),
        ("my-prompts/a.yaml", False),
        ("prompts/README.md", False),
        ("prompts/billing/CHANGELOG.md", False),
        ("prompts/readme_writer.md", True),
    ],
)
def test_is_prompt__path__is_told_by_folder_and_name(path: str, expected: bool) -> None:
    assert is_prompt(path) is expected


@pytest.mark.parametrize(
    "path, data, expected",
    [
        ("prompts/a.yaml", NATIVE, "native"),
        ("prompts/a.yml", TEMPLATE, "template"),
        ("prompts/a.yaml", PROMPT_YML, "prompt_yml"),
        ("a.prompt.yml", PROMPT_YML, "prompt_yml"),
        ("a.PROMPT.YAML", PROMPT_YML, "prompt_yml"),
        ("elsewhere/a.yaml", NATIVE, "native"),
        ("prompts/a.md", NATIVE, "text"),
        ("prompts/a.j2", b"{{ x }}", "text"),
    ],
)
def test_parse__file__has_the_format_of_its_name_then_of_its_keys(path, data, expected) -> None:
    prompt = parse(path, data)
    assert prompt.format == expected
    assert prompt.path == path
    assert prompt.content_hash == hashlib.sha256(data).hexdigest()


def test_parse__keys_of_two_formats__names_the_deciding_keys(problems) -> None:
    (told,) = problems("prompts/a.yaml", "version: 1.0.0\nsystem: x\ntemplate: y\n")
    assert told.startswith("prompts/a.yaml:3: the keys `system` and `template` belong to different")


def test_parse__template_with_test_cases__fits_two_formats(problems) -> None:
    (told,) = problems("prompts/a.yaml", "template: y\ntest_cases: []\n")
    assert "`test_cases` and `template`" in told


def test_parse__keys_of_no_format__names_the_deciding_keys(problems) -> None:
    (told,) = problems("prompts/a.yaml", "version: 1.0.0\nname: x\n")
    assert "`system:`" in told and "`template:`" in told and "`messages:`" in told


def test_parse__prompt_yml_name_with_other_keys__is_that_format_all_the_same(problems) -> None:
    told = problems("a.prompt.yml", "system: x\n")
    assert [line.split(": ", 1)[0] for line in told] == ["a.prompt.yml:1", "a.prompt.yml:1"]
    assert "`system`" not in told[1] and "there are no `messages`" in told[1]


@pytest.mark.parametrize("text", ["- a\n", "just text\n", "", "[]", "3"])
def test_parse__yaml_that_is_no_mapping__is_refused(problems, text: str) -> None:
    assert len(problems("prompts/a.yaml", text)) == 1


def test_parse__other_suffix__is_refused(problems) -> None:
    assert "`.md`" in problems("prompts/a.py", "x")[0]


@pytest.mark.parametrize(
    "written, read",
    [
        ("1.2.3", "1.2.3"),
        ("v1.2.3", "v1.2.3"),
        ("0.1.0-rc.1+build5", "0.1.0-rc.1+build5"),
        ("'2.0.0'", "2.0.0"),
        ("null", None),
    ],
)
def test_parse__version__is_kept_as_written_with_its_line(written: str, read: str | None) -> None:
    prompt = parse("prompts/a.yaml", f"system: x\n\nversion: {written}\n".encode())
    assert prompt.version == read
    assert (prompt.version_place and prompt.version_place.line) == (3 if read else None)


@pytest.mark.parametrize(
    "written", ["1.2", "1", "1.10", "latest", "01.2.3", "1.2.3.4", "[1, 2, 3]", "''", "true", "1.2.3 beta"]
)
@pytest.mark.parametrize(
    "path, text",
    [
        ("prompts/a.yaml", "version: {}\nsystem: x\n"),
        ("prompts/b.yaml", "version: {}\ntemplate: x\n"),
        ("c.prompt.yml", "version: {}\nmessages: [{{role: user, content: x}}]\n"),
        ("prompts/d.md", "---\nversion: {}\n---\nx"),
    ],
)
def test_parse__version_that_is_not_semver__is_a_problem_in_every_format(
    problems, path, text, written
) -> None:
    (told,) = problems(path, text.format(written))
    assert "is not of the form 1.2.3" in told
    assert told.startswith(f"{path}:{2 if path.endswith('md') else 1}:")


def test_variables__of_each_format__are_required_and_optional_names() -> None:
    assert variables(parse("prompts/a.yaml", b"system: Be {{tone}}.\n")) == ({"tone"}, set())
    assert variables(parse("prompts/a.yaml", TEMPLATE)) == ({"a"}, {"b"})
    assert variables(parse("prompts/a.prompt.yml", PROMPT_YML)) == ({"name"}, set())
    body = (
        b"---\nvars: {c: 1}\n---\n{{ a }}{% if b is defined %}{{ b }}{% endif %}{{ c }}{{ d | default('') }}"
    )
    assert variables(parse("prompts/a.md", body)) == ({"a"}, {"b", "c", "d"})
