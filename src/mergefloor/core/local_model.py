"""Models that run on the machine itself: they only embed, need no key and no network, and cost nothing."""

from __future__ import annotations

LOCAL = "local"
NAMES = ("all-minilm-l6-v2",)


def is_local(model: str) -> bool:
    """Whether `provider/name` runs on this machine, as part of this process."""
    return model.partition("/")[0] == LOCAL


def embeds_only(model: str) -> tuple[str, str]:
    """Why a local model cannot stand where a chat model is asked for: what is wrong, and what to do."""
    return (
        f"is {model[:60]!r}, and local models embed only",
        f"name a chat model; `{LOCAL}/...` belongs under `defaults: embedding_model:`",
    )
