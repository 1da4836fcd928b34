import fcntl
import os
import stat
import subprocess
import sys

import pytest

from mergefloor.errors import StoreError
from mergefloor.storage.keyring import ci_secret, local_secret

ASK = """
import os, sys
from pathlib import Path
from mergefloor.storage.keyring import local_secret
sys.stdin.readline()
print(local_secret(Path(sys.argv[1]), random=os.urandom).hex())
"""


def test_local_secret__first_and_second_call__one_private_key(tmp_path):
    first = local_secret(tmp_path / "cache", random=os.urandom)
    assert first is not None and len(first) == 32
    assert local_secret(tmp_path / "cache", random=lambda count: b"x" * count) == first
    assert stat.S_IMODE((tmp_path / "cache").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "cache" / "key").stat().st_mode) == 0o600


def test_local_secret__four_processes_at_once__same_key(tmp_path):
    argv = [sys.executable, "-c", ASK, str(tmp_path / "cache")]
    asked = [
        subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    for process in asked:
        process.stdin.write("\n")
        process.stdin.flush()
    answers = {process.communicate()[0].strip() for process in asked}
    assert len(answers) == 1
    assert len(answers.pop()) == 64


def test_local_secret__while_it_is_drawn__nobody_else_can_read_or_write(tmp_path):
    def draw(count: int) -> bytes:
        with (tmp_path / "key").open("rb") as other, pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return b"k" * count

    assert local_secret(tmp_path, random=draw) == b"k" * 32


@pytest.mark.parametrize("left", [b"", b"short"])
def test_local_secret__creation_was_interrupted__filled_again(tmp_path, left):
    path = tmp_path / "key"
    path.write_bytes(left)
    path.chmod(0o600)
    assert local_secret(tmp_path, random=lambda count: b"k" * count) == b"k" * 32
    assert path.read_bytes() == b"k" * 32


def test_local_secret__others_can_read_it__store_error(tmp_path):
    local_secret(tmp_path, random=os.urandom)
    (tmp_path / "key").chmod(0o644)
    with pytest.raises(StoreError, match="not a private file"):
        local_secret(tmp_path, random=os.urandom)


def test_local_secret__symlink__no_key_and_nothing_written(tmp_path):
    target = tmp_path / "target"
    (tmp_path / "key").symlink_to(target)
    assert local_secret(tmp_path, random=os.urandom) is None
    assert not target.exists()


def test_local_secret__fifo__store_error_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "key", 0o600)
    with pytest.raises(StoreError):
        local_secret(tmp_path, random=os.urandom)


def test_local_secret__directory_cannot_exist__none(tmp_path):
    (tmp_path / "file").touch()
    assert local_secret(tmp_path / "file" / "cache", random=os.urandom) is None


def test_ci_secret__cache_key__wins_over_provider_keys():
    assert ci_secret(" k1\n", ["a"]) == b"k1"


def test_ci_secret__provider_keys_in_any_order__same_secret():
    assert ci_secret("", ["b", "a", ""]) == ci_secret("", ["a", "b", "b "]) == b"a\0b"


def test_ci_secret__fork_with_empty_secrets__none():
    assert ci_secret("  ", ["", " "]) is None
