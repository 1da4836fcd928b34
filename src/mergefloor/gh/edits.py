"""Files to change, as the rows of a new tree: only what differs, each with the mode that it has."""

from __future__ import annotations

from collections.abc import Sequence

from mergefloor.core.types import Json
from mergefloor.errors import HubError, RepositoryError
from mergefloor.gh.blobs import blob_id
from mergefloor.gh.client import Client
from mergefloor.gh.trees import Trees

NEW, REGULAR = "100644", ("100644", "100755")
WORKFLOWS = ".github/workflows/"
NEEDS_APP = (
    "pass a token of a GitHub App that has `workflows: write` as `github-token`, or change them by hand"
)


def rows_of(client: Client, commit: str, files: Sequence[tuple[str, str]]) -> tuple[Json, ...]:
    """Rows for the files that are not like this in the commit. HubError for a path that is no regular file there."""
    try:
        there = Trees(client).files(commit)
    except RepositoryError as error:
        raise HubError(error.what, error.fix) from None
    rows: list[Json] = []
    for path, text in files:
        entry = there.get(path)
        if entry is not None and entry.mode not in REGULAR:
            raise HubError(f"{path!r} is no regular file at {commit[:12]}", "leave it out of what is updated")
        if entry is None or entry.blob != blob_id(text.encode(), like=entry.blob):
            mode = NEW if entry is None else entry.mode
            rows.append({"path": path, "mode": mode, "type": "blob", "content": text})
    return tuple(rows)


def explained(error: HubError, files: Sequence[tuple[str, str]]) -> HubError:
    """What GitHub's refusal of a commit means: files of workflows need a permission that no workflow can grant."""
    paths = [path for path, _ in files if path.startswith(WORKFLOWS)]
    if error.status not in (403, 404, 422) or not (paths or "`workflows` permission" in error.what):
        return error
    what = f"this token may not change workflow files: {', '.join(paths) or error.what}"
    return HubError(what, NEEDS_APP, status=error.status)
