"""Every error that ends a run, and the exit code it stands for.

    MergefloorError          exit 2   could not decide
    |-- InputError           exit 3   a file, an argument or the config is wrong: every problem at once
    |-- RepositoryError      exit 2   git or its objects cannot be read
    |   `-- NoSuchRef        exit 2   a branch, tag or commit does not exist
    |-- ProviderError        exit 2   no provider can answer (key refused, SDK missing)
    |-- StoreError           exit 2   the cache directory cannot be used at all
    |-- HubError             exit 2   GitHub refuses, fails or cannot be reached
    `-- Cancelled            exit 2   SIGINT or SIGTERM

Inside the rooms a failure is a value (core.types.Failure); these leave a room only when the run cannot go on.
"""

from __future__ import annotations

from collections.abc import Sequence

from mergefloor.core.types import Place, Problem


class MergefloorError(Exception):
    """The run cannot go on. `fix` says what to type or change."""

    exit_code = 2

    def __init__(self, what: str, fix: str = "") -> None:
        self.what, self.fix = what, fix
        super().__init__(f"{what}; {fix}" if fix else what)


class InputError(MergefloorError):
    """Something a person wrote is wrong. Carries all problems that were found, each with file:line."""

    exit_code = 3

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))

    @classmethod
    def at(cls, path: str, line: int, what: str, fix: str) -> InputError:
        """One problem at one place."""
        return cls([Problem(place=Place(path=path, line=line), what=what, fix=fix)])


class UsageError(MergefloorError):
    """The command line is wrong."""

    exit_code = 3


class RepositoryError(MergefloorError):
    """Git, a ref or an object cannot be read."""


class NoSuchRef(RepositoryError):
    """The repository can be read, and holds no such branch, tag or commit."""


class ProviderError(MergefloorError):
    """A model provider cannot be used: no key, unknown provider, SDK missing."""


class StoreError(MergefloorError):
    """The cache cannot be opened at all."""


class HubError(MergefloorError):
    """GitHub cannot be read or written. `status`: the HTTP status, 0 when there was none.

    `ambiguous`: a write whose answer was lost; it may have been done.
    """

    def __init__(self, what: str, fix: str = "", *, status: int = 0, ambiguous: bool = False) -> None:
        self.status, self.ambiguous = status, ambiguous
        super().__init__(what, fix)


class Cancelled(MergefloorError):
    """The run was stopped by a signal. What was paid for is saved."""
