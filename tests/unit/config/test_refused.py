"""T08: no file of a repository says where calls go or with which key."""

from __future__ import annotations

import pytest

from mergefloor.config.read import parse_config
from mergefloor.errors import InputError

KEYS = [
    "base_url", "baseUrl", "BASE-URL", "api_base", "apiBaseUrl", "endpoint", "proxy", "https_proxy", "url",
    "api_key", "apiKey", "key", "token", "auth_token", "Authorization", "secret", "password", "env_file",
    "OPENAI_API_KEY", "ANTHROPIC_BASE_URL", "headers", "extra_headers", "extra_body", "http_client", "timeout",
]  # fmt: skip
SPOTS = [
    "{key}: x\nsuites: {{s: {{prompt: p}}}}\n",
    "defaults:\n  {key}: x\nsuites: {{s: {{prompt: p}}}}\n",
    "defaults:\n  params:\n    {key}: x\nsuites: {{s: {{prompt: p}}}}\n",
    "judge:\n  params:\n    {key}: [x]\nsuites: {{s: {{prompt: p}}}}\n",
    "policy:\n  {key}: x\nsuites: {{s: {{prompt: p}}}}\n",
    "suites:\n  s:\n    prompt: p\n    {key}: {{a: b}}\n",
    "suites:\n  s:\n    prompt: p\n    graders:\n      - type: judge\n        rubric: r\n        {key}: x\n",
]


@pytest.mark.parametrize("spot", SPOTS)
@pytest.mark.parametrize("key", KEYS)
def test_parse_config__endpoint_or_credential_anywhere__refused_with_the_reason(key, spot):
    text = spot.format(key=key)
    line = next(n for n, row in enumerate(text.splitlines(), 1) if row.strip(" -").startswith(f"{key}:"))
    with pytest.raises(InputError) as caught:
        parse_config("m.yml", text.encode())
    (problem,) = caught.value.problems
    assert problem.place.line == line
    assert "file" in problem.what
    assert "environment" in problem.fix
    assert caught.value.exit_code == 3


@pytest.mark.parametrize("name", ["model", "messages", "system", "stream", "n", "tools", "response_format"])
@pytest.mark.parametrize("block", ["defaults", "judge"])
def test_parse_config__parameter_that_is_ours_to_set__refused(name, block):
    text = f"{block}: {{params: {{{name}: x}}}}\nsuites: {{s: {{prompt: p}}}}\n"
    with pytest.raises(InputError, match=f"`{block}.params.{name}` is no parameter that can be set here; "):
        parse_config("m.yml", text.encode())


def test_parse_config__names_that_people_choose__never_refused():
    text = """\
prices: {openai/endpoint: {input: 1, output: 1}}
suites:
  token:
    prompt: p
    graders:
      - {type: json, name: headers, schema: {properties: {url: {type: string}, api_key: {}, n: {}}}}
    metrics: {headers: {}, url: {}}
"""
    config = parse_config("m.yml", text.encode())
    assert config.suites[0].name == "token"
    assert config.suites[0].graders[0].options["schema"] == {
        "properties": {"url": {"type": "string"}, "api_key": {}, "n": {}}
    }
