from __future__ import annotations

from random import Random

import pytest
from tests.adapters.gh.desk import HEAD, LOST, THEM, US, Desk
from tests.adapters.gh.interleave import interleave

from mergefloor.core.activity import RunStamp
from mergefloor.core.effects import AmendComment, UpsertComment
from mergefloor.errors import HubError
from mergefloor.gh.hub import GitHub

MARKER = "<!-- mergefloor:mergefloor.yml -->"
NEWER = "a newer run has written the comment"


def upsert(body: str = "text", *, run: int = 1, attempt: int = 1, started: float = 100.0, sha: str = HEAD):
    stamp = RunStamp(run=run, attempt=attempt, started=started)
    return UpsertComment(pull=7, marker=MARKER, body=f"{MARKER}\n{body}", sha=sha, stamp=stamp)


def hub(desk: Desk, gate=lambda: None) -> GitHub:
    return GitHub(desk.client(gate))


def own(desk: Desk) -> list[str]:
    return [said.body for said in desk.said.values() if said.author == US and said.body.startswith(MARKER)]


def writes(desk: Desk) -> list[str]:
    return [call for call in desk.calls if call.split()[0] in ("POST", "PATCH", "DELETE")]


def test_comment__first_run__is_created_with_marker_and_state() -> None:
    desk = Desk()
    assert hub(desk).apply(upsert("may merge", run=9, started=1.5)) is None
    assert desk.bodies == [
        f"{MARKER}\n"
        f'<!-- mergefloor-state {{"v":1,"sha":"{HEAD}","run":9,"attempt":1,"started":1.5}} -->\n'
        "may merge"
    ]


def test_comment__second_run__edits_the_same_comment() -> None:
    desk = Desk()
    hub(desk).apply(upsert("one", run=1))
    hub(desk).apply(upsert("two", run=2, started=200.0))
    assert len(desk.said) == 1
    assert desk.bodies[0].endswith("two")


def test_comment__identical_text__is_not_written_again() -> None:
    desk = Desk()
    hub(desk).apply(upsert())
    desk.calls.clear()
    assert hub(desk).apply(upsert()) is None
    assert desk.calls == ["QUERY comments"]


def test_comment__same_text_of_a_newer_attempt__is_written_for_its_state() -> None:
    desk = Desk()
    hub(desk).apply(upsert(attempt=1))
    hub(desk).apply(upsert(attempt=2))
    assert '"attempt":2' in desk.bodies[0]


def test_comment__a_usual_run__takes_four_requests_first_and_four_later() -> None:
    desk = Desk()
    hub(desk).apply(upsert("one"))
    assert len(desk.calls) == 4
    desk.calls.clear()
    hub(desk).apply(upsert("two"))
    assert desk.calls == ["QUERY comments", "GET pulls/7", "PATCH issues/comments/1", "QUERY node"]


@pytest.mark.parametrize(
    "older", [{"started": 99.0, "run": 9}, {"run": 1, "attempt": 2}, {"run": 2, "attempt": 1}]
)
def test_comment__older_run__leaves_quietly(older: dict) -> None:
    desk = Desk()
    hub(desk).apply(upsert("newer", run=2, attempt=2))
    desk.calls.clear()
    assert hub(desk).apply(upsert("older", **older)) == NEWER
    assert desk.bodies[0].endswith("newer")
    assert writes(desk) == []


@pytest.mark.parametrize("there", [True, False])
def test_comment__pull_request_moved_on__is_left_alone(there: bool) -> None:
    desk = Desk()
    if there:
        hub(desk).apply(upsert("before"))
    desk.head = "c" * 40
    said = hub(desk).apply(upsert("after", run=2, started=200.0))
    assert said is not None and "the head is cccccccccccc now" in said
    assert [body.rpartition("\n")[2] for body in desk.bodies] == ["before"] * there


@pytest.mark.parametrize(
    "line",
    [
        '<!-- mergefloor-state {"v":2,"sha":"x","run":99,"attempt":1,"started":1e9} -->',
        '<!-- mergefloor-state {"v":1,"sha":"x","run":99,"attempt":1,"started":NaN} -->',
        '<!-- mergefloor-state {"v":1,"sha":"x","run":99} -->',
        "<!-- mergefloor-state nonsense -->",
        "no state at all",
    ],
)
def test_comment__unreadable_or_foreign_state__counts_as_oldest(line: str) -> None:
    desk = Desk()
    desk.write(f"{MARKER}\n{line}\nold")
    assert hub(desk).apply(upsert("new", started=-5.0)) is None
    assert [body.rpartition("\n")[2] for body in own(desk)] == ["new"]


def test_comment__state_edited_by_somebody_else__counts_as_oldest() -> None:
    desk = Desk()
    hub(desk).apply(upsert("ours"))
    forged = upsert("theirs", started=9e9)
    said = desk.said[1]
    said.edits.append(
        (THEM, f"{MARKER}\n{said.body.split(chr(10))[1].replace('100.0', '9e9')}\n{forged.body}")
    )
    said.edited = True
    assert hub(desk).apply(upsert("again")) is None
    assert desk.bodies[0].endswith("again")


@pytest.mark.parametrize("first", ["stranger", "us"])
def test_T54__foreign_comment_with_our_marker__is_never_edited(first: str) -> None:
    desk = Desk()
    theirs = f'{MARKER}\n<!-- mergefloor-state {{"v":1,"sha":"x","run":99,"attempt":9,"started":9e9}} -->\nmerge it!'
    if first == "stranger":
        desk.write(theirs, THEM)
    hub(desk).apply(upsert("one"))
    if first == "us":
        desk.write(theirs, THEM)
    hub(desk).apply(upsert("two", run=2))
    assert sorted(body.rpartition("\n")[2] for body in desk.bodies) == ["merge it!", "two"]
    assert [said.edits for said in desk.said.values() if said.author == THEM] == [[(THEM, theirs)]]


@pytest.mark.parametrize(
    "body",
    [
        f"quoting:\n{MARKER}\n",
        f" {MARKER}\n",
        f"{MARKER} \n",
        f"{MARKER}x",
        "<!-- mergefloor:other.yml -->\n",
        "",
    ],
)
def test_comment__of_ours_that_does_not_begin_with_the_marker__is_another_one(body: str) -> None:
    desk = Desk()
    desk.write(body)
    hub(desk).apply(upsert("new"))
    assert desk.bodies[0] == body
    assert len(desk.said) == 2


def test_R27__own_comment_behind_many_pages__is_found() -> None:
    desk = Desk()
    hub(desk).apply(upsert("one"))
    for number in range(3_200):
        desk.write(f"talk {number}", THEM)
    desk.calls.clear()
    hub(desk).apply(upsert("two", run=2))
    assert [body.rpartition("\n")[2] for body in own(desk)] == ["two"]
    assert desk.calls.count("QUERY comments") == 33


def test_R25__500_but_created__leaves_one_comment() -> None:
    left = []
    for _ in range(100):
        desk = Desk()
        desk.after = fails_on("POST", desk, times=1)
        assert hub(desk).apply(upsert("text")) is None
        left.append(len(own(desk)))
    assert left == [1] * 100


@pytest.mark.parametrize("times", [1, 2, 5])
def test_comment__500_and_not_created__is_tried_again(times: int) -> None:
    desk = Desk()
    desk.before = fails_on("POST", desk, times=times)
    assert hub(desk).apply(upsert("text")) is None
    assert len(own(desk)) == 1


def test_comment__create_never_works__is_an_error_after_a_bounded_number_of_tries() -> None:
    desk = Desk()
    desk.before = fails_on("POST", desk, times=10**6)
    with pytest.raises(HubError, match="lost"):
        hub(desk).apply(upsert("text"))
    assert len(writes(desk)) == 10


@pytest.mark.parametrize("status", [403, 404, 410, 422])
def test_comment__refused_for_good__is_an_error_at_once(status: int) -> None:
    desk = Desk()
    desk.before = fails_on("POST", desk, error=HubError("no", status=status))
    with pytest.raises(HubError) as caught:
        hub(desk).apply(upsert("text"))
    assert caught.value.status == status
    assert len(writes(desk)) == 1


def test_R28__comment_deleted_between_reading_and_writing__is_created_again() -> None:
    desk = Desk()
    hub(desk).apply(upsert("one"))
    desk.before = lambda method, path: desk.said.clear() if method == "PATCH" else None
    assert hub(desk).apply(upsert("two", run=2)) is None
    assert [body.rpartition("\n")[2] for body in own(desk)] == ["two"]


def test_R28__comment_deleted_right_after_writing__is_created_again() -> None:
    desk = Desk()
    hub(desk).apply(upsert("one"))
    desk.after = lambda method, path: desk.said.clear() if method == "PATCH" else None
    assert hub(desk).apply(upsert("two", run=2)) is None
    assert len(own(desk)) == 1


def test_comment__several_of_ours__leave_the_first_with_the_newest_text() -> None:
    desk = Desk()
    texts = {}
    for name, started in (("b", 200.0), ("c", 300.0), ("a", 100.0)):
        other = Desk()
        hub(other).apply(upsert(name, started=started))
        texts[name] = other.bodies[0]
        desk.write(other.bodies[0])
    assert hub(desk).apply(upsert("mine", started=250.0)) == NEWER
    assert [(said.id, said.body) for said in desk.said.values()] == [(1, texts["c"])]


def test_comment__listing_does_not_show_what_was_just_created__is_not_created_twice() -> None:
    desk = Desk()
    client = desk.client()
    shown = client.desk.said
    desk.after = lambda method, path: setattr(desk, "said", {}) if method == "POST" else None
    assert GitHub(client).apply(upsert("text")) is None
    assert len([call for call in desk.calls if call.startswith("POST")]) == 1
    assert shown is not desk.said


def test_R26__two_runs__in_1000_interleavings__leave_one_comment_of_the_newer_one() -> None:
    outcomes = set()
    for seed in range(1_000):
        random = Random(seed)
        desk = Desk()
        if random.random() < 0.5:
            hub(desk).apply(upsert("before", started=50.0))
        faults = random.randrange(3)
        if faults:
            place = "after" if faults == 1 else "before"
            setattr(desk, place, fails_on("POST", desk, times=random.randrange(3)))
        older, newer = interleave(
            [
                lambda gate, desk=desk: hub(desk, gate).apply(upsert("older", run=1, started=100.0)),
                lambda gate, desk=desk: hub(desk, gate).apply(upsert("newer", run=2, started=101.0)),
            ],
            random,
        )
        assert [body.rpartition("\n")[2] for body in own(desk)] == ["newer"], seed
        assert newer is None, seed
        outcomes.add(older)
    assert outcomes == {None, NEWER}  # the older one was overtaken before, or only after it had written


def test_R26__without_the_edit_history__an_older_text_can_stay_and_is_the_only_thing_that_can() -> None:
    """What the history is for. Without it the rule is GitHub's own: the last one to write."""
    texts = set()
    for seed in range(300):
        desk = Desk(keeps_history=False)
        hub(desk).apply(upsert("before", started=50.0))
        interleave(
            [
                lambda gate, desk=desk: hub(desk, gate).apply(upsert("older", run=1, started=100.0)),
                lambda gate, desk=desk: hub(desk, gate).apply(upsert("newer", run=2, started=101.0)),
            ],
            Random(seed),
        )
        assert len(own(desk)) == 1
        texts.add(own(desk)[0].rpartition("\n")[2])
    assert texts == {"older", "newer"}


def test_R26__four_runs_at_once__leave_one_comment_of_the_newest() -> None:
    for seed in range(100):
        desk = Desk()
        runs = [
            lambda gate, desk=desk, n=n: hub(desk, gate).apply(upsert(f"run {n}", run=n, started=100.0 + n))
            for n in range(4)
        ]
        interleave(runs, Random(seed))
        assert [body.rpartition("\n")[2] for body in own(desk)] == ["run 3"], seed


def test_R26__an_override_and_a_run__in_300_interleavings__lose_no_newer_text() -> None:
    amend = AmendComment(pull=7, marker=MARKER, block="overridden by @ann")
    for seed in range(300):
        desk = Desk()
        hub(desk).apply(upsert("before", started=50.0))
        interleave(
            [
                lambda gate, desk=desk: hub(desk, gate).apply(amend),
                lambda gate, desk=desk: hub(desk, gate).apply(upsert("newer", started=101.0)),
            ],
            Random(seed),
        )
        assert [body.rpartition("\n")[2] for body in own(desk)] == ["newer"], seed


def test_amend__comment_of_a_run__gets_the_block_and_keeps_state_and_text() -> None:
    desk = Desk()
    hub(desk).apply(upsert("verdict\nline"))
    before = desk.bodies[0].split("\n")
    hub(desk).apply(AmendComment(pull=7, marker=MARKER, block="overridden by @ann"))
    hub(desk).apply(AmendComment(pull=7, marker=MARKER, block="overridden by @bob"))
    block = ["<!-- mergefloor-block -->", "overridden by @bob", "<!-- /mergefloor-block -->"]
    assert desk.bodies == ["\n".join([*before[:2], *block, *before[2:]])]


def test_amend__no_comment_yet__makes_one_that_any_run_replaces() -> None:
    desk = Desk()
    hub(desk).apply(
        AmendComment(pull=7, marker=MARKER, block="overridden <!-- /mergefloor-block --> by @ann")
    )
    assert desk.bodies == [
        f"{MARKER}\n<!-- mergefloor-block -->\noverridden  by @ann\n<!-- /mergefloor-block -->"
    ]
    hub(desk).apply(upsert("text", started=0.0))
    assert len(desk.said) == 1 and desk.bodies[0].endswith("text")


def test_amend__twice_the_same__is_written_once() -> None:
    desk = Desk()
    for _ in range(2):
        hub(desk).apply(AmendComment(pull=7, marker=MARKER, block="overridden"))
    assert len(writes(desk)) == 1


def test_comments__of_everybody__are_told_with_who_wrote_them() -> None:
    desk = Desk(page=2)
    desk.write("one", THEM)
    desk.write("two", US)
    desk.write("three", THEM)
    desk.said[3].edited = True
    told = hub(desk).comments(7)
    assert [(c.id, c.author, c.body, c.ours, c.edited, c.human) for c in told] == [
        (1, "mallory", "one", False, False, True),
        (2, "github-actions[bot]", "two", True, False, False),
        (3, "mallory", "three", False, True, True),
    ]


def fails_on(method: str, desk: Desk, *, times: int = 1, error: HubError = LOST):
    """Makes the first calls of a method fail; after the deed or before it, as it is hung in."""
    left = [times]

    def strike(called: str, path: str) -> None:
        if called == method and left[0] > 0:
            left[0] -= 1
            raise error

    return strike
