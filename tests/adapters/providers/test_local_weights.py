"""The real weights, where the extra is installed: what they say, alike in every process, and without a network."""

from __future__ import annotations

import asyncio
import json
import math
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any

import pytest

from mergefloor.core.types import EmbedRequest, Vectors
from mergefloor.graders.similarity import cosine
from mergefloor.providers import Directory
from mergefloor.providers.local import MODELS

NAME = "all-minilm-l6-v2"
TEXTS = ["You can return the boots within 30 days.", "Ça coûte 4,50 €: 你好, \U0001f97e!", "", "word " * 400]

PARAPHRASES = [
    ("How long do I have to return a pair of boots?", "What is the return window for boots?"),
    ("You can return them within 30 days.", "Returns are accepted for thirty days after purchase."),
    ("Your parcel will arrive on Tuesday.", "The package is going to be delivered on Tuesday."),
    ("Use the link we emailed to reset your password.", "Set a new password with the link in our e-mail."),
    ("The meeting was moved to next Monday.", "They rescheduled the meeting for Monday of next week."),
    ("The library is closed on public holidays.", "On bank holidays the library does not open."),
    ("The server ran out of memory and crashed.", "A lack of RAM made the server go down."),
    ("The flight was delayed because of fog.", "Fog caused the plane to leave late."),
    ("Children under six travel free of charge.", "Kids younger than 6 don't pay for the ride."),
    ("Store the medicine in the fridge.", "This drug must be kept refrigerated."),
]

# The first numbers that the authors' own library gives for two texts: sentence-transformers 6.2.0, torch 2.13.0.
PUBLISHED = [
    (TEXTS[0], [-0.076239, -0.002102, 0.084933, 0.038175, 0.076588, -0.03824, -0.112022, -0.046187]),
    (TEXTS[1], [0.047026, 0.071157, 0.033455, -0.014727, -0.003675, 0.032085, 0.038529, 0.092752]),
]

GUARDED = """
import asyncio, json, sys

def watch(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        raise AssertionError(f"the network was used: {event} {args}")

sys.addaudithook(watch)
from mergefloor.core.types import EmbedRequest
from mergefloor.providers import Directory

directory = Directory({})
ref = directory.describe("local/all-minilm-l6-v2", None)
found = asyncio.run(directory.connect(ref).embed(EmbedRequest(model=ref, texts=tuple(json.loads(sys.argv[1])))))
print(json.dumps(found.rows))
"""


def absent() -> str:
    """Which package of the extra is missing, "" when none is."""
    for name in ("numpy", "safetensors", "threadpoolctl", "tokenizers", MODELS[NAME].packaged.package):
        try:
            distribution(name)
        except PackageNotFoundError:
            return name
    return ""


pytestmark = pytest.mark.skipif(bool(absent()), reason=f"the extra `local` is not installed: no {absent()}")


@pytest.fixture(scope="module")
def embed() -> Any:
    directory = Directory({})
    ref = directory.describe(f"local/{NAME}", None)  # type: ignore[arg-type]
    model = directory.connect(ref)

    def run(*texts: str) -> Vectors:
        found = asyncio.run(model.embed(EmbedRequest(model=ref, texts=texts)))
        assert isinstance(found, Vectors)
        return found

    yield run
    asyncio.run(model.close())


@pytest.mark.parametrize(("text", "first"), PUBLISHED)
def test_embed__a_known_text__as_the_authors_own_library(embed: Any, text: str, first: list[float]) -> None:
    (row,) = embed(text).rows
    assert list(row[: len(first)]) == pytest.approx(first, abs=2e-6)
    assert (len(row), math.hypot(*row)) == (384, pytest.approx(1, abs=1e-5))


def test_embed__in_other_company_and_order__the_same_vector(embed: Any) -> None:
    together = embed(*TEXTS).rows
    assert tuple(embed(text).rows[0] for text in TEXTS) == together
    assert embed(*reversed(TEXTS)).rows == together[::-1]


def test_embed__two_processes_without_a_network__equal_vectors(embed: Any) -> None:
    argv = [sys.executable, "-c", GUARDED, json.dumps(TEXTS)]
    runs = [subprocess.run(argv, capture_output=True, text=True, check=True).stdout for _ in range(2)]
    assert runs[0] == runs[1]
    assert [tuple(row) for row in json.loads(runs[0])] == list(embed(*TEXTS).rows)


def test_embed__paraphrases_and_strangers__half_way_tells_them_apart(embed: Any) -> None:
    alike = [cosine(*embed(*pair).rows) for pair in PARAPHRASES]
    others = [right for _, right in PARAPHRASES[3:] + PARAPHRASES[:3]]
    strange = [cosine(*embed(left, other).rows) for (left, _), other in zip(PARAPHRASES, others, strict=True)]
    assert min(alike) > 0.5 > max(strange)


def test_embed__a_long_text__counts_by_its_first_256_tokens(embed: Any) -> None:
    found = embed("word " * 254 + "end", "word " * 254 + "and much more", "word " * 253 + "end")
    assert found.usage.input_tokens == 3 * 256
    assert found.rows[0] == found.rows[1] != found.rows[2]
