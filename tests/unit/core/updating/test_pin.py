"""Which lines move so that exactly the suites that passed ask the new model."""

from __future__ import annotations

from itertools import product

import pytest

from mergefloor.core.updating.pin import Asking, Origin, PinEdit, edits, movable

OLD, NEW, CONFIG = "a/old", "a/new", "mergefloor.yml"


def asking(
    suite: str, origin: Origin, *, prompt: str = "", own: str | None = None, model: str = OLD
) -> Asking:
    return Asking(
        suite=suite, prompt=prompt or f"{suite}.md", model=model, origin=origin, own=own, front=True
    )


def default() -> PinEdit:
    return PinEdit(path=CONFIG, keys=("defaults", "model"), model=NEW)


def own(suite: str, after: str | None = "prompt") -> PinEdit:
    return PinEdit(path=CONFIG, keys=("suites", suite, "model"), model=NEW, after=after)


def file(path: str) -> PinEdit:
    return PinEdit(path=path, keys=("model",), model=NEW, front=True)


@pytest.mark.parametrize(
    ("passed", "wanted"),
    [({"x", "y"}, (default(),)), ({"x"}, (own("x"),)), (set(), ())],
)
def test_edits__of_two_suites_on_one_default__move_it_only_when_both_passed(
    passed: set[str], wanted: tuple[PinEdit, ...]
) -> None:
    both = [asking("x", "defaults"), asking("y", "defaults"), asking("z", "defaults", model="a/other")]
    assert edits(both, OLD, NEW, passed, CONFIG) == wanted


@pytest.mark.parametrize(
    ("passed", "wanted"),
    [({"x", "y"}, (file("p.md"),)), ({"y"}, (own("y"),)), (set(), ())],
)
def test_edits__of_two_suites_on_one_prompt__move_its_pin_only_when_both_passed(
    passed: set[str], wanted: tuple[PinEdit, ...]
) -> None:
    both = [asking(name, "prompt", prompt="p.md", own=OLD) for name in ("x", "y")]
    assert edits(both, OLD, NEW, passed, CONFIG) == wanted
    alone = edits(both, OLD, NEW, passed, None)
    assert alone == (wanted if passed == {"x", "y"} else ()), "without a config there is no other line"


def test_edits__of_a_suite_with_a_pin__rewrite_it() -> None:
    assert edits([asking("x", "suite")], OLD, NEW, {"x"}, CONFIG) == (own("x", None),)


def test_edits__where_nobody_named_a_model__enter_one() -> None:
    assert edits([asking("x", "assumed")], OLD, NEW, {"x"}, CONFIG) == (own("x"),)
    assert edits([asking("x", "assumed")], OLD, NEW, {"x"}, None) == ()


def test_edits__of_a_name_that_is_overruled__follow_when_every_suite_of_the_file_moved() -> None:
    both = [asking(name, "defaults", prompt="p.md", own=OLD) for name in ("x", "y")]
    assert edits(both, OLD, NEW, {"x", "y"}, CONFIG) == (default(), file("p.md"))
    assert edits(both, OLD, NEW, {"x"}, CONFIG) == (own("x"),)
    assert edits([asking("x", "defaults", own="a/other")], OLD, NEW, {"x"}, CONFIG) == (default(),)


def test_movable__leaves_frozen_other_and_unchosen_suites() -> None:
    frozen = Asking(suite="f", prompt="f.md", model=OLD, origin="defaults", frozen=True)
    every = [asking("x", "defaults"), asking("y", "defaults"), asking("z", "suite", model="a/z"), frozen]
    assert [each.suite for each in movable(every, OLD, ())] == ["x", "y"]
    assert [each.suite for each in movable(every, OLD, ("y", "f"))] == ["y"]


def test_edits__whatever_passed__speak_for_nobody_else() -> None:
    """Played back: after the edits exactly the suites that passed ask the new model."""
    suites = [asking("a", "defaults"), asking("b", "defaults"), asking("c", "suite"), asking("e", "assumed")]
    suites += [asking(name, "prompt", prompt="p.md", own=OLD) for name in ("p", "q")]
    names = [each.suite for each in suites]
    for chosen in product((False, True), repeat=len(names)):
        passed = {name for name, yes in zip(names, chosen, strict=True) if yes}
        asked = _played(suites, edits(suites, OLD, NEW, passed, CONFIG))
        assert {name for name, model in asked.items() if model == NEW} == passed


def _played(suites: list[Asking], made: tuple[PinEdit, ...]) -> dict[str, str]:
    written = {(each.path, each.keys): each.model for each in made}
    assert len(written) == len(made)
    found = {}
    for each in suites:
        mine = written.get((CONFIG, ("suites", each.suite, "model")))
        shared = {
            "defaults": written.get((CONFIG, ("defaults", "model"))),
            "prompt": written.get((each.prompt, ("model",))),
        }
        found[each.suite] = mine or shared.get(each.origin) or OLD
    return found
