"""The pictures of report.html in docs/report.md: the example's report at two widths, light and dark.

    python docs/report_pictures.py docs

Needs Chromium; gates the example repository (scripted answers, no network) and writes four PNGs into the folder.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from picture import CHROMIUM

from mergefloor.repo.example import build_example

EXAMPLE = Path(__file__).parent.parent / "examples" / "customer-support"
SIZES = {1400: 1790, 360: 3300}


def main() -> None:
    """Gate, then take every picture."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("target", type=Path)
    target = parser.parse_args().target
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        page = _report(folder)
        for width, height in SIZES.items():
            for theme in ("light", "dark"):
                _picture(page, folder / "profile", target / f"report-{width}-{theme}.png", (width, height))


def _report(folder: Path) -> Path:
    repo = folder / "repo"
    repo.mkdir()
    build_example(EXAMPLE, repo, {"PATH": os.environ["PATH"]})
    gate = [
        sys.executable,
        "-m",
        "mergefloor",
        "gate",
        "--repo",
        str(repo),
        "--base",
        "main",
        "--head",
        "change",
    ]
    more = ["--cache", str(folder / "cache"), "--report", str(folder / "out")]
    done = subprocess.run([*gate, *more], capture_output=True, text=True, check=False)
    page = folder / "out" / "report.html"
    if not page.exists():
        raise SystemExit(done.stderr)
    return page


def _picture(page: Path, profile: Path, target: Path, size: tuple[int, int]) -> None:
    theme = target.stem.rpartition("-")[2]
    window = f"--window-size={size[0]},{size[1]}"
    shot = [
        f"--user-data-dir={profile}",
        window,
        f"--screenshot={target}",
        f"{page.as_uri()}#q=&theme={theme}",
    ]
    subprocess.run([*CHROMIUM.split(), *shot], check=True, capture_output=True)


if __name__ == "__main__":
    main()
