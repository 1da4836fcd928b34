"""Both sides of every target: known by what they can depend on, started when connected, gone at the end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias

from mergefloor.core.ports import Model, Snapshot, TreeEntry
from mergefloor.core.targets import CodeTarget, HttpTarget, Target, code_identity, http_identity
from mergefloor.core.types import Failure, ModelRef, Place
from mergefloor.errors import InputError, ProviderError
from mergefloor.targets.code_model import CodeModel
from mergefloor.targets.environment import DEFAULT_PATH, environment, refused
from mergefloor.targets.ground import SHIM, Ground
from mergefloor.targets.installation import Installer, filled
from mergefloor.targets.isolation import Guarded
from mergefloor.targets.order import Limits, Order, User
from mergefloor.targets.unusable import Unusable
from mergefloor.targets.web import of_commit
from mergefloor.targets.workspace import Workspace, lay_out, regular, too_much

Broker: TypeAlias = Callable[[CodeTarget, str], Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeSide:
    """One side of a code target: the files that it is given, and where they come from."""

    target: CodeTarget
    files: Mapping[str, TreeEntry]
    source: Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpSide:
    """One side of an `http` target: where it is."""

    target: HttpTarget
    url: str
    health: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where one side of a code target lives, for the whole run: its folders, its user, and what its setup left."""

    place: Workspace
    user: User | None
    setup: Path | None


@dataclass(kw_only=True)
class Targets:
    """`host` and `connect` of the `Models` port, for targets.

    `matches`: the globs; `env`: what targets may be given of; `folder`: where runs live, `cache`: where setups are
    kept between runs on one's own machine; `broker`: variables instead of keys, for a target and its identity;
    `redact`: for what programs write; `token`: unpredictable text; `users`: see `isolation.users`; `guarded`: what of
    the runner must be out of reach; `strict`: without isolation nothing runs.
    """

    matches: Callable[[str, str], bool]
    env: Mapping[str, str]
    folder: Path
    cache: Path
    broker: Broker
    redact: Callable[[str], str]
    token: Callable[[], str]
    users: Iterator[User] | None
    interpreter: str
    platform: str
    guarded: Guarded = field(default_factory=Guarded)
    strict: bool = False
    limits: Limits = field(default_factory=Limits)
    _sides: dict[str, CodeSide | HttpSide] = field(default_factory=dict)
    _homes: dict[str, Home] = field(default_factory=dict)
    _models: list[CodeModel] = field(default_factory=list)
    _notes: dict[str, None] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a reader of the report should know of the programs that ran."""
        return (*self._notes, *((self._ground.remark,) if self._ground.remark else ()))

    def host(self, target: Target, files: Snapshot, suite: str) -> ModelRef:
        """One side as a reference. InputError when it names no file, or too much."""
        if target.kind == "http":
            return self._deployed(target, files.sha, suite)
        chosen = self._chosen((*target.files, *target.lock), files)
        if not regular(chosen):
            raise _problem(
                target, f"no file of the tree is named by {list(target.files)}", "correct `files:`"
            )
        if (excess := too_much(chosen)) is not None:
            raise _problem(target, f"`files` selects {excess}", "name less")
        identity = code_identity(target, chosen)
        self._sides.setdefault(identity, CodeSide(target=target, files=chosen, source=files))
        self._note(target, chosen)
        return ModelRef(provider=target.kind, name=suite, endpoint=identity)

    def connect(self, ref: ModelRef) -> Model:
        """The side behind a reference that `host` gave. Its setup runs now, its program with the first question.
        MergefloorError when code must not run here."""
        side = self._sides.get(ref.endpoint)
        if side is None:
            raise ProviderError(f"no target is known for {str(ref)!r}", "please report this as a bug")
        if isinstance(side, HttpSide):
            return self._deployment(side, ref)
        with self._lock:  # one after the other: both read the same repository and may wait for the same setup
            return self._code(side, ref)

    def close(self) -> None:
        """End what still runs and remove every folder."""
        for model in self._models:
            model.cut()
        self._ground.close()

    @cached_property
    def _ground(self) -> Ground:
        return Ground(
            parent=self.folder,
            interpreter=self.interpreter,
            env={"PATH": self.env.get("PATH") or DEFAULT_PATH},
            users=self.users,
            guarded=self.guarded,
            limits=self.limits,
            strict=self.strict,
        )

    def _deployed(self, target: HttpTarget, sha: str, suite: str) -> ModelRef:
        try:
            url = of_commit(target.url, sha)
            health = None if target.health is None else of_commit(target.health, sha)
        except ValueError as error:
            raise _problem(target, f"`url` or `health`: {error}", "see docs/targets.md") from error
        identity = http_identity(target, sha)
        self._sides.setdefault(identity, HttpSide(target=target, url=url, health=health))
        return ModelRef(provider=target.kind, name=suite, endpoint=identity)

    def _deployment(self, side: HttpSide, ref: ModelRef) -> Model:
        from mergefloor.targets.deployment import Deployment  # aiohttp, for those who need it

        return Deployment(
            name=str(ref),
            url=side.url,
            health=side.health,
            timeout_s=side.target.timeout_s,
            wait_s=side.target.wait_s,
            redact=self.redact,
        )

    def _code(self, side: CodeSide, ref: ModelRef) -> Model:
        top = self._ground.top
        home = self._homes.get(ref.endpoint) or self._moved_in(side, top)
        if isinstance(home, str):
            return Unusable(
                failure=Failure(stage="candidate", code="target-setup", message=f"{ref}: {home}", fatal=True)
            )
        self._homes[ref.endpoint] = home
        keys = self.broker(side.target, ref.endpoint)
        model = CodeModel(
            name=str(ref),
            order=Order(
                argv=self._argv(side.target, top, home),
                env=self._environment(side.target, home.place.home, home.setup, keys),
                cwd=home.place.code,
                user=home.user,
                limits=self.limits,
            ),
            timeout_s=side.target.timeout_s,
            token=self.token,
            redact=self.redact,
        )
        self._models.append(model)
        return model

    def _moved_in(self, side: CodeSide, top: Path) -> Home | str:
        setup = self._setup(side, top) if side.target.setup else None
        if isinstance(setup, str):
            return setup
        user = self._ground.user()
        place = lay_out(top / str(len(self._homes)), side.files, side.source, user)
        return Home(place=place, user=user, setup=setup)

    def _setup(self, side: CodeSide, top: Path) -> Path | str:
        """What a setup leaves for a user of its own stays in this run; only our own may be kept."""
        installer = Installer(
            root=top / "setups" if self._ground.apart else self.cache,
            platform=self.platform,
            limits=self.limits,
            user=self._ground.setup_user,
            redact=self.redact,
        )
        locks = self._chosen(side.target.lock, side.source)
        return installer.install(
            side.target, locks, side.source, lambda out, home: self._environment(side.target, home, out, {})
        )

    def _argv(self, target: CodeTarget, top: Path, home: Home) -> tuple[str, ...]:
        if target.kind == "command":
            return filled(target.run, home.setup)
        setup = home.setup
        own = None if setup is None else setup / "bin" / "python"
        interpreter = str(own) if own is not None and own.exists() else self.interpreter
        folders = (home.place.code,) if setup is None else (home.place.code, setup / "lib")
        return (interpreter, "-I", str(top / SHIM), target.run[0], *map(str, folders))

    def _environment(
        self, target: CodeTarget, home: Path, setup: Path | None, keys: Mapping[str, str]
    ) -> dict[str, str]:
        return environment(target.env, self.env, home=home, setup=setup, keys=keys)

    def _chosen(self, globs: tuple[str, ...], files: Snapshot) -> dict[str, TreeEntry]:
        return {path: e for path, e in files.files.items() if any(self.matches(glob, path) for glob in globs)}

    def _note(self, target: CodeTarget, chosen: Mapping[str, TreeEntry]) -> None:
        if barred := refused(target.env):
            self._notes[f"{', '.join(barred)}: never given to a target"] = None
        if left := sorted(chosen.keys() - regular(chosen).keys()):
            more = f" and {len(left) - 1} more" if len(left) > 1 else ""
            self._notes[f"{left[0]}{more}: no regular file, left out of the target's folder"] = None


def _problem(target: CodeTarget | HttpTarget, what: str, fix: str) -> InputError:
    place = target.place or Place(path="mergefloor.yml")
    return InputError.at(place.path, place.line, what, fix)
