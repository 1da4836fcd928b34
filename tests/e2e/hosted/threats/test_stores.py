"""T12, T13: what lies in the workspace is no evidence, and what a change asks for is paid from the base's budget."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.e2e.hosted import small
from tests.e2e.hosted.team import KEY, Team
from tests.e2e.hosted.threats.inside import Inside, a_team
from tests.e2e.hosted.threats.loopback import LLM, NAME, Asked, a_model
from tests.fakes.runner import Run

REAL = small.CONFIG.replace("scripted/answers.yaml", f"openai-compatible/{NAME}")
FILES = {**small.FILES, "mergefloor.yml": REAL}
FOLDER = ".mergefloor-cache"
GREEN = {"schema": 1, "verdict": "pass", "reasons": [], "suites": [], "status": "success"}


def honest(asked: Asked) -> str:
    return "Noted." if "coldly" in asked.system else "Hello, friend!"


def friendly(_: Asked) -> str:
    """The endpoint of a forger: every answer is right."""
    return "Hello, friend!"


@pytest.fixture(scope="module")
def site(opened: Callable[..., Team]) -> Iterator[tuple[Team, LLM]]:
    with a_model(honest) as llm:
        yield opened(files=FILES), llm


def runner_of(team: Team, folder: Path) -> Inside:
    """A fresh machine for a run of the same repository."""
    github = team.github
    return Inside(folder, api_url=github.url, graphql_url=github.graphql_url, repository=github.repository)


def ran(site: tuple[Team, LLM], folder: Path, key: str, planted: dict[str, bytes] | None = None) -> Run:
    """One run on a machine whose workspace holds planted files already. The model's calls are counted from zero."""
    team, llm = site
    llm.asked.clear()
    runner = runner_of(team, folder)
    for name, data in (planted or {}).items():
        place = runner.workspace / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    number = next(iter(team.github.pulls), 0) or team.github.open_pull("worse")
    event = team.github.event("pull_request", number=number)
    given = {"cache-key": key, "openai-base-url": llm.url, "report-path": "rep", "comment": "false"}
    return runner.run("pull_request", event, given, token=team.github.token)


@pytest.fixture(scope="module")
def forgery(
    site: tuple[Team, LLM], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], dict[str, bytes]]:
    """Segments, as a run under some key writes them, in which every answer is right."""

    def made(key: str) -> dict[str, bytes]:
        site[1].answer = friendly
        try:
            run = ran(site, tmp_path_factory.mktemp("forger"), key)
        finally:
            site[1].answer = honest
        assert run.outputs["verdict"] != "block", run.log
        return {name: data for name, data in run.files.items() if name.startswith(FOLDER)}

    return made


def test_T12__forged_segments_in_the_cache_path__are_not_believed(
    site: tuple[Team, LLM], forgery: Callable[[str], dict[str, bytes]], tmp_path: Path
) -> None:
    segments = forgery("a key of the forger's own")
    run = ran(site, tmp_path, KEY, segments)
    assert (run.code, run.outputs["verdict"]) == (1, "block"), run.log
    assert len(site[1].asked) >= 2 * small.CASES, "everything was asked anew"


def test_T12__control__segments_under_the_right_key__are_believed(
    site: tuple[Team, LLM], forgery: Callable[[str], dict[str, bytes]], tmp_path: Path
) -> None:
    """What the signature keeps out: whoever holds the key can forge answers, which the page on threats says."""
    run = ran(site, tmp_path, KEY, forgery(KEY))
    assert run.outputs["verdict"] != "block", run.log
    assert site[1].asked == []


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _swapped(data: bytes) -> bytes:
    """The answer of one request under the address of another, each line's signature kept."""
    rows = [json.loads(line) for line in data.splitlines() if line.strip()]
    for row, other in zip(rows, [*rows[1:], rows[0]], strict=True):
        row["k"] = other["k"]
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def _rewritten(data: bytes) -> bytes:
    return data.replace(b"Noted.", b"Hello, friend!")


def _unsigned(data: bytes) -> bytes:
    rows = [json.loads(line) for line in data.splitlines() if line.strip()]
    return b"".join(json.dumps({**row, "m": ""}).encode() + b"\n" for row in rows)


@pytest.mark.parametrize("damage", [_swapped, _rewritten, _unsigned, _cut])
def test_T12__true_segments_that_were_changed__are_not_believed(
    site: tuple[Team, LLM], tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    honest_run = ran(site, tmp_path / "before", KEY)
    planted = {name: damage(data) for name, data in honest_run.files.items() if name.startswith(FOLDER)}
    assert planted
    assert all(data != honest_run.files[name] for name, data in planted.items())
    run = ran(site, tmp_path / "after", KEY, planted)
    assert (run.code, run.outputs["verdict"]) == (1, "block"), run.log


@pytest.fixture(autouse=True)
def folders(tmp_path: Path) -> None:
    for name in ("before", "after"):
        (tmp_path / name).mkdir()


def test_T12__planted_reports_and_artifacts__are_no_input(site: tuple[Team, LLM], tmp_path: Path) -> None:
    green = json.dumps(GREEN).encode()
    names = (
        "rep/report.json", "report.json", "mergefloor-report/report.json", "artifact/base.json", "base.json",
        f"{FOLDER}/report.json", f"{FOLDER}/base.json", f"{FOLDER}/cache.db", ".mergefloor/verdict",
    )  # fmt: skip
    run = ran(site, tmp_path, KEY, dict.fromkeys(names, green))
    assert (run.code, run.outputs["verdict"]) == (1, "block"), run.log
    assert json.loads(run.files["rep/report.json"])["verdict"] == "block", "ours is written over it"
    assert len(site[1].asked) >= 2 * small.CASES


def test_T12__artifact_event__asks_for_nothing(site: tuple[Team, LLM], tmp_path: Path) -> None:
    """`workflow_run` is how an artifact of a fork meets a privileged job; it is no event of ours."""
    team, _ = site
    payload = {
        **team.github.event("push"),
        "action": "completed",
        "workflow_run": {"id": 1, "pull_requests": []},
    }
    before = len(team.github.requests)
    run = runner_of(team, tmp_path).run("workflow_run", payload, {"cache-key": KEY}, token=team.github.token)
    assert run.code == 0, run.log
    assert len(team.github.requests) == before


@pytest.mark.parametrize("name", ["rep", FOLDER])
def test_T12__link_in_the_place_of_a_folder_of_ours__is_not_written_through(
    site: tuple[Team, LLM], tmp_path: Path, name: str
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    runner_of(site[0], tmp_path)
    (tmp_path / "workspace" / name).symlink_to(outside)
    run = ran(site, tmp_path, KEY)
    assert run.code == 1, run.log
    assert list(outside.iterdir()) == []
    assert name in run.log, "and it is told"


# T13 ------------------------------------------------------------------------------------------------------------

MANY = 10_000
FLIGHT = 20  # calls under way at most
TOKENS = (100, 100)
PRICED = (
    REAL
    + f"budget: {{usd: 0.01, minutes: 20}}\nprices: {{openai-compatible/{NAME}: {{input: 1, output: 1}}}}\n"
)


def rows(count: int) -> str:
    return "".join(
        json.dumps({"id": f"g-{at}", "input": f"I am guest {at}.", "must_contain": ["friend"]}) + "\n"
        for at in range(count)
    )


def test_T13__ten_thousand_cases_and_one_cent__spends_no_more_than_that(tmp_path: Path) -> None:
    """The change also raises the budget, the cap on cases and the prices; the base's hold."""
    config = PRICED.replace("evals/greeter/*.yaml", "evals/greeter/*.jsonl")
    generous = config.replace("usd: 0.01", "usd: 1000000").replace(
        "input: 1, output: 1", "input: 0, output: 0"
    )
    files = {**FILES, "mergefloor.yml": config, "evals/greeter/all.jsonl": rows(12)}
    files.pop("evals/greeter/first.yaml")
    change = {**small.WORSE, "evals/greeter/all.jsonl": rows(MANY), "mergefloor.yml": generous}
    with a_team(tmp_path, files, {"greedy": change}) as team, a_model(honest, tokens=TOKENS) as llm:
        run = team.gate(team.github.open_pull("greedy"), openai_base_url=llm.url)
        state, line = team.status(team.sha("greedy"))
    print(len(llm.asked), line)
    spent = len(llm.asked) * sum(TOKENS) / 1e6
    assert run.code == 2, run.log
    assert state == "error"
    assert "budget" in line or "budget" in run.log
    assert 0 < spent <= 0.01 + FLIGHT * sum(TOKENS) / 1e6
    assert float(run.outputs.get("cost-usd", "0")) <= 0.01 + FLIGHT * sum(TOKENS) / 1e6
