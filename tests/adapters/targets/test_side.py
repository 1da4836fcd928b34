"""How a side is known and laid out: its files and nothing else, its environment by a list."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from mergefloor.core.ports import TreeEntry
from mergefloor.core.targets import CodeTarget, code_identity
from mergefloor.errors import InputError, MergefloorError, ProviderError
from mergefloor.targets.environment import environment
from mergefloor.targets.isolation import NOBODY, users
from mergefloor.targets.workspace import MOST_FILES, copy, too_much

TARGET = CodeTarget(kind="command", run=("x",), files=("a.py",), lock=("lock",))


def test_host__equal_files__are_one_side_and_other_files_another(desk: Any, kit: Any) -> None:
    targets = desk().targets
    files = {"a.py": "1", "lock": "2", "README.md": "3"}
    base = targets.host(TARGET, kit.Files(files), "s")
    assert targets.host(TARGET, kit.Files({**files, "README.md": "4"}), "s") == base
    for name in ("a.py", "lock"):
        assert targets.host(TARGET, kit.Files({**files, name: "5"}), "s") != base
    chosen = {name: kit.Files(files).files[name] for name in ("a.py", "lock")}
    assert (base.provider, base.name, base.endpoint) == ("command", "s", code_identity(TARGET, chosen))


def test_host__no_file_or_too_much__is_a_problem_of_the_config(desk: Any, kit: Any) -> None:
    targets = desk().targets
    with pytest.raises(InputError, match="no file of the tree is named by"):
        targets.host(TARGET, kit.Files({"b.py": ""}), "s")
    with pytest.raises(InputError, match="no file of the tree"):
        targets.host(TARGET, kit.Files({"a.py": "b.py"}, {"a.py": "120000"}), "s")
    entry = TreeEntry(mode="100644", blob="", size=1)
    assert too_much({str(n): entry for n in range(MOST_FILES + 1)})
    assert too_much({"a": TreeEntry(mode="100644", blob="", size=1 << 30)})
    assert too_much({"a": entry}) is None


def test_connect__what_was_never_hosted__is_refused(desk: Any, kit: Any) -> None:
    targets = desk().targets
    ref = targets.host(TARGET, kit.Files({"a.py": ""}), "s")
    with pytest.raises(ProviderError, match="no target is known"):
        desk().targets.connect(ref)


def test_files__of_a_side__are_the_selected_regular_ones(desk: Any, kit: Any) -> None:
    d = desk()
    body = 'def answer(q):\n    say(q["id"], text=" ".join(sorted(os.listdir(".") + os.listdir("d"))) + str(os.stat("d/run").st_mode & 0o100))'
    files = kit.Files(
        {"p.py": kit.LOOP % body, "d/run": "x", "d/link": "/etc/passwd", "sub": "", "secret": "s"},
        {"d/run": "100755", "d/link": "120000", "sub": "160000"},
    )
    side = d.side(files, files=("p.py", "d/run", "d/link", "sub"))
    [out] = d.answers(side, "x")
    assert out.text == "d p.py run64"
    assert d.targets.remarks[0] == "d/link and 1 more: no regular file, left out of the target's folder"


@pytest.mark.parametrize(
    "path", ["../x", "a/../../x", "/x", "a//b", "./x", ".git/config", "a/.GIT/x", "a\0b", "x" * 1001]
)
def test_copy__a_path_that_leads_elsewhere__is_refused(folder: Path, kit: Any, path: str) -> None:
    files = kit.Files({path: "x"})
    with pytest.raises(MergefloorError, match="cannot be copied"):
        copy(folder / "code", files.files, files, None)
    assert [each.name for each in folder.rglob("*")] == ["code"]


def test_copy__names_that_are_no_text__are_kept(folder: Path, kit: Any) -> None:
    name = os.fsdecode(b"caf\xe9 \n.txt")
    files = kit.Files({name: "x"})
    copy(folder / "code", files.files, files, None)
    assert [os.fsencode(each.name) for each in (folder / "code").iterdir()] == [b"caf\xe9 \n.txt"]


def test_environment__is_a_list() -> None:
    ours = {
        "PATH": "/bin", "LANG": "de_DE", "DB": "d", "GITHUB_TOKEN": "s", "GITHUB_OUTPUT": "s", "CI": "1",
        "ACTIONS_RUNTIME_TOKEN": "s", "OPENAI_API_KEY": "s", "LD_PRELOAD": "s", "INPUT_KEY": "s", "OTHER": "o",
    }  # fmt: skip
    names = (
        "DB",
        "MISSING",
        "GITHUB_TOKEN",
        "ACTIONS_RUNTIME_TOKEN",
        "OPENAI_API_KEY",
        "LD_PRELOAD",
        "INPUT_KEY",
    )
    found = environment(names, ours, home=Path("/h"), setup=None, keys={"OPENAI_API_KEY": "dummy"})
    assert found == {
        "PATH": "/bin", "LANG": "de_DE", "DB": "d", "OPENAI_API_KEY": "dummy", "HOME": "/h", "TMPDIR": "/h/tmp",
    }  # fmt: skip


def test_environment__what_is_never_given__is_told(desk: Any, kit: Any) -> None:
    targets = desk().targets
    target = CodeTarget(kind="command", run=("x",), files=("a.py",), env=("GITHUB_TOKEN", "DB"))
    targets.host(target, kit.Files({"a.py": ""}), "s")
    assert targets.remarks == ("GITHUB_TOKEN: never given to a target",)


def test_broker__variables__reach_the_side_that_they_are_for(desk: Any, kit: Any) -> None:
    asked: list[tuple[tuple[str, ...], str]] = []

    def broker(target: CodeTarget, identity: str) -> dict[str, str]:
        asked.append((target.models, identity))
        return {"OPENAI_BASE_URL": "http://127.0.0.1:1/v1"}

    d = desk(broker=broker)
    side = d.program(
        'def answer(q):\n    say(q["id"], text=os.environ["OPENAI_BASE_URL"])', models=("openai/m",)
    )
    [out] = d.answers(side, "x")
    assert out.text == "http://127.0.0.1:1/v1"
    assert asked == [(("openai/m",), side.ref.endpoint)]


def test_users__of_root__are_private_where_they_are_mapped() -> None:
    whole, rootless = "0 0 4294967295\n", "0 1000 1\n1 100000 65536\n"
    assert users(1000, whole, 7) is None
    private = users(0, whole, 7)
    assert private is not None
    found = list(private)
    assert len({user.uid for user in found}) == len(found) == 60
    assert all(user.private for user in found)
    other = users(0, whole, 8)
    assert other is not None
    assert not {user.uid for user in found} & {user.uid for user in other}
    shared = users(0, rootless, 7)
    assert shared is not None
    assert [(user.uid, user.private) for _, user in zip(range(2), shared, strict=False)] == [
        (NOBODY, False),
        (NOBODY - 1, False),
    ]
    largest = users(0, whole, 4_194_304)
    assert largest is not None
    assert max(user.uid for user in largest) < 0x7FFF_0000


def test_connect__a_second_time__is_the_same_home_with_new_keys(apart: Any, kit: Any) -> None:
    given = iter(["one", "two"])
    apart.targets.broker = lambda target, identity: {"DOOR": next(given)}
    first = apart.program(
        'def answer(q):\n    say(q["id"], text=f"{os.environ[\'DOOR\']} {os.getcwd()} {os.getuid()}")'
    )
    [one] = apart.answers(first, "x")
    first.model = apart.targets.connect(first.ref)
    [two] = apart.answers(first, "x")
    assert (one.text.split()[0], two.text.split()[0]) == ("one", "two")
    assert one.text.split()[1:] == two.text.split()[1:]
