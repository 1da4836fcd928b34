"""Pins and versions written into the files of a tree, and the proof that nothing else changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mergefloor.core.ports import Snapshot
from mergefloor.core.updating.found import FileEdit
from mergefloor.core.updating.pin import PinEdit
from mergefloor.loading import entered, rewritten

Edited = Mapping[str, bytes]


def written(files: Snapshot, pins: Iterable[PinEdit]) -> dict[str, bytes]:
    """The files with these pins in them, by path. InputError where one cannot be written without changing more."""
    found: dict[str, bytes] = {}
    for pin in pins:
        data = found[pin.path] if pin.path in found else files.read(pin.path)
        if pin.after is None:
            found[pin.path] = rewritten(pin.path, data, pin.keys, pin.model, front=pin.front)
        else:
            found[pin.path] = entered(pin.path, data, pin.keys, pin.model, after=pin.after)
    return found


def as_edits(files: Snapshot, edited: Edited) -> tuple[FileEdit, ...]:
    """Whole files before and after, in path order; those that came out as they were are none."""
    return tuple(
        FileEdit(path=path, before=files.read(path).decode(), after=data.decode())
        for path, data in sorted(edited.items())
        if files.read(path) != data
    )
