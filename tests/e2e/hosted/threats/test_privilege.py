"""T01-T05, T15: nothing of a change is ever started, and what is started knows no secret."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.e2e.hosted import small
from tests.e2e.hosted.team import KEY, Team
from tests.e2e.hosted.threats.inside import a_team, check_out
from tests.e2e.hosted.threats.watching import Watch, watched
from tests.fakes.runner import MAIN, RunnerHarness

from mergefloor.prompts.sandbox import CHILD, ENVIRONMENT, Job, Limits, Sandbox
from mergefloor.runner.sealing import KEPT

TEMPLATE = "---\nversion: {version}\n---\nGreet {{{{ '{how}' }}}}.\n"
FILES = {
    **{path: text for path, text in small.FILES.items() if path != "prompts/greeter.yaml"},
    "mergefloor.yml": small.CONFIG.replace("greeter.yaml", "greeter.j2"),
    "prompts/greeter.j2": TEMPLATE.format(version="1.0.0", how="warmly"),
}
TOUCH = "import pathlib; pathlib.Path({mark!r}).touch()\n"
SHIMS = ("git", "sh", "bash", "python", "python3", "pip", "node", "npm", "make", "docker", "curl")
TRAPS = ("setup.py", "conftest.py", "sitecustomize.py", "yaml.py", "prompts/greeter.py", "evals/greeter/x.py")


def hostile(marks: Path) -> dict[str, str]:
    """A change that breaks every case and brings along everything that somebody might start."""
    programs = {path: TOUCH.format(mark=str(marks / path.replace("/", "-"))) for path in TRAPS}
    return {
        **programs,
        "Makefile": f"all:\n\ttouch {marks}/make\n",
        "package.json": json.dumps({"scripts": {"preinstall": f"touch {marks}/npm"}}),
        ".github/workflows/x.yml": "on: pull_request\n",
        "prompts/greeter.j2": TEMPLATE.format(version="2.0.0", how="coldly"),
    }


@contextmanager
def besieged(tmp_path: Path) -> Iterator[tuple[Team, Path, dict[str, str]]]:
    """A team with a hostile branch, a folder for marks, and a PATH on which every program leaves one."""
    marks, path = tmp_path / "marks", tmp_path / "path"
    marks.mkdir()
    path.mkdir()
    for name in SHIMS:
        (path / name).write_text(f"#!/bin/sh\n: > {marks}/{name}\n")
        (path / name).chmod(0o755)
    with a_team(tmp_path, FILES, {"hostile": hostile(marks)}) as team:
        yield team, marks, {"PATH": str(path)}


def only_the_renderer(watch: Watch) -> bool:
    """Whether the one program that was started is our own child, without arguments of anybody else."""
    return all(each.argv == (sys.executable, "-I", str(CHILD)) for each in watch.started)


EVENTS = ("pull_request_target", "pull_request", "issue_comment")


def test_T01__privileged_events_of_a_fork__start_nothing_of_it(tmp_path: Path) -> None:
    with besieged(tmp_path) as (team, marks, env):
        number = team.github.open_pull("hostile", fork_of="mallory/shop", author="mallory")
        team.github.collaborators["max"] = "maintain"
        said = team.github.comment(number, "max", f"/mergefloor run {team.sha('hostile')}")
        codes, started = [], []
        for event in EVENTS:
            facts = {"comment": said} if event == "issue_comment" else {"number": number}
            payload = team.github.event(event, **facts)
            with watched() as watch:
                run = team.runner.run(
                    event, payload, {"cache-key": KEY}, token=team.github.token, env_extra=env
                )
            codes.append(run.code)
            started.append(len(watch.started))
            assert only_the_renderer(watch), watch.started
        assert codes == [0, 2, 1], "looked at, waiting for a maintainer, gated as data"
        assert started[0] == 0, "the privileged look renders nothing either"
        assert started[2] > 0, "the control: the watch sees a child where there is one"
        assert list(marks.iterdir()) == []
        assert sorted(run.files) == [".mergefloor-cache/seg-1000001-1.jsonl"]


def test_T01__the_marks_of_a_started_program__would_be_seen(tmp_path: Path) -> None:
    """The control: had anybody started one of them, the test above would have known."""
    with besieged(tmp_path) as (team, marks, env), watched() as watch:
        subprocess.run(["make"], env=env, check=True)
        trap = team.git("show", "hostile:setup.py")
        exec(trap)
    assert sorted(each.name for each in marks.iterdir()) == ["make", "setup.py"]
    assert not only_the_renderer(watch)


PROBE = """
import json, os, pathlib, sys
def frame():
    size = int.from_bytes(sys.stdin.buffer.read(4), "big")
    return json.loads(sys.stdin.buffer.read(size))
def answer(value):
    body = json.dumps(value).encode()
    sys.stdout.buffer.write(len(body).to_bytes(4, "big") + body); sys.stdout.flush()
found = {"env": dict(os.environ), "fds": {}, "path": sys.path, "cwd": os.getcwd()}
for name in os.listdir("/proc/self/fd"):
    try:
        found["fds"][name] = os.readlink(f"/proc/self/fd/{name}")
    except OSError:
        pass
frame(); answer({}); frame(); answer({"texts": [json.dumps(found)]})
"""


def probed(tmp_path: Path) -> dict[str, object]:
    """What a program finds that is started as the renderer is."""
    probe = tmp_path / "probe.py"
    probe.write_text(PROBE)
    with Sandbox(Job(templates=("x",)), Limits(), child=probe) as sandbox:
        (text,) = sandbox.render({})
    found: dict[str, object] = json.loads(text)
    return found


def test_T02__child__inherits_no_secret_and_no_open_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("canary")
    monkeypatch.setenv("OPENAI_API_KEY", "canary")
    with secret.open() as held:
        os.set_inheritable(held.fileno(), True)
        found = probed(tmp_path)
        careless = subprocess.run(
            [sys.executable, "-c", "import os; print(os.environ, *map(os.path.realpath, os.scandir('/proc/self/fd')))"],
            capture_output=True, text=True, close_fds=False, check=True,
        ).stdout  # fmt: skip
    assert "canary" in careless, "the control: a child that is started carelessly has the key"
    assert str(secret) in careless, "and the open file"
    assert "canary" not in json.dumps(found)
    assert str(secret) not in json.dumps(found)
    assert found["env"] == ENVIRONMENT | ({"LC_CTYPE": "C.UTF-8"} if "LC_CTYPE" in found["env"] else {})


def test_T03__whole_run__calls_github_and_the_model_and_nobody_else(tmp_path: Path) -> None:
    """No socket of the machine is opened: not docker's, not the runner's, no local resolver's."""
    with besieged(tmp_path) as (team, _, _):
        event = team.github.event("pull_request", number=team.github.open_pull("hostile"))
        with watched() as watch:
            assert team.run("pull_request", event).code == 1
        port = int(team.github.url.split(":")[2].split("/")[0])
        assert set(watch.called) == {("127.0.0.1", port)}
        assert not any("docker.sock" in path for path, _ in watch.opened)


def test_T04__every_child_of_a_whole_run__has_two_variables_and_none_of_the_runners(tmp_path: Path) -> None:
    with besieged(tmp_path) as (team, _, _):
        event = team.github.event("pull_request", number=team.github.open_pull("hostile"))
        with watched() as watch:
            run = team.run(
                "pull_request", event, openai_api_key="sk-canary-0000000000000000", report_path="rep"
            )
        assert run.code == 1
        assert watch.started
        for each in watch.started:
            assert each.env == ENVIRONMENT
            assert set(each.ours) <= KEPT, "our own process kept only what it needs, before the first child"
        assert run.env == run.path == ""


PLANTED = (
    "yaml.py", "sitecustomize.py", "usercustomize.py", "github.py", "jinja2.py", "json.py", "evil.pth",
    "mergefloor/__init__.py", "mergefloor/__main__.py", "pydantic/__init__.py",
)  # fmt: skip


@pytest.mark.parametrize("isolated", [True, False], ids=["as-shipped", "control"])
def test_T05__planted_modules_in_the_workspace__change_nothing(tmp_path: Path, isolated: bool) -> None:
    with a_team(tmp_path / "team", FILES, {"worse": {"prompts/greeter.j2": TEMPLATE.format(version="2.0.0", how="coldly")}}) as team:  # fmt: skip
        program = MAIN if isolated else tuple(part for part in MAIN if part != "-I")
        runner = RunnerHarness(
            tmp_path,
            api_url=team.github.url,
            graphql_url=team.github.graphql_url,
            repository=team.github.repository,
            program=program,
        )
        for name in PLANTED:
            place = runner.workspace / name
            place.parent.mkdir(exist_ok=True)
            place.write_text(TOUCH.format(mark=f"touched-{name.replace('/', '-')}"))
        event = team.github.event("pull_request", number=team.github.open_pull("worse"))
        run = runner.run(
            "pull_request", event, {"cache-key": KEY}, token=team.github.token,
            env_extra={"PYTHONPATH": str(runner.workspace), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONSTARTUP": "yaml.py"},
        )  # fmt: skip
        touched = {name for name in run.files if name.startswith("touched-")}
    if isolated:
        assert touched == set()
        assert (run.code, run.outputs["verdict"]) == (1, "block"), run.log
    else:
        assert {"touched-sitecustomize.py", "touched-mergefloor-__init__.py"} <= touched


HOOKS = (
    "post-checkout",
    "post-index-change",
    "reference-transaction",
    "fsmonitor-watchman",
    "pre-commit",
    "post-merge",
)


def test_T15__planted_hooks_filters_and_submodule__none_runs_in_a_checkout(
    team: Team, tmp_path: Path
) -> None:
    team.commit("worse", {".gitattributes": "* filter=evil diff=evil\n", ".gitmodules": '[submodule "m"]\n\tpath = m\n\turl = ext::sh -c "touch /tmp/x"\n'})  # fmt: skip
    team.git("update-index", "--add", "--cacheinfo", f"160000,{team.sha('main')},m")
    team.git("commit", "-q", "-m", "a submodule")
    workspace = check_out(team, "worse")
    marks = tmp_path / "marks"
    marks.mkdir()

    def program(name: str) -> str:
        path = marks / f"{name}.sh"
        path.write_text(f"#!/bin/sh\n: > {marks}/{name}.ran\ncat\n")
        path.chmod(0o755)
        return str(path)

    settings = {
        "core.hooksPath": str(workspace / ".git/evil"), "core.fsmonitor": program("fsmonitor"), "core.pager": program("pager"),
        "core.sshCommand": program("ssh"), "credential.helper": program("credential"), "diff.external": program("diff"),
        "protocol.ext.allow": "always", "submodule.recurse": "true", "core.alternateRefsCommand": program("alternates"),
        **{f"filter.evil.{kind}": program(kind) for kind in ("clean", "smudge", "process")},
        "diff.evil.textconv": program("textconv"), "diff.evil.command": program("command"),
    }  # fmt: skip
    for name, value in settings.items():
        team.git("-C", str(workspace), "config", name, value)
    (workspace / ".git/evil").mkdir()
    for name in HOOKS:
        (workspace / ".git/evil" / name).symlink_to(program(name))
    event = team.github.event("pull_request", number=team.github.open_pull("worse"))
    with watched() as watch:
        run = team.run("pull_request", event)
    assert run.code == 1, run.log
    assert not [r for r in team.github.requests if "/git/blobs/" in r.path], "the checkout was read"
    assert {each.argv[0] for each in watch.started} == {"git"}
    assert sorted(marks.glob("*.ran")) == []
    (workspace / "prompts/greeter.yaml").touch()
    subprocess.run(["git", "status"], cwd=workspace, capture_output=True, check=False)
    assert sorted(marks.glob("*.ran")), "the control: plain git runs them"
