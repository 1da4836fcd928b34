"""Whatever a script makes both sides answer: nothing unknown, nothing empty and no NaN ever passes (R20, R22, T35)."""

from __future__ import annotations

import json
import os
import re
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fuzz.memory import Ended, Tree, run_gate, run_validate
from tests.fuzz.seeds import SEEDS
from tests.fuzz.spoil import KEYS, VALUES, written

FULL = os.environ.get("MERGEFLOOR_FUZZ") == "full"
SECONDS = 60.0 if FULL else 0.0  # of fresh examples, after the fixed number that every run has
SIDES = {"base": "You are the base.", "head": "You are the head."}
BEHAVIOURS: dict[str, dict[str, Any]] = {
    "right": {"say": "yes"},
    "wrong": {"say": "no"},
    "either": {"say": ["yes", "no"]},
    "refuses": {"finish": "refusal", "say": "yes"},
    "is cut": {"finish": "length", "say": "yes"},
    "is filtered": {"finish": "filtered", "say": "yes"},
    "is empty": {"say": ""},
    "fails": {"fail": "bad-request"},
    "is refused": {"fail": "no-such-code"},
}
UNKNOWN = {"fails", "is refused"}
FAILED = {"wrong", "refuses", "is cut", "is filtered", "is empty"}
NAN = re.compile(r"(?<![A-Za-z])(?:NaN|nan|inf|Infinity)(?![A-Za-z])")


@dataclass(frozen=True, kw_only=True)
class Play:
    """What each side does on each case, and the policy."""

    base: tuple[str, ...]
    head: tuple[str, ...]
    floor: float | None
    on_inconclusive: str
    max_unresolved: float

    def tree(self, side: str) -> dict[str, bytes]:
        metric: dict[str, Any] = {} if self.floor is None else {"floor": self.floor}
        config = {
            "version": 1,
            "defaults": {"model": "scripted/answers.yaml"},
            "policy": {"on_inconclusive": self.on_inconclusive, "max_unresolved": self.max_unresolved},
            "suites": {
                "s": {"prompt": "p.prompt.yml", "golden": "cases.yaml", "metrics": {"pass_rate": metric}}
            },
        }
        turns = [{"role": "system", "content": SIDES[side]}, {"role": "user", "content": "{{input}}"}]
        rows = [
            {"id": f"c{number}", "input": f"case <{number}>", "must_contain": ["yes"]}
            for number in range(len(self.head))
        ]
        files = {"mergefloor.yml": config, "p.prompt.yml": {"messages": turns}, "cases.yaml": rows}
        return {
            **{path: written(value) for path, value in files.items()},
            "answers.yaml": written(self.script()),
        }

    def script(self) -> dict[str, Any]:
        rules = [
            {"when": {"system": SIDES[side], "user": f"<{number}>"}, **BEHAVIOURS[what]}
            for side, done in (("base", self.base), ("head", self.head))
            for number, what in enumerate(done)
        ]
        return {"answers": rules or [{"when": {"user": "x"}, "say": "y"}]}


@st.composite
def plays(draw: st.DrawFn) -> Play:
    count = draw(st.integers(0, 12) | st.just(60))
    mostly = st.sampled_from(["right"] * draw(st.sampled_from([0, 9, 60])) + list(BEHAVIOURS))
    side = st.lists(mostly, min_size=count, max_size=count).map(tuple)
    return Play(
        base=draw(side),
        head=draw(side),
        floor=draw(st.none() | st.sampled_from([0.0, 0.5, 0.85, 1.0])),
        on_inconclusive=draw(st.sampled_from(["pass", "block"])),
        max_unresolved=draw(st.sampled_from([0.0, 0.02, 0.2])),
    )


def sound(play: Play, ended: Ended) -> None:
    """What exit 0 may mean, counted without the program's own arithmetic."""
    done = Counter(play.head)
    total, unknown = len(play.head), sum(done[name] for name in UNKNOWN)
    assert ended.code in {0, 1, 2, 3}
    assert not NAN.search(ended.text), ended.text
    if ended.code != 0:
        return
    assert total, "an empty set passed"
    assert unknown < total, "nothing is known, yet it passed"
    assert unknown <= min(5, play.max_unresolved * total), "more is unknown than the policy allows"
    if play.floor is not None and play.floor > 0.0:
        # Unknown ones may have failed; the script never flickers on a case that fails, so noise is no excuse.
        best = (total - unknown - sum(done[name] for name in FAILED)) / total
        slack = 1.645 * (0.75 * done["either"]) ** 0.5 / total
        assert best + slack >= play.floor or base_is_under(play), (
            f"{best} under the floor {play.floor} passed"
        )


def base_is_under(play: Play) -> bool:
    """A base that is under the floor itself blocks nothing by it: only a regression does (DECISION 3)."""
    return any(what != "right" for what in play.base)


def again(check: Any) -> None:
    """Fresh examples until the time is over; none in a quick run."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        check()


QUICK = settings(
    max_examples=500 if FULL else 80,
    deadline=None,
    database=None,
    derandomize=not FULL,
    suppress_health_check=list(HealthCheck),
)


@QUICK
@given(play=plays())
def check_play(play: Play) -> None:
    sound(play, run_gate(play.tree("base"), play.tree("head")))


def test_gate__of_any_script__never_passes_what_is_not_known() -> None:
    check_play()
    again(check_play)


HOSTILE = st.recursive(
    st.sampled_from(VALUES) | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)
PATHS = st.sampled_from(["mergefloor.yml", "golden", "prompt", "answers.yaml"])


@QUICK
@given(
    seed=st.sampled_from(SEEDS),
    where=PATHS,
    data=st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")) | HOSTILE.map(written),
    at=st.integers(0, 3000) | st.none(),
)  # fmt: skip
def check_file(seed: Any, where: str, data: bytes, at: int | None) -> None:
    """A file replaced by anything, or with anything put into it: never a pass of the bad change."""
    path = {"golden": seed.golden, "prompt": seed.prompt}.get(where, where)
    whole: Tree = {
        **seed.head,
        path: data if at is None else seed.head[path][:at] + data + seed.head[path][at:],
    }
    if where not in {"prompt", "answers.yaml"}:
        assert run_gate(seed.base, whole).code != 0
    else:
        assert run_gate(seed.base, whole).code in {0, 1, 2, 3}
    assert run_validate(whole).code in {0, 3}


def test_gate__with_any_bytes_in_a_file__never_passes_the_bad_change() -> None:
    check_file()
    again(check_file)


@pytest.mark.parametrize(
    ("base", "head", "code"),
    [
        (("right",) * 12, ("right",) * 12, 0),
        (("right",) * 12, ("wrong",) * 12, 1),
        (("right",) * 12, ("is cut",) * 12, 1),
        (("right",) * 12, ("refuses",) * 12, 1),
        (("right",) * 12, ("is filtered",) * 12, 1),
        (("right",) * 12, ("is empty",) * 12, 1),
        (("right",) * 12, ("fails",) * 12, 2),
        (("right",) * 12, ("right",) * 11 + ("fails",), 2),
        (("fails",) * 12, ("right",) * 12, 2),
        ((), (), 3),
    ],
)
def test_gate__of_a_known_play__ends_with_its_code(base: Any, head: Any, code: int) -> None:
    play = Play(base=base, head=head, floor=None, on_inconclusive="pass", max_unresolved=0.02)
    assert run_gate(play.tree("base"), play.tree("head")).code == code


def test_play__as_a_file__reads_as_yaml() -> None:
    play = Play(base=("right",), head=("wrong",), floor=0.5, on_inconclusive="block", max_unresolved=0.0)
    tree = play.tree("head")
    assert json.loads(tree["cases.yaml"]) == yaml.safe_load(tree["cases.yaml"])
