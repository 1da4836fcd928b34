"""Targets and the key broker, put behind their ports for one command."""

from __future__ import annotations

import platform
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from secrets import token_hex
from urllib.parse import urlsplit

from mergefloor import config
from mergefloor.answerers import Answerers, Keys
from mergefloor.broker import Broker, Provider, Upstream
from mergefloor.core.books import Books
from mergefloor.core.ports import Cache
from mergefloor.errors import ProviderError
from mergefloor.providers import PROVIDERS, Directory
from mergefloor.render import Redactor
from mergefloor.targets import Guarded, Targets, users_here

UPSTREAMS: tuple[tuple[Provider, str], ...] = (
    ("openai", "OPENAI_API_KEY"),
    ("anthropic", "ANTHROPIC_API_KEY"),
)
KEYLESS = "none"
SYSTEM = ("/usr/local/bin/python3", "/usr/bin/python3")
WRITTEN = ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_STATE", "GITHUB_PATH", "GITHUB_STEP_SUMMARY")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lodging:
    """What targets need of a command. `folder`: where runs live; `kept`: where setups are kept; `workspace`: of
    GitHub's runner, where isolation is a must (None: somebody's own machine)."""

    env: Mapping[str, str]
    folder: Path
    kept: Path
    redact: Redactor
    workspace: Path | None = None


@contextmanager
def answerers(lodging: Lodging) -> Iterator[Answerers]:
    """Providers and targets behind one port; programs end and folders go with the command."""
    found = Answerers(Directory(lodging.env), partial(_targets, lodging))
    with found.targets:
        yield found


def _targets(lodging: Lodging, keys: Keys) -> Targets:
    return Targets(
        matches=config.matches,
        env=lodging.env,
        folder=lodging.folder,
        cache=lodging.kept,
        broker=keys,
        redact=lodging.redact,
        token=partial(token_hex, 16),
        users=users_here(),
        interpreter=_interpreter() if lodging.workspace is not None else sys.executable,
        platform=f"{platform.system()}-{platform.machine()}-{platform.python_version()}",
        guarded=_guarded(lodging),
        strict=lodging.workspace is not None,
    )


def _interpreter() -> str:
    """A Python that other users can run: our own, unless it lies in somebody's home."""
    found = next((path for path in (sys.executable, *SYSTEM) if _for_everybody(path)), None)
    return found or sys.executable


def _for_everybody(path: str) -> bool:
    real = Path(path).resolve()
    try:
        return all(each.stat().st_mode & 0o001 for each in (real, *real.parents))
    except OSError:
        return False


def _guarded(lodging: Lodging) -> Guarded:
    if lodging.workspace is None:
        return Guarded()
    written = tuple(lodging.env[name] for name in WRITTEN if lodging.env.get(name))
    temp = lodging.env.get("RUNNER_TEMP") or "/github/runner_temp"
    tokens = (str(lodging.workspace / ".git" / "config"), f"{temp}/git-credentials-*.config")
    return Guarded(secret=tokens, append=written)


def broker(
    env: Mapping[str, str],
    cache: Cache,
    books: Books,
    redact: Redactor,
    *,
    concurrency: int,
    offline: bool,
) -> Broker:
    """A broker for one run, in front of the endpoints that the run can use itself."""
    return Broker(
        upstreams=dict(_upstreams(env)),
        cache=cache,
        books=books,
        secrets=redact,
        clock=time.monotonic,
        wall_clock=time.time,
        new_token=partial(token_hex, 16),
        concurrency=concurrency,
        offline=offline,
    )


def _upstreams(env: Mapping[str, str]) -> Iterator[tuple[Provider, Upstream]]:
    for name, variable in UPSTREAMS:
        module, key = PROVIDERS[name], env.get(variable, "").strip()
        if not key and env.get("OPENAI_BASE_URL", "").strip() and name == "openai":
            key = KEYLESS  # a compatible server of one's own asks for none
        if module is None or not key:
            continue
        try:
            url = module.endpoint(name, env)
        except ProviderError:
            continue  # the run itself says so, as soon as it needs this provider
        yield name, Upstream(url=url, key=key, proxy=_proxy(env, url))


def _proxy(env: Mapping[str, str], url: str) -> str | None:
    """How a company's runner reaches the world; what is on this machine is reached directly."""
    host = urlsplit(url).hostname or ""
    spared = [each.strip() for each in (env.get("NO_PROXY") or env.get("no_proxy") or "").split(",")]
    if host in ("127.0.0.1", "localhost", "::1") or any(each and host.endswith(each) for each in spared):
        return None
    return env.get("HTTPS_PROXY") or env.get("https_proxy") or None
