"""Paths that a workflow names: inside the workspace, and nowhere else on the runner's disk (T07)."""

from __future__ import annotations

from posixpath import isabs, normpath

MAX_PATH = 1_000


def path_problem(path: str, workspace: str) -> str | None:
    """What keeps a text from being a path inside the workspace."""
    if not path.isprintable() or len(path) > MAX_PATH or "\\" in path:
        return "has a backslash or control characters, or is too long"
    if ".." in path.split("/"):
        return "has `..`"
    clean = within(path, workspace)
    if isabs(clean):
        return "is absolute and outside the workspace"
    if clean in {"", "."} or clean.split("/")[0] == ".git":
        return "is no place of its own in the workspace"
    if clean.startswith(("-", "~")):
        return "starts with `-` or `~`"
    return None


def within(path: str, workspace: str) -> str:
    """The path from the workspace, in normal form.

    What `${{ github.workspace }}` gives is absolute: the runner translates it to the container's workspace.
    """
    clean = f"/{normpath(path).lstrip('/')}" if isabs(path) else normpath(path)
    return clean.removeprefix(f"{normpath(workspace)}/") if workspace else clean
