"""Gathers what the action needs of the base image into an empty folder: Python, and what its programs link to.

No shell, package manager, compiler, pip or set-uid program comes along, so there is nothing to update, to abuse or to
download. Runs inside the Dockerfile: `python gather.py FOLDER EXTRA...`, where the programs and libraries under EXTRA
are linked too but copied by somebody else. The package database keeps the entries of what was taken, for scanners.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path

# Certificates, names of users, protocols and name services, the one locale, where libraries are.
DATA = (
    "/etc/group",
    "/etc/ld.so.cache",
    "/etc/nsswitch.conf",
    "/etc/os-release",
    "/etc/passwd",
    "/etc/protocols",
    "/etc/services",
    "/etc/ssl",
    "/usr/lib/locale/C.utf8",
    "/usr/lib/ssl",
)
# Another user id for code that is not ours (T02).
PROGRAMS = ("/usr/bin/setpriv",)
# Parts of the standard library that need pip, a display, a compiler, or test Python itself.
LEFT_OUT = re.compile(
    r"(__pycache__|site-packages|dist-packages|ensurepip|idlelib|tkinter|turtledemo|test|config-.*)"
)
FOLDERS = {"tmp": 0o1777, "var/tmp": 0o1777, "run": 0o755, "root": 0o700, "home": 0o755}
MOUNTED = {"proc": 0o555, "sys": 0o555, "dev": 0o755}
STATUS = Path("/var/lib/dpkg/status")


def gather(image: Path, extra: Iterable[Path]) -> None:
    """Everything, in a fixed order. OSError and ValueError (something is not there) end the build."""
    skeleton(image)
    files = [*interpreter(), *standard_library(), *present()]
    elsewhere = tuple(extra)
    linked = [path for root in elsewhere for path in tree(root)]
    wanted = (path for path in (*files, *libraries([*files, *linked])) if not _under(path, elsewhere))
    taken = sorted({each for path in wanted for each in chain(path)})
    for path in taken:
        copy(path, image)
    record(owners(taken), image)


def skeleton(image: Path) -> None:
    """The folders that programs and container engines expect, and the names of /usr's folders at the top."""
    for name, mode in {**FOLDERS, **MOUNTED}.items():
        (image / name).mkdir(parents=True)
        (image / name).chmod(mode)
    for name in ("bin", "lib", "lib64", "sbin"):
        if Path("/", name).is_symlink():
            (image / name).symlink_to(Path("/", name).readlink())
            (image / name).resolve().mkdir(parents=True, exist_ok=True)


def present() -> list[Path]:
    """Files and programs that are taken by name. ValueError: the base has changed and lacks some."""
    missing = [name for name in (*DATA, *PROGRAMS) if not os.path.lexists(name)]
    if missing:
        raise ValueError(f"the base image lacks {', '.join(missing)}")
    return [path for name in (*DATA, *PROGRAMS) for path in tree(Path(name))]


def record(names: set[str], image: Path) -> None:
    """The taken packages' entries in the package database, and their licences."""
    status = image / STATUS.relative_to("/")
    status.parent.mkdir(parents=True)
    status.write_text(entries(STATUS.read_text(encoding="utf-8"), names), encoding="utf-8")
    for name in sorted(names):
        for path in chain(Path("/usr/share/doc", name, "copyright")):
            copy(path, image)


def interpreter() -> tuple[Path, ...]:
    """The names of this Python, `python` among them, which the virtual environment links to."""
    names = ("python", "python3", f"python3.{sys.version_info.minor}")
    return tuple(path for name in names if (path := Path(sys.executable).with_name(name)).exists())


def standard_library() -> Iterator[Path]:
    """Its modules, without byte code: that is written afterwards."""
    for path in tree(Path(sysconfig.get_path("stdlib"))):
        if not any(LEFT_OUT.fullmatch(part) for part in path.parts):
            yield path


def tree(root: Path) -> Iterator[Path]:
    """A file, or every file under a folder; links are not followed."""
    if root.is_symlink() or not root.is_dir():
        yield from (root,) if os.path.lexists(root) else ()
        return
    for path in sorted(root.iterdir()):
        yield from tree(path)


def libraries(files: Iterable[Path]) -> set[Path]:
    """What these programs and libraries load, and what that loads, found by asking the loader."""
    found: set[Path] = set()
    for path in sorted({each.resolve() for each in files}):
        if not _is_elf(path):
            continue
        done = subprocess.run(["ldd", str(path)], capture_output=True, text=True, check=False)
        found |= {each for each in loaded(done.stdout) if each.exists()}
    return found


def loaded(listing: str) -> set[Path]:
    """The paths in what `ldd` prints. ValueError: a library is missing."""
    if " not found" in listing:
        raise ValueError(f"a library is missing: {listing!r}")
    return {Path(match[1]) for match in re.finditer(r"(?:=> |^\s+)(/\S+) \(0x", listing, re.MULTILINE)}


def chain(path: Path) -> Iterator[Path]:
    """A path as it is without linked folders, and what it links to, up to the file; nothing for a missing one."""
    while os.path.lexists(path):
        path = path.parent.resolve() / path.name
        yield path
        if not path.is_symlink():
            return
        path = path.parent / path.readlink()


def owners(paths: Iterable[Path]) -> set[str]:
    """The packages that these files came with; what no package owns has none."""
    done = subprocess.run(["dpkg-query", "-S", *map(str, paths)], capture_output=True, text=True, check=False)
    lines = [line.rsplit(": ", 1)[0] for line in done.stdout.splitlines()]
    return {
        name.split(":")[0] for line in lines if " " not in line.replace(", ", "") for name in line.split(", ")
    }


def entries(database: str, names: set[str]) -> str:
    """The entries of these packages in a package database."""
    listed = [entry for entry in database.split("\n\n") if entry.strip()]
    kept = [entry for entry in listed if entry.lstrip().split("\n")[0].removeprefix("Package: ") in names]
    return "".join(f"{entry.strip()}\n\n" for entry in kept)


def copy(path: Path, image: Path) -> None:
    """One file or link, to the same place in the image, without set-uid."""
    target = image / path.relative_to("/")
    target.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        return
    if not os.path.lexists(target):
        shutil.copyfile(path, target, follow_symlinks=False)
    if not target.is_symlink():
        target.chmod(path.stat().st_mode & 0o755)


def _under(path: Path, roots: Iterable[Path]) -> bool:
    return any(path.is_relative_to(root) for root in roots)


def _is_elf(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


if __name__ == "__main__":
    gather(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
