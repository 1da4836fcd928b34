"""Checks of similarity by embeddings without a key: whole gates with a local model."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any

import pytest
import yaml

from mergefloor.providers.local import MODELS

NAME = "all-minilm-l6-v2"
PROMPT, ANSWERS, GOLDEN = "prompts/shop.md", "answers.yaml", "evals/shop.yaml"
FACTS = [
    ("boots", "Boots can be returned within 30 days.", "You have thirty days to send boots back."),
    ("parcel", "The parcel arrives on Tuesday.", "Your package will be delivered on Tuesday."),
    ("password", "Reset it with the link in our e-mail.", "The link we emailed you resets the password."),
    ("card", "You can pay by card or in cash.", "We take cash and credit cards as payment."),
    ("holiday", "The shop is closed on public holidays.", "On bank holidays our store does not open."),
    ("kids", "Children under six travel free.", "Kids younger than 6 don't pay for the ride."),
    ("fridge", "Keep the medicine in the fridge.", "The medicine must be stored refrigerated."),
    ("flight", "Fog delayed the flight.", "The flight was late because of fog."),
    ("memory", "The server crashed for lack of memory.", "The server ran out of RAM and went down."),
    ("meeting", "The meeting was moved to Monday.", "They rescheduled the meeting for Monday."),
]
REFUSAL = "Purple elephants juggle seventeen violins above the quiet volcano."


def absent() -> str:
    """Which package of the extra is missing, "" when none is."""
    for name in ("numpy", "safetensors", "threadpoolctl", "tokenizers", MODELS[NAME].packaged.package):
        try:
            distribution(name)
        except PackageNotFoundError:
            return name
    return ""


def shop(style: str) -> dict[str, str | None]:
    """A prompt, its golden answers in other words, and a model by script that babbles when told to be playful."""
    check = {"type": "similarity", "method": "embedding", "threshold": 0.5}
    cases = [
        {"id": word, "input": f"Tell me of the {word}.", "graders": [{**check, "reference": wanted}]}
        for word, _, wanted in FACTS
    ]
    settings = {
        "version": 1,
        "policy": {"margin": 0.2},
        "defaults": {"model": f"scripted/{ANSWERS}", "embedding_model": f"local/{NAME}"},
        "suites": {"shop": {"prompt": PROMPT, "golden": GOLDEN}},
    }
    playful = [{"when": {"system": "playful"}, "say": REFUSAL}]
    script = {"answers": playful + [{"when": {"user": word}, "say": said} for word, said, _ in FACTS]}
    return {
        "mergefloor.yml": yaml.safe_dump(settings),
        ANSWERS: yaml.safe_dump(script),
        GOLDEN: yaml.safe_dump(cases),
        PROMPT: f"You are {style}.\n",
    }


@pytest.mark.skipif(bool(absent()), reason=f"the extra `local` is not installed: no {absent()}")
def test_gate__similarity_with_a_local_model__decides_without_key_or_price(
    repo: Any, gate: Callable[..., Any]
) -> None:
    run = gate()
    base = repo.commit(shop("brief"))
    kind = run.gate(base, repo.commit(shop("brief and kind")))
    assert (run.code, kind["verdict"]) == (0, "pass")
    assert kind["suites"][0]["metrics"][0]["head"] == 1.0
    assert (kind["cost"]["usd"], kind["cost"]["unpriced"]) == (0, [])
    assert {"name": f"local/{NAME}", "pinned": True}.items() <= {**_embedder(kind)}.items()
    playful = run.gate(base, repo.commit(shop("playful")))
    assert (run.code, playful["verdict"]) == (1, "block")
    assert {broken["id"] for broken in playful["suites"][0]["broken"]} == {word for word, _, _ in FACTS}


@pytest.mark.skipif(bool(absent()), reason=f"the extra `local` is not installed: no {absent()}")
def test_gate__the_same_change_again__embeds_nothing(repo: Any, gate: Callable[..., Any]) -> None:
    run = gate()
    base, head = repo.commit(shop("brief")), repo.commit(shop("brief and kind"))
    run.gate(base, head)
    again = run.gate(base, head, "--offline")
    assert (run.code, again["cost"]["calls"]) == (0, 0)


@pytest.mark.skipif(not absent(), reason="the extra `local` is installed")
def test_gate__local_model_without_the_extra__could_not_decide_and_says_what_to_type(
    repo: Any, gate: Callable[..., Any]
) -> None:
    run = gate()
    base = repo.commit(shop("brief"))
    report = run.gate(base, repo.commit(shop("playful")))
    assert (run.code, report["verdict"]) == (2, "error")
    assert "pip install 'mergefloor[local]'" in " ".join(report["advice"])


def _embedder(report: dict[str, Any]) -> dict[str, Any]:
    (found,) = (model for model in report["models"] if model["used_for"] == "embedding")
    return dict(found)
