from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from tests.adapters.gh.hosted import AFTER, BEFORE, EVERYTHING, PROMPT, Site, hosted
from tests.adapters.gh.turns import at_once
from tests.fakes.github import Fault, Permissions

from mergefloor.core.effects import SuggestChange
from mergefloor.core.semver import Suggestion
from mergefloor.core.types import Place
from mergefloor.errors import HubError

MARKER = "<!-- mergefloor-suggestion:mergefloor.yml -->"
OLD = "version: 1.0.1"


@pytest.fixture(params=["may not resolve", "may resolve"])
def site(tmp_path: Path, request) -> Iterator[Site]:
    permissions = EVERYTHING if request.param == "may resolve" else Permissions()
    with hosted(tmp_path, permissions=permissions) as made:
        yield made


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Site]:
    with hosted(tmp_path) as made:
        yield made


def suggest(site: Site, new: str = "version: 1.1.0", *, line: int = 2, old: str = OLD, path: str = PROMPT):
    suggestion = Suggestion(place=Place(path=path, line=line), old=old, new=new)
    why = "The outputs changed their form, so a minor version is due."
    return SuggestChange(pull=site.number, marker=MARKER, sha=site.head, suggestions=((suggestion, why),))


def nothing(site: Site) -> SuggestChange:
    return SuggestChange(pull=site.number, marker=MARKER, sha=site.head, suggestions=())


def said(site: Site) -> list[tuple[int | None, str]]:
    """Line and suggested text of every review comment whose thread is open."""
    return [
        (c.line, c.body.split("```suggestion\n")[-1].removesuffix("\n```"))
        for c in site.fake.review_comments[site.number]
        if c.thread not in site.fake.resolved
    ]


def test_suggestion__on_a_line_of_the_diff__is_one_comment_that_one_click_commits(plain: Site) -> None:
    assert plain.hub().apply(suggest(plain)) is None
    (comment,) = plain.fake.review_comments[plain.number]
    assert (comment.path, comment.line, comment.side, comment.commit) == (PROMPT, 2, "RIGHT", plain.head)
    first, key, *rest = comment.body.split("\n")
    assert first == MARKER and key.startswith("<!-- mergefloor-suggestion-line:")
    assert rest == [
        "The outputs changed their form, so a minor version is due.", "", "```suggestion", "version: 1.1.0", "```",
    ]  # fmt: skip


def test_suggestion__made_again__is_not_repeated(plain: Site) -> None:
    hub = plain.hub()
    hub.apply(suggest(plain))
    before = len(plain.fake.requests)
    assert hub.apply(suggest(plain)) is None
    assert said(plain) == [(2, "version: 1.1.0")]
    assert len(plain.fake.requests) - before == 1


def test_suggestion__after_pushes_elsewhere__is_not_repeated(plain: Site) -> None:
    hub = plain.hub()
    hub.apply(suggest(plain))
    plain.push(AFTER.replace("line 28", "line xxviii"))
    assert hub.apply(suggest(plain)) is None
    assert said(plain) == [(2, "version: 1.1.0")]


def test_suggestion__other_text__is_edited_in_place(plain: Site) -> None:
    hub = plain.hub()
    hub.apply(suggest(plain))
    hub.apply(suggest(plain, "version: 2.0.0"))
    assert said(plain) == [(2, "version: 2.0.0")]
    assert len(plain.fake.review_comments[plain.number]) == 1


def test_suggestion__no_longer_wanted__is_resolved_or_deleted(site: Site) -> None:
    hub = site.hub()
    hub.apply(suggest(site))
    site.push(AFTER.replace(OLD, "version: 1.1.0"))
    assert hub.apply(nothing(site)) is None
    assert said(site) == []
    before = len(site.fake.requests)
    assert hub.apply(nothing(site)) is None
    assert len(site.fake.requests) - before == 1


def test_suggestion__line_changed_and_still_too_small__is_made_anew(site: Site) -> None:
    hub = site.hub()
    hub.apply(suggest(site))
    site.push(AFTER.replace(OLD, "version: 1.0.2"))
    assert hub.apply(suggest(site, old="version: 1.0.2")) is None
    assert said(site) == [(2, "version: 1.1.0")]


def test_suggestion__line_moved__stands_on_the_new_line_once(site: Site) -> None:
    hub = site.hub()
    hub.apply(suggest(site))
    site.push("# a comment\n" + AFTER)
    assert hub.apply(suggest(site, line=3)) is None
    open_ones = [c for c in site.fake.review_comments[site.number] if c.thread not in site.fake.resolved]
    assert len(open_ones) == 1


def test_suggestion__dealt_with_and_wanted_again__is_there_again(site: Site) -> None:
    hub = site.hub()
    for _ in range(2):
        hub.apply(suggest(site))
        assert said(site) == [(2, "version: 1.1.0")]
        hub.apply(nothing(site))
        assert said(site) == []


def test_suggestion__resolved_by_a_person__is_not_repeated(plain: Site) -> None:
    hub = plain.hub()
    hub.apply(suggest(plain))
    thread = plain.fake.review_comments[plain.number][0].thread
    plain.fake.resolved.add(thread)
    plain.fake.world.resolvers[thread] = "ann"
    assert hub.apply(suggest(plain)) is None
    assert hub.apply(suggest(plain, "version: 2.0.0")) is None
    assert len(plain.fake.review_comments[plain.number]) == 1


@pytest.mark.parametrize(
    ("line", "old", "path"),
    [
        (20, "  line 16", PROMPT),
        (2, "version: 9.9.9", PROMPT),
        (1, "one", "notes.txt"),
        (99, "x", "no/such.yml"),
    ],
)
def test_suggestion__not_a_line_of_the_diff__is_left_out_with_a_remark(
    plain: Site, line: int, old: str, path: str
) -> None:
    remark = plain.hub().apply(suggest(plain, "new", line=line, old=old, path=path))
    assert remark == f"{path}:{line} is not a line of the diff, so nothing was suggested there"
    assert said(plain) == []


def test_suggestion__file_too_large_for_a_patch__is_left_out_with_a_remark(plain: Site) -> None:
    plain.fake.limits.patch_lines = 1
    remark = plain.hub().apply(suggest(plain))
    assert remark is not None and "not a line of the diff" in remark


def test_suggestion__github_shows_another_diff__is_left_out_with_a_remark(plain: Site) -> None:
    plain.fake.faults = [Fault(kind="422", method="POST", path="*/comments")]
    remark = plain.hub().apply(suggest(plain))
    assert remark is not None and "not a line of the diff" in remark


def test_suggestion__several__are_each_made_and_one_left_out(plain: Site) -> None:
    ours, other = suggest(plain), suggest(plain, "  line 30", line=33, old="  line xxix")
    lost = suggest(plain, "x", line=20, old="  line 16")
    effect = SuggestChange(
        pull=plain.number, marker=MARKER, sha=plain.head,
        suggestions=ours.suggestions + other.suggestions + lost.suggestions,
    )  # fmt: skip
    remark = plain.hub().apply(effect)
    assert said(plain) == [(2, "version: 1.1.0"), (33, "  line 30")]
    assert remark is not None and remark.startswith(f"{PROMPT}:20 ")


def test_suggestion__pull_request_moved_on__is_left_alone(plain: Site) -> None:
    hub = plain.hub()
    late = suggest(plain)
    plain.push(BEFORE)
    said_instead = hub.apply(late)
    assert said_instead == "the suggestions were left alone: the pull request has moved on"
    assert said(plain) == []


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("kind", ["500", "502", "reset", "cut", "html"])
def test_R23__suggestion_whose_answer_is_lost__is_there_once(plain: Site, kind, after: bool) -> None:
    plain.fake.faults = [Fault(kind=kind, method="POST", path="*/comments", times=2, after=after)]
    assert plain.hub().apply(suggest(plain)) is None
    assert said(plain) == [(2, "version: 1.1.0")]


def test_R23__40_suggestions_whose_answers_are_lost__are_there_once_each(plain: Site) -> None:
    hub = plain.hub()
    for _ in range(40):
        plain.number = plain.fake.open_pull("topic")
        plain.fake.faults = [Fault(kind="500", method="POST", path="*/comments", after=True)]
        hub.apply(suggest(plain))
        assert len(said(plain)) == 1


@pytest.mark.parametrize("kind", ["500", "graphql-error", "reset"])
def test_R23__resolving_whose_answer_is_lost__is_done(tmp_path: Path, kind) -> None:
    with hosted(tmp_path, permissions=EVERYTHING) as site:
        hub = site.hub()
        hub.apply(suggest(site))
        site.fake.faults = [
            Fault(kind=kind, path="/graphql", containing="resolveReviewThread", times=2, after=True)
        ]
        assert hub.apply(nothing(site)) is None
        assert len(site.fake.resolved) == 1


def test_R23__github_is_down_for_good__ends_with_an_error_within_a_minute(plain: Site) -> None:
    plain.fake.faults = [Fault(kind="500", method="POST", path="*/comments", times=None)]
    with pytest.raises(HubError):
        plain.hub().apply(suggest(plain))
    assert sum(plain.waited) <= 60


def test_T54__foreign_suggestion_with_our_marker__is_never_touched(site: Site) -> None:
    hub = site.hub()
    hub.apply(suggest(site))
    ours = site.fake.review_comments[site.number][0]
    site.fake.add_token("ghp_eve", permissions=EVERYTHING, viewer="eve", kind="user")
    site.client(token="ghp_eve").send(
        "POST",
        f"pulls/{site.number}/comments",
        {"body": ours.body, "commit_id": site.head, "path": PROMPT, "line": 2, "side": "RIGHT"},
    )
    hub.apply(nothing(site))
    left = [c for c in site.fake.review_comments[site.number] if c.thread not in site.fake.resolved]
    assert [(c.author, c.edited) for c in left] == [("eve", None)]


def test_suggestion__two_runs_at_once__in_25_interleavings__is_there_once(plain: Site) -> None:
    for seed in range(25):
        plain.number = plain.fake.open_pull("topic")
        at_once(plain, [suggest(plain), suggest(plain)], Random(seed))
        assert said(plain) == [(2, "version: 1.1.0")], seed


def test_suggestion__read_only_token__is_a_clear_error(tmp_path: Path) -> None:
    with hosted(tmp_path, permissions=Permissions.read_only()) as site:
        with pytest.raises(HubError) as caught:
            site.hub().apply(suggest(site))
        assert caught.value.status == 403
