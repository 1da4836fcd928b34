"""One signed line: {"k": address, "v": canonical JSON text of an entry, "m": signature}."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from mergefloor.storage.entry import Defect
from mergefloor.storage.signing import Signer

LINE_LIMIT = 2**20
HEX = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line whose signature holds: the address, the entry's text and the signature."""

    key: str
    text: str
    mac: str


def render_line(line: Line) -> bytes:
    """The bytes of a line, without newlines."""
    return json.dumps({"k": line.key, "v": line.text, "m": line.mac}, separators=(",", ":")).encode("ascii")


def parse_line(raw: bytes, signer: Signer) -> Line | Defect:
    """A line of our own making, or what is wrong with it."""
    if len(raw) > LINE_LIMIT + len(b"\n"):
        return Defect(kind="line-size")
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return Defect(kind="line")
    if type(value) is not dict or value.keys() != {"k", "v", "m"}:
        return Defect(kind="line")
    key, text, mac = value["k"], value["v"], value["m"]
    if not (type(key) is type(text) is type(mac) is str and HEX.fullmatch(key) and HEX.fullmatch(mac)):
        return Defect(kind="line")
    return Line(key=key, text=text, mac=mac) if signer.verify(key, text, mac) else Defect(kind="signature")
