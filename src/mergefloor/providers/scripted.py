"""Scripted answers behind the same port as a model. Whatever they testify, the report says that they are scripted."""

from __future__ import annotations

import asyncio
import hashlib
import math
import re

from mergefloor.core.types import EmbedRequest, Failure, Output, Request, Usage, Vectors
from mergefloor.providers.fault import ADVICE, fault
from mergefloor.providers.reply import CHARACTERS_A_TOKEN, guess
from mergefloor.providers.script import Line, Script

DIMENSIONS = 256
SHOWN = 80
WORD = re.compile(r"\w+")


class Scripted:
    """The script as a model: the same conversation and draw give the same answer, always."""

    def __init__(self, script: Script) -> None:
        self._script = script

    async def complete(self, request: Request, *, draw: int) -> Output | Failure:
        """The first answer whose texts all occur; its n-th text for the n-th draw."""
        line = self._find(request)
        if line is None:
            user = _last_user(request)[:SHOWN]
            what = f"{request.model} has no answer for {user!r}; add one to `answers` or write `default:`"
            return Failure(stage="candidate", code="no-scripted-answer", message=what)
        if line.latency_ms:
            await asyncio.sleep(line.latency_ms / 1000)
        if line.fail is not None:
            return _failure(line.fail, str(request.model))
        said = line.say[draw % len(line.say)]
        return Output(
            text=said,
            finish="empty" if line.finish == "stop" and not said.strip() and not _acts(line) else line.finish,
            usage=guess(request.messages, said),
            latency_s=line.latency_ms / 1000,
            scripted=True,
            documents=line.documents,
            tools=line.tools,
        )

    async def embed(self, request: EmbedRequest) -> Vectors | Failure:
        """Bags of hashed words, unit length: texts that share words are close."""
        tokens = sum(map(len, request.texts)) // CHARACTERS_A_TOKEN
        rows = tuple(map(_bag, request.texts))
        return Vectors(rows=rows, usage=Usage(input_tokens=tokens), scripted=True)

    async def close(self) -> None:
        """Nothing to close."""

    def _find(self, request: Request) -> Line | None:
        system = "\n\n".join(m.content for m in request.messages if m.role == "system")
        user = _last_user(request)
        whole = "\n\n".join(m.content for m in request.messages)
        for line in self._script.lines:
            if (
                all(text in user for text in line.user)
                and all(text in system for text in line.system)
                and all(text in whole for text in line.any)
            ):
                return line
        return self._script.default


def _acts(line: Line) -> bool:
    """Whether an answer without words tells something all the same."""
    return line.documents is not None or bool(line.tools)


def _last_user(request: Request) -> str:
    return next((m.content for m in reversed(request.messages) if m.role == "user"), "")


def _failure(code: str, name: str) -> Failure:
    what = f"{name} is scripted to fail here"
    return fault(code, what) if code in ADVICE else Failure(stage="candidate", code=code, message=what)


def _bag(text: str) -> tuple[float, ...]:
    row = [0.0] * DIMENSIONS
    for word in WORD.findall(text.casefold()):
        number = int.from_bytes(
            hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=8).digest(), "big"
        )
        row[number % DIMENSIONS] += 1.0 if number >> 63 else -1.0
    norm = math.sqrt(sum(x * x for x in row)) or 1.0
    return tuple(x / norm for x in row)
