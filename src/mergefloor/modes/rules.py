"""Whose rules apply: policy, judge and floors from the tip of the base branch, arms from each side's own commit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from mergefloor import config, prompts
from mergefloor.core.ports import Repo, Snapshot
from mergefloor.core.settings import Config, Suite
from mergefloor.core.targets import Target
from mergefloor.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The three trees of a gate run: tip of the base branch, merge base (the base arm), head (the head arm)."""

    base: Snapshot
    fork: Snapshot
    head: Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """`policy` decides; `base` and `head` say what each arm runs with. `first_run`: policy had to come from head."""

    policy: Config
    base: Config
    head: Config
    first_run: bool
    policy_files: Snapshot

    def suites(self) -> Iterator[tuple[Suite, bool]]:
        """The policy's suites, then the head's new ones (they add duties, never remove any); True for new ones."""
        known = {suite.name for suite in self.policy.suites}
        yield from ((suite, False) for suite in self.policy.suites)
        yield from ((suite, True) for suite in self.head.suites if suite.name not in known)

    def at_head(self, suite: Suite) -> Suite:
        """The suite as the head runs it: its own config may have moved the prompt or changed how the target starts.
        Which keys and models code may use stays the policy's."""
        mine = next((s for s in self.head.suites if s.name == suite.name), suite)
        return replace(
            suite,
            prompt=mine.prompt,
            target=_bound(mine.target, suite.target),
            model=mine.model,
            model_place=mine.model_place,
            input_variable=mine.input_variable,
            vars=mine.vars,
            index=mine.index,
        )

    def at_base(self, suite: Suite) -> Suite:
        """The suite as the base runs it: with the model and the index that its own config names."""
        mine = next((s for s in self.base.suites if s.name == suite.name), suite)
        return replace(suite, model=mine.model, model_place=mine.model_place, index=mine.index)


def _bound(mine: Target | None, policy: Target | None) -> Target | None:
    if mine is None or mine.kind == "http":
        # Where questions are sent is the base's word (T70); `code_targets.refuse_address` has the rest.
        return policy if mine is not None and policy is not None and policy.kind == "http" else mine
    allowed = policy if policy is not None and policy.kind != "http" else None
    return replace(mine, env=allowed.env if allowed else (), models=allowed.models if allowed else ())


def read_sides(repo: Repo, base: str, head: str) -> Sides:
    """Resolve both refs and where they meet."""
    tip, ours = repo.snapshot(base), repo.snapshot(head)
    return Sides(base=tip, fork=repo.merge_base(tip, ours), head=ours)


def read_rules(sides: Sides, path: str | None) -> Rules:
    """The configs of all three trees. A broken config at the head or base tip ends the run with every problem."""
    head = _read(sides.head, path)
    if path is not None and head.path is None:
        raise InputError.at(path, 1, "there is no such config at the head", "correct `--config`")
    policy = config.read_config(sides.base, path)
    first_run = policy is None and head.path is not None
    base = policy or (head if first_run else _read(sides.base, path, spare=head))
    fork = _read(sides.fork, path, spare=base)
    return Rules(
        policy=base,
        base=fork,
        head=head,
        first_run=first_run,
        policy_files=sides.head if first_run else sides.base,
    )


def _read(files: Snapshot, path: str | None, spare: Config | None = None) -> Config:
    """The config, or what is assumed without one; `spare` where the tree holds neither (or is broken history)."""
    try:
        found = config.read_config(files, path)
    except InputError:
        if spare is None:
            raise
        return spare
    if found is not None:
        return found
    covered = tuple(
        path for path in sorted(files.files) if prompts.is_prompt(path) and _has_cases(files, path)
    )
    if not covered and spare is not None:
        return spare
    if not covered:
        raise InputError.at(
            "mergefloor.yml",
            1,
            "there is no config and no prompt file with test_cases",
            "type `mergefloor init`",
        )
    assumed = config.assume_config(covered)
    return assumed if spare is None else replace(assumed, notes=())


def read_config(files: Snapshot, path: str | None) -> Config:
    """The config of one tree, or what is assumed without one."""
    return _read(files, path)


def _has_cases(files: Snapshot, path: str) -> bool:
    return bool(prompts.parse(path, files.read(path)).cases)
