"""Whole runs of the command: help, the demo, a warm gate of 200 cases, and how time and memory grow with cases.

    python bench/gate/speed.py [--sizes 100 1000 10000] [--repeat 5]

Every figure is of a whole process, start-up included; the median of the repeats. The gates run on scripted answers, so the
time is ours and not a provider's. `SDK` says whether a provider's SDK was imported.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tabulate import tabulate

CONFIG = """\
version: 1
defaults: {model: scripted/answers.yaml}
judge: {model: scripted/judge.yaml}
policy: {semver: off}
suites:
  bench:
    prompt: prompts/bench.yaml
    golden: evals/*.jsonl
    graders: [{type: judge, name: tone, rubric: kind}]
"""
JUDGE = """default: '{"checks": [{"id": "c1", "reason": "It is.", "evidence": [], "pass": true}]}'\n"""
PROMPT = "version: 1.0.0\nsystem: Answer kindly.{extra}\n"
GIT = {
    f"GIT_{who}_{what}": "bench@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1_000, 10_000])
    parser.add_argument("--repeat", type=int, default=5)
    args = parser.parse_args()
    rows = [_row("mergefloor --help", [_run(["--help"]) for _ in range(args.repeat)])]
    rows.append(_row("mergefloor demo", [_run(["demo"]) for _ in range(args.repeat)]))
    for size in dict.fromkeys((200, *args.sizes)):
        with tempfile.TemporaryDirectory() as folder:
            repo = _repository(Path(folder) / "repo", size)
            gate = [
                "gate",
                "--base",
                "main",
                "--head",
                "change",
                "--repo",
                str(repo),
                "--cache",
                f"{folder}/cache",
            ]
            rows.append(_row(f"gate, {size:,} cases, first run", [_run(gate)]))
            rows.append(_row(f"gate, {size:,} cases, again", [_run(gate) for _ in range(args.repeat)]))
    print(
        tabulate(rows, ["run", "seconds", "CPU s", "peak MB", "SDK"], floatfmt=("", ".2f", ".2f", ".0f", ""))
    )


def _repository(path: Path, size: int) -> Path:
    path.mkdir()
    files = {"mergefloor.yml": CONFIG, "judge.yaml": JUDGE, "answers.yaml": "default: Yes, of course.\n"}
    rows = "".join(
        f'{{"id": "q{i}", "input": "Question number {i}?", "must_contain": ["yes"]}}\n' for i in range(size)
    )
    _commit(path, {**files, "evals/bench.jsonl": rows, "prompts/bench.yaml": PROMPT.format(extra="")})
    subprocess.run(["git", "checkout", "-q", "-b", "change"], cwd=path, check=True)
    _commit(path, {"prompts/bench.yaml": PROMPT.format(extra=" Always.")})
    return path


def _commit(path: Path, files: dict[str, str]) -> None:
    if not (path / ".git").exists():
        subprocess.run(["git", "init", "-q", "-b", "main"], cwd=path, check=True)
    for name, text in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text, encoding="utf-8")
    subprocess.run(["git", "add", "-A"], cwd=path, check=True)
    subprocess.run(["git", "commit", "-q", "-m", "bench"], cwd=path, check=True, env={**os.environ, **GIT})


def _run(argv: list[str]) -> tuple[float, float, float, str]:
    """Seconds, CPU seconds, peak MB and whether an SDK was imported."""
    with tempfile.NamedTemporaryFile("w+") as told:
        code = (
            "import sys, resource; from mergefloor.main import main; import os\n"
            "try: exit = main(sys.argv[2:], os.environ)\n"
            "except SystemExit: exit = 0\n"
            "peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024\n"
            "open(sys.argv[1], 'w').write(f'{exit} {peak} {any(m in sys.modules for m in (\"openai\", \"anthropic\"))}')"
        )
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run([sys.executable, "-c", code, told.name, *argv], check=True, capture_output=True)
        seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        exit_code, peak, sdk = Path(told.name).read_text(encoding="utf-8").split()
    if exit_code != "0":
        raise SystemExit(f"{argv} ended with exit code {exit_code}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, cpu, float(peak), "yes" if sdk == "True" else "no"


def _row(label: str, runs: list[tuple[float, float, float, str]]) -> list[object]:
    seconds, cpu, peak = (
        statistics.median(column) for column in zip(*(run[:3] for run in runs), strict=True)
    )
    return [label, seconds, cpu, peak, runs[0][3]]


if __name__ == "__main__":
    main()
