"""The picture of a comment in the README: `mergefloor demo`'s comment as GitHub lays it out.

    python docs/picture.py docs/comment.png [--width 900] [--height 1000] [--dark]

Needs Chromium and the development dependencies; writes a PNG of what the demo prints, nothing else.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from markdown_it import MarkdownIt

LIGHT = {"bg": "#ffffff", "fg": "#1f2328", "line": "#d1d9e0", "code": "#f6f8fa", "soft": "#59636e"}
DARK = {"bg": "#0d1117", "fg": "#f0f6fc", "line": "#3d444d", "code": "#151b23", "soft": "#9198a1"}
STYLE = """
body{{margin:24px;background:{bg};color:{fg};font:14px/1.5 "Liberation Sans",Arial,sans-serif}}
.comment{{border:1px solid {line};border-radius:6px;padding:16px 20px}}
table{{border-collapse:collapse;margin:12px 0}} td,th{{border:1px solid {line};padding:5px 12px}}
code{{background:{code};padding:2px 5px;border-radius:5px;font:85% "Liberation Mono",monospace}}
pre{{background:{code};padding:12px;border-radius:6px;overflow:auto}} pre code{{padding:0}}
blockquote{{margin:0;padding:0 1em;color:{soft};border-left:4px solid {line}}}
details{{margin:10px 0}} summary{{cursor:pointer}} sub{{color:{soft}}} h3{{margin:18px 0 8px}}
"""
CHROMIUM = (
    "chromium --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --hide-scrollbars"
)


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
    printed = subprocess.run(
        [sys.executable, "-m", "mergefloor", "demo"], capture_output=True, text=True, check=True
    ).stdout
    comment = printed[printed.index("<!-- mergefloor:") : printed.index("-" * 80)]
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "comment.html"
        page.write_text(_page(comment, DARK if args.dark else LIGHT), encoding="utf-8")
        size = f"--window-size={args.width},{args.height}"
        command = [
            *CHROMIUM.split(),
            f"--user-data-dir={folder}/profile",
            size,
            f"--screenshot={args.target}",
            page.as_uri(),
        ]
        subprocess.run(command, check=True, capture_output=True)


def _page(comment: str, colours: dict[str, str]) -> str:
    body = MarkdownIt("commonmark", {"html": True}).enable("table").render(comment)
    style = STYLE.format(**colours)
    return f'<!doctype html><meta charset="utf-8"><style>{style}</style><div class="comment">{body}</div>'


if __name__ == "__main__":
    main()
