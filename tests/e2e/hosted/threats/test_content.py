"""T06-T08, T14: links, paths, endpoints and names that a change brings along."""

from __future__ import annotations

import json
import os
import random
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from tests.e2e.hosted import small
from tests.e2e.hosted.team import KEY, Team
from tests.e2e.hosted.threats.inside import check_out
from tests.e2e.hosted.threats.loopback import NAME, a_model, a_trap
from tests.e2e.hosted.threats.sinks import HIDDEN, leaks, sinks
from tests.e2e.hosted.threats.watching import watched
from tests.unit.render.oracle import assert_safe

from mergefloor.errors import InputError
from mergefloor.repo import LocalRepo

CANARY = "canary-of-the-machine-0123456789"


def planted(
    team: Team, branch: str, links: Mapping[str, str], files: Mapping[str, str] = {"note.txt": "x\n"}
) -> str:
    """Commit symbolic links (path: where to) on a branch, in the place of whatever is there."""
    team.commit(branch, files)
    for path, target in links.items():
        team.git("rm", "-rq", "--ignore-unmatch", path)
        place = team.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(target)
        team.git("add", path)
    team.git("commit", "-q", "-m", "links")
    return team.sha("HEAD")


def submodule(team: Team, branch: str) -> str:
    """A submodule where the golden cases were."""
    team.commit(branch, {"evals/greeter/first.yaml": None})
    team.git("update-index", "--add", "--cacheinfo", f"160000,{team.sha('main')},evals/greeter/first.yaml")
    team.git("commit", "-q", "-m", "a submodule")
    return team.sha("HEAD")


KINDS: dict[str, Callable[[Team], str]] = {
    "prompt-to-proc": lambda t: planted(t, "x", {"prompts/greeter.yaml": "/proc/self/environ"}),
    "golden-to-git-config": lambda t: planted(t, "x", {"evals/greeter/first.yaml": "../../.git/config"}),
    "config-to-a-file": lambda t: planted(t, "x", {"mergefloor.yml": "/etc/hostname"}),
    "folder-to-outside": lambda t: planted(t, "x", {"prompts": "/proc/self"}),
    "script-to-proc": lambda t: planted(t, "x", {"answers.yaml": "/proc/self/environ"}, small.WORSE),
    "submodule": lambda t: submodule(t, "x"),
}


@pytest.mark.parametrize("place", ["api", "checkout"])
@pytest.mark.parametrize("kind", KINDS)
def test_T06__link_or_submodule_in_a_change__is_an_error_and_never_followed(
    team: Team, kind: str, place: str
) -> None:
    KINDS[kind](team)
    if place == "checkout":
        workspace = check_out(team, "x")
        team.git("-C", str(workspace), "config", "user.name", CANARY)
    event = team.github.event("pull_request", number=team.github.open_pull("x"))
    with watched() as watch:
        run = team.runner.run(
            "pull_request", event, {"cache-key": KEY, "report-path": "rep"}, token=team.github.token,
            env_extra={"SOME_VARIABLE": CANARY},
        )  # fmt: skip
    gone = kind == "folder-to-outside"  # the prompt is not there any more, and says so
    assert run.code == (1 if gone else 3), run.log
    assert team.status(team.sha("x"))[0] == "failure"
    wanted = {"submodule": "submodule", "folder-to-outside": "is gone at the head"}.get(kind, "symbolic link")
    assert wanted in run.log
    assert leaks(run, team, CANARY) == []
    assert not [path for path, _ in watch.opened if path.endswith("/environ") or path == "/etc/hostname"]


def test_T06__control__a_checkout_that_is_read_as_files_would_show_the_environment(team: Team) -> None:
    KINDS["prompt-to-proc"](team)
    workspace = check_out(team, "x")
    read = subprocess.run(
        ["cat", str(workspace / "prompts/greeter.yaml")], env={"SOME_VARIABLE": CANARY}, capture_output=True, check=True
    )  # fmt: skip
    assert CANARY.encode() in read.stdout


# T07 ------------------------------------------------------------------------------------------------------------

FRAGMENTS = (
    "..", ".", "/", "//", "\\", "\0", "\n", "\r", "-rf", "--upload-pack=x", ":(glob)**", ":/", "*", "?", "[a]", "~", "$HOME",
    "`id`", "%2e%2e", "%00", "\u202e", "a.yaml", "A.yaml", "e\u0301", "\u00e9", " ", "", ".git", "prompts", "proc/self/environ",
    "\ud800", "HEAD:", "C:", "file://", "x" * 300,
)  # fmt: skip
TREE = (
    "prompts/a.yaml",
    "prompts/A.yaml",
    "prompts/\u00e9",
    "-rf",
    ":(glob)**",
    "a\nb",
    "prompts/..x",
    "%2e%2e",
)


def test_T07__ten_thousand_paths__are_an_entry_of_the_tree_to_the_letter_or_an_error(team: Team) -> None:
    for at, path in enumerate(TREE):
        place = team.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(f"text {at}")
        team.git("add", f":(literal){path}")
    team.git("commit", "-q", "-m", "a tree")
    draw, found, refused = random.Random(7), 0, 0
    with LocalRepo(team.folder, environ={"PATH": os.environ["PATH"]}) as repo:
        snapshot = repo.snapshot("HEAD")
        with watched() as watch:
            for _ in range(10_000):
                path = draw.choice(TREE) if draw.random() < 0.1 else "".join(draw.choices(FRAGMENTS, k=draw.randint(1, 6)))  # fmt: skip
                try:
                    text = snapshot.read(path)
                except InputError as error:
                    refused += 1
                    assert path not in snapshot.files
                    assert str(error).encode(), "can be printed"
                else:
                    found += 1
                    assert text == f"text {TREE.index(path)}".encode()
    assert found > 900
    assert refused > 8_000
    assert [path for path, _ in watch.opened if path != "/dev/null"] == []
    assert not [each.argv for each in watch.started if "cat-file" not in each.argv]


NAMES = (
    "-rf.yaml", "--help.yaml", ":(glob)x.yaml", "a b.yaml", "a\nb.yaml", "a\tb.yaml", '"q".yaml', "'q'.yaml", "`id`.yaml",
    "$(touch x).yaml", "%2e%2e%2fx.yaml", "\u202egolden.yaml", "G.yaml", "g.yaml", "..x.yaml", "...yaml", "*.yaml", "[x].yaml",
    "a\\b.yaml", "\x1b[31m.yaml", "::error::x.yaml", "\u00e9.yaml", "e\u0301.yaml", "a;b.yaml", "a|b.yaml", "a&b.yaml", "~.yaml",
    "HEAD:x.yaml", "<!-- x -->.yaml", "@octocat.yaml", "#1.yaml", " .yaml", "con.yaml", "a\u200bb.yaml", "{x}.yaml",
)  # fmt: skip


@pytest.mark.parametrize("place", ["api", "checkout"])
def test_T07__whole_run_over_hostile_names__reads_each_file_to_the_letter(team: Team, place: str) -> None:
    """Every name holds one golden case that breaks: all of them are read, none is taken for another or for an option."""
    team.git("checkout", "-q", "main")
    for at, name in enumerate(NAMES):
        case = f'- {{id: n-{at}, input: "I am guest {at}.", must_contain: [friend]}}\n'
        (team.folder / "evals/greeter" / name).write_text(case, encoding="utf-8")
    team.git("add", "evals")
    team.git("commit", "-q", "-m", "names")
    team.commit("x", small.WORSE)
    if place == "checkout":
        check_out(team, "x")
    event = team.github.event("pull_request", number=team.github.open_pull("x"))
    outside = team.runner.workspace.parent
    before = {path for path in outside.rglob("*") if "_runner_file_commands" not in str(path)}
    with watched() as watch:
        run = team.run("pull_request", event, report_path="rep")
    assert run.code == 1, run.log
    broken = len(NAMES) + small.CASES
    assert f"{broken} of {broken} cases broke" in team.status(team.sha("x"))[1]
    strange = {path for path, writes in watch.opened if writes and not _ours(path, team)}
    assert strange == set()
    assert all("x.yaml" not in argument for each in watch.started for argument in each.argv)
    new = {p for p in outside.rglob("*") if "_runner_file_commands" not in str(p)} - before
    assert {p.relative_to(outside).parts[:2] for p in new} <= {
        ("workspace", ".mergefloor-cache"), ("workspace", "rep"), ("runner_temp", "_github_workflow"),
    }  # fmt: skip
    (comment,) = team.sticky(1)
    assert not HIDDEN.search(comment)


def _ours(path: str, team: Team) -> bool:
    temporary = (
        "seg-",
        "/mergefloor-",
        "/_runner_file_commands/",
        "/rep/",
        "/.mergefloor-cache/",
        "/_github_home/",
    )
    return (
        any(part in path for part in temporary)
        or path in {"/dev/null", str(team.runner.workspace)}
        or "__pycache__" in path
    )


@pytest.mark.parametrize("name", ["..", ".", ".git", ".GIT", "git~1"])
def test_T07__tree_that_no_checkout_would_take__leads_nowhere(team: Team, name: str) -> None:
    """Objects can be pushed that git itself would refuse to check out: entries called `..` or `.git`."""
    blob = team.git("hash-object", "-w", str(team.folder / "evals/greeter/first.yaml"))
    inner = _made(team, f"100644 blob {blob}\tfirst.yaml\0")
    outer = _made(team, f"040000 tree {inner}\t{name}\0100644 blob {blob}\tfirst.yaml\0")
    listing = team.git("ls-tree", "-z", "worse").replace(team.git("rev-parse", "worse:evals"), "0" * 40)
    rows = [row for row in listing.split("\0") if row and "0" * 40 not in row]
    root = _made(team, "\0".join([*rows, f"040000 tree {outer}\tevals"]) + "\0")
    sha = team.git("commit-tree", root, "-p", team.sha("main"), "-m", "a tree")
    team.git("update-ref", "refs/heads/odd", sha)
    event = team.github.event("pull_request", number=team.github.open_pull("odd"))
    with watched() as watch:
        run = team.run("pull_request", event, report_path="rep")
    assert run.code in {1, 2, 3}, run.log
    assert "Traceback" not in run.log
    assert "a bug of ours" not in run.log
    assert {path for path, writes in watch.opened if writes and not _ours(path, team)} == set()
    assert team.status(sha)[0] in {"failure", "error"}


def _made(team: Team, rows: str) -> str:
    env = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": "/dev/null"}
    done = subprocess.run(["git", "mktree", "-z", "--missing"], cwd=team.folder, env=env, input=rows.encode(), capture_output=True, check=True)  # fmt: skip
    return done.stdout.decode().strip()


OUTSIDE = ("../secret.yaml", "{top}/secret.yaml", "evals/../../secret.yaml", "~/secret.yaml")


@pytest.mark.parametrize("field", ["prompt", "golden", "model", "calibration"])
def test_T07__config_that_points_outside__opens_nothing_there(team: Team, field: str, tmp_path: Path) -> None:
    for place in (team.runner.workspace.parent, team.runner.workspace.parent.parent, tmp_path):
        (place / "secret.yaml").write_text(f'- {{id: {CANARY}, input: "I am guest 1.", must_contain: [x]}}\n')
    pattern = {
        "prompt": ("prompt: prompts/greeter.yaml", "prompt: {}"),
        "golden": ("evals/greeter/*.yaml", "{}"),
        "model": ("scripted/answers.yaml", "scripted/{}"),
        "calibration": ("suites:", "judge: {{calibration: {}}}\nsuites:"),
    }[field]
    for at, path in enumerate(OUTSIDE):
        text = small.CONFIG.replace(
            pattern[0],
            pattern[1].format(
                f'"{path.format(top=tmp_path)}"' if field != "model" else path.format(top=tmp_path)
            ),
        )
        team.commit(f"x{at}", {"mergefloor.yml": text, **small.WORSE})
        event = team.github.event("pull_request", number=team.github.open_pull(f"x{at}"))
        with watched() as watch:
            run = team.run("pull_request", event)
        assert run.code in {1, 3}, run.log
        assert not [path for path, _ in watch.opened if "secret.yaml" in path]
        assert leaks(run, team, CANARY) == []


# T08 ------------------------------------------------------------------------------------------------------------

REAL = small.CONFIG.replace("scripted/answers.yaml", f"openai/{NAME}")
STEERED: dict[str, dict[str, str]] = {
    "base-url": {"mergefloor.yml": REAL.replace("}\nsuites", ", params: {base_url: '{url}'}}\nsuites")},
    "top-level-url": {"mergefloor.yml": REAL + "base_url: '{url}'\n"},
    "proxy": {"mergefloor.yml": REAL + "proxy: '{url}'\n"},
    "api-key": {"mergefloor.yml": REAL + "api_key: $OPENAI_API_KEY\n"},
    "env-map": {"mergefloor.yml": REAL + "env: {OPENAI_BASE_URL: '{url}'}\n"},
    "headers": {
        "mergefloor.yml": REAL.replace("}\nsuites", ", params: {extra_headers: {x: '{url}'}}}\nsuites")
    },
    "model-name": {"mergefloor.yml": REAL.replace(f"openai/{NAME}", "'{url}/x'")},
    "judge": {"mergefloor.yml": REAL + "judge: {model: openai/x-2026-01-01, base_url: '{url}'}\n"},
    "prompt-file": {"prompts/greeter.yaml": small.prompt("Greet coldly.", "2.0.0") + "base_url: '{url}'\n"},
}
IGNORED_FILES = {
    ".env": "OPENAI_BASE_URL={url}\nHTTPS_PROXY={url}\nALL_PROXY={url}\n",
    ".netrc": "default login x password y\n",
    "mergefloor.toml": "base_url = '{url}'\n",
    ".config/openai.json": '{"base_url": "{url}"}\n',
}


@pytest.mark.parametrize("how", STEERED)
def test_T08__change_that_says_where_calls_go__is_refused_and_nobody_is_called(team: Team, how: str) -> None:
    with a_trap() as trap, a_model(lambda _: "Hello, friend!") as llm:
        team.commit("main", {"mergefloor.yml": REAL})
        files = {path: text.replace("{url}", trap.url) for path, text in STEERED[how].items()}
        team.commit("steered", {**small.WORSE, **files})
        number = team.github.open_pull("steered")
        run = team.gate(number, openai_api_key="sk-canary-000000000000000", openai_base_url=llm.url)
    assert run.code == 3, run.log
    assert trap.caught == []
    assert team.status(team.sha("steered"))[0] == "failure"


@pytest.mark.parametrize("place", ["api", "checkout"])
def test_T08__env_files_of_a_change__are_not_read(team: Team, place: str) -> None:
    with a_trap() as trap, a_model(lambda a: "Noted." if "coldly" in a.system else "Hello, friend!") as llm:
        team.commit("main", {"mergefloor.yml": REAL})
        files = {path: text.replace("{url}", trap.url) for path, text in IGNORED_FILES.items()}
        team.commit("steered", {**small.WORSE, **files})
        if place == "checkout":
            check_out(team, "steered")
        number = team.github.open_pull("steered")
        with watched() as watch:
            run = team.gate(number, openai_api_key="sk-canary-000000000000000", openai_base_url=llm.url)
        assert run.code == 1, run.log
        assert llm.asked
        assert trap.caught == []
        assert not [path for path, _ in watch.opened if path.endswith((".env", ".netrc", "mergefloor.toml"))]


def test_T08__control__the_workflow_itself_says_where_calls_go(team: Team) -> None:
    """The trap catches: the same address, given by the one who may give it."""
    with a_trap() as trap:
        team.commit("main", {"mergefloor.yml": REAL + "budget: {usd: 1, minutes: 0.03}\n"})
        team.commit("steered", small.WORSE, start="main")
        number = team.github.open_pull("steered")
        team.gate(number, openai_api_key="sk-canary-000000000000000", openai_base_url=f"{trap.url}/v1")
    assert any(b"sk-canary-000000000000000" in caught for caught in trap.caught)


def test_T08__endpoint_that_redirects__is_not_followed(team: Team) -> None:
    with a_trap() as trap, a_model(lambda _: (307, "elsewhere")) as llm:
        llm.location = f"{trap.url}/v1/chat/completions"
        team.commit("main", {"mergefloor.yml": REAL + "budget: {usd: 1, minutes: 0.03}\n"})
        team.commit("steered", small.WORSE, start="main")
        number = team.github.open_pull("steered")
        run = team.gate(number, openai_api_key="sk-canary-000000000000000", openai_base_url=llm.url)
        assert run.code == 2, run.log
        assert llm.asked
        assert trap.caught == []


# T14 ------------------------------------------------------------------------------------------------------------

BRANCHES = (
    "$(touch${IFS}pwned)", "`touch${IFS}pwned`", ";touch${IFS}pwned", "--upload-pack=touch", "-x", "a|b&c", "a'b\"c",
    "##(error)owned", "%0A%3A%3Aerror%3A%3Aowned", "<!--mergefloor-->", "@octocat", "#1", "release/%2e%2e%2fx", "a#b%c",
    "refs/heads/main", "\u202enoitces", "x](evil.example)", "</details><img/src=x>",
)  # fmt: skip


def test_T14__hostile_branch_names_authors_and_titles__are_names_and_nothing_else(team: Team) -> None:
    for at, (name, base) in enumerate(zip(BRANCHES, (*BRANCHES[1:], BRANCHES[0]), strict=True)):
        sha = team.commit(f"x{at}", {**small.WORSE, "at.txt": str(at)})
        team.git("update-ref", f"refs/heads/{base}", team.sha("main"))
        number = team.github.open_pull(
            name, base, author=f"m{at}-{name}", sha=sha, title=f"{name}\n::error::title"
        )
        event = team.github.event("pull_request", number=number)
        with watched() as watch:
            run = team.run("pull_request", event)
        assert run.code == 1, (name, run.log)
        assert team.status(sha)[0] == "failure"
        assert {c.name for c in run.commands} == {"add-mask", "stop-commands", "error"}, name
        assert [c.data for c in run.annotations] == ["greeter got worse: 12 of 12 cases broke (confirmed)"]
        assert set(run.outputs) == {"verdict", "summary", "cost-usd", "pass-rate"}
        assert set(run.state) == {"sha", "context", "url", "done"}
        assert watch.started == []
        (comment,) = team.sticky(number)
        assert_safe(comment, "evil.example", markers=2, links={run.state["url"]})
    assert not list(team.runner.workspace.glob("*pwned*"))


IDS = (
    "$(touch pwned)",
    "../../x",
    "-rf",
    "::error::x",
    "a\nb",
    "<b>",
    "@octocat",
    "`x`",
    "\u202ex",
    "x" * 81,
    "",
    "%0A",
    "a b",
)


def test_T14__hostile_case_ids__are_refused_before_they_get_anywhere(team: Team) -> None:
    cases = [{"id": each, "input": "I am guest 1.", "must_contain": ["friend"]} for each in IDS]
    team.commit("x", {"evals/greeter/second.yaml": json.dumps(cases), **small.WORSE})
    event = team.github.event("pull_request", number=team.github.open_pull("x"))
    with watched() as watch:
        run = team.run("pull_request", event, report_path="rep")
    assert run.code == 3, run.log
    assert {c.name for c in run.commands} == {"add-mask", "stop-commands", "error"}
    assert len(run.annotations) == 10, "what the runner takes of one kind"
    assert watch.started == []
    assert [
        name for name, text in sinks(run, team) if HIDDEN.search(text) and not name.startswith("address")
    ] == []
