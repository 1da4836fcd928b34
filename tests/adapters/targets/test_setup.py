"""What a setup leaves: made once for equal lock files, read by both sides, changed by neither."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from mergefloor.targets.installation import seal

SETUP = """
import os, sys
out = os.environ["SETUP_DIR"]
open(os.path.join(out, "count"), "a").write("x")
open(os.path.join(out, "seen"), "w").write(" ".join(sorted(os.listdir("."))))
os.makedirs(os.path.join(out, "lib"))
open(os.path.join(out, "lib", "dep.py"), "w").write("NAME = %r" % open("lock.txt").read())
"""
APP = "import dep\ndef answer(input):\n    return dep.NAME"


def side(desk: Any, kit: Any, *, lock: str = "one", app: str = APP, **options: Any) -> Any:
    files = {"app.py": app, "install.py": SETUP, "lock.txt": lock}
    settings: dict[str, Any] = {
        "kind": "python", "run": ("app:answer",), "files": ("app.py",), "lock": ("install.py", "lock.txt"),
        "setup": (kit.PYTHON, "install.py"),
    }  # fmt: skip
    return desk.side(files, **{**settings, **options})


@pytest.fixture(params=["apart", "together"])
def any_desk(request: Any, desk: Any) -> Any:
    return request.getfixturevalue("apart") if request.param == "apart" else desk()


def test_setup__equal_locks__run_once_for_both_sides(any_desk: Any, kit: Any, folder: Path) -> None:
    base, head = side(any_desk, kit), side(any_desk, kit, app=APP + "\n# changed")
    [one], [two] = any_desk.answers(base, "x"), any_desk.answers(head, "x")
    assert (one.text, two.text) == ("one", "one")
    [out] = list(folder.rglob("count"))
    assert out.read_text() == "x"
    assert out.with_name("seen").read_text() == "install.py lock.txt"


def test_setup__another_lock__is_another_folder(any_desk: Any, kit: Any, folder: Path) -> None:
    base, head = side(any_desk, kit), side(any_desk, kit, lock="two")
    [one], [two] = any_desk.answers(base, "x"), any_desk.answers(head, "x")
    assert (one.text, two.text) == ("one", "two")
    assert len(list(folder.rglob("count"))) == 2


def test_setup__on_ones_own_machine__is_kept_between_runs(desk: Any, kit: Any, folder: Path) -> None:
    first, second = desk(), desk()
    first.answers(side(first, kit), "x")
    first.targets.close()
    [out] = second.answers(side(second, kit), "x")
    assert out.text == "one"
    assert next(folder.rglob("count")).read_text() == "x"


def test_setup__that_fails__is_unknown_on_both_sides_and_says_why(any_desk: Any, kit: Any) -> None:
    failing = side(any_desk, kit, setup=(kit.PYTHON, "-c", "import sys; sys.exit('no such package')"))
    outs = any_desk.answers(failing, "x", "y")
    assert [(out.code, out.fatal) for out in outs] == [("target-setup", True)] * 2
    assert "`setup` failed: exit status 1; it wrote: no such package" in outs[0].message


def test_setup__that_failed__is_tried_again_by_the_next_run(desk: Any, kit: Any, folder: Path) -> None:
    flag = folder / "flag"
    code = f"import os, sys; os.path.exists({str(flag)!r}) or sys.exit(1); exec(open('install.py').read())"
    first, second = desk(), desk()
    first.answers(side(first, kit, setup=(kit.PYTHON, "-c", code)), "x")
    first.targets.close()
    flag.touch()
    [out] = second.answers(side(second, kit, setup=(kit.PYTHON, "-c", code)), "x")
    assert out.text == "one"


def test_setup__folder__can_be_read_but_not_written_by_a_side(apart: Any, kit: Any) -> None:
    app = """import os, dep
def answer(input):
    out = os.environ["SETUP_DIR"]
    try:
        open(os.path.join(out, "lib", "dep.py"), "a")
    except PermissionError:
        return dep.NAME
    return "written"
"""
    [out] = apart.answers(side(apart, kit, app=app), "x")
    assert out.text == "one"


def test_setup__placeholder_and_path__lead_to_its_folder(any_desk: Any, kit: Any) -> None:
    setup = (
        "import os, sys; b = os.path.join(sys.argv[1], 'bin'); os.mkdir(b); p = os.path.join(b, 'tool');"
        "open(p, 'w').write('#!/usr/bin/env -S python3 -u\\n' + open('tool.txt').read()); os.chmod(p, 0o755)"
    )
    files = {"tool.txt": kit.LOOP % 'def answer(q):\n    say(q["id"], text=sys.argv[1])', "x": ""}
    made = any_desk.side(
        files, run=("tool", "{setup}"), files=("x",), lock=("tool.txt",),
        setup=(kit.PYTHON, "-c", setup, "{setup}"),
    )  # fmt: skip
    [out] = any_desk.answers(made, "x")
    assert getattr(out, "text", out).endswith("/out")


def test_seal__links_and_files_of_others__stay_what_they_are(folder: Path, kit: Any) -> None:
    if not kit.APART:
        pytest.skip("needs root")
    user = 0x7000_0000 + 1
    secret, top = folder / "secret", folder / "out"
    secret.write_text("s")
    secret.chmod(0o600)
    top.mkdir()
    (top / "link").symlink_to(secret)
    (top / "hard").hardlink_to(secret)
    (top / "own").write_text("x")
    for path in (top, top / "link", top / "own"):
        os.chown(path, user, user, follow_symlinks=False)
    (top / "own").chmod(0o4777)
    seal(top, user)
    assert secret.stat().st_mode & 0o7777 == 0o600
    assert [path.lstat().st_uid for path in (top, top / "link", top / "own")] == [0, 0, 0]
    assert (top / "own").stat().st_mode & 0o7777 == 0o755
