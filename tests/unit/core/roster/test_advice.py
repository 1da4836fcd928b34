"""What to do about a pin, by when, and when its owner is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mergefloor.core.place import Place
from mergefloor.core.roster.advice import headline, todo, when
from mergefloor.core.roster.reminder import reminders
from mergefloor.core.roster.roster import Pinned, Purpose, Roster, Spot

OLD, NEW = "openai/old-0101", "openai/new-0202"


def pin(
    name: str = OLD,
    purpose: Purpose = "candidate",
    *,
    days: int | None = 20,
    frozen: tuple[str, ...] = (),
    assumed: bool = False,
    floating: bool = False,
    instead: str | None = None,
    recommended: str | None = NEW,
    successor: str | None = NEW,
    listed: bool | None = None,
) -> Pinned:
    where = Spot(
        place=Place(path="mergefloor.yml"), purpose=purpose, suites=("a",), frozen=frozen, assumed=assumed
    )
    return Pinned(
        name=name,
        spots=(where,),
        floating=floating,
        instead=instead,
        retires=None if days is None else "2026-12-11",
        days_left=days,
        recommended=recommended,
        successor=successor,
        listed=listed,
    )


def roster(*pins: Pinned) -> Roster:
    return Roster(ref="main", looked="2026-11-21", table="2026-11-20", pins=pins)


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (pin(), f"run `mergefloor model-update --from {OLD} --to {NEW}`"),
        (pin(days=61), ""),
        (pin(days=None), ""),
        (pin(purpose="unused"), ""),
        (pin(days=None, listed=False), f"run `mergefloor model-update --from {OLD} --to {NEW}`"),
        (
            pin(frozen=("a",)),
            f"lift `freeze: true` of `a`, then run `mergefloor model-update --from {OLD} --to {NEW}`",
        ),
        (
            pin(successor=None),
            f"run `mergefloor model-update --from {OLD} --to MODEL` (its provider recommends `{NEW}`, of which no "
            "dated name is known)",
        ),
        (
            pin(successor=None, recommended=None),
            f"run `mergefloor model-update --from {OLD} --to MODEL` with a dated snapshot that stays",
        ),
        (
            pin(purpose="embedding"),
            f"name another embedding model than `{OLD}` and set the thresholds of `similarity` checks anew",
        ),
        (pin(purpose="code"), f"change `{OLD}` in the code that asks it and under `models` of its target"),
        (
            pin(purpose="judge", assumed=True),
            f"nothing names `{OLD}`, it is the default: write `judge: {{model: {NEW}}}`",
        ),
        (
            pin(assumed=True, successor=None),
            f"nothing names `{OLD}`, it is the default: write `defaults: {{model: MODEL}}`",
        ),
        (
            pin("openai/x", days=None, floating=True, instead=NEW),
            f"write `{NEW}` in the place of `openai/x`",
        ),
        (
            pin("openai/x", days=None, floating=True),
            "no dated name is known for `openai/x`: pin a dated snapshot of another model",
        ),
    ],
)
def test_todo__of_every_kind_of_pin(found: Pinned, wanted: str) -> None:
    assert todo(found, str) == wanted


@pytest.mark.parametrize("name", ["openai/x;curl$IFS-evil|sh", "openai/$(id)", "openai/`id`", "-rf"])
def test_todo__name_that_a_shell_would_not_take_as_one_word__is_in_no_command(name: str) -> None:
    assert "--from" not in todo(pin(name), str)
    assert "--to MODEL" in todo(pin(successor=name), str)


@pytest.mark.parametrize(
    ("days", "wanted"),
    [
        (20, "2026-12-11, in 20 days"),
        (1, "2026-12-11, in 1 day"),
        (0, "2026-12-11, today"),
        (-1, "2026-12-11, 1 day ago"),
        (None, ""),
    ],
)
def test_when__days_from_today(days: int | None, wanted: str) -> None:
    assert when(pin(days=days)) == wanted


def test_headline__says_what_is_next_and_by_when() -> None:
    two = roster(pin(), pin("openai/b-0101", days=40))
    assert headline(two, str) == (
        f"2 pins retire within 60 days: `{OLD}` (2026-12-11, in 20 days), `openai/b-0101` (2026-12-11, in 40 days). "
        f"Next: run `mergefloor model-update --from {OLD} --to {NEW}`."
    )
    ended, gone = pin(days=-2, listed=False), pin("openai/c-0101", days=None, listed=False)
    assert headline(roster(ended, gone), str).startswith(
        f"1 pin has retired: `{OLD}` (2026-12-11, 2 days ago); 1 pin is not on its provider's list: `openai/c-0101`. "
    )
    floats = pin("openai/x", days=None, floating=True, instead=NEW)
    assert headline(roster(floats), str) == (
        "No pin retires within 60 days; 1 name is no dated snapshot. "
        f"Next: write `{NEW}` in the place of `openai/x`."
    )
    calm = "Nothing needs doing: no pin retires within 60 days, and every name in use is fixed."
    assert headline(roster(pin(days=90), pin("openai/y", "unused", floating=True)), str) == calm
    assert headline(roster(), str) == calm


def test_headline__many_pins__names_the_first_and_counts_the_rest() -> None:
    many = roster(*(pin(f"openai/m{n}-0101") for n in range(9)))
    assert "`openai/m4-0101` (2026-12-11, in 20 days) and 4 more. Next" in headline(many, str)


@pytest.mark.parametrize(
    ("days", "threshold"),
    [(61, None), (60, 60), (31, 60), (30, 30), (8, 30), (7, 7), (0, 7), (-400, 7), (None, None)],
)
def test_reminders__only_the_nearest_threshold(days: int | None, threshold: int | None) -> None:
    assert [each.threshold for each in reminders(roster(pin(days=days)))] == [threshold] * (
        threshold is not None
    )


def test_reminders__a_day_that_is_moved_is_another_reminder() -> None:
    one = pin()
    keys = [each.key for each in reminders(roster(one, replace(one, retires="2027-01-01")))]
    assert keys == [f"retires {OLD} 2026-12-11 30", f"retires {OLD} 2027-01-01 30"]
    assert list(reminders(roster(pin(purpose="unused")))) == []
