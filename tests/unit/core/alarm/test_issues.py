"""Issues and charts: what a person said by closing one, what is over, and what nobody can explain."""

from __future__ import annotations

from collections.abc import Callable

from mergefloor.core.alarm.alarm import Alarm, alarms
from mergefloor.core.alarm.issues import acknowledged, closings, marker, orphans, prefix
from mergefloor.core.history.entry import PromptPin
from mergefloor.core.history.history import History
from mergefloor.core.hub import Issue

Made = Callable[..., History]
CONFIG = "mergefloor.yml"
CALM = [8] * 25
DROP = [*CALM, 1, 1, 1]


def issue(text: str, *, is_open: bool = True, dismissed: bool = False) -> Issue:
    return Issue(number=7, marker=text, open=is_open, dismissed=dismissed)


def one(history: History, *suites: str) -> Alarm:
    (alarm,) = alarms(history, suites or ("s",))
    return alarm


def marked(alarm: Alarm) -> str:
    return marker(CONFIG, alarm.alert.fingerprint)


def test_marker__of_a_fingerprint__begins_with_the_prefix_of_its_config(made: Made) -> None:
    found = marked(one(made(DROP)))
    assert found.startswith(prefix(CONFIG)) and found.endswith(" -->")
    assert not found.startswith(prefix("other.yml"))


def test_acknowledged__closed_as_not_planned_while_the_alert_stands__names_the_metric(made: Made) -> None:
    alarm = one(made(DROP))
    said = [issue(marked(alarm), is_open=False, dismissed=True)]
    assert acknowledged([alarm, alarm], said, CONFIG) == {"s": ("pass_rate", "pass_rate")}
    assert acknowledged([alarm], [issue(marked(alarm), is_open=False)], CONFIG) == {}
    assert acknowledged([alarm], said, "other.yml") == {}
    assert acknowledged([one(made(CALM))], said, CONFIG) == {}


def test_closings__recovered__is_over_once(made: Made) -> None:
    alarm = one(made([*CALM, 1, 1, *[9] * 30]))
    (closing,) = closings([alarm], [issue(marked(alarm))], CONFIG)
    assert closing.over == "recovered"
    assert closings([alarm], [issue(marked(alarm), is_open=False)], CONFIG) == ()
    assert closings([alarm], [], CONFIG) == ()


def test_closings__a_standing_alert__is_not_over(made: Made) -> None:
    alarm = one(made(DROP))
    assert closings([alarm], [issue(marked(alarm))], CONFIG) == ()


def test_closings__another_prompt__closes_the_old_fingerprint_with_the_reason(made: Made) -> None:
    old = marked(one(made(DROP)))
    first = {i: {"prompt": PromptPin(path="p", version="1.0.0")} for i in range(28)}
    now = one(made([*DROP, 8], but={**first, 28: {"prompt": PromptPin(path="p", version="2.0.0")}}))
    (closing,) = closings([now], [issue(old)], CONFIG)
    assert (closing.over, closing.reset, closing.marker) == ("reset", "prompt version", old)


def test_closings__a_suite_that_is_gone__closes_what_it_had(made: Made) -> None:
    alarm = one(made(DROP), "another")
    (closing,) = closings([alarm], [issue(marked(alarm))], CONFIG)
    assert closing.over == "gone"


def test_orphans__an_issue_that_no_chart_knows__is_told_and_queries_are_not(made: Made) -> None:
    alarm = one(made(DROP))
    strange = issue(marker(CONFIG, "0" * 16))
    others = [
        issue(marked(alarm)),
        issue(marker(CONFIG, "1" * 16), is_open=False),
        issue(marker(CONFIG, "queries-0123456789abcdef")),
    ]
    assert orphans([alarm], [strange, *others], CONFIG) == (strange,)
