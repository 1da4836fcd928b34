"""`with:` of a workflow, read from the environment (CONTRACT 5; T07, T08, T14)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mergefloor.core.activity import Inputs
from mergefloor.errors import InputError
from mergefloor.runner import read_inputs, secrets_of
from mergefloor.runner.form import MODES, variable

WORKSPACE = "/github/workspace"
RUN = {
    "GITHUB_WORKSPACE": WORKSPACE,
    "GITHUB_WORKFLOW_REF": "octo/app/.github/workflows/gate.yml@refs/heads/main",
}


def read(env: dict[str, str] | None = None, **inputs: str) -> Inputs:
    return read_inputs(
        {**RUN, **(env or {}), **{variable(k.replace("_", "-")): v for k, v in inputs.items()}}
    )


def problems(env: dict[str, str] | None = None, **inputs: str) -> list[str]:
    with pytest.raises(InputError) as error:
        read(env, **inputs)
    assert error.value.exit_code == 3
    return [str(problem) for problem in error.value.problems]


def test_inputs__nothing_set__are_the_defaults() -> None:
    assert read() == Inputs()
    assert read(config="", mode=" ", exit_zero="", comment="", suites="\n", github_token="") == Inputs()


def test_inputs__all_set__are_read() -> None:
    found = read_inputs(
        {
            **RUN,
            "INPUT_CONFIG": "ci/mergefloor.yml",
            "INPUT_MODE": "record",
            "INPUT_GITHUB-TOKEN": "ghs_token",
            "INPUT_STATUS-CONTEXT": "prompts",
            "INPUT_CACHE-PATH": ".cache/mergefloor",
            "INPUT_CACHE-KEY": "a-secret",
            "INPUT_BASE": "release/v1",
            "INPUT_HEAD": "a" * 40,
            "INPUT_SUITES": "one, two\n three,\n\ntwo",
            "INPUT_REPORT-PATH": "out/report/",
            "INPUT_EXIT-ZERO": "True",
            "INPUT_COMMENT": "FALSE",
            "INPUT_ANTHROPIC-API-KEY": "ant",
            "INPUT_OPENAI-BASE-URL": "http://127.0.0.1:11434/v1",
        }
    )
    assert found == Inputs(
        config="ci/mergefloor.yml", mode="record", token="ghs_token", status_context="prompts",
        cache_path=".cache/mergefloor", cache_key="a-secret", base="release/v1", head="a" * 40,
        suites=("one", "two", "three"), report_path="out/report", exit_zero=True, comment=False,
        keys=(("ANTHROPIC_API_KEY", "ant"), ("OPENAI_BASE_URL", "http://127.0.0.1:11434/v1")),
    )  # fmt: skip


def test_variable__of_an_input__keeps_hyphens() -> None:
    assert variable("github-token") == "INPUT_GITHUB-TOKEN"
    # What a shell would make of it is not what the runner sets.
    assert read_inputs({**RUN, "INPUT_GITHUB_TOKEN": "x", "INPUT_CACHE_KEY": "x"}) == Inputs()


@pytest.mark.parametrize(("spelling", "value"), [(s, True) for s in ("true", "True", "TRUE", " true ")])
def test_boolean__core_schema_true__is_true(spelling: str, value: bool) -> None:
    assert read(exit_zero=spelling).exit_zero is value


@pytest.mark.parametrize(
    "spelling", ["yes", "on", "1", "tRUE", "y", "truee", "true false", "null", "0", "no"]
)
def test_boolean__anything_else__names_the_input(spelling: str) -> None:
    (problem,) = problems(exit_zero=spelling)
    assert problem.startswith(".github/workflows/gate.yml:1: input `exit-zero` is")
    assert "write `true` or `false`" in problem


def test_mode__unknown__lists_every_mode() -> None:
    (problem,) = problems(mode="Gate")
    assert all(f"`{mode}`" in problem for mode in MODES)
    assert [read(mode=mode).mode for mode in MODES] == list(MODES)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("report", "report"),
        ("./a//b/./c/", "a/b/c"),
        (f"{WORKSPACE}/report", "report"),
        (f"{WORKSPACE}/", None),
        (WORKSPACE, None),
        (".", None),
        ("/", None),
        ("/github/workspace2/report", None),
        ("//github/workspace/report", "report"),
        ("/tmp/report", None),
        ("..", None),
        ("a/../../b", None),
        ("a/..", None),
        (f"{WORKSPACE}/../file_commands", None),
        (".git/hooks", None),
        ("./.git", None),
        ("-rf", None),
        ("~/report", None),
        ("a\\..\\b", None),
        ("a\nb", None),
        ("a\x00b", None),
        ("a\u202eb", None),
        ("x" * 1001, None),
    ],
)
def test_folder__inside_the_workspace_or_refused__as_tabled(written: str, meant: str | None) -> None:
    if meant is not None:
        assert (read(report_path=written).report_path, read(cache_path=written).cache_path) == (meant, meant)
        return
    found = problems(report_path=written, cache_path=written)
    assert len(found) == 2
    assert {"`cache-path`" in row for row in found} == {True, False}


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab/.~-\\ \n:$", max_size=12) | st.text(max_size=12))
def test_folder__any_text__never_leads_outside(text: str) -> None:
    try:
        found = read(report_path=text).report_path
    except InputError:
        return
    assert found is None or not (found.startswith(("/", "-", "~", ".git/")) or ".." in found.split("/"))


@pytest.mark.parametrize(
    "ref", ["-rf", "--upload-pack=x", "a b", "a..b", "HEAD~1", "a:b", "a\nb", "x" * 251, "a*"]
)
def test_ref__no_name_of_a_commit__is_refused(ref: str) -> None:
    assert any("`head`" in row for row in problems(head=ref))


@pytest.mark.parametrize(
    ("own", "env", "expected"),
    [("mine", "theirs", "mine"), ("", "theirs", "theirs"), ("mine", "", "mine"), ("", "", None)],
)
def test_keys__input_and_variable__the_input_wins(own: str, env: str, expected: str | None) -> None:
    found = dict(read({"OPENAI_API_KEY": env}, openai_api_key=own).keys)
    assert found.get("OPENAI_API_KEY") == expected


@pytest.mark.parametrize(
    "url", ["http://llm.example.org", "http://10.0.0.1/v1", "ftp://x", "https://u:p@x", "x"]
)
def test_base_url__where_a_key_must_not_travel__is_refused_from_both_sources(url: str) -> None:
    (told,) = problems(openai_base_url=url)
    (heard,) = problems({"ANTHROPIC_BASE_URL": url})
    assert "input `openai-base-url`" in told
    assert "ANTHROPIC_BASE_URL" in heard


@pytest.mark.parametrize("secret", ["sk-canary\nsecond", "sk canary", "sk-canary\x1b[0m", "sk-c\u00e4nary"])
def test_secret__not_one_line__is_refused_unrepeated(secret: str) -> None:
    found = problems(
        {"ANTHROPIC_API_KEY": secret}, github_token=secret, cache_key=secret, openai_api_key=secret
    )
    assert len(found) == 4
    assert not any("nary" in row for row in found)


def test_secret__with_a_line_break_at_its_end__is_taken() -> None:
    assert read(github_token="ghs_x\n").token == "ghs_x"


def test_problems__of_every_input__come_at_once() -> None:
    found = problems(
        config="/etc/x", mode="x", exit_zero="x", comment="x", status_context="a\nb", base="-x", head="-x",
        suites="a\x07", report_path="..", cache_path="/", openai_base_url="x", anthropic_base_url="x",
        github_token="a b", cache_key="a b", openai_api_key="a b", anthropic_api_key="a b",
    )  # fmt: skip
    named = {row.split("input `")[1].split("`")[0] for row in found}
    assert len(found) == len(named) == 16


def test_place__without_a_workflow_file__is_said_so() -> None:
    with pytest.raises(InputError, match=r"^workflow:1: input `mode`"):
        read_inputs({"INPUT_MODE": "x"})


def test_secrets_of__inputs__are_tokens_and_keys_but_no_url() -> None:
    found = read(
        github_token="t0ken",
        cache_key="signs",
        openai_api_key="key",
        openai_base_url="https://llm.example.org",
    )
    assert secrets_of(found) == ("t0ken", "signs", "key")
