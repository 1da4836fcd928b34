"""T32, T80, T01: each way to make a workflow toothless is found, alone, at its line; the one that init writes is clean."""

from __future__ import annotations

import time

import pytest
from tests.unit.core.doctor.builders import FORKED, GOOD, SETUP, SHA, bent, examined, line_of, said

from mergefloor.core.gate_setup import WORKFLOW

TYPES = "    types: [opened, synchronize, reopened, ready_for_review, edited]\n"
QUEUE = "  merge_group:\n    types: [checks_requested]\n"
PUSH = "  push: # fills the cache that every pull request may read\n    branches: [main]\n"
CANCEL = "cancel-in-progress: ${{ github.event_name == 'pull_request' }}"
RUNNER = "    runs-on: ubuntu-24.04\n"
TIMEOUT = "    timeout-minutes: 30 # the minutes of the budget, and 10\n"
ENVIRONMENT = "    environment: # keeps the secrets; no deployment is recorded\n      name: mergefloor\n      deployment: false\n"
STATUSES = "      statuses: write # the required status\n"
PULLS = "      pull-requests: write # the comment\n"
CONTENTS = "      contents: read # the files of both sides, by the API: nothing is checked out\n"
REPORT_PATH = "          report-path: mergefloor-report\n"
CACHE_PIN = SETUP.steps["actions/cache"]
RESTORE = GOOD[GOOD.index("      - name: Restore") : GOOD.index("      - name: Evaluate")]
SAVE = GOOD[GOOD.index("      - name: Keep the answers") : GOOD.index("      - name: Keep the report")]
SAVE_IF = "        if: always()\n        uses: actions/cache/save"
SAVE_KEY = "key: mergefloor-v1-${{ hashFiles('.mergefloor-cache/**') }}"
STEP = "      - name: Evaluate the change\n"

# name -> edits of the good workflow, the rule, its level, and what is written on the line of the finding
BAD: dict[str, tuple[list[tuple[str, str]], str, str, str]] = {
    "paths": ([(TYPES, TYPES + "    paths: [prompts/**]\n")], "path-filter", "error", "    paths:"),
    "paths-ignore": (
        [(TYPES, TYPES + "    paths-ignore: [docs/**]\n")],
        "path-filter",
        "error",
        "    paths-ignore:",
    ),
    "branches": (
        [(TYPES, TYPES + "    branches: [main]\n")],
        "branch-filter",
        "error",
        "    branches: [main]\n  merge",
    ),
    "branches-ignore": (
        [(TYPES, TYPES + "    branches-ignore: ['wip/**']\n")],
        "branch-filter",
        "error",
        "    branches-ignore",
    ),
    "queue for one branch": (
        [(QUEUE, QUEUE + "    branches: [main]\n")],
        "branch-filter",
        "error",
        "    branches: [main]\n  push",
    ),
    "no synchronize": (
        [(TYPES, "    types: [opened, reopened, edited]\n")],
        "missing-types",
        "error",
        "    types: [op",
    ),
    "no reopened": (
        [(TYPES, "    types: [opened, synchronize, edited]\n")],
        "missing-types",
        "error",
        "    types: [op",
    ),
    "no edited": (
        [(TYPES, "    types: [opened, synchronize, reopened]\n")],
        "missing-types",
        "error",
        "    types: [op",
    ),
    "the default types": ([(TYPES, "")], "missing-types", "error", "  pull_request:"),
    "no merge_group": ([(QUEUE, "")], "missing-merge-group", "error", "on:"),
    "no push": ([(PUSH, "")], "missing-push", "warning", "on:"),
    "push of another branch": (
        [("branches: [main]", "branches: [release/*]")],
        "missing-push",
        "warning",
        "  push:",
    ),
    "push but not of main": (
        [("branches: [main]", "branches: ['**', '!main']")],
        "missing-push",
        "warning",
        "  push:",
    ),
    "push that ignores main": (
        [("branches: [main]", "branches-ignore: [m*]")],
        "missing-push",
        "warning",
        "  push:",
    ),
    "push of tags": ([("branches: [main]", "tags: [v*]")], "missing-push", "warning", "  push:"),
    "job if": (
        [(RUNNER, "    if: github.actor != 'x'\n" + RUNNER)],
        "job-condition",
        "error",
        "    if: github.actor",
    ),
    "job if, bare": ([(RUNNER, "    if: false\n" + RUNNER)], "job-condition", "error", "    if: false"),
    "matrix": (
        [(RUNNER, RUNNER + "    strategy: {matrix: {x: []}}\n")],
        "job-matrix",
        "error",
        "    strategy:",
    ),
    "needs": ([(RUNNER, "    needs: [lint]\n" + RUNNER)], "job-needs", "error", "    needs:"),
    "job continue-on-error": (
        [(RUNNER, RUNNER + "    continue-on-error: true\n")],
        "continue-on-error",
        "error",
        "    continue-on-error",
    ),
    "step continue-on-error": (
        [(STEP, STEP + "        continue-on-error: ${{ github.event_name == 'pull_request' }}\n")],
        "continue-on-error",
        "error",
        "        continue-on-error",
    ),
    "step if": (
        [(STEP, STEP + "        if: github.event.pull_request.draft == false\n")],
        "step-condition",
        "error",
        "        if: github.event",
    ),
    "exit-zero": (
        [(REPORT_PATH, REPORT_PATH + "          exit-zero: true\n")],
        "exit-zero",
        "warning",
        "          exit-z",
    ),
    "job named as the status": (
        [("    name: evaluate\n", "    name: mergefloor\n")],
        "job-named-as-status",
        "error",
        "    name: mergefloor",
    ),
    "job id is the status": (
        [("    name: evaluate\n", ""), ("  evaluate: #", "  mergefloor: #")],
        "job-named-as-status",
        "error",
        "  mergefloor: #",
    ),
    "another context, named as the job": (
        [(REPORT_PATH, REPORT_PATH + "          status-context: evaluate\n")],
        "job-named-as-status",
        "error",
        "    name: eval",
    ),
    "no timeout": ([(TIMEOUT, "")], "missing-timeout", "warning", "  evaluate:"),
    "short timeout": (
        [("timeout-minutes: 30", "timeout-minutes: 22")],
        "short-timeout",
        "error",
        "    timeout-minutes",
    ),
    "short timeout of the step": (
        [(STEP, STEP + "        timeout-minutes: 5\n")],
        "short-timeout",
        "error",
        "        timeout-minutes",
    ),
    "cancels everything": (
        [(CANCEL, "cancel-in-progress: true")],
        "cancels-runs",
        "error",
        "  cancel-in-progress",
    ),
    "cancels everything, in the job": (
        [(RUNNER, RUNNER + "    concurrency: {group: x, cancel-in-progress: '${{ true }}'}\n")],
        "cancels-runs",
        "error",
        "    concurrency",
    ),
    "no permissions": (
        [("permissions: {}\n", ""), ("    permissions:\n" + CONTENTS + PULLS + STATUSES, "")],
        "missing-permissions",
        "error",
        "  evaluate:",
    ),
    "write-all": (
        [("    permissions:\n" + CONTENTS + PULLS + STATUSES, "    permissions: write-all\n")],
        "wide-permissions",
        "error",
        "    permissions: write-all",
    ),
    "contents: write": (
        [("contents: read", "contents: write")],
        "wide-permissions",
        "error",
        "      contents: write",
    ),
    "packages: write": (
        [(STATUSES, STATUSES + "      packages: write\n")],
        "wide-permissions",
        "warning",
        "      packages",
    ),
    "no statuses": ([(STATUSES, "")], "missing-permission", "error", "    permissions:"),
    "statuses: read": (
        [("statuses: write", "statuses: read")],
        "missing-permission",
        "error",
        "    permissions:",
    ),
    "no contents": ([(CONTENTS, "")], "missing-permission", "error", "    permissions:"),
    "no pull-requests": ([(PULLS, "")], "missing-permission", "warning", "    permissions:"),
    "no environment": ([(ENVIRONMENT, "")], "secrets-outside-environment", "warning", "          cache-key:"),
    "no save": ([(SAVE, "")], "missing-cache-save", "error", "      - name: Evaluate"),
    "no restore": ([(RESTORE, "")], "missing-cache-restore", "error", "      - name: Evaluate"),
    "save on success": (
        [(SAVE_IF, "        uses: actions/cache/save")],
        "cache-save-condition",
        "error",
        "      - name: Keep the ans",
    ),
    "save when not cancelled by hand": (
        [(SAVE_IF, SAVE_IF.replace("always()", "success()"))],
        "cache-save-condition",
        "error",
        "        if: success()",
    ),
    "combined cache": (
        [(SAVE, ""), ("actions/cache/restore@", "actions/cache@")],
        "combined-cache",
        "error",
        "        uses: actions/cache@",
    ),
    "restore after": (
        [(RESTORE, ""), (SAVE, RESTORE + SAVE)],
        "cache-order",
        "error",
        "      - name: Restore",
    ),
    "save before": (
        [(SAVE, ""), (RESTORE, RESTORE + SAVE)],
        "cache-order",
        "error",
        "      - name: Keep the answers",
    ),
    "another path saved": (
        [(SAVE, SAVE.replace("path: .mergefloor-cache", "path: ./.mergefloor-cache"))],
        "cache-path",
        "error",
        "          path: ./.m",
    ),
    "another path restored": (
        [(RESTORE, RESTORE.replace("path: .mergefloor-cache", "path: ~/mergefloor"))],
        "cache-path",
        "error",
        "          path: ~/m",
    ),
    "a key for ever": (
        [(SAVE_KEY, "key: mergefloor-v1-answers")],
        "fixed-cache-key",
        "error",
        "          key: mergefloor-v1-a",
    ),
    "keys that never meet": (
        [("restore-keys: mergefloor-v1-", "restore-keys: answers-")],
        "cache-keys",
        "error",
        "          restore-keys",
    ),
    "no restore-keys": (
        [("          restore-keys: mergefloor-v1-\n", "")],
        "cache-keys",
        "error",
        "      - name: Restore",
    ),
    "a cache that is only read": (
        [(RUNNER, RUNNER + "    cache-mode: read\n")],
        "cache-mode",
        "error",
        "    cache-mode: read",
    ),
    "our action by tag": ([(f"@{SHA} # v1.0.0", "@v1")], "floating-pin", "error", "        uses: mergefloor"),
    "our action by short id": (
        [(f"@{SHA} # v1.0.0", f"@{SHA[:7]}")],
        "floating-pin",
        "error",
        "        uses: mergefloor",
    ),
    "another action by branch": (
        [(SETUP.steps["actions/upload-artifact"].commit, "main")],
        "floating-pin",
        "error",
        "        uses: actions/upload",
    ),
    "an image by tag": (
        [(f"mergefloor/mergefloor@{SHA}", "docker://ghcr.io/mergefloor/mergefloor:1")],
        "floating-pin",
        "error",
        "        uses: docker",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_workflow__bent_one_way__exactly_that_finding_at_its_line(name: str) -> None:
    edits, rule, level, piece = BAD[name]
    text = bent(GOOD, *edits)
    found = examined(text)
    assert said(found) == [(rule, level, line_of(text, piece))]
    assert found.exit_code == (1 if level == "error" else 0)
    (finding,) = found.findings
    assert finding.what
    assert finding.fix
    assert "`" in finding.what + finding.fix


def test_workflow__as_init_writes_it__nothing_to_say() -> None:
    assert said(examined(GOOD)) == []
    assert said(examined(GOOD, FORKED)) == []
    assert examined(GOOD, FORKED).workflows == (WORKFLOW, ".github/workflows/mergefloor-forks.yml")


HARMLESS = {
    "an always": [(RUNNER, "    if: ${{ always() }}\n" + RUNNER)],
    "not cancelled": [(RUNNER, "    if: '!cancelled()'\n" + RUNNER)],
    "step that always runs": [(STEP, STEP + "        if: always()\n")],
    "tolerance that is off": [(RUNNER, RUNNER + "    continue-on-error: false\n")],
    "exit-zero that is off": [(REPORT_PATH, REPORT_PATH + "          exit-zero: 'false'\n")],
    "a digest": [
        (f"mergefloor/mergefloor@{SHA}", f"docker://ghcr.io/mergefloor/mergefloor@sha256:{'a' * 64}")
    ],
    "a pattern of branches": [("branches: [main]", "branches: ['m*', 'release/**']")],
    "every push": [
        ("  push: # fills the cache that every pull request may read\n    branches: [main]\n", "  push:\n")
    ],
    "a mode by expression": [(REPORT_PATH, REPORT_PATH + "          mode: ${{ vars.MODE }}\n")],
    "an App's token": [
        (STATUSES, ""),
        (REPORT_PATH, REPORT_PATH + "          github-token: ${{ steps.app.outputs.token }}\n"),
    ],
    "no comment wanted": [(PULLS, ""), (REPORT_PATH, REPORT_PATH + "          comment: false\n")],
    "time by expression": [("timeout-minutes: 30", "timeout-minutes: ${{ vars.MINUTES }}")],
    "another step's cache": [
        (
            RESTORE,
            f"      - uses: actions/cache@{CACHE_PIN.commit}\n        with: {{path: ~/.npm, key: npm}}\n\n"
            + RESTORE,
        )
    ],
    "another cache path, everywhere": [
        (RESTORE, RESTORE.replace("path: .mergefloor-cache", "path: .answers")),
        (SAVE, SAVE.replace("path: .mergefloor-cache", "path: .answers")),
        (REPORT_PATH, REPORT_PATH + "          cache-path: .answers\n"),
    ],
    "rights for the whole file": [
        ("permissions: {}\n", "permissions: {contents: read, pull-requests: write, statuses: write}\n"),
        ("    permissions:\n" + CONTENTS + PULLS + STATUSES, ""),
    ],
}


@pytest.mark.parametrize("name", HARMLESS)
def test_workflow__harmless_variants__nothing_to_say(name: str) -> None:
    assert said(examined(bent(GOOD, *HARMLESS[name]))) == []


def test_workflow__a_budget_that_is_not_known__no_word_about_its_time() -> None:
    assert said(examined(bent(GOOD, ("timeout-minutes: 30", "timeout-minutes: 2")), minutes=None)) == []
    assert said(examined(GOOD, minutes=45.0))[0][0] == "short-timeout"


@pytest.mark.parametrize("on", ["pull_request", "[pull_request, merge_group, push]"])
def test_events__as_a_word_or_a_list__read_alike(on: str) -> None:
    start, end = GOOD.index("on:\n"), GOOD.index("permissions: {}")
    found = examined(f"{GOOD[:start]}on: {on}\n{GOOD[end:]}")
    whole = {"missing-types"}
    assert {rule for rule, _, _ in said(found)} == (
        whole if "[" in on else {*whole, "missing-merge-group", "missing-push"}
    )


def test_events__spread_over_two_files__count_together() -> None:
    pulls = bent(GOOD, (QUEUE, ""), (PUSH, ""))
    rest = bent(GOOD, ("  pull_request: # every", "  workflow_dispatch: # every"), (TYPES, ""))
    assert said(examined(pulls, rest)) == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("on: pull_request\njobs:\n  a:\n    steps: [{run: make test}]\n", 1),
        ("on: pull_request\njobs:\n  a:\n    steps: [{uses: mergefloor/docs@v1}]\n", 1),
        ("jobs: 3\n", 1),
        ("- 1\n", 1),
        ("on: {push: {branches: [main]}}\njobs: {a: {steps: 7}, b: null, c: [1]}\n", 1),
    ],
)
def test_repository__where_nothing_runs_mergefloor__no_gate(text: str, line: int) -> None:
    found = examined(text)
    assert said(found) == [("no-gate", "error", line)]
    assert "`mergefloor init`" in found.findings[0].fix


def test_repository__mergefloor_on_other_events_alone__no_gate_at_that_file() -> None:
    found = examined(FORKED)
    assert ("no-gate", "error", line_of(FORKED, "on:")) in said(found)


def test_command__mergefloor_in_a_shell_line__is_a_gate_without_cache_rules() -> None:
    text = """\
on: {pull_request: {types: [opened, synchronize, reopened, edited]}, merge_group: {}, push: {branches: [main]}}
permissions: {contents: read}
jobs:
  evaluate:
    timeout-minutes: 30
    steps:
      - run: pip install mergefloor && mergefloor gate --base origin/main%s
"""
    assert said(examined(text % "")) == []
    assert said(examined(text % " || true")) == [("continue-on-error", "error", 7)]
    assert said(examined(text % " --report out || echo red")) == [("continue-on-error", "error", 7)]


def test_action__under_another_name__told_by_its_inputs() -> None:
    text = bent(GOOD, (f"mergefloor/mergefloor@{SHA}", f"acme/prompt-gate@{SHA}"))
    assert examined(text).workflows == (WORKFLOW,)
    other = bent(text, (REPORT_PATH, "          colour: red\n"))
    assert said(examined(other))[0][0] == "no-gate"


CALLER = """\
on:
  pull_request: {types: [opened, synchronize, reopened, edited]}
  merge_group: {types: [checks_requested]}
  push: {branches: [main]}
jobs:
  gate:
    uses: %s
    secrets: inherit
"""
CALLED = GOOD[: GOOD.index("on:\n")] + "on: workflow_call\n\n" + GOOD[GOOD.index("permissions: {}") :]


def test_called_workflow__of_the_same_repository__both_files_are_looked_at() -> None:
    assert said(examined(CALLER % "$/.github/workflows/mergefloor-forks.yml", CALLED)) == []
    caller = CALLER % "./.github/workflows/mergefloor-forks.yml"
    assert said(examined(caller, CALLED)) == []
    skipped = bent(caller, ("    secrets: inherit\n", "    secrets: inherit\n    if: github.actor != 'x'\n"))
    assert said(examined(skipped, CALLED)) == [("job-condition", "error", 9)]
    inner = bent(CALLED, (RUNNER, RUNNER + "    continue-on-error: true\n"))
    assert [rule for rule, _, _ in said(examined(caller, inner))] == ["continue-on-error"]


def test_called_workflow__of_another_repository__cannot_be_told() -> None:
    found = examined(CALLER % f"acme/ci/.github/workflows/gate.yml@{SHA}")
    assert said(found) == []
    assert found.exit_code == 2
    assert f"{WORKFLOW}:7" in found.unchecked[0].what


# The file for forks and commands: what runs with the repository's rights for a stranger.


CHECKOUT = f"      - uses: actions/checkout@{SHA}\n" + "        with: {ref: '${{ %s }}'}\n"
LOOK = "      - name: Look whether the change touches anything that counts\n"
DO = "      - name: Do what the comment asks, if its author may\n"
TARGET: dict[str, tuple[list[tuple[str, str]], str, str]] = {
    "checkout of the head": (
        [(LOOK, CHECKOUT % "github.event.pull_request.head.sha" + LOOK)],
        "target-checkout",
        "        with: {ref",
    ),
    "checkout for a command": (
        [(DO, CHECKOUT.replace("${{ %s }}", "refs/pull/${{ github.event.issue.number }}/head") + DO)],
        "target-checkout",
        "        with: {ref",
    ),
    "checkout by a command line": (
        [(LOOK, "      - run: gh pr checkout 7\n" + LOOK)],
        "target-checkout",
        "      - run: gh pr",
    ),
    "a secret on the preflight": (
        [
            (
                "          mode: preflight\n",
                "          mode: preflight\n          openai-api-key: ${{ secrets.OPENAI_API_KEY }}\n",
            ),
            ("    timeout-minutes: 10\n", "    timeout-minutes: 10\n    environment: mergefloor\n"),
        ],
        "target-secrets",
        "          openai-api-key",
    ),
    "a condition that forgot the event": (
        [("      github.event_name == 'issue_comment' &&\n", "      github.actor != 'x' &&\n")],
        "target-secrets",
        "          cache-key",
    ),
}


@pytest.mark.parametrize("name", TARGET)
def test_forks__bent_one_way__exactly_that_finding(name: str) -> None:
    edits, rule, piece = TARGET[name]
    text = bent(FORKED, *edits)
    assert said(examined(GOOD, text)) == [(rule, "error", line_of(text, piece))]


def test_forks__checkout_of_the_base__is_allowed() -> None:
    text = bent(FORKED, (LOOK, f"      - uses: actions/checkout@{SHA}\n" + LOOK))
    assert said(examined(GOOD, text)) == []


def test_hostile_file__with_thousands_of_gates__a_bounded_number_of_findings() -> None:
    jobs = "".join(f"  j{i}: {{if: x, steps: [{{uses: a/mergefloor@v1}}]}}\n" for i in range(2000))
    found = examined(f"on: pull_request\njobs:\n{jobs}")
    assert 50 < len(found.findings) <= 110


def test_hostile_file__a_job_with_thousands_of_gates__looked_at_in_a_moment() -> None:
    steps = f"      - {{uses: a/mergefloor@{SHA}, with: {{cache-key: x}}}}\n" * 5000
    started = time.process_time()
    assert said(examined(bent(GOOD, ("    steps:\n", "    steps:\n" + steps))))
    assert time.process_time() - started < 10


def test_cancelling__where_neither_queue_nor_branch_runs__is_no_finding_of_its_own() -> None:
    text = bent(GOOD, (CANCEL, "cancel-in-progress: true"), (QUEUE, ""), (PUSH, ""))
    assert "cancels-runs" not in [rule for rule, *_ in said(examined(text))]


def test_call_of_another_workflow__that_is_not_ours__is_not_listed() -> None:
    other = "on: pull_request\njobs:\n  lint:\n    uses: acme/lint/.github/workflows/l.yml@" + SHA + "\n"
    assert [each for each in examined(GOOD, other).unchecked if "lint" in each.what] == []
