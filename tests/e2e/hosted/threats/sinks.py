"""Everywhere a run leaves something behind, read back by readers that are not ours."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from urllib.parse import unquote
from xml.etree import ElementTree

from tests.e2e.hosted.team import Team
from tests.fakes.runner import Run

# Tags, direction marks, zero width: what a reviewer does not see and a machine reads (T59).
HIDDEN = re.compile("[\U000e0000-\U000e007f\u200b\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x1b]")
_HEX, _BASE64 = re.compile("[0-9A-Fa-f]{20,}"), re.compile("[A-Za-z0-9+/_-]{20,}")
_URL_SAFE = str.maketrans("-_", "+/")
COMMAND = re.compile(r"^\s*[/@]|^bors ")


def sinks(run: Run, team: Team) -> Iterator[tuple[str, str]]:
    """(name, text) of every sink: what GitHub was sent, what the runner was told, every file."""
    for at, request in enumerate(team.github.requests):
        if request.method != "GET":
            yield (
                f"request {at} {request.method} {request.path}",
                json.dumps(request.body, ensure_ascii=False),
            )
        else:
            yield f"address {at}", f"{request.path} {json.dumps(request.query, ensure_ascii=False)}"
    for number, many in team.github.comments.items():
        yield from ((f"comment {said.id} of {number}", said.body) for said in many if said.body)
    # The runner swallows the lines that tell it what to hide.
    yield "stdout", "\n".join(x for x in run.stdout.splitlines() if not x.startswith("::add-mask::"))
    yield "stderr", run.stderr
    yield "summary", run.summary
    yield "environment", run.env + run.path
    yield from ((f"output {name}", value) for name, value in run.outputs.items())
    yield from ((f"state {name}", value) for name, value in run.state.items())
    yield from ((f"annotation {at}", f"{c.properties} {c.data}") for at, c in enumerate(run.annotations))
    for name, data in run.files.items():
        yield name, name + data.decode("utf-8", "replace")
        yield from _unescaped(name, data)


def _unescaped(name: str, data: bytes) -> Iterator[tuple[str, str]]:
    """The texts behind the escapes of a format."""
    if name.endswith(".json"):
        yield f"{name} read", json.dumps(json.loads(data), ensure_ascii=False)
    elif name.endswith(".xml"):
        root = ElementTree.fromstring(data)
        parts = (" ".join((*each.attrib.values(), each.text or "", each.tail or "")) for each in root.iter())
        yield f"{name} read", " ".join(parts)


def leaks(run: Run, team: Team, secret: str) -> list[str]:
    """Names of the sinks in which a secret stands, in any of its spellings."""
    return [name for name, text in sinks(run, team) if spelled(secret, text)]


def spelled(secret: str, text: str) -> bool:
    """Whether a text holds a secret: as it is, between other signs, backwards, escaped, in hex or in base64."""
    bare, wanted = _letters(text), _letters(secret)
    if wanted in bare or wanted[::-1] in bare or wanted in _letters(unquote(text)):
        return True
    return any(secret.encode() in data for data in _decoded(text))


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _decoded(text: str) -> Iterator[bytes]:
    for run in _HEX.findall(text):
        yield bytes.fromhex(run[: len(run) // 2 * 2])
    for run in _BASE64.findall(text):
        for start in range(4):
            part = run[start:].translate(_URL_SAFE)
            part = part[:-1] if len(part) % 4 == 1 else part
            yield base64.b64decode(part + "=" * (-len(part) % 4))
