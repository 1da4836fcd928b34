"""Where the action of this package lives, and the pins of others."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from mergefloor.core.action_pin import Pin, Release, read_pin
from mergefloor.errors import MergefloorError
from mergefloor.release import pins, release

SHA = "0123456789abcdef0123456789abcdef01234567"
FACTS = {
    "repository": "mergefloor/mergefloor",
    "commit": SHA,
    "version": "1.2.3",
    "image": f"docker://ghcr.io/mergefloor/mergefloor@sha256:{'a' * 64}",
}


def folder(path: Path, facts: object) -> Path:
    (path / "release.json").write_text(json.dumps(facts))
    return path


def test_release__file_of_a_release__its_pin(tmp_path: Path) -> None:
    found = release(folder(tmp_path, FACTS))
    assert found == Release(**FACTS)
    assert found.pin.uses() == f"mergefloor/mergefloor@{SHA} # v1.2.3"


def test_release__no_file__none(tmp_path: Path) -> None:
    assert release(tmp_path) is None


@pytest.mark.parametrize(
    "facts",
    [
        [],
        {},
        {**FACTS, "commit": SHA[:7]},
        {**FACTS, "commit": "v1"},
        {**FACTS, "repository": "mergefloor"},
        {**FACTS, "repository": "a/b@c"},
        {**FACTS, "version": ""},
        {**FACTS, "version": 1},
    ],
)
def test_release__file_that_pins_nothing__error_and_no_workflow(tmp_path: Path, facts: object) -> None:
    with pytest.raises(MergefloorError, match=r"release\.json"):
        release(folder(tmp_path, facts))


def test_pins__of_this_package__full_commits_with_a_version() -> None:
    found = pins()
    assert set(found) == {"actions/cache", "actions/upload-artifact"}
    for name, pin in found.items():
        assert pin.action == name
        assert re.fullmatch(r"[0-9a-f]{40}", pin.commit)
        assert re.fullmatch(r"v\d+\.\d+\.\d+", pin.version)


@pytest.mark.parametrize("text", [f"acme/gate@{SHA}", f"acme/actions/gate@{SHA}"])
def test_read_pin__action_at_a_commit__read(text: str) -> None:
    pin = read_pin(text)
    assert pin is not None
    assert pin.uses() == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "acme/gate",
        "acme/gate@v1",
        f"acme/gate@{SHA[:39]}",
        f"acme@{SHA}",
        f"acme/gate@{SHA} ",
        f"./gate@{SHA}\n",
        f"a b/c@{SHA}",
    ],
)
def test_read_pin__anything_else__none(text: str) -> None:
    assert read_pin(text) is None


def test_uses__part_of_an_action__before_the_commit() -> None:
    assert Pin(action="a/b", commit=SHA, version="v5").uses("save") == f"a/b/save@{SHA} # v5"
