"""A request on its way through the fake: what was asked, by whom, with the parts of its path."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from tests.fakes.github.access import Token
from tests.fakes.github.wire import Reply, Request, not_found
from tests.fakes.github.world import Pull, World


@dataclass(slots=True, kw_only=True)
class Ask:
    """One checked request. `args`: the parts of the path, unquoted."""

    world: World
    request: Request
    token: Token
    args: tuple[str, ...]

    @property
    def body(self) -> dict[str, Any]:
        """The JSON object that was sent."""
        found = self.request.body
        assert isinstance(found, dict)
        return found

    def number(self, at: int = 0) -> int:
        """A part of the path that is a number."""
        if not self.args[at].isdigit():
            raise not_found()
        return int(self.args[at])

    def pull(self) -> Pull:
        """The pull request of the path's first part; 404 without."""
        found = self.world.pulls.get(self.number())
        if found is None:
            raise not_found()
        return found


Handler: TypeAlias = Callable[[Ask], Reply]


def good(body: Any, status: int = 200) -> Reply:
    """The usual answer."""
    return Reply(status=status, body=body)
