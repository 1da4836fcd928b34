"""Several runs over real HTTP at once: the fake lets one request of one of them through at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from tests.adapters.gh.hosted import Site
from tests.adapters.gh.interleave import interleave
from tests.fakes.github import Permissions, Request

from mergefloor.gh.hub import Applicable


def at_once(
    site: Site, effects: Sequence[Applicable], random: Random, permissions: Permissions | None = None
) -> list[object]:
    """Applies every effect in a run of its own; each has its own token, by which the fake knows whose turn it is."""
    gates: dict[str, Callable[[], None]] = {}

    def run(index: int) -> Callable[[Callable[[], None]], object]:
        token = site.fake.add_token(f"ghs_run_{index}", permissions=permissions or Permissions())

        def work(gate: Callable[[], None]) -> object:
            gates[token] = gate
            return site.hub(token=token).apply(effects[index])

        return work

    def pass_gate(request: Request) -> None:
        gates[request.token]()

    site.fake.before = pass_gate
    try:
        return interleave([run(index) for index in range(len(effects))], random)
    finally:
        site.fake.before = None
