"""What somebody who types commands sees: exit codes, sentences that help, files where they were asked for (CONTRACT 4)."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.fuzz.seeds import SEEDS

ROOT = Path(__file__).parents[2]
SEED = SEEDS[0]
EMBEDDED = """\
system: Be kind.
test_cases:
  - {input: "How long do refunds take?", must_contain: ["30 days"]}
"""


class Shell:
    """The command line in this process, in a folder of its own."""

    def __init__(self, folder: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._home, self._capsys = folder, home, capsys
        self.out = self.err = ""

    def __call__(self, *argv: str, **env: str) -> int:
        from mergefloor.main import main

        self._capsys.readouterr()
        code = main(argv, {"PATH": os.environ["PATH"], "HOME": str(self._home), **env})
        self.out, self.err = self._capsys.readouterr()
        assert code in {0, 1, 2, 3}
        assert "Traceback" not in self.out + self.err
        assert "a bug of ours" not in self.err
        return code

    @property
    def said(self) -> str:
        """Standard output without the line breaks of the terminal."""
        return " ".join(self.out.replace("\n|", "\n").split())


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    (tmp_path / "home").mkdir()
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return Shell(tmp_path / "work", tmp_path / "home", capsys)


def write(files: dict[str, Any]) -> None:
    for name, data in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(data if isinstance(data, bytes) else data.encode())


def git(*args: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *args], check=True, capture_output=True)


def commit(files: dict[str, Any]) -> None:
    if not Path(".git").exists():
        git("init", "-q", "-b", "main")
    write(files)
    git("add", "-A")
    git("commit", "-q", "--allow-empty", "-m", "change")


@pytest.fixture
def repo(shell: Shell) -> Shell:
    """A scripted repository on branch `change`, whose change breaks everything."""
    commit(SEED.base)
    git("switch", "-q", "-c", "change")
    commit(SEED.head)
    return shell


@pytest.fixture
def embedded(shell: Shell) -> Shell:
    """No config: a folder `prompts/` with test cases inside the file, on branch `change`."""
    commit({"prompts/support.yaml": EMBEDDED})
    git("switch", "-q", "-c", "change")
    commit({"prompts/support.yaml": EMBEDDED.replace("kind", "terse")})
    return shell


# Usage: exit 3 on standard error, and what to type.


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        ((), "type `mergefloor --help`"),
        (("gaet",), "choose from 'gate', 'explain', 'record'"),
        (("gate", "--bogus"), "unrecognized arguments: --bogus"),
        (("gate", "--base"), "type `mergefloor gate --help`"),
        (("explain",), "the following arguments are required: CASE"),
        (("cache", "burn"), "choose from 'stats', 'prune'"),
        (("cache", "prune", "--days", "-1"), "'-1' is no number of days"),
        (("cache", "prune", "--days", "x"), "'x' is no number of days"),
        (("demo", "--example", "nope"), "customer-support"),
        (("demo", "--example", "../../etc"), "customer-support"),
    ],
)
def test_cli__typed_wrong__is_exit_3_and_says_what_to_type(
    shell: Shell, argv: tuple[str, ...], says: str
) -> None:
    assert shell(*argv) == 3
    assert says in shell.err
    assert shell.out == ""


@pytest.mark.parametrize("argv", [("--help",), ("gate", "--help"), ("--version",)])
def test_cli__asked_for_help__is_exit_0(shell: Shell, argv: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        shell(*argv)
    assert ended.value.code == 0


# Where there is nothing to gate.


@pytest.mark.parametrize("command", [("gate",), ("validate",), ("init",), ("explain", "x")])
def test_cli__outside_a_repository__says_so(shell: Shell, command: tuple[str, ...]) -> None:
    assert shell(*command) == 2
    assert "cannot be read as a git repository" in shell.err
    assert "`git init`" in shell.err


@pytest.mark.parametrize("command", [("gate",), ("validate",), ("init",)])
def test_cli__in_a_repository_without_a_commit__says_to_commit(
    shell: Shell, command: tuple[str, ...]
) -> None:
    git("init", "-q", "-b", "main")
    assert shell(*command) == 2
    assert "the repository has no commit yet" in shell.err


@pytest.mark.parametrize("option", ["--base", "--head"])
def test_gate__of_an_unknown_ref__names_it(repo: Shell, option: str) -> None:
    assert repo("gate", option, "nope") == 2
    assert "'nope' names no commit of this repository" in repo.err


def test_gate__where_no_branch_is_a_base__says_how_to_name_one(repo: Shell) -> None:
    git("branch", "-m", "main", "trunk")
    assert repo("gate") == 3
    assert "`--base REF`" in repo.err
    assert repo("gate", "--base", "trunk") == 1


def test_gate__of_an_unknown_suite__names_the_known_ones(repo: Shell) -> None:
    assert repo("gate", "--suite", "refnds") == 3
    assert "there is no suite 'refnds'; the suites are refunds" in repo.err


def test_gate__of_a_repository_without_prompts__says_what_to_type(shell: Shell) -> None:
    commit({"README.md": "hello"})
    assert shell("gate") == 3
    assert "`mergefloor init`" in shell.err


def test_init__of_a_repository_without_prompts__says_where_prompts_live(shell: Shell) -> None:
    commit({"README.md": "hello"})
    assert shell("init") == 3
    assert "`prompts/`" in shell.err
    assert not Path("mergefloor.yml").exists()


# Configs: every problem with its file and line.


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("policy:", "polcy:", "mergefloor.yml:5: `polcy` is not a known key; did you mean `policy`?"),
        ("alpha: 0.05", "alhpa: 0.05", "did you mean `alpha`?"),
        ("prompt: prompts/p.yaml", "prompt: prompts/q.yaml", "there is no prompt file 'prompts/q.yaml'"),
        ("golden: evals/cases.yaml", "golden: evals/*.jsonl", "evals/*.jsonl"),
        ("digits: {floor: 0.5}", "digts: {floor: 0.5}", "digts"),
        ("alpha: 0.05", "alpha: .nan", "mergefloor.yml:5: the number .nan is not finite"),
        ("type: words", "type: wrods", "wrods"),
        ("scripted/answers.yaml\n", "gpt-4o\n", "mergefloor.yml:3"),
    ],
)
def test_validate__of_a_config_with_a_mistake__names_line_and_remedy(
    shell: Shell, before: str, after: str, says: str
) -> None:
    config = SEED.base["mergefloor.yml"].decode()
    assert before in config
    commit({**SEED.base, "mergefloor.yml": config.replace(before, after)})
    assert shell("validate") == 3
    assert says in shell.err, shell.err
    assert re.search(r"^\S+:\d+: ", shell.err)


def test_gate__with_a_mistake_in_the_heads_config__is_exit_3_with_its_line(repo: Shell) -> None:
    config = SEED.base["mergefloor.yml"].decode()
    commit({"mergefloor.yml": config.replace("policy:", "polcy:")})
    assert repo("gate") == 3
    assert "mergefloor.yml:5: `polcy` is not a known key; did you mean `policy`?" in repo.err


@pytest.mark.parametrize("command", ["gate", "validate"])
def test_cli__with_a_config_that_is_not_there__names_the_option(repo: Shell, command: str) -> None:
    assert repo(command, "--config", "nope.yml") == 3
    assert "nope.yml:1: there is no such config" in repo.err
    assert "`--config`" in repo.err


def test_validate__of_mistakes_in_two_suites__lists_both(shell: Shell) -> None:
    config = SEED.base["mergefloor.yml"].decode().replace("prompts/p.yaml", "prompts/q.yaml")
    config += "  other: {prompt: prompts/r.yaml, golden: evals/cases.yaml}\n"
    commit({**SEED.base, "mergefloor.yml": config})
    assert shell("validate") == 3
    assert "prompts/q.yaml" in shell.err
    assert "prompts/r.yaml" in shell.err
    assert "mergefloor: 2 problems" in shell.err


# Without a config and without a key.


def test_gate__with_prompts_alone_and_no_key__names_the_variable(embedded: Shell) -> None:
    assert embedded("gate") == 2
    assert "set `ANTHROPIC_API_KEY`" in embedded.said
    assert "there is no mergefloor.yml, so this is assumed" in embedded.said


def test_gate__with_a_model_of_openai_and_no_key__names_its_variable(embedded: Shell) -> None:
    named = 'model: openai/gpt-4o-2024-08-06\nmessages: [{role: user, content: "{{input}}"}]\n'
    named += "testData: [{input: hello, expected: x}]\nevaluators: [{name: a, string: {contains: x}}]\n"
    commit({"prompts/other.prompt.yml": named})
    assert embedded("gate", "--suite", "other") == 2
    assert "set `OPENAI_API_KEY`" in embedded.said


def test_gate__of_a_change_that_reaches_no_model__passes_without_a_key(embedded: Shell) -> None:
    git("switch", "-q", "main")
    git("switch", "-q", "-c", "comment")
    commit({"prompts/support.yaml": f"# Kept by Ines.\n{EMBEDDED}", "README.md": "hello"})
    assert embedded("gate") == 0


# init, validate, schema: the first five minutes.


def test_init__then_validate_then_schema__all_succeed(embedded: Shell) -> None:
    assert embedded("init") == 0
    assert "`mergefloor validate`" in embedded.out
    assert embedded("validate") == 0
    assert "All valid." in embedded.out
    assert embedded("schema") == 0
    assert json.loads(embedded.out)["type"] == "object"
    assert embedded("init") == 3
    assert "`mergefloor init --force`" in embedded.err
    Path("mergefloor.yml").write_text("version: 1\n")
    assert embedded("init", "--force") == 0
    assert embedded("validate") == 0


# Gates.


def test_gate__of_uncommitted_work__sees_it(repo: Shell) -> None:
    git("switch", "-q", "main")
    assert repo("gate", "--head", "WORKTREE") == 0
    write({SEED.prompt: SEED.head[SEED.prompt]})
    assert repo("gate", "--head", "WORKTREE") == 1
    assert "head `worktree` (`WORKTREE`)" in repo.said
    assert repo("gate") == 0, "HEAD alone has no change"


def test_gate__asked_for_reports__writes_each_where_it_was_asked(repo: Shell) -> None:
    assert repo("gate", "--report", "out/deep", "--json", "r.json", "--comment", "c.md") == 1
    assert Path("out/deep/comment.md").read_bytes() == Path("c.md").read_bytes()
    assert Path("out/deep/report.json").read_bytes() == Path("r.json").read_bytes()
    assert Path("c.md").read_text().startswith("<!-- mergefloor:mergefloor.yml -->\n")
    report = json.loads(Path("r.json").read_text())
    assert (report["schema"], report["verdict"]) == (1, "block")


def test_gate__that_cannot_write_a_report__shows_the_verdict_all_the_same(repo: Shell) -> None:
    write({"file": "x"})
    assert repo("gate", "--json", "file/r.json", "--comment", "c.md") == 2
    assert "'file/r.json' cannot be written" in repo.err
    assert "Do not merge" in repo.out
    assert Path("c.md").exists()


def without_time(path: str) -> str:
    return re.sub(r'"duration_s": [0-9.]+', "", Path(path).read_text())


def test_gate__run_twice__writes_the_same_bytes(repo: Shell) -> None:
    """R36. The first run draws, the second and third read the cache: only cost and time may tell them apart."""
    repo("gate", "--report", "one")
    repo("gate", "--report", "two")
    repo("gate", "--report", "three", "--offline")
    assert Path("two/comment.md").read_bytes() == Path("three/comment.md").read_bytes()
    assert without_time("two/report.json") == without_time("three/report.json")
    first, second = (json.loads(Path(f"{name}/report.json").read_text()) for name in ("one", "two"))
    for report in (first, second):
        report.update(cost=None, duration_s=None)
        for suite in report["suites"]:
            suite["uses"] = None
    assert first == second


def test_gate__offline_before_anything_was_drawn__cannot_decide_and_says_how(repo: Shell) -> None:
    assert repo("gate", "--offline") == 2
    assert "`--offline`" in repo.said
    repo("gate")
    assert repo("gate", "--offline") == 1


def test_gate__of_one_suite__leaves_the_others_alone(repo: Shell) -> None:
    other = "  other: {prompt: prompts/p.yaml, golden: evals/cases.yaml}\n"
    commit({"mergefloor.yml": SEED.head["mergefloor.yml"].decode() + other})
    repo("gate", "--json", "r.json", "--suite", "refunds")
    assert [suite["name"] for suite in json.loads(Path("r.json").read_text())["suites"]] == ["refunds"]


# explain and cache.


def test_explain__before_a_gate__says_that_nothing_was_drawn(repo: Shell) -> None:
    assert repo("explain", "refund-1") == 0
    assert "nothing like it was ever drawn; run `mergefloor gate` first" in repo.out


def test_explain__after_a_gate__shows_messages_answers_and_grades(repo: Shell) -> None:
    repo("gate")
    assert repo("explain", "refunds/refund-1") == 0
    for part in (
        "BASE",
        "HEAD",
        "Question 1 about refunds?",
        "It takes 30 days.",
        "mumble",
        "FAILED",
        "passed",
    ):
        assert part in repo.out


@pytest.mark.parametrize(
    ("path", "before", "after", "component"),
    [
        ("mergefloor.yml", "temperature: 0.2", "temperature: 0.3", "params"),
        (SEED.prompt, "Talk NONSENSE.", "Talk NONSENSE!", "messages"),
    ],
)
def test_explain__after_another_edit__names_the_part_of_the_key_that_missed(
    repo: Shell, path: str, before: str, after: str, component: str
) -> None:
    repo("gate")
    write({path: Path(path).read_text().replace(before, after)})
    assert repo("explain", "refund-1", "--head", "WORKTREE") == 0
    assert f"differs in {component}" in repo.said


def test_explain__of_a_case_unlike_any__lists_some(repo: Shell) -> None:
    assert repo("explain", "zzz") == 3
    assert "it touches refund-0, refund-1, refund-2, refund-3, refund-4 and 8 more" in repo.err
    git("switch", "-q", "main")
    assert repo("explain", "refund-1") == 3
    assert "the change touches none at all" in repo.err


def test_explain__of_an_unknown_case__offers_the_near_ones(repo: Shell) -> None:
    assert repo("explain", "refnd-1") == 3
    assert "did you mean refund-1" in repo.err


def test_cache__stats_and_prune__count_and_forget(repo: Shell) -> None:
    repo("gate")
    assert repo("cache", "stats") == 0
    kept = re.search(r"answers +(\d+) of (\d+) requests", repo.out)
    assert kept is not None
    assert int(kept[1]) > int(kept[2]) > 0
    assert repo("cache", "prune") == 0
    assert "0 entries older than 90 days" in repo.out
    assert repo("gate", "--offline") == 1, "nothing young was forgotten"


# The process itself: colour, pipes, signals.


def child(*argv: str, **options: Any) -> subprocess.Popen[str]:
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src"), **options.pop("env", {})}
    return subprocess.Popen([sys.executable, *argv], env=env, text=True, **options)


@pytest.fixture
def on_a_terminal(repo: Shell, tmp_path: Path) -> Iterator[Callable[..., str]]:
    """The gate's output where standard output is a terminal."""
    ours, theirs = pty.openpty()

    def run(**env: str) -> str:
        command = ["-m", "mergefloor", "gate", "--cache", str(tmp_path / "cache")]
        found = child(*command, stdout=theirs, env={"HOME": str(tmp_path), "TERM": "xterm", **env})
        os.set_blocking(ours, False)
        seen = b""
        while found.poll() is None:
            try:
                seen += os.read(ours, 65536)
            except BlockingIOError:
                time.sleep(0.01)
        with contextlib.suppress(BlockingIOError):
            while rest := os.read(ours, 65536):
                seen += rest
        return seen.decode()

    yield run
    os.close(ours)
    os.close(theirs)


def test_gate__on_a_terminal__is_coloured_unless_told_not_to(on_a_terminal: Callable[..., str]) -> None:
    assert "\x1b[" in on_a_terminal()
    plain = on_a_terminal(NO_COLOR="1")
    assert "Do not merge" in plain
    assert "\x1b[" not in plain


def test_gate__into_a_file__has_no_colour(repo: Shell) -> None:
    repo("gate")
    assert "\x1b" not in repo.out


@pytest.mark.parametrize("place", ["/dev/full", "closed pipe"])
def test_cli__whose_output_is_not_taken__is_exit_2_without_a_traceback(tmp_path: Path, place: str) -> None:
    reading, writing = os.pipe() if place == "closed pipe" else (None, os.open(place, os.O_WRONLY))
    if reading is not None:
        os.close(reading)
    found = child("-m", "mergefloor", "schema", stdout=writing, stderr=subprocess.PIPE, cwd=tmp_path)
    os.close(writing)
    _, said = found.communicate(timeout=60)
    assert found.returncode == 2
    assert said.startswith("mergefloor: standard output does not take what was found")
    assert said.count("\n") == 1


@pytest.mark.parametrize("sign", ["SIGINT", "SIGTERM"])
def test_cli__signalled_inside_an_exec__is_exit_2(tmp_path: Path, sign: str) -> None:
    """Every dataclass is an `exec`; a KeyboardInterrupt that passes through one kills CPython although it was caught."""
    script = f"""
import mergefloor.__main__ as process, mergefloor.main as commands
def main(argv, env):
    try:
        exec("import os, signal; os.kill(os.getpid(), signal.{sign})")
    except KeyboardInterrupt:
        return 2
commands.main = main
process.run()
"""
    assert child("-c", script, cwd=tmp_path).wait(60) == 2
