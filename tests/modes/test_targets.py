"""Suites that measure a target: what is asked, when it runs, who may run code, and what a crash does to a verdict."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace

import pytest
from tests.fuzz.memory import Tree, world

from mergefloor.core.ports import Snapshot
from mergefloor.core.report import Report
from mergefloor.core.targets import Target, code_identity, http_identity
from mergefloor.core.types import ArmName, EmbedRequest, Failure, ModelRef, Output, Request, Vectors
from mergefloor.errors import InputError, MergefloorError
from mergefloor.modes import gate

CASES = "".join(f'- {{id: c-{i}, input: "question {i}", must_contain: [good]}}\n' for i in range(12))


@dataclass(kw_only=True)
class Hosts:
    """Answers with what the side's own `src/app.py` says."""

    texts: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    hosted: list[tuple[str, Target]] = field(default_factory=list)

    def describe(self, name: str, files: Snapshot) -> ModelRef:
        raise AssertionError(name)

    def host(self, target: Target, files: Snapshot, suite: str, arm: ArmName = "head") -> ModelRef:
        self.hosted.append((suite, target))
        if target.kind == "http":
            identity = http_identity(target, files.sha)
        else:
            chosen = {path: entry for path, entry in files.files.items() if path.startswith("src/")}
            identity = code_identity(target, chosen)
        self.texts[identity] = files.read("src/app.py").decode()
        return ModelRef(provider=target.kind, name=suite, endpoint=identity)

    def connect(self, ref: ModelRef) -> Side:
        return Side(hosts=self, text=self.texts[ref.endpoint])


@dataclass(kw_only=True)
class Side:
    """One side of a target."""

    hosts: Hosts
    text: str

    async def complete(self, request: Request, *, draw: int) -> Output | Failure:
        self.hosts.asked.append(request.messages[-1].content)
        if self.text == "crash":
            return Failure(stage="candidate", code="target-crashed", message="exit 1")
        return Output(text=self.text)

    async def embed(self, request: EmbedRequest) -> Vectors | Failure:
        raise NotImplementedError

    async def close(self) -> None: ...


def tree(
    app: str, *, target: str = "{python: 'src.app:answer', files: ['src/**']}", policy: str = "allow"
) -> Tree:
    config = (
        f"version: 1\npolicy: {{code_targets: {policy}}}\n"
        f"suites: {{s: {{target: {target}, golden: evals/*.yaml}}}}\n"
    )
    files = {"mergefloor.yml": config, "evals/a.yaml": CASES, "src/app.py": app, "README.md": app}
    return {path: text.encode() for path, text in files.items()}


def examined(base: Tree, head: Tree, hosts: Hosts, *, code: bool = True) -> Report:
    return gate.examine(gate.GateRequest(base="base", head="head", code=code), world(base, head, hosts))


def test_target__that_answers_worse__is_blocked() -> None:
    hosts = Hosts()
    report = examined(tree("good"), tree("bad"), hosts)
    assert report.verdict == "block"
    assert report.suites[0].prompt == "python: src.app:answer"
    assert json.loads(hosts.asked[0]).keys() == {"input"}, "neither the id nor what is expected"
    assert report.models == ()
    assert report.cost.unpriced == ()


def test_target__whose_files_did_not_change__is_not_asked() -> None:
    hosts = Hosts()
    head = {**tree("good"), "README.md": b"other words"}
    report = examined(tree("good"), head, hosts)
    assert (report.verdict, hosts.asked) == ("pass", [])
    assert not report.suites[0].ran


def test_target__of_a_deployment__runs_for_every_change_unless_it_watches() -> None:
    url = "http: 'https://{sha}.example.org/ask'"
    hosts = Hosts()
    changed = {"README.md": b"other words"}
    report = examined(
        tree("good", target=f"{{{url}}}"), {**tree("good", target=f"{{{url}}}"), **changed}, hosts
    )
    assert report.suites[0].ran
    assert hosts.asked


def test_T70__address_that_the_change_brings__is_refused_and_that_of_the_base_is_asked() -> None:
    base = tree("good", target="{http: 'https://{sha}.example.org/ask', health: 'https://example.org/up'}")
    head = tree("bad", target="{http: 'https://{sha}.evil.example/ask'}")
    hosts = Hosts()
    examined(base, head, hosts)
    assert {target.url for _, target in hosts.hosted if target.kind == "http"} == {
        "https://{sha}.example.org/ask"
    }
    new = {
        **base,
        "mergefloor.yml": base["mergefloor.yml"].replace(
            b"suites: {s:", b"suites: {t: {target: {http: 'https://evil.example'}, golden: evals/*.yaml}, s:"
        ),
    }
    with pytest.raises(InputError) as error:
        examined(base, new, Hosts())
    assert "not on the base branch yet" in error.value.problems[0].what


def test_code__that_the_base_does_not_allow__is_refused_with_its_place() -> None:
    base, head = tree("good", policy="refuse"), tree("bad", policy="allow")
    with pytest.raises(InputError) as error:
        examined(base, head, Hosts())
    (problem,) = error.value.problems
    assert "code_targets: allow" in problem.fix
    assert problem.place.path == "mergefloor.yml"


def test_code__of_a_fork_or_a_command__is_never_run() -> None:
    hosts = Hosts()
    with pytest.raises(MergefloorError) as error:
        examined(tree("good"), tree("bad"), hosts, code=False)
    assert error.value.exit_code == 2
    assert hosts.asked == []


def test_head__that_asks_for_more_variables_and_models__gets_those_of_the_base() -> None:
    more = "{python: 'src.app:answer', files: ['src/**'], env: [MORE], models: ['openai/gpt-5-2025-08-07']}"
    some = "{python: 'src.app:answer', files: ['src/**'], env: [SOME]}"
    hosts = Hosts()
    examined(tree("good", target=some), tree("bad", target=more), hosts)
    assert {target.env for _, target in hosts.hosted if target.kind != "http"} == {("SOME",)}
    assert {target.models for _, target in hosts.hosted if target.kind != "http"} == {()}


def test_crash__of_the_head__fails_its_cases() -> None:
    report = examined(tree("good"), tree("crash"), Hosts())
    assert report.verdict == "block"
    assert report.suites[0].cases_unresolved == 0


def test_crash__of_the_base__is_unknown_and_never_lets_a_head_look_better() -> None:
    report = examined(tree("crash"), tree("bad"), Hosts())
    assert report.verdict in ("error", "block")


def test_identity__of_code__follows_its_files_and_how_it_is_started() -> None:
    hosts = Hosts()
    files = world(tree("good"), tree("bad"), hosts).repo.snapshot("base")
    same = hosts.host(_python("src.app:answer"), files, "s").endpoint
    assert hosts.host(_python("src.app:answer"), files, "s").endpoint == same
    assert hosts.host(_python("src.app:other"), files, "s").endpoint != same
    moved = replace(_python("src.app:answer"), setup=("make",))
    assert hosts.host(moved, files, "s").endpoint != same


def _python(call: str) -> Target:
    from mergefloor.core.targets import CodeTarget

    return CodeTarget(kind="python", run=(call,), files=("src/**",))
