"""The local git repository, read as data: trees and blobs. Nothing is checked out, no hook or filter runs (T15)."""

from mergefloor.repo.local import WORKTREE, LocalRepo

__all__ = ["WORKTREE", "LocalRepo"]
