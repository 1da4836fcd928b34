"""Search indices through a whole gate and a scheduled run: what the config claims, what the target says, what is told."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
from tests.fuzz.memory import MemoryCache, Tree, world
from tests.modes.test_scheduled import DataRepo, Tracker

from mergefloor.core.activity import RunStamp
from mergefloor.core.drift.series import Reset
from mergefloor.core.effects import AppendHistory
from mergefloor.core.history.watched import watched
from mergefloor.core.ports import Snapshot
from mergefloor.core.report import Report
from mergefloor.core.scheduled import Scheduled
from mergefloor.core.targets import Target
from mergefloor.core.types import (
    ArmName,
    Document,
    EmbedRequest,
    Failure,
    Index,
    ModelRef,
    Output,
    Request,
    Vectors,
)
from mergefloor.modes import gate
from mergefloor.modes.archive import read_archive
from mergefloor.modes.scheduled.run import ScheduledRequest, examine
from mergefloor.render import markdown

DAY = 86_400.0
NOW = 1_795_219_200.0  # 2026-11-21
CASES = "".join(f'- {{id: c-{i}, input: "question {i}", relevant: [d-{i}, e-{i}]}}\n' for i in range(12))


@dataclass(kw_only=True)
class Search:
    """A target whose answers say which index they came from: `src/app.py` holds its date, "" for no word of it.
    `rebuilt`: a date that no commit holds; `missing`: questions whose document is gone."""

    asked: list[str] = field(default_factory=list)
    rebuilt: str = ""
    missing: int = 0
    texts: dict[str, str] = field(default_factory=dict)

    def describe(self, name: str, files: Snapshot) -> ModelRef:
        raise AssertionError(name)

    def host(self, target: Target, files: Snapshot, suite: str, arm: ArmName = "head") -> ModelRef:
        said = files.read("src/app.py").decode()
        self.texts[said or "none"] = said
        return ModelRef(provider="python", name=suite, endpoint=said or "none")

    def connect(self, ref: ModelRef) -> Side:
        return Side(search=self, built=self.rebuilt or self.texts[ref.endpoint])


@dataclass(kw_only=True)
class Side:
    """One side of it."""

    search: Search
    built: str

    async def complete(self, request: Request, *, draw: int) -> Output | Failure:
        self.search.asked.append(request.messages[-1].content)
        number = int(request.messages[-1].content.rpartition(" ")[2].strip('"}'))
        found = (Document(id="x"),) if number < self.search.missing else ()
        index = Index(built=self.built, embedding_model="e/small") if self.built else None
        documents = (*found, Document(id=f"d-{number}"))
        return Output(text="", documents=documents, index=index)

    async def embed(self, request: EmbedRequest) -> Vectors | Failure:
        raise NotImplementedError

    async def close(self) -> None: ...


def tree(built: str = "", claim: str = "") -> Tree:
    config = (
        "version: 1\npolicy: {code_targets: allow, floating_models: warn}\nsuites:\n  s:\n"
        "    target: {python: 'src.app:answer', files: ['src/**']}\n    golden: evals/*.yaml\n"
        "    graders: [{type: retrieval, metric: hit_rate, k: 1}, {type: retrieval, metric: ndcg, k: 3}]\n"
        f"    index: {{max_age_days: 10{claim}}}\n"
    )
    return {"mergefloor.yml": config.encode(), "evals/a.yaml": CASES.encode(), "src/app.py": built.encode()}


def gated(base: Tree, head: Tree, search: Search | None = None) -> Report:
    made = world(base, head, search or Search())  # type: ignore[arg-type]
    made = replace(made, now=lambda: NOW)
    return gate.examine(gate.GateRequest(base="base", head="head"), made)


def test_gate__another_index_by_the_targets_word__is_told_and_the_figures_are_shown() -> None:
    report = gated(tree("2026-11-01"), tree("2026-11-20"))
    (suite,) = report.suites
    assert report.exit_code == 0 and {m.rule.name for m in suite.metrics} >= {
        "pass_rate",
        "hit_rate@1",
        "ndcg@3",
    }
    (said,) = suite.not_comparable
    assert "built on `2026-11-20` at the head and `2026-11-01` at the base" in said
    assert "2026-11-20" in markdown(report, marker="m")


def test_gate__the_same_index__is_not_mentioned() -> None:
    base, head = tree("2026-11-20"), {**tree("2026-11-20"), "src/app.py": b"2026-11-20T01:00:00Z"}
    assert gated(base, head).suites[0].not_comparable == ()


def test_gate__a_new_claim_alone__is_measured_anew_and_told() -> None:
    search = Search()
    report = gated(tree("", ", built: 2026-11-01"), tree("", ", built: 2026-11-20"), search)
    (suite,) = report.suites
    assert suite.ran and len(search.asked) >= 24
    assert report.tampering == (), "an index is no model of the gate"
    assert "built on `2026-11-20` at the head" in suite.not_comparable[0]


def test_gate__a_target_that_contradicts_its_config__is_told_which_word_counts() -> None:
    said = gated(tree(""), tree("2026-11-20", ", built: 2026-11-01")).suites[0].not_comparable
    assert said == (
        "The head's target says `built: 2026-11-20` of its index, the config says `2026-11-01`: "
        "the target's word counts; correct the config.",
    )


@pytest.mark.parametrize(("built", "days"), [("2026-11-01", 20), ("2026-11-11", None)])
def test_gate__an_old_index__is_a_note_and_blocks_nothing(built: str, days: int | None) -> None:
    report = gated(tree(""), tree(built))
    notes = [note for note in report.notes if "max_age_days" in note]
    assert report.exit_code == 0
    assert notes == (
        [
            f"suite 's': the search index was built on {built}, {days} days ago; `index.max_age_days` is 10: rebuild it"
        ]
        if days
        else []
    )


def run(files: Tree, search: Search, data: DataRepo, number: int, cache: MemoryCache) -> Scheduled:
    made = world(files, files, search)  # type: ignore[arg-type]
    at = NOW + number * DAY
    made = replace(made, now=lambda: at, data=data, cache=cache)  # type: ignore[arg-type]
    stamp = RunStamp(run=number, attempt=1, started=at, url="")
    found = examine(ScheduledRequest(ref="base", stamp=stamp), made, Tracker())  # type: ignore[arg-type]
    assert isinstance(found.append, AppendHistory)
    data.append(found.append)
    return found


def test_scheduled__of_a_retriever__writes_its_metrics_and_its_index() -> None:
    data, cache = DataRepo(), MemoryCache()
    run(tree("2026-11-01"), Search(missing=3), data, 1, cache)
    (entry,) = read_archive(data, MemoryCache()).history.entries  # type: ignore[arg-type]
    kinds = {reading.name: (reading.kind, round(reading.value or 0, 3)) for reading in entry.readings}
    assert kinds["hit_rate@1"] == ("binary", 0.75)
    assert kinds["ndcg@3"][0] == "score" and 0.5 < kinds["ndcg@3"][1] < 0.62
    assert (entry.index_built, entry.embedding_model) == ("2026-11-01", "e/small")


def test_scheduled__a_rebuilt_index__is_watched_on_and_a_new_claim_begins_anew() -> None:
    """What nobody committed stays on the chart, so that a rebuild that loses documents can ring."""
    data, cache = DataRepo(), MemoryCache()
    claimed = tree("", ", built: 2026-11-21")
    for number, (files, built) in enumerate(
        [(tree(), "2026-11-20"), (tree(), "2026-11-21"), (claimed, "2026-11-21")]
    ):
        run(files, Search(rebuilt=built), data, number, cache)
    history = read_archive(data, MemoryCache()).history  # type: ignore[arg-type]
    assert [entry.index_built for entry in history.entries] == ["2026-11-20", "2026-11-21", "2026-11-21"]
    series = watched(history, "s", "ndcg@3")
    assert series is not None and series.kind == "score"
    assert series.resets == (Reset(index=2, why="prompt"),)


def test_scheduled__an_old_index_or_a_contradiction__is_in_the_notes() -> None:
    found = run(tree("2026-11-01", ", built: 2026-10-01"), Search(), DataRepo(), 0, MemoryCache())
    assert [note for note in found.notes if note.startswith("suite 's'")] == [
        "suite 's': The suite's target says `built: 2026-11-01` of its index, the config says `2026-10-01`: "
        "the target's word counts; correct the config.",
        "suite 's': the search index was built on 2026-11-01, 20 days ago; `index.max_age_days` is 10: rebuild it",
    ]
