"""200 cases and 200 judge calls against a 200 ms endpoint, 20 at a time, beside the physical limit of 4.0 s.

    python bench/engine/endpoint_speed.py SERVER.py

The server is any script that takes `--port 0 --mode hash --latency fixed:MS` and prints its port.
"""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from scripted_scale import Memory, engine, jobs

from mergefloor.core.types import ModelRef, Output
from mergefloor.providers import Directory

CASES, CALLS_AT_ONCE, LATENCY_S, BAR = 200, 20, 0.2, 1.15
LIMIT_S = 2 * CASES / CALLS_AT_ONCE * LATENCY_S


def run(vendor: str, port: int) -> float:
    """Seconds of a cold run whose SDK is loaded; prints the import and a warm run too."""
    base = f"http://127.0.0.1:{port}" + ("/v1" if vendor == "openai" else "")
    variable = vendor.upper()
    directory = Directory({f"{variable}_API_KEY": "k", f"{variable}_BASE_URL": base})
    ref = ModelRef(provider=vendor, name=f"{vendor}-bench", endpoint=base)
    judge = replace(ref, name=f"{vendor}-judge")
    began = time.perf_counter()
    directory.connect(ref)
    load = time.perf_counter() - began
    cache, work = Memory(), jobs(ref, CASES)
    times = []
    for _ in range(2):
        began = time.perf_counter()
        cpu = time.process_time()
        with engine(directory, judge, cache, CALLS_AT_ONCE) as running:
            cells = running.evaluate(work)
        times.append((time.perf_counter() - began, time.process_time() - cpu))
        assert all(isinstance(cell.output, Output) for cell in cells)
    (cold, cpu), (warm, _) = times
    print(
        f"{vendor:10} SDK {load:5.2f} s   cold {cold:5.2f} s = {cold / LIMIT_S:.3f} x the limit of {LIMIT_S:.1f} s"
        f"   CPU a call {1000 * cpu / (2 * CASES):.2f} ms   warm {1000 * warm:.0f} ms"
    )
    return cold


def main() -> int:
    """Exit 1 when a vendor misses the bar, 0 with a word when there is no server."""
    server = (
        Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[3] / "shared/tools/replay_llm.py"
    )
    if not server.is_file():
        print(f"skipped: there is no test server at {str(server)!r}")
        return 0
    command = [
        sys.executable,
        str(server),
        "--port",
        "0",
        "--mode",
        "hash",
        "--latency",
        f"fixed:{1000 * LATENCY_S:.0f}",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            port = int(process.stdout.readline())
            slow = [vendor for vendor in ("openai", "anthropic") if run(vendor, port) > BAR * LIMIT_S]
        finally:
            process.terminate()
    print(f"bar {BAR} x: {'missed by ' + ', '.join(slow) if slow else 'held'}")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
