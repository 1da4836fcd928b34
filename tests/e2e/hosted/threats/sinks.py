"""Everywhere a run leaves something behind, read back by readers that are not ours."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from urllib.parse import quote
from xml.etree import ElementTree

from tests.e2e.hosted.team import Team
from tests.fakes.runner import Run

# Tags, direction marks, zero width: what a reviewer does not see and a machine reads (T59).
HIDDEN = re.compile("[\U000e0000-\U000e007f\u200b\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x1b]")
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
    """Names of the sinks in which a secret stands, in any of its spellings, blanks and box lines left out."""
    found = []
    for name, text in sinks(run, team):
        bare = "".join(text.split()).replace("\u2502", "").replace('"', "")
        if any(form in place for form in spellings(secret) for place in (text, bare)):
            found.append(name)
    return found


def spellings(secret: str) -> tuple[str, ...]:
    """A secret as it is, in base64, in hex, as a part of an address, backwards."""
    data = secret.encode()
    whole = base64.b64encode(data).decode().rstrip("=")[: len(data)]
    return (secret, whole, data.hex(), data.hex().upper(), quote(secret, safe=""), secret[::-1])
