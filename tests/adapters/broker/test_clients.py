"""The real SDKs as a child uses them: with nothing but the environment that the broker gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from tests.adapters.broker.conftest import CLAUDE, GPT, SMALL, Provider, Run

from mergefloor.broker import Side

Begin = Callable[..., Run]
NAME, CLAUDE_NAME = GPT.partition("/")[2], CLAUDE.partition("/")[2]


@pytest.fixture
def child(run: Begin, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Run, Side]]:
    """A side, and its environment as that of this process."""
    here = run()
    side = here.side()
    for name, value in side.environment.items():
        monkeypatch.setenv(name, value)
    yield here, side


def test_openai__chat_embeddings_and_models__work_by_the_environment_alone(
    child: tuple[Run, Side], provider: Provider
) -> None:
    import openai

    with openai.OpenAI() as client:
        reply = client.chat.completions.create(model=NAME, messages=[{"role": "user", "content": "Hi"}])
        assert reply.choices[0].message.content == "Answer 1."
        vectors = client.embeddings.create(model=SMALL.partition("/")[2], input=["a", "bb"])
        assert [row.index for row in vectors.data] == [0, 1]
        assert [model.id for model in client.models.list()] == [NAME, SMALL.partition("/")[2]]
    assert child[0].ledger.cost().calls == 2


def test_openai__responses__are_booked_like_chat(child: tuple[Run, Side], provider: Provider) -> None:
    import openai

    provider.say = lambda *_: {
        "id": "resp_1",
        "object": "response",
        "created_at": 1,
        "status": "completed",
        "model": NAME,
        "output": [
            {
                "type": "message",
                "id": "m",
                "status": "completed",
                "role": "assistant",
                "content": [{"type": "output_text", "text": "Hi.", "annotations": []}],
            }
        ],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": {
            "input_tokens": 1000,
            "input_tokens_details": {"cached_tokens": 500},
            "output_tokens": 10,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": 1010,
        },
    }
    with openai.OpenAI() as client:
        assert client.responses.create(model=NAME, input="Hi").output_text == "Hi."
    (call,) = child[0].ledger.calls
    assert (call.usage.input_tokens, call.usage.cached_input_tokens, call.usage.output_tokens) == (
        1000,
        500,
        10,
    )
    assert provider.seen[0][0] == "/v1/responses"


def test_openai__stream__is_told_at_once(child: tuple[Run, Side], provider: Provider) -> None:
    import openai

    with openai.OpenAI() as client, pytest.raises(openai.BadRequestError, match="stream: false"):
        client.chat.completions.create(model=NAME, messages=[], stream=True)
    assert not provider.seen


def test_openai__model_that_is_not_allowed__is_a_permission_error(child: tuple[Run, Side]) -> None:
    import openai

    with openai.OpenAI() as client, pytest.raises(openai.PermissionDeniedError, match="is not among"):
        client.chat.completions.create(model="gpt-4o", messages=[])


def test_openai__failing_provider__is_retried_by_the_sdk_and_then_answers(
    child: tuple[Run, Side], provider: Provider
) -> None:
    import openai

    calls: list[int] = []

    def flaky(path: str, body: object, headers: dict[str, str]) -> object:
        calls.append(1)
        failed = (503, {"retry-after-ms": "1"}, b"{}")
        return failed if len(calls) < 3 else provider.numbered(path, body, headers)

    provider.say = flaky  # type: ignore[assignment]
    with openai.OpenAI(max_retries=2) as client:
        reply = client.chat.completions.create(model=NAME, messages=[{"role": "user", "content": "Hi"}])
    assert reply.choices[0].message.content == "Answer 1."
    assert len(calls) == 3


def test_openai__budget_gone__is_not_retried(run: Begin, provider: Provider) -> None:
    import openai

    side = run(usd=0.0).side()
    url, key = side.environment["OPENAI_BASE_URL"], side.environment["OPENAI_API_KEY"]
    with (
        openai.OpenAI(base_url=url, api_key=key, max_retries=5) as client,
        pytest.raises(openai.APIStatusError) as caught,
    ):
        client.chat.completions.create(model=NAME, messages=[{"role": "user", "content": "Hi"}])
    assert caught.value.status_code == 402
    assert caught.value.code == "budget"


def test_anthropic__message_and_models__work_by_the_environment_alone(
    child: tuple[Run, Side], provider: Provider
) -> None:
    import anthropic

    with anthropic.Anthropic() as client:
        reply = client.messages.create(
            model=CLAUDE_NAME, max_tokens=9, messages=[{"role": "user", "content": "Hi"}]
        )
        assert reply.content[0].text == "Answer 1."  # type: ignore[union-attr]
        assert [model.id for model in client.models.list()] == [CLAUDE_NAME]
        with pytest.raises(anthropic.PermissionDeniedError, match="is not among"):
            client.messages.create(model="claude-opus-4-1", max_tokens=9, messages=[])
        with pytest.raises(anthropic.BadRequestError, match="stream: false"):
            client.messages.create(model=CLAUDE_NAME, max_tokens=9, messages=[], stream=True)
    assert child[0].ledger.cost().calls == 1
    assert provider.seen[0][1]["anthropic-version"]


async def _many(url: str, key: str) -> set[str | None]:
    import asyncio

    import openai

    async with openai.AsyncOpenAI(base_url=url, api_key=key) as client:
        replies = await asyncio.gather(
            *(
                client.chat.completions.create(model=NAME, messages=[{"role": "user", "content": f"q{n}"}])
                for n in range(60)
            )
        )
    return {reply.choices[0].message.content for reply in replies}


def test_openai__sixty_at_once_from_an_async_child__all_answered(child: tuple[Run, Side]) -> None:
    import asyncio

    side = child[1]
    answers = asyncio.run(_many(side.environment["OPENAI_BASE_URL"], side.environment["OPENAI_API_KEY"]))
    assert len(answers) == 60
    assert child[0].ledger.cost().calls == 60
