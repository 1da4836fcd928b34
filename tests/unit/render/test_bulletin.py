import pytest
from tests.unit.render import samples
from tests.unit.render.oracle import assert_safe, read

from mergefloor.core import bulletin as told
from mergefloor.core.bulletin import Bulletin
from mergefloor.core.types import Place, Problem
from mergefloor.render import Redactor, bulletin, bulletin_console

SHA = "b82a7c61d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0"
URL = "https://github.com/mergefloor/mergefloor/actions/runs/7/attempts/1"
STATE = '<!-- mergefloor-state {"v":1,"run":7} -->'


def problems(number):
    return [
        Problem(
            place=Place(path="mergefloor.yml", line=n + 1),
            what=f"unknown key 'flor{n}'",
            fix="did you mean `floor`?",
        )
        for n in range(number)
    ]


ALL: dict[str, Bulletin] = {
    "invalid": told.invalid(problems(3)),
    "undecided": told.undecided("GitHub does not answer", "run it again in a few minutes"),
    "fork": told.waiting("fork", SHA, suites=("support",), findings=samples.eventful().tampering),
    "dependabot": told.waiting("dependabot", SHA),
    "untouched": told.untouched(14),
    "idle": told.idle("schedule"),
    "cancelled": told.cancelled(12),
}


@pytest.mark.parametrize("name", ALL)
def test_bulletin__each_kind__has_marker_state_verdict_why_and_what_to_do(name):
    lines = bulletin(ALL[name], marker="mergefloor.yml", state=STATE, url=URL).splitlines()
    assert lines[:2] == ["<!-- mergefloor:mergefloor.yml -->", STATE]
    assert "**" in lines[2]
    assert lines[4].startswith("**What to do:** ")
    assert lines[-1] == f"The log: [this run]({URL})."
    assert_safe("\n".join(lines), "evil", markers=2, links={URL})


@pytest.mark.parametrize("name", ALL)
def test_bulletin__on_the_page_of_the_run__has_no_marker(name):
    assert not bulletin(ALL[name]).startswith("<")


def test_bulletin__may_merge__only_where_nothing_was_to_gate():
    firsts = {name: bulletin(found).splitlines()[0] for name, found in ALL.items()}
    for name in ("invalid", "undecided", "fork", "dependabot", "cancelled"):
        assert "Do not merge" in firsts[name]
        assert ALL[name].verdict == "error"
    for name in ("untouched", "idle"):
        assert "Do not merge" not in firsts[name]
        assert ALL[name].verdict == "pass"


def test_bulletin__invalid_files__every_problem_with_place_and_cure_and_no_more_than_twenty():
    shown = bulletin(told.invalid(problems(23)))
    assert "23 problems" in shown.splitlines()[0]
    (fence,) = read(shown).fenced
    rows = [row.removeprefix("\u2502 ") for row in fence.splitlines()]
    assert rows[:2] == ["mergefloor.yml:1: unknown key 'flor0'", "    did you mean `floor`?"]
    assert rows[-3:] == ["mergefloor.yml:20: unknown key 'flor19'", "    did you mean `floor`?", "and 3 more"]
    assert len(told.invalid(problems(23)).problems) == 23


def test_bulletin__an_error__is_quoted_with_what_to_do():
    (fence,) = read(bulletin(ALL["undecided"])).fenced
    assert "GitHub does not answer" in fence
    assert "run it again in a few minutes" in fence


def test_bulletin__a_fork__tells_the_maintainer_what_to_type_what_it_costs_and_what_was_seen():
    shown = bulletin(ALL["fork"])
    assert (
        f"A maintainer must look at this and type `/mergefloor run {SHA}` as a comment."
        in shown.splitlines()[0]
    )
    for part in (
        "comes from a fork",
        "gets no keys",
        "counts for this commit alone",
        "no code of the change runs",
        "It would run 1 suite: `support`.",
        "It removes 12 golden cases",
    ):
        assert part in shown
    assert "Dependabot" not in shown


def test_bulletin__dependabot__points_to_its_own_secrets():
    shown = bulletin(ALL["dependabot"])
    assert "comes from Dependabot" in shown
    assert "`Settings > Secrets and variables > Dependabot`" in shown.replace("\\u{3e}", ">")
    assert f"`/mergefloor run {SHA}`" in shown


def test_bulletin__an_address_that_is_not_plain_https__is_no_link():
    for url in (
        "javascript:alert(1)",
        "http://x.invalid/a",
        "https://x.invalid/a)b",
        "https://x.invalid/?q=1",
    ):
        assert "](" not in bulletin(ALL["idle"], url=url)


def test_bulletin__state_that_is_no_comment_of_ours__is_refused():
    for state in (
        "x",
        "<!-- mergefloor-state {} -->\nx",
        "<!-- mergefloor-state {--><img>} -->",
        "<!-- other {} -->",
    ):
        with pytest.raises(ValueError, match="no state comment"):
            bulletin(ALL["idle"], marker="m", state=state)


@pytest.mark.parametrize("width", [60, 100])
@pytest.mark.parametrize("name", ALL)
def test_bulletin_console__each_kind__says_the_same_within_the_width(name, width):
    shown = bulletin_console(ALL[name], width=width)
    assert all(len(line) <= width for line in shown.splitlines() if SHA not in line)
    assert "What to do: " in shown
    if name == "invalid":
        assert "| mergefloor.yml:1: unknown key 'flor0'" in shown


def test_T16__bulletins__hold_no_secret():
    secret = "tok+en/with=odd&chars-123456"
    redact = Redactor([secret])
    long = f"{'word ' * 2_398}{secret}"
    problem = Problem(place=Place(path=secret), what=secret, fix=secret)
    for found in (told.invalid([problem]), told.undecided(secret, secret), told.undecided(long)):
        for shown in (bulletin(found, redact=redact), bulletin_console(found, redact=redact)):
            assert secret not in shown
            assert secret[:14] not in shown
