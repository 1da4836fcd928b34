"""action.yml, Dockerfile and what goes into the image, read as data; the image itself, built and run, on demand."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shlex
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from tests.e2e.hosted import small
from tests.e2e.hosted.team import Team
from tests.fakes.github import FakeGitHub
from tests.fakes.runner import RunnerHarness

from mergefloor import cli
from mergefloor.runner.inputs import read_inputs

ROOT = Path(__file__).parent.parent
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
FINISH = ROOT / "container" / "finish"
ENTRYPOINT = ["/opt/venv/bin/python", "-I", "-m", "mergefloor", "action"]
IMAGE = re.compile(r"Dockerfile|docker://ghcr\.io/mergefloor/mergefloor@sha256:[0-9a-f]{64}")
DIGEST = re.compile(r"docker\.io/library/python:3\.13-slim@sha256:[0-9a-f]{64}")
MOST_BYTES = 200_000_000

# CONTRACT 5: the names are the product's public face, the defaults a part of them.
INPUTS = {
    "config": "",
    "mode": "auto",
    "github-token": "${{ github.token }}",
    "status-context": "mergefloor",
    "cache-path": ".mergefloor-cache",
    "cache-key": "",
    "base": "",
    "head": "",
    "suites": "",
    "report-path": "",
    "exit-zero": "false",
    "comment": "true",
    "anthropic-api-key": "",
    "openai-api-key": "",
    "openai-base-url": "",
    "anthropic-base-url": "",
}
# What a model update is told by hand (docs/updates.md).
INPUTS |= {"from": "", "to": "", "open-pr": "false"}
OUTPUTS = ["verdict", "report", "summary", "pass-rate", "cost-usd"]


def instructions() -> list[tuple[str, str]]:
    joined = re.sub(r"\\\n", " ", re.sub(r"^\s*#.*\n", "", DOCKERFILE, flags=re.M))
    return [
        (line.split()[0].upper(), line.partition(" ")[2].strip())
        for line in joined.splitlines()
        if line.strip()
    ]


def stages() -> list[list[tuple[str, str]]]:
    found: list[list[tuple[str, str]]] = []
    for word, rest in instructions():
        if word == "FROM":
            found.append([])
        found[-1].append((word, rest))
    return found


def commands() -> Iterator[str]:
    for word, rest in instructions():
        if word == "RUN":
            yield from (part.strip() for part in rest.split("&&"))


# --- action.yml


def test_inputs__of_the_action__are_those_of_the_contract() -> None:
    assert {name: spec["default"] for name, spec in ACTION["inputs"].items()} == INPUTS
    assert all(
        len(spec["description"]) > 20 and spec["required"] is False for spec in ACTION["inputs"].values()
    )


def test_outputs__of_the_action__are_those_of_the_contract() -> None:
    assert list(ACTION["outputs"]) == OUTPUTS
    assert all(len(spec["description"]) > 20 for spec in ACTION["outputs"].values())


def test_defaults__as_the_runner_hands_them_over__are_the_defaults_of_the_program() -> None:
    filled = {f"INPUT_{name.upper()}": value for name, value in INPUTS.items() if "{{" not in value}
    assert read_inputs(filled) == read_inputs({})


def test_runs__of_the_action__has_a_post_entry_and_no_args() -> None:
    runs = dict(ACTION["runs"])
    assert IMAGE.fullmatch(runs.pop("image"))
    assert runs == {"using": "docker", "post-entrypoint": "/opt/mergefloor/finish", "post-if": "always()"}


# --- Dockerfile


def test_bases__of_every_stage__are_pinned_by_digest() -> None:  # T82
    named: set[str] = set()
    outside: set[str] = set()
    for word, rest in instructions():
        if word == "FROM":
            base, *alias = re.split(r"\s+AS\s+", rest, flags=re.I)
            if base not in named and base != "scratch":
                outside.add(base)
            named.update(alias)
    assert outside
    assert all(DIGEST.fullmatch(base) for base in outside)


def test_copies__from_another_image__there_are_none() -> None:  # T82
    named = {re.split(r"\s+AS\s+", rest)[-1] for word, rest in instructions() if word == "FROM"}
    sources = re.findall(r"--from=(\S+)", DOCKERFILE)
    assert sources and set(sources) <= named


def test_entry_point__of_the_image__is_isolated_and_runs_without_a_shell() -> None:  # T05
    ((_, entry),) = [each for each in stages()[-1] if each[0] == "ENTRYPOINT"]
    assert json.loads(entry) == ENTRYPOINT


@pytest.mark.parametrize(
    "word", ["USER", "WORKDIR", "CMD", "VOLUME", "ADD", "SHELL", "ONBUILD", "EXPOSE", "HEALTHCHECK"]
)
def test_instructions__that_the_runner_overrides_or_nobody_needs__are_absent(word: str) -> None:
    assert word not in {each for each, _ in instructions()}


def test_last_stage__runs_nothing_and_takes_the_virtual_environment_alone() -> None:
    words = [word for word, _ in stages()[-1]]
    copied = [shlex.split(rest) for word, rest in stages()[-1] if word == "COPY"]
    assert stages()[-1][0] == ("FROM", "scratch")
    assert "RUN" not in words
    assert copied == [["--from=system", "/image", "/"], ["--from=build", "/opt", "/opt"]]


def test_installs__of_dependencies__are_hash_locked_wheels() -> None:  # T81
    installs = [shlex.split(each) for each in commands() if " install " in f" {each} "]
    locked = [words for words in installs if "--require-hashes" in words]
    own = [words for words in installs if words not in locked]
    assert {words[words.index("-r") + 1] for words in locked} == {
        "/src/requirements/run.txt",
        "/src/requirements/build.txt",
    }
    assert all(words[words.index("--only-binary") + 1] == ":all:" for words in locked)
    assert own and all(
        {"--no-deps", "--no-index"} <= set(words) and words[-1] == "/src/dist/*.whl" for words in own
    )


def test_byte_code__of_the_image__does_not_depend_on_time() -> None:  # R37, R43
    compiled = [each for each in commands() if "compileall" in each]
    assert len(compiled) == 2
    assert all("--invalidation-mode unchecked-hash" in each and "-j 1" in each for each in compiled)


def test_build__reaches_for_nothing_but_the_lock() -> None:
    assert not re.search(r"https?://|\b(curl|wget|apt|apt-get|git|gcc|make)\b", " ".join(commands()))


@pytest.mark.parametrize("lock", ["requirements/run.txt", "requirements/build.txt", ".github/audit.txt"])
def test_lock__every_requirement__has_one_version_and_hashes(lock: str) -> None:  # T81
    joined = re.sub(r"\\\n", " ", (ROOT / lock).read_text(encoding="utf-8"))
    wanted = [line for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    bad = [
        line
        for line in wanted
        if not re.fullmatch(r"[\w.\[\]-]+==[\w.]+(\s+--hash=sha256:[0-9a-f]{64})+\s*", line)
    ]
    assert wanted and not bad


def test_install__of_a_changed_wheel__fails(tmp_path: Path) -> None:  # T81
    wheel = tmp_path / "thing-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("thing.py", "")
        archive.writestr("thing-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n")
        archive.writestr(
            "thing-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr("thing-1.0.dist-info/RECORD", "")
    (tmp_path / "lock.txt").write_text(f"thing==1.0 --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    pip = [
        sys.executable,
        "-I",
        "-m",
        "pip",
        "install",
        "--isolated",
        "--disable-pip-version-check",
        "--no-index",
    ]
    flags = ["--require-hashes", "--only-binary", ":all:", "--target", str(tmp_path / "out")]
    command = [*pip, "--find-links", str(tmp_path), *flags, "-r", str(tmp_path / "lock.txt")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode != 0
    assert "DO NOT MATCH THE HASHES" in done.stderr
    assert not (tmp_path / "out" / "thing.py").exists()


# --- what reaches a layer (T88)


def ignored(path: str) -> bool:
    """Docker's rule: the last pattern that matches the path or a folder above it decides."""
    parents = [path, *(str(parent) for parent in Path(path).parents if str(parent) != ".")]
    verdict = False
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.strip()
        if not pattern or pattern.startswith("#"):
            continue
        keep, bare = pattern.startswith("!"), pattern.removeprefix("!")
        names = [bare, bare.removeprefix("**/")] if bare.startswith("**/") else [bare]
        if any(_matches(each, name) for each in parents for name in names):
            verdict = not keep
    return verdict


def _matches(path: str, pattern: str) -> bool:
    """`*` stops at a slash, `**/` does not."""
    if pattern.startswith("**/"):
        return any(
            _matches("/".join(path.split("/")[index:]), pattern[3:]) for index in range(path.count("/") + 1)
        )
    parts, wanted = path.split("/"), pattern.split("/")
    return len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted))


def test_context__is_an_allow_list() -> None:
    lines = [
        line
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line[:1] not in ("", "#")
    ]
    allowed = [line[1:] for line in lines if line.startswith("!")]
    assert lines[0] == "*"
    assert all((ROOT / each).exists() or each == "requirements/wheels/*.whl" for each in allowed)
    assert not {".", "**", "*", ".git", "tests", "docs"} & set(allowed)


@pytest.mark.parametrize(
    "path",
    [
        ".env",
        ".git/config",
        ".github/workflows/ci.yml",
        ".mergefloor-cache/seg-1-1.jsonl",
        "mergefloor-report/report.json",
        "mergefloor.yml",
        "tests/test_container.py",
        ".venv/bin/python",
        "id_rsa",
        "src/mergefloor/.env",
        "src/mergefloor/__pycache__/main.cpython-313.pyc",
        "examples/customer-support/.git/config",
        "requirements/dev.txt",
        "requirements/wheels/pip.conf",
        "container/notes.txt",
    ],
)
def test_context__what_no_layer_may_hold__stays_outside(path: str) -> None:
    assert ignored(path)


@pytest.mark.parametrize(
    "path",
    [
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "requirements/run.txt",
        "requirements/build.txt",
        "requirements/wheels/a-1-py3-none-any.whl",
        "src/mergefloor/main.py",
        "src/mergefloor/templates/judge/system.txt",
        "examples/customer-support/commits/01-support-bot/mergefloor.yml",
        "container/finish",
        "container/gather.py",
    ],
)
def test_context__what_the_build_needs__is_inside(path: str) -> None:
    assert not ignored(path)


# --- the post entry


def test_finish__starts_an_isolated_interpreter_without_help() -> None:
    assert FINISH.read_text(encoding="utf-8").startswith("#!/opt/venv/bin/python -I\n")
    assert FINISH.stat().st_mode & 0o111 == 0o111
    assert "COPY --chmod=0555 container/finish /opt/mergefloor/finish" in DOCKERFILE


def test_finish__whatever_arguments_it_gets__runs_the_one_command(tmp_path: Path) -> None:
    said = re.search(r"sys\.argv = (\[.*\])", FINISH.read_text(encoding="utf-8"))
    assert said is not None
    parsed = cli.parse(json.loads(said[1])[1:])
    assert (parsed.mode, parsed.finish) == ("action", True)
    command = [sys.executable, "-I", str(FINISH), "gate", "--help"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=60, cwd=tmp_path, env={}
    )
    assert done.returncode == 3 and "GITHUB_" in done.stderr  # not on a runner, and it says so
    assert "Traceback" not in done.stderr and "usage:" not in done.stdout


# --- what is gathered of the base


@pytest.fixture(scope="module")
def gather() -> ModuleType:
    spec = importlib.util.spec_from_file_location("gather", ROOT / "container" / "gather.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_loaded__what_ldd_prints__is_the_files(gather: ModuleType) -> None:
    listing = (
        "\tlinux-vdso.so.1 (0x00007ffd)\n\tlibssl.so.3 => /lib/x86_64-linux-gnu/libssl.so.3 (0x00007f01)\n"
        "\t/lib64/ld-linux-x86-64.so.2 (0x00007f02)\n"
    )
    assert gather.loaded(listing) == {
        Path("/lib/x86_64-linux-gnu/libssl.so.3"),
        Path("/lib64/ld-linux-x86-64.so.2"),
    }
    assert gather.loaded("\tnot a dynamic executable\n") == set()
    with pytest.raises(ValueError, match=r"libgone\.so"):
        gather.loaded("\tlibgone.so => not found\n")


def test_chain__of_links__ends_at_the_file(gather: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "lib.so.1.2").write_text("x", encoding="utf-8")
    (tmp_path / "real" / "lib.so.1").symlink_to("lib.so.1.2")
    (tmp_path / "linked").symlink_to("real")
    assert list(gather.chain(tmp_path / "linked" / "lib.so.1")) == [
        tmp_path / "real" / "lib.so.1",
        tmp_path / "real" / "lib.so.1.2",
    ]
    assert list(gather.chain(tmp_path / "gone")) == []


def test_tree__with_a_link_to_a_folder__does_not_follow_it(gather: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_text("x", encoding="utf-8")
    (tmp_path / "z").symlink_to("/")
    assert list(gather.tree(tmp_path)) == [tmp_path / "a" / "b", tmp_path / "z"]
    assert list(gather.tree(tmp_path / "none")) == []


def test_copy__of_a_set_uid_program__is_an_ordinary_one(gather: ModuleType, tmp_path: Path) -> None:
    program = tmp_path / "su"
    program.write_bytes(b"\x7fELF")
    program.chmod(0o4777)
    gather.copy(program, tmp_path / "image")
    copied = tmp_path / "image" / program.relative_to("/")
    assert stat.S_IMODE(copied.stat().st_mode) == 0o755


def test_entries__of_the_package_database__are_those_of_what_was_taken(gather: ModuleType) -> None:
    database = "Package: libc6\nVersion: 2\n\nPackage: perl\nVersion: 5\n\nPackage: libc6-dev\nVersion: 2\n"
    assert gather.entries(database, {"libc6"}) == "Package: libc6\nVersion: 2\n\n"


@pytest.mark.parametrize(
    "part", ["ensurepip", "site-packages", "dist-packages", "test", "idlelib", "config-3.13-x86_64"]
)
def test_standard_library__parts_that_are_left_out__are_whole_folders(gather: ModuleType, part: str) -> None:
    assert gather.LEFT_OUT.fullmatch(part)
    assert not any(gather.LEFT_OUT.fullmatch(name) for name in ("unittest", "doctest.py", "configparser.py"))


# --- the image on a runner, against a GitHub on this machine

IMAGE_NAME = os.environ.get("MERGEFLOOR_IMAGE", "")
ENGINE = os.environ.get("MERGEFLOOR_ENGINE", "docker")
# What the runner does with a container action: environment and folders in, cwd is the workspace, host network so that
# the fake is reached. `{}`: what comes before the image's name.
LAUNCH = """
import os, sys
engine, image, top, *more = sys.argv[1:]
given = [word for name in os.environ for word in ("-e", name)]
os.execvp(engine, [engine, "run", "--rm", "--network", "host", "-v", top + ":" + top, "-w", os.getcwd(), *given, *more, image])
"""
HARDENED = (
    "--read-only",
    "--tmpfs",
    "/tmp",
    "--cap-drop=ALL",
    "--security-opt",
    "no-new-privileges",
    "--user",
    "10001:10001",
)


@pytest.fixture
def hosted(tmp_path: Path) -> Iterator[tuple[Team, Callable[..., None]]]:
    """A small team on GitHub whose runner starts the image, and a way to start it with other options."""
    top = tmp_path / "team"
    (top / "repository").mkdir(parents=True)
    with FakeGitHub(top / "repository" / ".git") as github:

        def start(*options: str) -> RunnerHarness:
            launch = (sys.executable, "-c", LAUNCH, ENGINE, IMAGE_NAME, str(top), *options)
            post = (*launch, "--entrypoint", "/opt/mergefloor/finish")
            urls = {"api_url": github.url, "graphql_url": github.graphql_url, "repository": github.repository}
            return RunnerHarness(top / "runner", **urls, program=launch, finish=post)

        yield Team(folder=top / "repository", github=github, runner=start()), start
    assert github.violations == []


@pytest.mark.skipif(not IMAGE_NAME, reason="runs an image: MERGEFLOOR_IMAGE=name (MERGEFLOOR_ENGINE=podman)")
@pytest.mark.parametrize("options", [(), HARDENED], ids=["as the runner", "without privileges"])
def test_image__on_a_pull_request__gates_it(hosted: Any, options: tuple[str, ...]) -> None:  # R37
    team, start = hosted
    team.begin(small.FILES)
    team.commit("worse", small.WORSE)
    team = replace(team, runner=start(*options))
    for folder in (team.runner.workspace.parent, *team.runner.workspace.parent.rglob("*")):
        folder.chmod(0o777)
    number = team.github.open_pull("worse")
    old = os.umask(0)  # the runner's files are open to the container's user, whoever that is
    try:
        run = team.gate(number, report_path="mergefloor-report")
        event = team.github.event("pull_request", number=number, action="synchronize")
        post = team.runner.run("pull_request", event, token=team.github.token, post=True)
    finally:
        os.umask(old)
    print(run.log, run.outputs, team.status(team.sha("worse")), post.log, sep="\n")
    assert run.code == 1, run.log + run.stderr
    assert team.status(team.sha("worse"))[0] == "failure"
    assert len(team.sticky(number)) == 1
    assert run.outputs["verdict"] == "block" and not run.errors
    assert "mergefloor-report/report.json" in run.files
    assert post.code == 0, post.log + post.stderr
    assert team.status(team.sha("worse"))[0] == "failure"


# --- the image, built and looked at: some minutes, as root

SCRIPT = ROOT / os.environ.get("RECORDINGS", "../shared") / "tools" / "container_check.sh"
BUILT = pytest.mark.skipif(
    os.environ.get("MERGEFLOOR_CONTAINER") != "1" or not SCRIPT.is_file() or os.geteuid() != 0,
    reason="builds an image twice, which takes minutes and root: MERGEFLOOR_CONTAINER=1, and container_check.sh",
)
CANARY = "canary-5f1c0d7e-in-no-layer"
HIJACKS = ("yaml.py", "json.py", "sitecustomize.py", "usercustomize.py", "mergefloor.py", "encodings.py")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of the image's files, and what the script printed. The clone holds secrets, the workspace traps."""
    top = tmp_path_factory.mktemp("image")
    clone, ws, scratch = top / "clone", top / "ws", Path(os.environ.get("CTR", top / "ctr"))
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    for place in (".env", "src/mergefloor/.env", "examples/.env", "secret.pem", "requirements/wheels.txt"):
        (clone / place).write_text(CANARY, encoding="utf-8")
    ws.mkdir()
    for name in HIJACKS:
        (ws / name).write_text("raise SystemExit('hijacked')\n", encoding="utf-8")
    env = {**os.environ, "CTR": str(scratch), "WS": str(ws), "ARGS": "--help"}
    done = subprocess.run(
        ["bash", str(SCRIPT), str(clone)], env=env, capture_output=True, text=True, check=True
    )
    newest = max(
        scratch.glob("root/vfs/dir/*/opt/mergefloor/finish"), key=lambda path: path.stat().st_ctime_ns
    )
    return newest.parents[2], done.stdout


@BUILT
def test_image__built_twice__has_the_same_bytes(built: tuple[Path, str]) -> None:  # R43
    assert "reproducible: yes" in built[1]


@BUILT
def test_image__on_a_runner_and_without_any_privilege__starts_past_the_traps(
    built: tuple[Path, str],
) -> None:  # T05, R37
    assert built[1].count("exit 0") == 2
    assert "hijacked" not in built[1]
    assert built[1].count("usage: mergefloor action") == 2


@BUILT
def test_image__its_layers__hold_no_secret_and_no_tools(built: tuple[Path, str]) -> None:  # T88
    top = built[0]
    files = [path for path in top.rglob("*") if path.is_file() and not path.is_symlink()]
    names = {path.name for path in files}
    assert sum(path.stat().st_size for path in files) <= MOST_BYTES
    assert not [path for path in files if path.stat().st_mode & 0o6000]
    assert not names & {
        "sh",
        "bash",
        "dash",
        "pip",
        "pip3",
        "gcc",
        "cc",
        "ld",
        "git",
        "perl",
        "apt",
        "dpkg",
        ".env",
    }
    assert not list(top.rglob("site-packages/pip")) and not list(top.rglob("ensurepip"))
    assert not [path for path in files if CANARY.encode() in path.read_bytes()]
    opt = [path for path in (top / "opt" / "venv").rglob("*") if not path.is_symlink()]
    assert not [path for path in opt if path.stat().st_uid != 0 or path.stat().st_mode & 0o222]
