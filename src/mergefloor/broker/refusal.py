"""Why a child gets no answer, and how that looks in the shape of the provider that it thinks it talks to."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from mergefloor.broker.upstream import Provider
from mergefloor.core.types import Failure, Json, Stage

# No further call to the same endpoint can succeed (R08), or none to the same model of it.
ENDPOINT_OVER = frozenset({"refused-key", "quota"})
MODEL_OVER = frozenset({"unknown-model", "served-model"})
FATAL = ENDPOINT_OVER | MODEL_OVER
STAGES: dict[str, Stage] = {"budget": "budget", "offline": "candidate"}

# https://docs.anthropic.com/en/api/errors and https://platform.openai.com/docs/guides/error-codes
ANTHROPIC_TYPES = {
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    502: "api_error",
    504: "timeout_error",
    529: "overloaded_error",
}
OPENAI_TYPES = {
    401: "authentication_error",
    402: "insufficient_quota",
    403: "permission_error",
    429: "rate_limit_error",
    502: "api_error",
    504: "api_error",
    529: "api_error",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One refused request. `code` is stable; `ours`: the run is at fault and not the child, so that the question is
    unresolved and not failed; `again`: whether the child may try again; `headers`: when."""

    status: int
    code: str
    message: str
    ours: bool = False
    again: bool = False
    headers: tuple[tuple[str, str], ...] = field(default=())

    def failure(self) -> Failure | None:
        """What the run makes of it; None when the child alone is at fault."""
        if not self.ours:
            return None
        stage = STAGES.get(self.code, "candidate")
        return Failure(stage=stage, code=self.code, message=self.message, fatal=self.code in FATAL)


def child_error(status: int, code: str, message: str) -> Refusal:
    """The child asked for what it cannot have."""
    return Refusal(status=status, code=code, message=f"mergefloor key broker: {message}")


def run_error(status: int, code: str, message: str, *, again: bool = False) -> Refusal:
    """The run cannot give what the child may have."""
    return Refusal(
        status=status, code=code, message=f"mergefloor key broker: {message}", ours=True, again=again
    )


def error_body(provider: Provider, refusal: Refusal) -> bytes:
    """The error as this provider would write it."""
    if provider == "anthropic":
        kind = ANTHROPIC_TYPES.get(refusal.status, "invalid_request_error")
        inner: Json = {"type": kind, "message": refusal.message, "code": refusal.code}
        return _encoded({"type": "error", "error": inner})
    kind = OPENAI_TYPES.get(refusal.status, "invalid_request_error")
    return _encoded(
        {"error": {"message": refusal.message, "type": kind, "param": None, "code": refusal.code}}
    )


def _encoded(value: Json) -> bytes:
    return json.dumps(value).encode("ascii")
