"""Entries and caches for the tests of storage."""

import time
from pathlib import Path

from mergefloor.core.keys import text_hash
from mergefloor.core.ports import Stored
from mergefloor.core.types import Output, Usage, Vectors
from mergefloor.storage.cache import DiskCache, open_cache

SECRET = b"a secret of the tests"


def key_of(number: int | str) -> str:
    return text_hash(f"key {number}")


def sample(
    number: int = 0, *, subject: str = "", text: str = "", at: float | None = None, finish="stop"
) -> Stored:
    return Stored(
        answer=Output(
            text=text or f"answer {number} – 你好 \U0001f600",
            finish=finish,
            usage=Usage(input_tokens=100, output_tokens=number, cached_input_tokens=1),
            latency_s=0.25,
            served_model="model-20251015",
            scripted=True,
        ),
        at=1_000_000.0 + number if at is None else at,
        subject=subject or text_hash(f"subject {number // 5}"),
        components={"model": "0123456789ab", "sample": f"{number:012x}"},
    )


def vectors(*rows: tuple[float, ...]) -> Stored:
    return Stored(answer=Vectors(rows=rows, served_model="e"), at=5.0, subject=text_hash("v"), components={})


def opened(directory: Path, *, warnings: list[str] | None = None, **changes) -> DiskCache:
    """A cache that fails the test when it warns, unless warnings are collected."""

    def refuse(text: str) -> None:
        raise AssertionError(text)

    settings = {
        "directory": directory,
        "secret": SECRET,
        "run_id": "1-1",
        "clock": time.time,
        "warn": refuse if warnings is None else warnings.append,
    }
    return open_cache(**(settings | changes))


def segment_of(directory: Path, name: str = "seg-1-1.jsonl") -> Path:
    return directory / "segments" / name
