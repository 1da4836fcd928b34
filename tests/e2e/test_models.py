"""`mergefloor models` from a shell: every pin with its place, its use, its end and its owner."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from tests.e2e.conftest import Gate, GitRepo

DAY = 86_400
CONFIG = """\
version: 1
defaults:
  model: openai/gpt-4o
  embedding_model: openai/text-embedding-3-small
judge:
  model: openai/gpt-5-mini-2025-08-07
  panel: [anthropic/claude-haiku-4-5-20251001, openai/gpt-4.1-mini-2025-04-14]
models:
  openai/gpt-5.4-2026-03-05: {retires: %s, instead: openai/gpt-5.5-2026-04-23}
suites:
  support:
    prompt: prompts/support.prompt.yml
    golden: evals/support.yaml
    owner: "@acme/support"
  legal:
    prompt: prompts/legal.yaml
    golden: evals/legal.yaml
    model: openai/gpt-5.4-2026-03-05
    freeze: true
  code:
    target: {python: "src.app:answer", files: ["src/**"], models: [openai/gpt-5.5-2026-04-23]}
    golden: evals/legal.yaml
"""
SUPPORT = """\
name: support
model: openai/o3-2025-04-16
messages:
  - {role: system, content: Be brief.}
  - {role: user, content: "{{input}}"}
"""
FILES: dict[str, str | None] = {
    "prompts/support.prompt.yml": SUPPORT,
    "prompts/legal.yaml": "version: 1.0.0\nsystem: Be exact.\n",
    "evals/support.yaml": '- {id: a, input: hi, expected_behavior: "Greets."}\n',
    "evals/legal.yaml": "- {id: b, input: hi, must_contain: [hello]}\n",
    "src/app.py": "def answer(question):\n    return 'hello'\n",
    ".github/CODEOWNERS": "*.yml @acme/gate\n/prompts/ ai@acme.org\n",
}


def day(number: int) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() + number * DAY))


def files(days: int = 20, **more: str | None) -> dict[str, str | None]:
    return {"mergefloor.yml": CONFIG % day(days), **FILES, **more}


def pins(shell: Gate, *more: str) -> dict[str, Any]:
    """The pins by name."""
    code = shell.run("models", "--json", *more)
    assert code == 0, shell.err
    found: dict[str, Any] = json.loads(shell.out)
    return found | {pin["name"]: pin for pin in found["pins"]}


@pytest.fixture
def shell(gate: Callable[..., Gate]) -> Gate:
    return gate()


def test_models__every_name__with_place_use_and_owner(repo: GitRepo, shell: Gate) -> None:
    repo.commit(files())
    found = pins(shell)
    uses = {
        pin["name"].partition("/")[2]: [
            (spot["used_for"], f"{spot['path']}:{spot['line']}", spot["suites"]) for spot in pin["places"]
        ]
        for pin in found["pins"]
    }
    assert uses == {
        "gpt-4o": [("candidate", "mergefloor.yml:3", ["support"])],
        "text-embedding-3-small": [("embedding", "mergefloor.yml:4", [])],
        "gpt-5-mini-2025-08-07": [("judge", "mergefloor.yml:6", [])],
        "claude-haiku-4-5-20251001": [("panel", "mergefloor.yml:7", [])],
        "gpt-4.1-mini-2025-04-14": [("panel", "mergefloor.yml:7", [])],
        "gpt-5.4-2026-03-05": [("candidate", "mergefloor.yml:18", ["legal"])],
        "gpt-5.5-2026-04-23": [("code", "mergefloor.yml:21", ["code"])],
        "o3-2025-04-16": [("unused", "prompts/support.prompt.yml:2", [])],
    }
    assert found["openai/gpt-4o"]["owners"] == ["@acme/support"]
    assert found["openai/gpt-5-mini-2025-08-07"]["owners"] == ["@acme/gate"]
    assert found["openai/o3-2025-04-16"]["owners"] == ["ai@acme.org"]
    assert not found["openai/o3-2025-04-16"]["used"]
    assert found["frozen"] == [{"suite": "legal", "model": "openai/gpt-5.4-2026-03-05"}]
    assert found["openai/gpt-5.4-2026-03-05"]["days_left"] == 20
    assert found["openai/gpt-5.4-2026-03-05"]["todo"] == (
        "lift `freeze: true` of `legal`, then run `mergefloor model-update --from openai/gpt-5.4-2026-03-05 --to "
        "openai/gpt-5.5-2026-04-23`"
    )
    assert found["openai/gpt-4o"]["floating"]
    assert found["remarks"] == []
    assert found["providers"] == []


def test_models__names_that_nothing_writes__are_told_as_the_default(repo: GitRepo, shell: Gate) -> None:
    suites = "suites:\n  legal: {prompt: prompts/legal.yaml, golden: evals/support.yaml}\n"
    repo.commit({**FILES, "mergefloor.yml": suites})
    found = pins(shell)
    spots = {pin["name"]: pin["places"][0] for pin in found["pins"]}
    assert {(spot["used_for"], spot["assumed"], spot["line"]) for spot in spots.values()} == {
        ("candidate", True, None),
        ("judge", True, None),
    }
    repo.commit({"mergefloor.yml": suites.replace("support", "legal")})
    assert [pin["places"][0]["used_for"] for pin in pins(shell)["pins"]] == ["candidate"]


def test_models__default_that_every_suite_overrules__is_not_used(repo: GitRepo, shell: Gate) -> None:
    config = (
        "defaults: {model: openai/gpt-4o}\nsuites:\n"
        "  legal: {prompt: prompts/legal.yaml, golden: evals/legal.yaml, model: openai/gpt-5.5-2026-04-23}\n"
    )
    repo.commit({**FILES, "mergefloor.yml": config})
    found = pins(shell)
    assert not found["openai/gpt-4o"]["used"]
    assert found["openai/gpt-4o"]["todo"] is None


def test_models__golden_set_that_cannot_be_read__is_said_and_the_rest_shown(
    repo: GitRepo, shell: Gate
) -> None:
    repo.commit(files(**{"evals/support.yaml": "- {id: a, inptu: hi}\n"}))
    found = pins(shell)
    (remark,) = found["remarks"]
    assert remark.startswith("the golden set of suite 'support' was not read: evals/support.yaml:1: ")
    assert found["openai/gpt-4o"]["places"][0]["suites"] == ["support"]


def test_models__ref__shows_another_commit(repo: GitRepo, shell: Gate) -> None:
    repo.commit(files())
    (repo.path / "mergefloor.yml").write_text((CONFIG % day(1)).replace("openai/gpt-4o\n", "openai/o1\n"))
    assert "openai/o1" in pins(shell)
    assert "openai/o1" not in pins(shell, "--ref", "HEAD")


def test_models__within__fails_only_for_a_pin_in_use_that_ends_by_then(repo: GitRepo, shell: Gate) -> None:
    config = (
        "models: {openai/a-0101: {retires: %s}, openai/b-0101: {retires: %s}}\n"
        "judge: {model: openai/gpt-5.5-2026-04-23}\nsuites:\n"
        "  legal: {prompt: prompts/legal.yaml, golden: evals/legal.yaml, model: openai/a-0101}\n"
    )
    repo.commit({**FILES, "mergefloor.yml": config % (day(20), day(-5))})
    assert shell.run("models") == 0
    assert shell.run("models", "--within", "19") == 0
    assert shell.run("models", "--within", "20") == 1
    assert "1 pin retires within 60 days" in shell.out
    assert shell.run("models", "--within", "soon") == 3


def test_models__where_it_cannot_tell__says_what_to_do(repo: GitRepo, shell: Gate) -> None:
    repo.commit({"readme.md": "nothing\n"})
    assert shell.run("models") == 3
    assert "mergefloor init" in shell.err
    repo.commit(files())
    assert shell.run("models", "--config", "other.yml") == 3
    assert "other.yml:1: there is no such config" in shell.err


class _Provider(BaseHTTPRequestHandler):
    rows: list[dict[str, Any]] = []  # noqa: RUF012
    keys: list[str] = []  # noqa: RUF012

    def do_GET(self) -> None:
        self.keys.append(self.headers["authorization"])
        data = json.dumps({"data": self.rows}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def provider() -> Iterator[str]:
    """OpenAI's own list: of a day of its own, and without one of the pins."""
    _Provider.rows = [
        {"id": "gpt-5-mini-2025-08-07", "shutdown_date": day(3)},
        {"id": "gpt-5.4-2026-03-05", "shutdown_date": day(500)},
        {"id": "gpt-5.5-2026-04-23", "shutdown_date": None},
        {"id": "text-embedding-3-small"},
    ]
    _Provider.keys = []
    server = HTTPServer(("127.0.0.1", 0), _Provider)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


def test_models__online__the_providers_word_goes_before_the_table_and_after_the_config(
    repo: GitRepo, gate: Callable[..., Gate], provider: str
) -> None:
    shell = gate(OPENAI_API_KEY="sk-a-key-of-somebody", OPENAI_BASE_URL=provider)
    repo.commit(files())
    assert pins(shell)["openai/gpt-4.1-mini-2025-04-14"]["listed"] is None
    assert _Provider.keys == []
    found = pins(shell, "--online")
    assert _Provider.keys == ["Bearer sk-a-key-of-somebody"]
    assert found["openai/gpt-5-mini-2025-08-07"]["days_left"] == 3
    assert found["openai/gpt-5.4-2026-03-05"]["days_left"] == 20
    assert found["openai/gpt-4.1-mini-2025-04-14"]["listed"] is False
    assert found["openai/gpt-5.5-2026-04-23"]["listed"] is True
    assert found["openai/gpt-4o"]["listed"] is None
    openai, anthropic = found["providers"]
    assert (openai["models"], anthropic["models"]) == (4, None)
    assert "set `ANTHROPIC_API_KEY`" in anthropic["problem"]
    shell.run("models", "--online")
    assert "1 pin is not on its provider's list: `openai/gpt-4.1-mini-2025-04-14`" in shell.out


def test_models__online_with_nobody_there__shows_what_is_known(
    repo: GitRepo, gate: Callable[..., Gate], tmp_path: Path
) -> None:
    shell = gate(OPENAI_API_KEY="sk-a-key-of-somebody", OPENAI_BASE_URL="http://127.0.0.1:9/v1")
    repo.commit(files())
    assert shell.run("models", "--online") == 0
    assert "the list of openai: no connection" in shell.out
    assert "openai/gpt-4o" in shell.out
