"""Whether code of the repository may run: the base branch has to want it, and the change has to come from inside."""

from __future__ import annotations

from collections.abc import Iterable

from mergefloor.core.settings import Config, Suite
from mergefloor.core.types import Place
from mergefloor.errors import InputError, MergefloorError


def refuse_address(suite: Suite, mine: Suite, *, new: bool) -> None:
    """InputError when the change itself says where questions are sent: that is for the base branch to say (T70)."""
    known = suite.target is not None and suite.target.kind == "http"
    if mine.target is None or mine.target.kind != "http" or (known and not new):
        return
    place = mine.target.place or mine.place or Place(path="mergefloor.yml")
    what = f"the address of suite {suite.name!r} is not on the base branch yet"
    raise InputError.at(place.path, place.line, what, "merge its `target:` in a change of its own first")


def refuse_code(sides: Iterable[Suite], policy: Config, *, code: bool) -> None:
    """InputError when a suite runs code that the policy does not allow; MergefloorError when this run may not run any
    (a fork, a command in a comment: T01)."""
    for suite in sides:
        if suite.target is None or suite.target.kind == "http":
            continue
        if not code:
            what = f"suite {suite.name!r} runs code of the change, which is never done for a fork or from a comment"
            fix = "push the branch to this repository and open the pull request from there"
            raise MergefloorError(what, fix)
        if policy.policy.code_targets != "allow":
            place = suite.target.place or suite.place or Place(path=policy.path or "mergefloor.yml")
            what = f"suite {suite.name!r} runs code of the repository, which the policy does not allow"
            fix = (
                "set `policy: {code_targets: allow}` on the base branch, once you trust who may push branches"
            )
            raise InputError.at(place.path, place.line, what, fix)
