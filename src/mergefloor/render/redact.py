"""Secrets leave no report: registered ones in every spelling, and whatever has the shape of a key (T16)."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar, cast
from urllib.parse import quote

from mergefloor.core.excerpts import readable
from mergefloor.core.wording import Name, Prose, Said

T = TypeVar("T")
MARK = "[redacted]"
SHORTEST = 8  # a shorter "secret" (a dummy key such as `ollama`) would blank out ordinary words

_SHAPES = re.compile(
    r"""(?<![A-Za-z0-9])(?:
        sk-[A-Za-z0-9_-]{16,}
      | gh[pousr]_[A-Za-z0-9]{16,} | github_pat_[A-Za-z0-9_]{16,}
      | (?:AKIA|ASIA)[A-Z0-9]{12,}
      | xox[a-z]-[A-Za-z0-9-]{8,} | xapp-[A-Za-z0-9-]{8,}
      | AIza[A-Za-z0-9_-]{20,}
      | (?:hf|glpat|npm)[_-][A-Za-z0-9_-]{16,}
      | eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*
      )""",
    re.VERBOSE,
)
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{12,}")
_PEM = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)


def names_cleaned(value: T, clean: Callable[[str], str]) -> T:
    """A view whose names and sentences hold no secrets. Before the filters: an escaped secret is still one.

    Of a name longer than anything that is shown only the beginning is read.
    """
    return cast(T, _cleaned(value, clean))


def _cleaned(value: object, clean: Callable[[str], str]) -> object:
    match value:
        case Name() | Prose() | Said():
            return replace(value, text=readable(value.text, clean))
        case tuple():
            return tuple(_cleaned(item, clean) for item in value)
        case _ if is_dataclass(value) and not isinstance(value, type):
            return replace(value, **{f.name: _cleaned(getattr(value, f.name), clean) for f in fields(value)})
        case _:
            return value


class Redactor:
    """Replaces secrets by MARK. `secrets` are the registered ones; those under SHORTEST characters are ignored."""

    def __init__(self, secrets: Sequence[str] = ()) -> None:
        known = sorted({secret for secret in secrets if len(secret) >= SHORTEST}, key=lambda s: (-len(s), s))
        forms = {form for secret in known for form in _forms(secret)}
        self._literals = sorted(forms, key=lambda form: (-len(form), form))
        self._split = [pattern for secret in known for pattern in _split(secret)]

    def holds(self, text: str) -> bool:
        """Whether a registered secret is in the text, in any spelling. What merely has the shape of a key is none."""
        return self._registered(text) != text

    def __call__(self, text: str) -> str:
        """The text without secrets. Idempotent."""
        text = self._registered(text)
        text = _PEM.sub(MARK, text)
        return _BEARER.sub(rf"\1 {MARK}", _SHAPES.sub(MARK, text))

    def _registered(self, text: str) -> str:
        for literal in self._literals:
            text = text.replace(literal, MARK)
        for pattern in self._split:
            text = pattern.sub(MARK, text)
        return text


def _forms(secret: str) -> Iterator[str]:
    """The spellings that a model or an error message may give a secret."""
    data = secret.encode("utf-8", "surrogatepass")
    yield from (secret, secret[::-1], data.hex(), data.hex().upper())
    yield from (quote(secret, safe="", errors="replace"), quote(secret, errors="replace"))
    yield "".join(f"%{byte:02x}" for byte in data)
    yield "".join(f"%{byte:02X}" for byte in data)
    yield from _base64_forms(data)


def _base64_forms(data: bytes) -> Iterator[str]:
    """What is common to every base64 text that contains the secret, at each of the three alignments."""
    for offset in range(3):
        whole = base64.b64encode(b"\0" * offset + data).decode()
        start, end = (0, 2, 3)[offset], len(whole.rstrip("=")) - (1 if (offset + len(data)) % 3 else 0)
        yield whole[start:end]
        yield whole[start:end].translate(str.maketrans("+/", "-_"))


def _split(secret: str) -> Iterator[re.Pattern[str]]:
    """The secret with a few characters pushed between its letters: line breaks, spaces, quotes, dots."""
    letters = [re.escape(character) for character in secret if character.isalnum()]
    if len(letters) >= SHORTEST:
        yield re.compile(r"[\W_]{0,6}".join(letters))
