"""`INPUT_*` -> Inputs: what a workflow wrote under `with:`, checked, every problem at once (CONTRACT 5)."""

from __future__ import annotations

from collections.abc import Mapping

from mergefloor.core.activity import Inputs
from mergefloor.errors import InputError
from mergefloor.runner.form import Form

# Input -> the variable in which the providers look for the same thing.
KEYS = {"anthropic-api-key": "ANTHROPIC_API_KEY", "openai-api-key": "OPENAI_API_KEY"}
BASE_URLS = {"anthropic-base-url": "ANTHROPIC_BASE_URL", "openai-base-url": "OPENAI_BASE_URL"}
MAX_CONTEXT = 100


def read_inputs(env: Mapping[str, str]) -> Inputs:
    """The inputs of one run. InputError with every problem."""
    form = Form(env)
    found = Inputs(
        config=form.path("config", "mergefloor.yml"),
        mode=form.mode("mode"),
        token=form.secret("github-token"),
        status_context=form.line("status-context", MAX_CONTEXT) or "mergefloor",
        cache_path=form.path("cache-path", ".mergefloor-cache") or ".mergefloor-cache",
        cache_key=form.secret("cache-key"),
        base=form.ref("base"),
        head=form.ref("head"),
        suites=form.names("suites"),
        report_path=form.path("report-path", "mergefloor-report"),
        exit_zero=form.switch("exit-zero", absent=False),
        comment=form.switch("comment", absent=True),
        old=form.line("from"),
        new=form.line("to"),
        open_pr=form.switch("open-pr", absent=False),
        keys=_keys(form),
    )
    if form.problems:
        raise InputError(form.problems)
    return found


def _keys(form: Form) -> tuple[tuple[str, str], ...]:
    """What the providers find in their environment; an input wins over the workflow's `env:`."""
    found = [(target, form.secret(name, target)) for name, target in KEYS.items()]
    found += [(target, form.url(name, target)) for name, target in BASE_URLS.items()]
    return tuple((target, value) for target, value in found if value)


def secrets_of(inputs: Inputs) -> tuple[str, ...]:
    """What must be read in no sink: the token, the cache key, the providers' keys."""
    keys = (value for target, value in inputs.keys if target in KEYS.values())
    return tuple(secret for secret in (inputs.token, inputs.cache_key, *keys) if secret)
