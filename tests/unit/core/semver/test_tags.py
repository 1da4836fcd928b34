from __future__ import annotations

import pytest

from mergefloor.core.semver.tags import tagged

PATH = "prompts/support/customer.prompt.yml"


@pytest.mark.parametrize(
    "name",
    [
        "v1.2.3",
        "customer-v1.2.3",
        "prompts/support/customer.prompt.yml@1.2.3",
        "prompts/support/customer@v1.2.3",
    ],
)
def test_tagged__by_each_form_of_name__is_the_version(name: str) -> None:
    assert tagged(PATH, {name: "sha"}, "sha") in ("1.2.3", "v1.2.3")
    assert tagged(PATH, {name: "other"}, "sha") is None


@pytest.mark.parametrize(
    "name",
    ["1.2.3", "other-v1.2.3", "customer-1.2.3", "prompts/other@1.2.3", "v1.2", "vnext", "xv1.2.3", "nightly"],
)
def test_tagged__by_other_names__is_none(name: str) -> None:
    assert tagged(PATH, {name: "sha"}, "sha") is None


def test_tagged__by_several__takes_the_most_particular_and_then_the_highest() -> None:
    tags = dict.fromkeys(["v9.0.0", "customer-v1.9.0", "customer-v1.10.0"], "sha")
    assert tagged(PATH, tags, "sha") == "1.10.0"
    assert tagged(PATH, {**tags, "prompts/support/customer@1.0.0": "sha"}, "sha") == "1.0.0"
