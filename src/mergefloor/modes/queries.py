"""Query drift: whether people ask other things than before, and what the golden set has near the new ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mergefloor.core.drift.queries import LEAST_QUERIES, Incomparable, Vector, query_drift
from mergefloor.core.effects import AppendSummary, Effect, Outcome, Print, SetOutput
from mergefloor.core.keys import digest, embedding_ask
from mergefloor.core.ports import Evaluator, Models, Snapshot, Toolbox
from mergefloor.core.queries.coverage import coverage
from mergefloor.core.queries.found import QueriesFound, near_of, span_of
from mergefloor.core.queries.log import QueryLog, windows
from mergefloor.core.settings import Config, Suite
from mergefloor.core.types import EmbedRequest, Failure, Place, Vectors
from mergefloor.core.wording import Prose, Words, count, say
from mergefloor.errors import InputError, UsageError
from mergefloor.modes.exports import Exports
from mergefloor.modes.query_logs import questions, read_log
from mergefloor.modes.rules import read_config
from mergefloor.modes.world import World
from mergefloor.render.queries import queries_console, queries_json, queries_page

MOST_CHARACTERS = 2_000  # of a query; embedding models read about as much


@dataclass(frozen=True, slots=True, kw_only=True)
class QueriesRequest:
    """Which suites' logs, of which tree; `suites` empty: all that have one."""

    ref: str = "WORKTREE"
    suites: tuple[str, ...] = ()
    config: str | None = None
    offline: bool = False
    width: int = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where rows, golden questions and vectors come from. `exports`: files of the workspace; None: the tree alone."""

    settings: Config
    files: Snapshot
    models: Models
    exports: Exports | None = None


def run(request: QueriesRequest, world: World) -> Outcome:
    """Compare, print. Exit 0 whatever people ask, 2 when embeddings could not be had."""
    files = world.repo.snapshot(request.ref)
    settings = read_config(files, request.config)
    sources = Sources(settings=settings, files=files, models=world.models, exports=world.exports)
    chosen = _chosen(settings, request.suites)
    with world.engine(settings, Toolbox(), request.offline) as engine:
        found = tuple(compare(suite, sources, engine) for suite in chosen)
    clean = world.redact
    effects: list[Effect] = [
        SetOutput(name="summary", value=queries_json(found, redact=clean)),
        AppendSummary(text=queries_page(found, redact=clean)),
        Print(text=queries_console(found, width=request.width, redact=clean)),
    ]
    return Outcome(exit_code=2 if any(each.failed for each in found) else 0, effects=tuple(effects))


def watch(suites: Sequence[Suite], sources: Sources, engine: Evaluator) -> tuple[QueriesFound, ...]:
    """The same for a run that has more to do: a log that cannot be read is told, and stops nothing."""
    return tuple(
        _told(suite, suite.queries, sources, engine) for suite in suites if suite.queries is not None
    )


def compare(suite: Suite, sources: Sources, engine: Evaluator) -> QueriesFound:
    """One suite. InputError for a log that cannot be read, and without an embedding model."""
    log = suite.queries
    if log is None:
        raise UsageError(f"suite {suite.name!r} has no `queries`", "add `queries: {file: ...}` to it")
    embedder = _embedder(log, sources.settings)
    rows, files = read_log(log, sources.files, sources.exports)
    seen = windows(rows, log.window)
    found = QueriesFound(
        suite=suite.name,
        log=log.file,
        rows=seen.rows,
        repeats=seen.repeats,
        files=files,
        embedder=embedder,
        before=span_of(seen.before),
        after=span_of(seen.after),
    )
    asked, unplaced = _golden(suite, sources)
    old, new = ([query.text[:MOST_CHARACTERS] for query in side] for side in (seen.before, seen.after))
    if min(len(old), len(new)) < LEAST_QUERIES:  # nothing can be told, so no embedding is paid for
        return replace(found, result=query_drift([()] * len(old), [()] * len(new), seed=0), unplaced=unplaced)
    vectors = _vectors((*old, *new, *asked.values()), embedder, sources, engine)
    if isinstance(vectors, tuple):
        return replace(found, failed=vectors)
    before, after = ([vectors[text] for text in side] for side in (old, new))
    result = query_drift(before, after, seed=_seed(suite.name))
    near = None
    if not isinstance(result, Incomparable):
        near = coverage(before, after, {case: vectors[text] for case, text in asked.items()})
    return replace(found, result=result, near=near_of(near, seen.after, show=log.show), unplaced=unplaced)


def _told(suite: Suite, log: QueryLog, sources: Sources, engine: Evaluator) -> QueriesFound:
    try:
        return compare(suite, sources, engine)
    except InputError as error:
        why = "; ".join(str(problem) for problem in error.problems[:3])
        return QueriesFound(suite=suite.name, log=log.file, failed=say("{}", Prose(why)))


def _chosen(settings: Config, only: Sequence[str]) -> tuple[Suite, ...]:
    with_log = [suite for suite in settings.suites if suite.queries is not None]
    strangers = sorted(set(only) - {suite.name for suite in with_log})
    if strangers or not with_log:
        what = f"suite {strangers[0]!r} has no query log" if strangers else "no suite has a query log"
        names = ", ".join(suite.name for suite in with_log)
        fix = f"suites with one: {names}" if names else 'add `queries: {file: "logs/*.jsonl"}` to a suite'
        raise UsageError(what, fix)
    return tuple(suite for suite in with_log if not only or suite.name in only)


def _embedder(log: QueryLog, settings: Config) -> str:
    if settings.embedding_model is None:
        place = log.place or Place(path=settings.path or "mergefloor.yml")
        what, fix = (
            "queries are compared by embeddings, and no embedding model is configured",
            ("add `embedding_model: local/all-minilm-l6-v2`, or a provider's, under `defaults`"),
        )
        raise InputError.at(place.path, place.line, what, fix)
    return settings.embedding_model


def _golden(suite: Suite, sources: Sources) -> tuple[dict[str, str], Words]:
    """The golden questions; a golden set that is broken is another command's business."""
    try:
        asked = questions(suite, sources.files)
    except InputError as error:
        return {}, say("{}", Prose(str(error.problems[0])))
    cut = {case: text[:MOST_CHARACTERS] for case, text in asked.items()}
    return cut, () if cut else say("no golden case asks anything")


def _vectors(
    texts: Sequence[str], embedder: str, sources: Sources, engine: Evaluator
) -> Mapping[str, Vector] | Words:
    """A vector a text, each an entry of the cache by its hash; or why there is none."""
    model = sources.models.describe(embedder, sources.files)
    unique = tuple(dict.fromkeys(texts))
    asks = [embedding_ask(EmbedRequest(model=model, texts=(_sendable(text),))) for text in unique]
    replies = engine.probe(asks)
    failures = [reply for reply in replies if isinstance(reply, Failure)]
    if failures:
        return _unembedded(failures, len(unique))
    rows = [reply.rows[0] for reply in replies if isinstance(reply, Vectors) and len(reply.rows) == 1]
    if len(rows) != len(unique):
        return say("{} came back without a vector", count(len(unique) - len(rows), "text"))
    return dict(zip(unique, rows, strict=True))


def _unembedded(failures: Sequence[Failure], asked: int) -> Words:
    """A provider's message may repeat what was asked: it is told only where no text can be in it."""
    first = next((failure for failure in failures if failure.fatal), failures[0])
    why = say(": {}", Prose(first.message)) if first.fatal else say(" ({})", first.code)
    return say("{} of {} could not be had{}", len(failures), count(asked, "embedding"), why)


def _sendable(text: str) -> str:
    """UTF-8 has no lone surrogates."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _seed(suite: str) -> int:
    """Of the permutations: the same log gives the same p-value."""
    return int(digest(["queries", suite])[:8], 16)
