"""A page in headless Chromium: its DOM after scripts, and pictures. Nothing is downloaded."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars",
)  # fmt: skip


def _run(page: Path, profile: Path, *extra: str, fragment: str = "") -> subprocess.CompletedProcess[str]:
    assert BROWSER is not None
    command = [BROWSER, *FLAGS, f"--user-data-dir={profile}", *extra, f"{page.as_uri()}{fragment}"]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)


def dom(page: Path, profile: Path, fragment: str = "") -> tuple[str, list[str]]:
    """The document after its scripts ran, and what the page wrote to the console (errors, policy violations)."""
    size = "--window-size=1400,1000"
    done = _run(page, profile, "--dump-dom", "--enable-logging=stderr", size, fragment=fragment)
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


def picture(page: Path, profile: Path, target: Path, size: tuple[int, int], fragment: str = "") -> None:
    """A PNG of the top of the page."""
    window = f"--window-size={size[0]},{size[1]}"
    _run(page, profile, window, f"--screenshot={target}", fragment=fragment)
