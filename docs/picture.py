"""The picture of a comment in the README: `mergefloor demo`'s comment as GitHub lays it out.

    python -m docs.picture docs/comment.png [--width 900] [--height 1000] [--dark]

Needs Chromium and the development dependencies; writes a PNG of what the demo prints, nothing else.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from docs.github_page import page
from tests.e2e import chromium


def main() -> None:
    """Render the demo's comment to a PNG."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("target", type=Path)
    parser.add_argument("--width", type=int, default=900)
    parser.add_argument("--height", type=int, default=1000)
    parser.add_argument("--dark", action="store_true")
    args = parser.parse_args()
    demo = [sys.executable, "-m", "mergefloor", "demo"]
    printed = subprocess.run(demo, capture_output=True, text=True, check=True).stdout
    comment = printed[printed.index("<!-- mergefloor:") : printed.index("-" * 80)]
    with tempfile.TemporaryDirectory() as folder:
        shown = Path(folder) / "comment.html"
        shown.write_text(page(comment, "dark" if args.dark else "light"), encoding="utf-8")
        chromium.picture(shown, Path(folder) / "profile", args.target, (args.width, args.height))


if __name__ == "__main__":
    main()
