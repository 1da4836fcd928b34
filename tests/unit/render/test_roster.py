"""The pins of a repository as an issue, a reminder, a table of a terminal and JSON. Names come from files of anybody."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from tests.unit.render.hostile_texts import CANARY, texts
from tests.unit.render.oracle import HIDDEN, LINKED, read

from mergefloor.core.place import Place
from mergefloor.core.roster.listing import Listing
from mergefloor.core.roster.reminder import Reminder, reminders
from mergefloor.core.roster.roster import Pinned, Roster, Spot
from mergefloor.render import Redactor
from mergefloor.render.roster import roster_console, roster_json
from mergefloor.render.roster_page import MOST_ROWS, issue_title, reminder_text, roster_page

OLD, NEW = "openai/gpt-5-2025-08-07", "openai/gpt-5.5-2026-04-23"


def spot(**more: Any) -> Spot:
    given: dict[str, Any] = {
        "purpose": "candidate",
        "suites": ("support",),
        "owners": ("@acme/ai", "ai@acme.org"),
    }
    return Spot(place=Place(path="mergefloor.yml", line=3), **{**given, **more})


def pin(name: str = OLD, *spots: Spot, days: int | None = 20, **more: Any) -> Pinned:
    given: dict[str, Any] = {"floating": False, "recommended": NEW, "successor": NEW, "days_left": days}
    retires = None if days is None else "2026-12-11"
    return Pinned(name=name, spots=spots or (spot(),), retires=retires, **{**given, **more})


def roster(*pins: Pinned, **more: Any) -> Roster:
    return Roster(ref="main", looked="2026-11-21", table="2026-11-20", pins=pins, **more)


def hostile(text: str) -> Roster:
    """A roster with `text` in everything that a repository or a provider can write."""
    place = Place(path=text, line=3)
    one = Spot(place=place, purpose="candidate", suites=(text,), frozen=(text,), owners=(text, "@acme/ai"))
    two = Spot(place=place, purpose="unused", suites=(text,), owners=(text,))
    known: dict[str, Any] = {"recommended": text, "successor": text}
    pins = (
        pin(text, one, two, **known),
        pin(text, Spot(place=place, purpose="judge", assumed=True), days=-1, **known),
        pin(text, Spot(place=place, purpose="embedding"), **known),
        pin(text, Spot(place=place, purpose="code", suites=(text,)), **known),
        pin(text, one, days=None, floating=True, instead=text),
        pin(text, one, days=None, listed=False, successor=None, recommended=text),
    )
    listing = Listing(provider="openai", endpoint=text, problem=text)
    return replace(roster(*pins, listings=(listing,), remarks=(text,)), ref=text)


def test_page__says_what_to_do_first_then_everything() -> None:
    frozen = pin("openai/old-0101", spot(suites=("legal",), frozen=("legal",), owners=()), days=50)
    floats = pin("openai/gpt-4o", days=None, floating=True, instead="openai/gpt-4o-2024-08-06")
    found = roster(pin(), frozen, floats, listings=(Listing(provider="openai", names=frozenset({"x"})),))
    page = roster_page(found)
    assert page.splitlines()[0] == (
        f"❗ 2 pins retire within 60 days: `{OLD}` (2026-12-11, in 20 days), `openai/old-0101` (2026-12-11, in 50 "
        f"days). Next: run `mergefloor model-update --from {OLD} --to {NEW}`."
    )
    assert "**Nobody owns** `openai/old-0101`: write `owner:` in the config" in page
    row = f"| `{OLD}` | pinned | 2026-12-11, in 20 days | answers: `support` | `mergefloor.yml:3` |"
    assert f"{row} `@acme/ai`, `ai@acme.org` |" in page
    assert "- suite `legal` keeps `openai/old-0101`" in page
    assert "- `openai/gpt-4o`: write `openai/gpt-4o-2024-08-06`" in page
    assert "Looked at `main` on 2026-11-21. The lists of openai were read the same day." in page
    assert "model table of 2026-11-20" in page
    assert issue_title(found) == "Models: 2 pins need an update"


def test_page__where_nothing_needs_doing__is_there_and_says_so() -> None:
    calm = roster(pin(days=None))
    assert roster_page(calm).startswith("✅ Nothing needs doing: no pin retires within 60 days")
    assert "To do" not in roster_page(calm)
    assert issue_title(calm) == "Models: nothing to do"
    assert roster_page(roster()).startswith("✅ Nothing needs doing")
    assert issue_title(roster(pin())) == "Models: 1 pin needs an update"
    assert issue_title(roster(pin(days=None, floating=True))) == "Models: names to pin"


def test_page__of_very_many_pins__stays_in_an_issue() -> None:
    many = [
        pin(f"openai/{'m' * 100}-{n}-0101", *(spot(suites=(f"s{k}",)) for k in range(40))) for n in range(600)
    ]
    page = roster_page(roster(*many))
    assert "450 more: type `mergefloor models`" in page
    assert f"- and {600 - MOST_ROWS} more" in page


@pytest.mark.parametrize("text", list(texts(150, seed=7)))
def test_page__hostile_names__stay_inside_code(text: str) -> None:
    page = roster_page(hostile(text))
    reading = read(page)
    assert {tag for _, tag, _ in reading.tags} <= {"sub"}
    assert set(reading.other) <= {"strong_open", "strong_close"}
    assert not reading.links
    assert not HIDDEN.search(page)
    assert not [plain for plain in reading.plain if LINKED.search(plain)]
    table = [line for line in page.splitlines() if line.startswith("| `")]
    assert [len(re.findall(r"(?<!\\)\|", line)) for line in table] == [7] * 6
    assert page.isprintable() or set(filter(lambda c: not c.isprintable(), page)) == {"\n"}


@pytest.mark.parametrize("text", list(texts(60, seed=8)))
def test_reminder__hostile_names__mention_the_owner_alone(text: str) -> None:
    for each in reminders(hostile(text)):
        said = reminder_text(each)
        plain = " ".join(read(said).plain).replace("@acme/ai", "", 1)
        assert not LINKED.search(plain)
        assert not read(said).links
        assert CANARY not in plain


def test_reminder__mentions_accounts_and_names_addresses() -> None:
    text = reminder_text(Reminder(pin=pin(), threshold=30))
    assert text.startswith(f"@acme/ai `{OLD}` retires (2026-12-11, in 20 days): run `mergefloor model-update")
    assert text.count("@acme/ai") == 1
    assert "Owned by `ai@acme.org`, whom GitHub does not notify." in text
    assert "Used for answers: `support`, at `mergefloor.yml:3`." in text
    alone = reminder_text(Reminder(pin=pin(OLD, spot(owners=()), days=-1), threshold=7))
    assert alone.startswith(f"`{OLD}` has retired (2026-12-11, 1 day ago): ")
    assert "**Nobody owns it**" in alone


def test_console__shows_every_pin_and_who_owns_nothing() -> None:
    found = roster(pin(), pin("openai/free-0101", spot(owners=(), frozen=("support",)), days=None))
    text = roster_console(found, width=100)
    assert max(map(len, text.splitlines())) <= 100
    assert "pinned" in text and "mergefloor.yml:3" in text and "NOBODY" in text
    assert "- NOBODY owns openai/free-0101" in text
    assert "- frozen: suite support keeps openai/free-0101" in text
    assert f"- {OLD}: run `mergefloor model-update --from {OLD}" in text.replace("\n ", "")
    assert "Looked at main on 2026-11-21" in text
    assert roster_console(roster(), width=10).startswith("Nothing needs doing")


@pytest.mark.parametrize("width", [60, 80, 120])
def test_console__of_any_width__keeps_every_column(width: int) -> None:
    text = roster_console(roster(pin("openai/" + "m" * 60)), width=width)
    assert all(name in text.split("─")[0] for name in ("model, and where", "ends", "used for", "owner"))


@pytest.mark.parametrize("text", list(texts(150, seed=9)))
def test_console__hostile_names__move_no_cursor_and_give_no_command(text: str) -> None:
    shown = roster_console(hostile(text), width=100)
    assert {c for c in shown if not c.isprintable()} <= {"\n"}
    assert "::error::" not in shown
    assert "##[error]" not in shown


def test_json__holds_everything() -> None:
    found = json.loads(roster_json(roster(pin(), listings=(Listing(provider="openai", problem="no key"),))))
    assert found["schema"] == 1
    assert found["next"].startswith("1 pin retires within 60 days")
    (told,) = found["pins"]
    assert (told["name"], told["used"], told["days_left"], told["owners"]) == (
        OLD,
        True,
        20,
        ["@acme/ai", "ai@acme.org"],
    )
    assert told["places"][0]["line"] == 3
    assert told["places"][0]["used_for"] == "candidate"
    assert found["providers"] == [{"name": "openai", "endpoint": "", "models": None, "problem": "no key"}]


def test_every_text__holds_no_secret() -> None:
    clean, secret = Redactor(["sk-secret-value-1"]), "sk-secret-value-1"
    found = hostile(f"openai/{secret}")
    texts_ = [
        roster_page(found, redact=clean),
        roster_console(found, redact=clean),
        roster_json(found, redact=clean),
    ]
    texts_ += [reminder_text(each, redact=clean) for each in reminders(found)]
    assert [text for text in texts_ if secret in text] == []
