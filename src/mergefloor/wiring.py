"""The adapters, put behind their ports for one command and closed after it."""

from __future__ import annotations

import secrets
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import SystemRandom

from mergefloor import graders
from mergefloor.answerers import Answerers
from mergefloor.core.activity import Job
from mergefloor.core.ports import Repo, Toolbox
from mergefloor.core.settings import Config
from mergefloor.engine import Engine, Needs, load_prices
from mergefloor.hosting import Lodging, answerers, broker
from mergefloor.modes.world import Audit, World
from mergefloor.providers.listing import listings
from mergefloor.render import Redactor
from mergefloor.render.progress import progress
from mergefloor.repo import LocalRepo
from mergefloor.repo.exports import WorkspaceFiles
from mergefloor.storage import keyring
from mergefloor.storage.cache import DiskCache, open_cache
from mergefloor.storage.terms import Terms
from mergefloor.storage.travel import Luggage, travelling

Env = Mapping[str, str]
FOR_GIT = ("PATH", "HOME", "LANG", "TMPDIR")
RUN_ID = "local"
SECRETS = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GITHUB_TOKEN", "GH_TOKEN")


def warn(text: str) -> None:
    """Something worth knowing that changes no verdict."""
    print(f"mergefloor: {text}", file=sys.stderr)


def cache_home(folder: str | None, env: Env) -> Path:
    """Where answers are kept on this machine."""
    home = Path(env.get("XDG_CACHE_HOME") or Path(env.get("HOME", tempfile.gettempdir())) / ".cache")
    return Path(folder) if folder else home / "mergefloor"


@contextmanager
def opened_cache(folder: str | None, env: Env) -> Iterator[tuple[DiskCache, bytes]]:
    """The answers kept on this machine, and the secret that signs them."""
    directory = cache_home(folder, env)
    secret = keyring.local_secret(directory, random=secrets.token_bytes)
    cache = open_cache(
        directory=directory,
        secret=secret,
        run_id=RUN_ID,
        clock=time.time,
        warn=warn,
        terms=Terms(private=redactor(env).holds),
    )
    with cache:
        yield cache, secret or b""


def redactor(env: Env) -> Redactor:
    """What takes the keys of this environment out of every text."""
    return Redactor([env[name] for name in SECRETS if name in env])


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What an engine is opened with. `stopped` is called when a signal ends the run."""

    models: Answerers
    cache: DiskCache
    env: Env
    redact: Redactor
    stopped: Callable[[], None] = lambda: None


@contextmanager
def world(repo: Path, cache_folder: str | None, env: Env) -> Iterator[World]:
    """Every adapter, behind its port."""
    with ExitStack() as stack:
        cache, secret = stack.enter_context(opened_cache(cache_folder, env))
        redact = redactor(env)
        models = stack.enter_context(hosted_models(env, cache_folder, redact))
        yield World(
            repo=stack.enter_context(LocalRepo(repo, environ=for_git(env))),
            models=models,
            cache=cache,
            engine=partial(_engine, Run(models=models, cache=cache, env=env, redact=redact)),
            clock=time.monotonic,
            now=time.time,
            nonce_key=secret,
            redact=redact,
            exports=WorkspaceFiles(repo),
            remarks=lambda: models.targets.remarks,
            listings=partial(listings, env),
        )


@contextmanager
def hosted_world(
    repo: Repo, job: Job, env: Env, redact: Redactor, stopped: Callable[[], None]
) -> Iterator[World]:
    """Every adapter of a run on GitHub: answers travel in signed segments, the working store lives for this run.
    `stopped` is called when a signal ends the run."""
    inputs = job.inputs
    secret = keyring.ci_secret(
        inputs.cache_key, [value for name, value in inputs.keys if name.endswith("KEY")]
    )
    known = {**env, **dict(inputs.keys)}
    luggage = Luggage(
        workspace=Path(job.workspace),
        path=inputs.cache_path,
        secret=secret,
        run=job.stamp.run,
        attempt=job.stamp.attempt,
        producer=job.origin,
        private=redact.holds,
        clock=time.time,
        warn=warn,
    )
    with ExitStack() as made:
        cache = made.enter_context(travelling(luggage))
        kept = made.enter_context(tempfile.TemporaryDirectory(prefix="mergefloor-setups-"))
        lodging = Lodging(
            env=known,
            folder=Path(tempfile.gettempdir()),
            kept=Path(kept),
            redact=redact,
            workspace=Path(job.workspace),
        )
        models = made.enter_context(answerers(lodging))
        yield World(
            repo=repo,
            models=models,
            cache=cache,
            engine=partial(
                _engine, Run(models=models, cache=cache, env=known, redact=redact, stopped=stopped)
            ),
            clock=time.monotonic,
            now=time.time,
            nonce_key=secret or secrets.token_bytes(32),
            redact=redact,
            exports=WorkspaceFiles(Path(job.workspace)),
            audit=Audit(rng=SystemRandom(), origin=job.origin),
            remarks=lambda: models.targets.remarks,
            listings=partial(listings, known),
        )


@contextmanager
def unasked(env: Env) -> Iterator[Answerers]:
    """The same for a command that only names models and targets."""
    with hosted_models(env, None, redactor(env)) as found:
        yield found


@contextmanager
def hosted_models(env: Env, cache_folder: str | None, redact: Redactor) -> Iterator[Answerers]:
    """Providers and targets on somebody's own machine."""
    lodging = Lodging(
        env=env,
        folder=Path(tempfile.gettempdir()),
        kept=cache_home(cache_folder, env) / "setups",
        redact=redact,
    )
    with answerers(lodging) as found:
        yield found


def for_git(env: Env) -> dict[str, str]:
    """What git may know of the environment."""
    return {name: env[name] for name in FOR_GIT if name in env}


@contextmanager
def _engine(run: Run, settings: Config, toolbox: Toolbox, offline: bool) -> Iterator[Engine]:
    """An engine for one run. SIGINT and SIGTERM end it within seconds with every paid answer saved (R32)."""
    engine = Engine(
        models=run.models,
        cache=run.cache,
        build=partial(graders.build, toolbox=toolbox),
        budget=settings.budget,
        prices={**load_prices(), **settings.prices},
        clock=time.monotonic,
        wall_clock=time.time,
        progress=progress(sys.stderr, time.monotonic),
        rng=SystemRandom(),
        offline=offline,
        needs=Needs(missing_key=run.models.missing_key, asked=partial(graders.asked, toolbox=toolbox)),
    )

    def stop(*_: object) -> None:
        run.stopped()
        engine.cancel()

    before = {name: signal.signal(name, stop) for name in (signal.SIGINT, signal.SIGTERM)}
    try:
        desk = broker(
            run.env,
            run.cache,
            engine.books,
            run.redact,
            concurrency=settings.budget.concurrency,
            offline=offline,
        )
        with engine, run.models.served_by(desk):
            yield engine
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
