"""The adapters, put behind their ports for one command and closed after it."""

from __future__ import annotations

import secrets
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from random import SystemRandom
from typing import NoReturn

from mergefloor import graders
from mergefloor.answerers import Answerers
from mergefloor.core.activity import Job
from mergefloor.core.ports import Models, Repo, Toolbox
from mergefloor.core.settings import Config
from mergefloor.engine import Engine, load_prices
from mergefloor.errors import ProviderError
from mergefloor.modes.world import Audit, World
from mergefloor.providers import Directory
from mergefloor.render import Redactor
from mergefloor.render.progress import progress
from mergefloor.repo import LocalRepo
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


@contextmanager
def opened_cache(folder: str | None, env: Env) -> Iterator[tuple[DiskCache, bytes]]:
    """The answers kept on this machine, and the secret that signs them."""
    home = Path(env.get("XDG_CACHE_HOME") or Path(env.get("HOME", tempfile.gettempdir())) / ".cache")
    directory = Path(folder) if folder else home / "mergefloor"
    secret = keyring.local_secret(directory, random=secrets.token_bytes)
    cache = open_cache(
        directory=directory,
        secret=secret,
        run_id=RUN_ID,
        clock=time.time,
        warn=warn,
        terms=Terms(private=_redactor(env).holds),
    )
    with cache:
        yield cache, secret or b""


def _redactor(env: Env) -> Redactor:
    return Redactor([env[name] for name in SECRETS if name in env])


@contextmanager
def world(repo: Path, cache_folder: str | None, env: Env) -> Iterator[World]:
    """Every adapter, behind its port."""
    with ExitStack() as stack:
        cache, secret = stack.enter_context(opened_cache(cache_folder, env))
        models = answerers(env)
        yield World(
            repo=stack.enter_context(LocalRepo(repo, environ=for_git(env))),
            models=models,
            cache=cache,
            engine=partial(_engine, models, cache),
            clock=time.monotonic,
            now=time.time,
            nonce_key=secret,
            redact=_redactor(env),
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
    models = answerers({**env, **dict(inputs.keys)})
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
    with travelling(luggage) as cache:
        yield World(
            repo=repo,
            models=models,
            cache=cache,
            engine=partial(_engine, models, cache, stopped=stopped),
            clock=time.monotonic,
            now=time.time,
            nonce_key=secret or secrets.token_bytes(32),
            redact=redact,
            audit=Audit(rng=SystemRandom(), origin=job.origin),
        )


def answerers(env: Env) -> Answerers:
    """Providers and targets behind one port."""

    def refused(*_: object) -> NoReturn:
        raise ProviderError("this run cannot ask a target", "measure a prompt")

    return Answerers(providers=Directory(env), hosting=refused, connecting=refused)


def for_git(env: Env) -> dict[str, str]:
    """What git may know of the environment."""
    return {name: env[name] for name in FOR_GIT if name in env}


@contextmanager
def _engine(
    models: Models,
    cache: DiskCache,
    settings: Config,
    toolbox: Toolbox,
    offline: bool,
    stopped: Callable[[], None] = lambda: None,
) -> Iterator[Engine]:
    """An engine for one run. SIGINT and SIGTERM end it within seconds with every paid answer saved (R32)."""
    engine = Engine(
        models=models,
        cache=cache,
        build=partial(graders.build, toolbox=toolbox),
        budget=settings.budget,
        prices={**load_prices(), **settings.prices},
        clock=time.monotonic,
        wall_clock=time.time,
        progress=progress(sys.stderr, time.monotonic),
        rng=SystemRandom(),
        offline=offline,
    )

    def stop(*_: object) -> None:
        stopped()
        engine.cancel()

    before = {name: signal.signal(name, stop) for name in (signal.SIGINT, signal.SIGTERM)}
    try:
        with engine:
            yield engine
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
