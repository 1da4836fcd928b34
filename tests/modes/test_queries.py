"""Query drift from a log to what is printed, written down and opened: rows in the tree or in the workspace."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import pytest
from tests.fuzz.memory import Tree, world
from tests.modes.test_scheduled import DataRepo, Row, Tracker

from mergefloor.core.activity import Inputs, RunStamp
from mergefloor.core.effects import AppendSummary, Outcome, Print, SetOutput, UpsertIssue
from mergefloor.errors import InputError, MergefloorError, UsageError
from mergefloor.modes.action.place import Place
from mergefloor.modes.action.scheduling import scheduled
from mergefloor.modes.action.tasks import ScheduledTask
from mergefloor.modes.queries import QueriesRequest, run
from mergefloor.modes.query_alerts import query_marker
from mergefloor.modes.world import World

TOPICS = {
    "boots": ["return", "boots", "refund", "days", "box"],
    "parcel": ["parcel", "arrive", "courier", "late", "track"],
    "phone": ["battery", "charge", "phone", "hot", "swollen"],
}
SECRET = "ada@example.org"


@dataclass(kw_only=True)
class Workspace:
    """Files beside the repository."""

    files: Mapping[str, bytes]

    def listed(self, folder: str) -> Sequence[str]:
        return sorted(path for path in self.files if path.startswith(folder))

    def read(self, path: str) -> bytes:
        return self.files[path]


def asked(seed: int, day: int, days: int, *topics: str, each: int = 10) -> list[dict[str, str]]:
    """`each` queries a day about these topics; every one names a person."""
    random = Random(seed)
    return [
        {
            "at": f"2026-11-{day + number // each:02}T10:{number % each:02}:00Z",
            "text": " ".join(random.choices(TOPICS[random.choice(topics)], k=5)) + f" {SECRET} {number}",
        }
        for number in range(days * each)
    ]


def lines(*rows: Sequence[Mapping[str, str]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for part in rows for row in part).encode()


CALM = lines(asked(1, 1, 16, "boots", "parcel"))
DRIFT = lines(asked(1, 1, 8, "boots", "parcel"), asked(2, 9, 8, "boots", "parcel", "phone", "phone"))


def tree(queries: str = "file: 'logs/*.jsonl', window: 80", **files: bytes) -> dict[str, bytes]:
    golden = "".join(
        f'- {{id: {topic}-{n}, input: "{" ".join(TOPICS[topic][n : n + 3])} {SECRET} {n}", must_contain: [ok]}}\n'
        for topic in ("boots", "parcel")
        for n in range(3)
    )
    config = (
        "version: 1\ndefaults: {model: scripted/a.yaml, embedding_model: scripted/a.yaml}\n"
        "policy: {floating_models: warn}\nsuites:\n"
        f"  shop: {{prompt: p.yaml, golden: g.yaml, owner: '@acme/ai', queries: {{{queries}}}}}\n"
        "  other: {prompt: p.yaml, golden: g.yaml}\n"
    )
    script = b"default: ok\n"
    return {
        "mergefloor.yml": config.encode(),
        "g.yaml": golden.encode(),
        "p.yaml": b"system: hi\n",
        "a.yaml": script,
        **files,
    }


def made(files: Tree, workspace: Mapping[str, bytes] | None = None) -> World:
    found = world(files, files)
    return replace(found, exports=None if workspace is None else Workspace(files=workspace))


def queries(log: bytes, config: str = "file: 'logs/*.jsonl', window: 80", **request: Any) -> Outcome:
    return run(QueriesRequest(ref="head", **request), made(tree(config, **{"logs/q.jsonl": log})))


def printed(outcome: Outcome) -> str:
    return " ".join("".join(e.text for e in outcome.effects if isinstance(e, Print)).split())


def everything(outcome: Outcome) -> str:
    return "\n".join(
        e.value if isinstance(e, SetOutput) else e.text
        for e in outcome.effects
        if isinstance(e, SetOutput | Print | AppendSummary)
    )


def record(outcome: Outcome) -> dict[str, Any]:
    (value,) = (e.value for e in outcome.effects if isinstance(e, SetOutput))
    (suite,) = json.loads(value)["suites"]
    return dict(suite)


def test_queries__of_a_new_topic__are_told_with_spans_rows_and_cases() -> None:
    outcome = queries(DRIFT)
    assert outcome.exit_code == 0
    said = printed(outcome)
    assert "queries of 2026-11-01 to 2026-11-08 differ from 2026-11-09 to 2026-11-16 (energy distance" in said
    assert "golden set:" in said and "cosine of the windows' means" in said
    found = record(outcome)
    assert found["drifted"] is True and found["p_value"] <= 0.01
    assert found["golden"]["cases"] == 6 and found["golden"]["share_beyond"] > 0.15
    rows = [json.loads(DRIFT.splitlines()[far["line"] - 1])["text"] for far in found["golden"]["far"]]
    assert all(set(TOPICS["phone"]) & set(row.split()) for row in rows), (
        "the farthest rows are the new topic's"
    )


def test_queries__of_the_same_topics__are_no_drift() -> None:
    outcome = queries(CALM)
    assert (outcome.exit_code, record(outcome)["drifted"]) == (0, False)
    assert "show no difference" in printed(outcome)


def test_queries__leave_no_text_in_any_report__unless_asked_for() -> None:
    assert SECRET not in everything(queries(DRIFT))
    assert SECRET in everything(queries(DRIFT, "file: 'logs/*.jsonl', window: 80, show: true"))


def test_queries__too_few__say_what_cannot_be_told() -> None:
    outcome = queries(lines(asked(1, 1, 3, "boots")))
    assert outcome.exit_code == 0
    assert (
        "cannot tell whether queries changed: 15 queries in a window; 20 are needed (30 rows in all)"
        in printed(outcome)
    )
    it = made(tree(**{"logs/q.jsonl": lines(asked(1, 1, 3, "boots"))}))
    assert run(QueriesRequest(ref="head"), it).exit_code == 0
    assert it.cache.rows == {}, "no embedding is paid for where nothing can be told"  # type: ignore[attr-defined]
    empty = queries(b"")
    assert (empty.exit_code, record(empty)["drifted"], record(empty)["before"]) == (0, None, None)


def test_queries__the_same_log_again__give_the_same_p_and_embed_nothing() -> None:
    it = made(tree(**{"logs/q.jsonl": DRIFT}))
    first = run(QueriesRequest(ref="head"), it)
    stored = len(it.cache.rows)  # type: ignore[attr-defined]
    assert 160 <= stored <= 166
    again = run(QueriesRequest(ref="head", offline=True), it)
    assert (again.exit_code, record(again)) == (0, record(first))
    assert not any(SECRET in repr(row) for row in it.cache.rows.values())  # type: ignore[attr-defined]


def test_queries__offline_without_vectors__could_not_be_compared() -> None:
    outcome = queries(DRIFT, offline=True)
    assert outcome.exit_code == 2
    assert "166 of 166 embeddings could not be had (offline)" in printed(outcome)
    assert SECRET not in everything(outcome)


def test_queries__in_the_workspace__go_before_those_of_the_tree() -> None:
    it = made(tree(**{"logs/old.jsonl": CALM}), {"logs/today.jsonl": DRIFT, "notes/q.jsonl": b"no"})
    assert record(run(QueriesRequest(ref="head"), it))["drifted"] is True
    without = made(tree(**{"logs/old.jsonl": CALM}), {})
    assert record(run(QueriesRequest(ref="head"), without))["drifted"] is False


@pytest.mark.parametrize(
    ("files", "request_", "error", "said"),
    [
        (tree(), {}, InputError, "no file matches 'logs/*.jsonl'"),
        (tree(**{"logs/q.jsonl": b"{}\n"}), {}, InputError, "`at` is missing"),
        (tree(), {"suites": ("other",)}, UsageError, "suite 'other' has no query log"),
        (tree(), {"suites": ("shoe",)}, UsageError, "suites with one: shop"),
        (tree("file: q.txt", **{"q.txt": b"hi"}), {}, InputError, "queries cannot be a .txt file"),
        ({**tree(), "mergefloor.yml": b"suites: {s: {prompt: p.yaml, queries: {file: q.csv}}}"}, {}, InputError, "no embedding model is configured"),
        ({**tree(), "mergefloor.yml": b"suites: {s: {prompt: p.yaml}}"}, {}, UsageError, "no suite has a query log"),
    ],
)  # fmt: skip
def test_queries__that_cannot_be_read__are_an_error_of_the_config(
    files: Tree, request_: dict[str, Any], error: type[MergefloorError], said: str
) -> None:
    with pytest.raises(error) as caught:
        run(QueriesRequest(ref="head", **request_), made(files))
    assert caught.value.exit_code == 3 and said in str(caught.value) + getattr(caught.value, "fix", "")


def test_queries__with_a_broken_golden_set__are_compared_all_the_same() -> None:
    files = {**tree(**{"logs/q.jsonl": DRIFT}), "g.yaml": b"- {inputs: 1}\n"}
    outcome = run(QueriesRequest(ref="head"), made(files))
    assert outcome.exit_code == 0 and record(outcome)["drifted"] is True
    assert "the golden set was not compared: g.yaml:1" in printed(outcome)


def test_queries__of_cases_with_variables__are_held_against_their_texts() -> None:
    files = {
        **tree(**{"logs/q.jsonl": DRIFT}),
        "g.yaml": b"- {id: a, vars: {q: return boots, n: 3}, must_contain: [x]}\n",
    }
    assert record(run(QueriesRequest(ref="head"), made(files)))["golden"]["cases"] == 1


# --- scheduled ---------------------------------------------------------------------------------------------------


@dataclass(kw_only=True)
class Week:
    """A repository whose log grows between scheduled runs."""

    it: World
    data: DataRepo
    tracker: Tracker
    number: int = 0

    def run(self, log: bytes | None) -> Outcome:
        self.number += 1
        files = {} if log is None else {"logs/q.jsonl": log}
        it = replace(self.it, exports=Workspace(files=files), data=self.data)  # type: ignore[arg-type]
        stamp = RunStamp(run=self.number, attempt=1, started=1_795_219_200.0 + self.number, url="https://x/1")
        place = Place(inputs=Inputs(), stamp=stamp, config="mergefloor.yml", redact=str)
        outcome = scheduled(ScheduledTask(sha="base", name="main"), place, it, self.tracker)  # type: ignore[arg-type]
        for effect in outcome.effects:
            if isinstance(effect, UpsertIssue):
                self.tracker.apply(effect)
        return outcome

    @property
    def issue(self) -> Row | None:
        return self.tracker.rows.get(query_marker("mergefloor.yml", "shop"))


def week() -> Week:
    return Week(it=made(tree()), data=DataRepo(), tracker=Tracker())


def test_scheduled__with_a_drift__tells_it_and_opens_one_issue_for_its_owner() -> None:
    it = week()
    outcome = it.run(DRIFT)
    summary = "".join(e.text for e in outcome.effects if isinstance(e, AppendSummary))
    assert outcome.exit_code == 0 and "### What people ask" in summary and "differ from 2026-11-09" in summary
    assert it.issue is not None and it.issue.title == "People ask other things than before: shop"
    assert "logs/q.jsonl:" in it.issue.body and SECRET not in it.issue.body + summary
    (effect,) = (e for e in outcome.effects if isinstance(e, UpsertIssue) and "queries-" in e.marker)
    assert "@acme/ai" in effect.comment
    it.run(DRIFT)
    assert (it.issue.opened, it.issue.edits) == (1, 2)


def test_scheduled__an_issue_that_somebody_closed__comes_back_with_another_change_only() -> None:
    it = week()
    it.run(DRIFT)
    assert it.issue is not None
    it.issue.open = False
    it.run(DRIFT)
    assert (it.issue.open, it.issue.opened) == (False, 1), "the windows still straddle the same change"
    settled = DRIFT + lines(asked(3, 17, 8, "boots", "parcel", "phone", "phone"))
    it.run(settled)
    assert not it.issue.open, "what is new has become what is usual"
    it.run(settled + lines(asked(4, 25, 5, "parcel", each=16)))
    assert (it.issue.open, it.issue.opened) == (True, 2)


def test_scheduled__without_a_drift_or_a_log__opens_nothing_and_stays_green() -> None:
    it = week()
    assert it.run(CALM).exit_code == 0 and it.issue is None
    outcome = it.run(None)
    summary = "".join(e.text for e in outcome.effects if isinstance(e, AppendSummary))
    assert outcome.exit_code == 0 and it.issue is None
    assert "could not be compared" in summary and "no file matches" in summary
