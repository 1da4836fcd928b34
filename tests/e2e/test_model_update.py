"""`mergefloor model-update` from a shell: which pins move, which stay, and what is refused before anything is paid for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.e2e.conftest import Gate, GitRepo

OLD, NEW = "scripted/old.yaml", "scripted/new.yaml"
CASES = 12
ANSWERS = {"answers": [{"when": {"user": "guest"}, "say": "Hello, friend!"}]}
SADLY = {"when": {"system": "sadly"}, "say": "Noted."}
WARM = {"answers": [SADLY, {"when": {"user": "guest"}, "say": "Hello there, dear friend!"}]}


def cases(prefix: str, **more: Any) -> str:
    rows = [
        {"id": f"{prefix}-{i}", "input": f"I am guest {i}.", "must_contain": ["friend"], **more}
        for i in range(CASES)
    ]
    return "".join(json.dumps(row) + "\n" for row in rows)


def prompt(words: str = "Greet warmly.", version: str = "1.0.0") -> str:
    return f"version: {version}  # kept\nupdated: 2026-01-02\nchangelog: first\nsystem: {words}\n"


def suite(name: str, path: str, **more: Any) -> dict[str, Any]:
    return {name: {"prompt": path, "golden": f"evals/{name}.jsonl", **more}}


def files(config: str, **prompts: str) -> dict[str, str | None]:
    """A repository: its config, prompts by suite, a golden set a suite, and two models."""
    return {
        "mergefloor.yml": config,
        "old.yaml": yaml.safe_dump(ANSWERS),
        "new.yaml": yaml.safe_dump(WARM),
        **{f"prompts/{name}.yaml": text for name, text in prompts.items()},
        **{f"evals/{name}.jsonl": cases(name[0]) for name in prompts},
    }


TWO = f"""\
version: 1
# the pin was {OLD} from the start
defaults: {{model: "{OLD}"}}   # {OLD}
policy: {{floating_models: warn}}
suites:
  greeter:
    prompt: prompts/greeter.yaml   # warm
    golden: evals/greeter.jsonl
  parter:
    prompt: prompts/parter.yaml
    golden: evals/parter.jsonl
"""


@pytest.fixture
def shell(gate: Callable[..., Gate]) -> Gate:
    return gate()


def update(shell: Gate, *more: str, old: str = OLD, new: str = NEW) -> dict[str, Any]:
    """The update's own record; {} where there is none."""
    folder = shell.home / "report"
    (folder / "update.json").unlink(missing_ok=True)
    cache = str(shell.home / "cache")
    shell.run("model-update", "--from", old, "--to", new, "--cache", cache, "--report", str(folder), *more)
    path = folder / "update.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def changed(repo: GitRepo) -> list[str]:
    """Changed lines of the work tree."""
    rows = repo.git("diff", "-U0").splitlines()
    return [row for row in rows if row[:1] in "+-" and not row.startswith(("+++", "---"))]


def test_update__of_two_suites_on_one_default__gives_the_one_that_passed_a_pin_of_its_own(
    repo: GitRepo, shell: Gate
) -> None:
    repo.commit(files(TWO, greeter=prompt(), parter=prompt("Part sadly.")))
    found = update(shell, "--write")
    assert shell.code == 1, shell.err
    assert {s["name"]: s["verdict"] for s in found["suites"]} == {"greeter": "accepted", "parter": "refused"}
    assert changed(repo) == [
        f"+    model: {NEW}",
        "-version: 1.0.0  # kept",
        "-updated: 2026-01-02",
        "-changelog: first",
        "+version: 2.0.0  # kept",
        *[row for row in changed(repo) if row.startswith("+updated: 2")],
        *[row for row in changed(repo) if row.startswith('+changelog: "2.0.0: the model changed')],
    ]
    assert "prompts/parter.yaml" not in repo.git("diff", "--name-only")


def test_update__that_every_suite_passes__moves_the_default_and_no_comment(
    repo: GitRepo, shell: Gate
) -> None:
    repo.commit(files(TWO, greeter=prompt(), parter=prompt("Part gladly.")))
    update(shell, "--write")
    assert shell.code == 0, shell.err
    end = " ".join(shell.out.split())
    assert "Written: mergefloor.yml, prompts/greeter.yaml, prompts/parter.yaml. Look at `git diff`" in end
    assert end.endswith("$0.00.")
    assert changed(repo)[:2] == [
        f'-defaults: {{model: "{OLD}"}}   # {OLD}',
        f'+defaults: {{model: "{NEW}"}}   # {OLD}',
    ]
    again = shell.run("model-update", "--from", OLD, "--to", NEW, "--ref", "WORKTREE")
    assert (again, "nowhere pinned" in shell.err) == (3, True)


def test_update__without_write__prints_the_diff_and_touches_nothing(repo: GitRepo, shell: Gate) -> None:
    repo.commit(files(TWO, greeter=prompt(), parter=prompt()))
    update(shell)
    assert shell.code == 0
    assert f'+defaults: {{model: "{NEW}"}}   # {OLD}' in shell.out
    assert "Written" not in shell.out
    assert repo.git("status", "--short") == ""


def test_update__run_again__asks_nobody(repo: GitRepo, shell: Gate) -> None:
    repo.commit(files(TWO, greeter=prompt(), parter=prompt("Part sadly.")))
    first = update(shell)
    second = update(shell)
    assert first["cost"]["calls"] > 0
    assert second["cost"]["calls"] == 0
    assert second["suites"] == first["suites"]


def test_update__with_a_frozen_suite_and_a_target__leaves_both_and_says_so(
    repo: GitRepo, shell: Gate
) -> None:
    more = (
        "    freeze: true\n  search:\n    target: {python: 'src.search:answer', files: ['src/**']}\n"
        "    golden: evals/greeter.jsonl\n"
    )
    repo.commit(files(TWO + more, greeter=prompt(), parter=prompt()) | {"src/search.py": "def answer(): ..."})
    found = update(shell, "--write")
    assert shell.code == 0, shell.err
    assert [s["name"] for s in found["suites"]] == ["greeter"]
    assert {each["what"]: each["why"].split(":")[0] for each in found["left"]} == {
        "parter": "frozen",
        "search": "measures a target, which says itself whom it asks",
    }
    assert f"+    model: {NEW}" in changed(repo)


def test_update__of_frozen_suites_alone__has_nothing_to_move_and_asks_nobody(
    repo: GitRepo, shell: Gate
) -> None:
    frozen = TWO.replace("    golden:", "    freeze: true\n    golden:")
    repo.commit(files(frozen, greeter=prompt(), parter=prompt()))
    found = update(shell)
    assert (shell.code, found["suites"], found["cost"]["calls"]) == (0, [], 0)
    assert [each["what"] for each in found["left"]] == ["greeter", "parter"]


def test_update__of_one_suite__leaves_the_default_to_the_others(repo: GitRepo, shell: Gate) -> None:
    repo.commit(files(TWO, greeter=prompt(), parter=prompt()))
    found = update(shell, "--suite", "greeter", "--write")
    assert [s["name"] for s in found["suites"]] == ["greeter"]
    assert found["left"] == [{"what": "parter", "why": "not asked about"}]
    assert changed(repo)[0] == f"+    model: {NEW}"


def test_update__of_prompts_with_models_of_their_own__edits_front_matter_and_prompt_yml(
    repo: GitRepo, shell: Gate
) -> None:
    config = {
        "version": 1,
        "policy": {"floating_models": "warn"},
        "suites": suite("front", "prompts/front.md") | suite("yml", "prompts/yml.prompt.yml"),
    }
    front = f"---\nmodel: '{OLD}'  # pinned\nversion: 0.3.1\n---\nGreet warmly. model: {OLD}\n"
    text = f"name: yml\nmodel: {OLD}\nmessages:\n  - {{role: user, content: 'I am guest {{{{input}}}}'}}\n"
    repo.commit(
        files(yaml.safe_dump(config))
        | {
            "prompts/front.md": front,
            "prompts/yml.prompt.yml": text,
            "evals/front.jsonl": cases("f"),
            "evals/yml.jsonl": "".join(
                json.dumps({"id": f"y-{i}", "vars": {"input": f"{i}"}, "must_contain": ["friend"]}) + "\n"
                for i in range(CASES)
            ),
        }
    )
    update(shell, "--write")
    assert shell.code == 0, shell.err + shell.out
    assert changed(repo) == [
        f"-model: '{OLD}'  # pinned",
        "-version: 0.3.1",
        f"+model: '{NEW}'  # pinned",
        "+version: 0.4.0",
        f"-model: {OLD}",
        f"+model: {NEW}",
    ]


def test_update__of_a_file_with_crlf_and_a_byte_order_mark__keeps_both(repo: GitRepo, shell: Gate) -> None:
    repo.commit(files(TWO, greeter=prompt(), parter=prompt("Part sadly.")))
    odd = b"\xef\xbb\xbf" + TWO.replace("\n", "\r\n").encode()
    (repo.path / "mergefloor.yml").write_bytes(odd)
    repo.git("config", "core.autocrlf", "false")
    repo.commit({})
    update(shell, "--write")
    now = (repo.path / "mergefloor.yml").read_bytes()
    below = b"    prompt: prompts/greeter.yaml   # warm\r\n"
    assert now == odd.replace(below, below + f"    model: {NEW}\r\n".encode())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("openai/gpt-1-0101", NEW, f"{OLD} (mergefloor.yml:3)"),
        (OLD, OLD, "the model that is to be left"),
        (OLD, "gpt-5", "provider/model"),
        (OLD, "nobody/gpt-5", "provider"),
    ],
)
def test_update__with_models_that_cannot_be__is_a_usage_error_with_what_there_is(
    repo: GitRepo, shell: Gate, old: str, new: str, said: str
) -> None:
    repo.commit(files(TWO, greeter=prompt(), parter=prompt()))
    assert update(shell, old=old, new=new) == {}
    assert shell.code == 3
    assert said in shell.err, shell.err


def test_update__to_a_floating_name__is_refused_by_the_policy_that_blocks_such(
    repo: GitRepo, shell: Gate
) -> None:
    repo.commit(files(TWO.replace("warn", "block"), greeter=prompt(), parter=prompt()))
    assert update(shell, new="openai/gpt-4o") == {}
    assert shell.code == 3
    assert "not a dated snapshot" in shell.err


def test_update__over_uncommitted_work__is_refused_before_anything_is_asked(
    repo: GitRepo, shell: Gate
) -> None:
    repo.commit(files(TWO, greeter=prompt(), parter=prompt()))
    (repo.path / "mergefloor.yml").write_text(TWO + "# more\n")
    assert update(shell, "--write") == {}
    assert (shell.code, "commit it first" in shell.err) == (2, True)
    assert not any((shell.home / "cache").rglob("*.jsonl"))


def test_update__of_suites_whose_models_fail__is_undecided_and_moves_nothing(
    repo: GitRepo, shell: Gate
) -> None:
    broken = {"answers": [{"when": {"user": "guest"}, "fail": "unreadable"}]}
    repo.commit(files(TWO, greeter=prompt(), parter=prompt()) | {"new.yaml": yaml.safe_dump(broken)})
    found = update(shell, "--write")
    assert shell.code == 2
    assert {s["verdict"] for s in found["suites"]} == {"undecided"}
    assert changed(repo) == []


def test_report__of_hostile_names__holds_no_markup(repo: GitRepo, shell: Gate) -> None:
    name = "scripted/<img>|@all`[x](y).yaml"
    repo.commit(
        files(TWO, greeter=prompt(), parter=prompt("Part sadly."))
        | {name.partition("/")[2]: yaml.safe_dump(WARM)}
    )
    update(shell, new=name)
    assert shell.code == 1, shell.err
    page = (shell.home / "report" / "update.md").read_text(encoding="utf-8")
    assert "img" in page
    assert re.findall(r"(?<!\\)(<img|@all|\]\(y\))", page) == []


def said(passed: bool) -> str:
    row = {"id": "c1", "reason": "because", "evidence": [], "pass": passed}
    return json.dumps({"checks": [row]})


def judge(*warm: str) -> dict[str, Any]:
    known = [{"when": {"user": word}, "say": [said(True)]} for word in warm]
    planted = {"when": {"user": "The capital of France is Paris"}, "say": [said(True)]}
    return {"default": said(False), "answers": [*known, planted]}


def judged(policy: str = "require") -> dict[str, str | None]:
    """A repository with a judge that tells kind answers from cold ones, 80 labels, and a stored history."""
    config = {
        "version": 1,
        "defaults": {"model": "scripted/answers.yaml"},
        "judge": {"model": OLD, "calibration": "evals/labels.jsonl"},
        "policy": {"floating_models": "warn", "semver": "off", "judge_calibration": policy},
        "suites": {
            "s": {
                "prompt": "p.md",
                "golden": "g.jsonl",
                "graders": [{"type": "judge", "name": "tone", "rubric": "It is warm."}],
            }
        },
    }
    labels = [
        {
            "id": f"l{i}",
            "input": f"question {i}",
            "output": f"{'kind' if i % 2 else 'cold'} labelled answer {i}",
            "label": i % 2,
            "grader": "tone",
        }
        for i in range(80)
    ]
    return {
        "mergefloor.yml": yaml.safe_dump(config),
        "g.jsonl": "".join(json.dumps({"id": f"c{i}", "input": f"case {i}"}) + "\n" for i in range(6)),
        "p.md": "Answer.",
        "answers.yaml": yaml.safe_dump({"default": "kind reply"}),
        "old.yaml": yaml.safe_dump(judge("kind")),
        "new.yaml": yaml.safe_dump(judge("kind labelled")),
        "evals/labels.jsonl": "".join(json.dumps(row) + "\n" for row in labels),
    }


def test_judge__that_people_bear_out__moves_and_begins_an_epoch_and_asks_no_candidate(
    repo: GitRepo, shell: Gate
) -> None:
    repo.commit(judged())
    cache = str(shell.home / "cache")
    assert shell.run("record", "--cache", cache) == 0, shell.err
    found = update(shell, "--write")
    assert shell.code == 0, shell.out + shell.err
    assert found["suites"] == []
    told = found["judge"]
    assert (told["verdict"], told["verdicts"], told["turned"], told["missing"]) == ("accepted", 30, 30, 0)
    assert told["checks"] == [{"name": "tone", "verdict": "accepted", "agreement": [1.0, 1.0]}]
    assert "a new epoch of the judge begins" in shell.out
    assert changed(repo) == [f"-  model: {OLD}", f"+  model: {NEW}"]


def test_judge__that_disagrees_with_people__is_refused_whatever_it_says_of_stored_outputs(
    repo: GitRepo, shell: Gate
) -> None:
    repo.commit(judged() | {"new.yaml": yaml.safe_dump(judge("kind reply", "cold"))})
    found = update(shell, "--write")
    assert shell.code == 1
    assert found["judge"]["checks"][0]["agreement"] == [1.0, 0.0]
    assert changed(repo) == []


def test_judge__where_the_policy_waives__may_follow_when_it_agrees_no_less(
    repo: GitRepo, shell: Gate
) -> None:
    poor = yaml.safe_dump(judge("cold"))
    repo.commit(judged("waive") | {"old.yaml": poor, "new.yaml": poor + "# the next snapshot\n"})
    found = update(shell)
    assert (shell.code, found["judge"]["verdict"]) == (0, "accepted")


def test_judge__that_misses_a_planted_answer__is_refused(repo: GitRepo, shell: Gate) -> None:
    repo.commit(judged() | {"new.yaml": yaml.safe_dump({"default": said(True)})})
    found = update(shell)
    assert (shell.code, found["judge"]["verdict"]) == (1, "refused")
    assert "planted" in shell.out


def test_judge__without_labels__is_undecided(repo: GitRepo, shell: Gate) -> None:
    made = judged()
    made["mergefloor.yml"] = str(made["mergefloor.yml"]).replace("  calibration: evals/labels.jsonl\n", "")
    repo.commit(made)
    found = update(shell)
    assert (shell.code, found["judge"]["verdict"]) == (2, "undecided")
    assert "`mergefloor label`" in " ".join(shell.out.split())


def test_update__of_a_model_that_answers_and_judges__tries_one_after_the_other(
    repo: GitRepo, shell: Gate, tmp_path: Path
) -> None:
    made = judged()
    made["mergefloor.yml"] = str(made["mergefloor.yml"]).replace("scripted/answers.yaml", OLD)
    repo.commit(made)
    found = update(shell)
    assert [s["name"] for s in found["suites"]] == ["s"]
    assert found["judge"] is not None
    assert "answers and judges" in (shell.home / "report" / "update.md").read_text(encoding="utf-8")


def test_gate__of_the_edits_that_were_written__passes_for_no_call(repo: GitRepo, shell: Gate) -> None:
    repo.commit(files(TWO, greeter=prompt(), parter=prompt("Part gladly.")))
    update(shell, "--write")
    base = repo.git("rev-parse", "HEAD")
    report = shell.gate(base, repo.commit({}))
    assert report["verdict"] in ("pass", "inconclusive"), report["reasons"]
    assert report["cost"]["calls"] == 0
    assert {s["semver"]["ok"] for s in report["suites"]} == {True}


def test_update__without_a_config__moves_the_prompts_own_pin(repo: GitRepo, shell: Gate) -> None:
    rows = [{"id": f"c{i}", "vars": {"q": f"{i}"}, "must_contain": ["friend"]} for i in range(CASES)]
    text = (
        f"version: 1.0.0\nmodel: {OLD} # pinned\nmessages:\n  - {{role: user, content: 'I am guest {{{{q}}}}'}}\n"
        f"testData:\n"
        + "".join(f"  - {{q: '{row['id']}'}}\n" for row in rows)
        + "evaluators:\n  - {name: friend, string: {contains: friend}}\n"
    )
    repo.commit(
        {
            "prompts/a.prompt.yml": text,
            "old.yaml": yaml.safe_dump(ANSWERS),
            "new.yaml": yaml.safe_dump(WARM),
        }
    )
    update(shell, "--write")
    assert shell.code == 0, shell.err
    assert changed(repo) == [
        "-version: 1.0.0",
        f"-model: {OLD} # pinned",
        "+version: 2.0.0",
        f"+model: {NEW} # pinned",
    ]


def test_update__of_an_embedding_model__is_left_to_people(repo: GitRepo, shell: Gate) -> None:
    more = TWO.replace("defaults: {", 'defaults: {embedding_model: "openai/text-embedding-3-small", ')
    repo.commit(files(more, greeter=prompt(), parter=prompt()))
    found = update(shell, old="openai/text-embedding-3-small", new="openai/text-embedding-3-large")
    assert shell.code == 2
    assert (found["suites"], found["files"]) == ([], [])
    assert [each["what"] for each in found["left"]] == ["mergefloor.yml:3"]


def test_update__of_a_name_that_is_overruled__says_so_and_asks_nobody(repo: GitRepo, shell: Gate) -> None:
    stale = "scripted/stale.yaml"
    made = files(TWO, greeter=prompt(), parter=prompt())
    front = f"---\nmodel: {stale}\n---\nGreet warmly."
    config = TWO.replace("prompts/greeter.yaml", "prompts/greeter.md")
    repo.commit(made | {"prompts/greeter.md": front, "mergefloor.yml": config})
    found = update(shell, old=stale)
    assert (shell.code, found["suites"], found["cost"]["calls"]) == (0, [], 0)
    assert found["left"] == [
        {"what": "prompts/greeter.md:2", "why": "named here and not asked: a nearer name overrules it"}
    ]


def test_judge__where_suites_are_named__is_left_to_an_update_of_all(repo: GitRepo, shell: Gate) -> None:
    repo.commit(judged())
    found = update(shell, "--suite", "s")
    assert (shell.code, found["judge"]) == (0, None)
    assert found["left"][0]["why"].startswith("the judge of every suite")


def test_judge__on_a_panel__moves_its_own_line(repo: GitRepo, shell: Gate) -> None:
    made = judged()
    config = yaml.safe_load(str(made["mergefloor.yml"]))
    config["judge"] |= {"model": "scripted/first.yaml", "panel": ["scripted/second.yaml", OLD]}
    kind = yaml.safe_dump(judge("kind"))
    repo.commit(
        made
        | {
            "mergefloor.yml": yaml.safe_dump(config),
            "first.yaml": kind + "# 1\n",
            "second.yaml": kind + "# 2\n",
        }
    )
    update(shell, "--write")
    assert shell.code == 0, shell.out + shell.err
    assert changed(repo) == [f"-  - {OLD}", f"+  - {NEW}"]


@pytest.mark.parametrize(("words", "wanted"), [("Part sadly.", "refused"), ("Part gladly.", "accepted")])
def test_update__of_safety_cases__opens_no_hole_and_asks_nothing_about_the_way_back(
    repo: GitRepo, shell: Gate, words: str, wanted: str
) -> None:
    safe = TWO.replace("golden: evals/parter.jsonl", "golden: evals/parter.jsonl\n    class: safety")
    repo.commit(files(safe, greeter=prompt(), parter=prompt(words)))
    found = update(shell)
    told = {s["name"]: (s["verdict"], s["direction"]) for s in found["suites"]}
    assert told["parter"] == (wanted, "worse" if wanted == "refused" else "same"), shell.out


def test_version__of_a_prompt_with_crlf_and_a_byte_order_mark__moves_alone(
    repo: GitRepo, shell: Gate
) -> None:
    repo.commit(files(TWO, greeter=prompt(), parter=prompt()))
    odd = b"\xef\xbb\xbf" + prompt().replace("\n", "\r\n").encode()
    (repo.path / "prompts/greeter.yaml").write_bytes(odd)
    repo.git("config", "core.autocrlf", "false")
    repo.commit({})
    update(shell, "--write")
    assert shell.code == 0, shell.err
    now = (repo.path / "prompts/greeter.yaml").read_bytes()
    assert now.startswith(b"\xef\xbb\xbfversion: 2.0.0  # kept\r\nupdated: 20")
    assert now.endswith(b"\r\nsystem: Greet warmly.\r\n")
    assert now.count(b"\r\n") == odd.count(b"\r\n") == now.count(b"\n")


def test_version__that_cannot_be_rewritten_on_its_line__is_a_to_do_and_the_pin_moves(
    repo: GitRepo, shell: Gate
) -> None:
    folded = prompt().replace("version: 1.0.0  # kept", "version: >-\n  1.0.0")
    repo.commit(files(TWO, greeter=folded, parter=prompt()))
    found = update(shell, "--write")
    assert shell.code == 0, shell.err
    assert found["files"] == ["mergefloor.yml", "prompts/parter.yaml"]
    page = (shell.home / "report" / "update.md").read_text(encoding="utf-8")
    assert "To do by hand" in page
    assert "required 2.0.0" in page


def test_update__with_a_config_under_github__edits_that_one(repo: GitRepo, shell: Gate) -> None:
    made = files(TWO, greeter=prompt(), parter=prompt())
    made[".github/mergefloor.yml"] = made.pop("mergefloor.yml")
    repo.commit(made)
    found = update(shell, "--write")
    assert (shell.code, found["files"][0]) == (0, ".github/mergefloor.yml")
