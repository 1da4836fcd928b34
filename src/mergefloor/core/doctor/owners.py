"""Who must agree when the gate itself is changed: CODEOWNERS (T21, T23)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from mergefloor.core.doctor.finding import Finding
from mergefloor.core.owners import PLACES, CodeOwners
from mergefloor.core.types import Place

MOST_NAMED = 3


def unowned(owners: CodeOwners | None, watched: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    """What decides about a merge and belongs to nobody. `watched`: line for CODEOWNERS -> the files it is about."""
    bare = {line: _bare(owners, files) for line, files in watched.items()}
    missing = {line: files for line, files in bare.items() if files}
    if not missing:
        return
    names = [path for files in missing.values() for path in files]
    yield Finding(
        rule="no-code-owners",
        level="warning",
        place=Place(path=owners.path if owners else PLACES[0], line=1),
        what=f"nobody owns {_listed(names)}: whoever may merge can loosen the gate in the same pull request",
        fix=f"write in {owners.path if owners else PLACES[0]}\n"
        + "\n".join(f"{line} @OWNER" for line in missing),
    )


def _bare(owners: CodeOwners | None, files: Iterable[str]) -> list[str]:
    return [path for path in files if owners is None or not owners.of(path)]


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:MOST_NAMED])
    return shown if len(names) <= MOST_NAMED else f"{shown} and {len(names) - MOST_NAMED} more"
