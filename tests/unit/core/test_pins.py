import pytest

from mergefloor.core.pins import floating, is_pinned

PINNED = [
    "anthropic/claude-sonnet-4-6-20251015",
    "anthropic/claude-sonnet-4@20250514",
    "anthropic/claude-3-5-sonnet-20241022-v2:0",
    "openai/gpt-5-mini-2025-08-07",
    "openai/gpt-4-0613",
    "openai/gpt-3.5-turbo-0125",
    "openai/gpt-4-1106-preview",
    "openai/ft:gpt-4o-mini-2024-07-18:acme::9abc",
    "openai-compatible/gemini-2.5-flash-preview-05-20",
    "openai-compatible/gemini-2.5-flash-preview-09-2025",
    "openai-compatible/gemini-1.5-pro-002",
    "openai-compatible/mistral-large-2407",
    "openai-compatible/deepseek-v3-0324",
    "openai-compatible/llama3.1:8b-instruct-q4_K_M",
    "openai-compatible/LLAMA3.1:8B",
    "openai-compatible/localhost:8000/llama3.1:8b",
    "openai-compatible/llama3@sha256:" + "0123456789ab" * 5 + "abcd",
    "openai-compatible/meta-llama/Llama-3.1-8B@" + "deadbeef" * 5,
    "scripted/evals/answers.yaml",
    "scripted/latest",
    "local/all-minilm-l6-v2",
]
FLOATING = [
    "openai/gpt-4o",
    "openai/gpt-4.1-mini",
    "openai/o3",
    "openai/chatgpt-4o-latest",
    "openai/gpt-4-turbo-preview",
    "anthropic/claude-sonnet-4-5",
    "anthropic/claude-3-5-sonnet-latest",
    "anthropic/claude-3-5-sonnet-20241022-latest",
    "openai/llama3.1:8b",
    "openai-compatible/gemini-2.5-flash",
    "openai-compatible/llama3",
    "openai-compatible/x:latest",
    "openai-compatible/x:LATEST",
    "openai-compatible/latest",
    "openai-compatible/llama3:",
    "openai-compatible/meta-llama/llama-3.1-8b-instruct:free",
    "openai-compatible/localhost:8000/llama3",
    "openai-compatible/qwen2.5-coder",
    "openai-compatible/embed-1024",
    "openai-compatible/embed-2048",
    "openai-compatible/model-20251315",
    "openai-compatible/model-20251032",
    "openai-compatible/model-120251015",
    "openai-compatible/model-2025-0807-turbo",
    "openai-compatible/model-1306",
    "openai-compatible/model-0613-turbo",
    "gpt-4-0613",
    "openai/",
    "scripted/",
    "local/",
    "localhost/x",
    "",
]


@pytest.mark.parametrize("model", PINNED)
def test_is_pinned__one_fixed_model__true(model):
    assert is_pinned(model)


@pytest.mark.parametrize("model", FLOATING)
def test_is_pinned__family_alias_or_unknown__false(model):
    assert not is_pinned(model)


def test_floating__several_models__only_floating_ones_once_in_order():
    models = ["openai/o3", "scripted/a.yaml", "openai/gpt-4o", "openai/o3", "openai/gpt-4-0613"]
    assert floating(models) == ("openai/o3", "openai/gpt-4o")
