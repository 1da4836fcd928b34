"""A retrieval suite of 1,000 questions on the example `rag-bm25`, both sides, through a whole gate.

    python bench/retrieval/overhead.py [QUESTIONS]

Prints what the retriever takes by itself (the same function, in this process, as often as the gate asked it), what the
gate takes, the difference a question, and the memory at three sizes. Ratios of one run; a machine that is busy makes
both slower.
"""

from __future__ import annotations

import importlib
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tabulate import tabulate

from mergefloor.loading import load_yaml
from mergefloor.repo.example import build_example

EXAMPLE = Path(__file__).parents[2] / "examples" / "rag-bm25"
OPENERS = (
    "",
    "Hi! ",
    "Hello there, ",
    "A question: ",
    "Excuse me. ",
    "Good morning. ",
    "Quick one: ",
    "Sorry, ",
)
CLOSERS = ("", " Thanks!", " Cheers.", " Please help.", " Thank you in advance.", " Asking for a friend.")


def questions(folder: Path, wanted: int) -> list[dict[str, Any]]:
    """The example's questions in as many wordings as are wanted, with their relevant pages."""
    known: list[dict[str, Any]] = []
    for path in sorted((folder / "evals").rglob("*.yaml")):
        listed = load_yaml(str(path), path.read_bytes()).value
        known += [case for case in listed if isinstance(case, dict)] if isinstance(listed, list) else []
    rng = random.Random(1)
    ways = [(case, o, c) for o in OPENERS for c in CLOSERS for case in known]
    rng.shuffle(ways)
    return [
        {"id": f"q-{i}", "input": f"{o}{case['input']}{c}", "relevant": case["relevant"]}
        for i, (case, o, c) in enumerate(ways[:wanted])
    ]


def gate(folder: Path, cache: Path) -> tuple[float, int, int, int]:
    """Seconds, peak memory in MB, calls and cases of one `mergefloor gate` in a process of its own."""
    out = folder.parent / "report.json"
    began = time.perf_counter()
    asked = ["gate", "--base", "main", "--head", "change", "--cache", str(cache), "--json", str(out)]
    child = subprocess.Popen(
        [sys.executable, "-m", "mergefloor", *asked],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - began
    assert os.waitstatus_to_exitcode(status) in (0, 1), "the gate could not decide"
    report = json.loads(out.read_text(encoding="utf-8"))
    return seconds, usage.ru_maxrss // 1024, report["cost"]["calls"], report["suites"][0]["cases_total"]


def alone(folder: Path, asked: list[str], ref: str) -> float:
    """Seconds that one side's own function takes for these questions, its start included."""
    subprocess.run(["git", "checkout", "-q", ref], cwd=folder, check=True)
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    for name in [n for n in sys.modules if n == "src" or n.startswith("src.")]:
        del sys.modules[name]
    importlib.invalidate_caches()
    began = time.perf_counter()
    answer = importlib.import_module("src.search").answer
    for text in asked:
        answer(input=text)
    seconds = time.perf_counter() - began
    sys.path.remove(str(folder))
    return seconds


def measure(wanted: int) -> list[str]:
    """One row of the table."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "repo"
        folder.mkdir()
        build_example(EXAMPLE, folder, {"PATH": os.environ["PATH"]})
        rows = questions(folder, wanted)
        text = "\n".join(json.dumps(row) for row in rows)
        identity = ["-c", "user.name=b", "-c", "user.email=b@example.org"]
        for ref in ("main", "change"):
            subprocess.run(["git", "checkout", "-q", ref], cwd=folder, check=True)
            for path in sorted((folder / "evals").rglob("*.yaml")):
                path.unlink()
            (folder / "evals" / "many.jsonl").write_text(text, encoding="utf-8")
            config = folder / "mergefloor.yml"
            globs = [line for line in config.read_text(encoding="utf-8").splitlines() if "golden:" in line]
            told = config.read_text(encoding="utf-8").replace(globs[0], "    golden: evals/*.jsonl")
            config.write_text(told, encoding="utf-8")
            subprocess.run(["git", "add", "-A"], cwd=folder, check=True)
            subprocess.run(["git", *identity, "commit", "-qm", "many"], cwd=folder, check=True)
        subprocess.run(["git", "checkout", "-q", "change"], cwd=folder, check=True)
        seconds, memory, calls, cases = gate(folder, Path(made) / "cache")
        asked = [row["input"] for row in rows]
        share = calls / (2 * len(asked))
        own = share * (alone(folder, asked, "main") + alone(folder, asked, "change"))
        os.chdir(Path(__file__).parent)
    overhead = seconds - own
    return [
        f"{cases:,}",
        f"{calls:,}",
        f"{own:.2f} s",
        f"{seconds:.2f} s",
        f"{1000 * overhead / calls:.2f} ms",
        f"{memory} MB",
    ]


def main() -> None:
    """The table."""
    sizes = [int(sys.argv[1])] if len(sys.argv) > 1 else [250, 500, 1000]
    header = ["cases", "questions asked", "the retriever alone", "the gate", "ours a question", "memory"]
    print(tabulate([measure(size) for size in sizes], header, stralign="right"))
    print(f"this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main()
