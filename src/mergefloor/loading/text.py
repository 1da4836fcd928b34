"""Bytes -> text: size, strict UTF-8, no NUL (T68, T69)."""

from __future__ import annotations

from mergefloor.errors import InputError
from mergefloor.loading.limits import MIB, Limits

BOM = b"\xef\xbb\xbf"
_OTHER_BOMS = (b"\xff\xfe", b"\xfe\xff")


def decode(path: str, data: bytes, limits: Limits) -> str:
    """The text of a file without its byte order mark; line ends as they are. Raises InputError."""
    if len(data) > limits.size:
        raise InputError.at(
            path, 1, f"the file has {len(data):,} bytes", f"keep it under {_size(limits.size)}"
        )
    if data.startswith(_OTHER_BOMS):
        raise InputError.at(path, 1, "the file is UTF-16, not UTF-8", "save it as UTF-8")
    try:
        text = data.removeprefix(BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        what = f"byte 0x{error.object[error.start]:02x} is not valid UTF-8"
        raise InputError.at(path, line, what, "save the file as UTF-8") from None
    if "\0" in text:
        raise InputError.at(
            path, line_at(text, text.index("\0")), "the text contains a NUL byte", "remove it"
        )
    return text


def line_at(text: str, position: int) -> int:
    """The line of a position, 1-based, where CR LF, LF and a lone CR each end a line."""
    lone = text.count("\r", 0, position) - text.count("\r\n", 0, position + 1)
    return text.count("\n", 0, position) + lone + 1


def _size(limit: int) -> str:
    return f"{limit // MIB} MiB" if limit >= MIB else f"{limit:,} bytes"
