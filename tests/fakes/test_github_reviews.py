"""Comments at lines: only where the diff is, and what becomes of them when it moves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.github.diff import hunks, moved

PLACE = {"path": "a.txt", "side": "RIGHT", "line": 20, "body": "```suggestion\nx\n```"}


def _post(site, **but):
    return site.ask("POST", "pulls/1/comments", {"commit_id": site.head} | PLACE | but)


def test_comment__at_a_line_of_the_diff__is_kept_with_its_hunk(site) -> None:
    status, told, _ = _post(site)
    assert (status, told["line"], told["side"], told["start_line"]) == (201, 20, "RIGHT", None)
    assert told["diff_hunk"].endswith("-line 20\n+line twenty")
    status, told, _ = _post(site, line=22, start_line=18)
    assert (status, told["start_line"], told["start_side"]) == (201, 18, "RIGHT")
    assert len(site.fake.reviews[1]) == 2


@pytest.mark.parametrize(
    ("but", "word"),
    [
        ({"line": 16}, "line must be part of the diff"),
        ({"line": 24}, "line must be part of the diff"),
        ({"line": 20, "start_line": 3}, "same hunk"),
        ({"line": 20, "start_line": 20}, "precede"),
        ({"path": "image.bin"}, "path is invalid"),
        ({"path": "p/x.yml"}, "path is invalid"),
        ({"commit_id": "0" * 40}, "not part of the pull request"),
        ({"body": " "}, "blank"),
        ({"body": "x" * 65_537}, "too long"),
        ({"in_reply_to": 5}, "in_reply_to"),
    ],
)
def test_comment__anywhere_else__is_422(site, but, word) -> None:
    status, told, _ = _post(site, **but)
    assert status == 422
    assert word in told["errors"][0]["message"]
    assert site.fake.review_comments[1] == []


@pytest.mark.parametrize(
    ("line", "side", "expected"), [(17, "RIGHT", 201), (23, "LEFT", 201), (20, "LEFT", 201)]
)
def test_comment__at_the_edge_of_the_hunk__is_taken(site, line, side, expected) -> None:
    assert _post(site, line=line, side=side)[0] == expected


def test_reply__joins_the_thread(site) -> None:
    first = _post(site)[1]["id"]
    assert _post(site, in_reply_to=first, body="yes")[1]["in_reply_to_id"] == first
    assert {c.thread for c in site.fake.review_comments[1]} == {first}


def test_comment__after_a_push_above_it__moves_along(site) -> None:
    said = _post(site)[1]["id"]
    site.fake.push_pull(1, site.write("new\nnew\n" + (site.top / "a.txt").read_text()))
    told = site.ask("GET", f"pulls/comments/{said}")[1]
    assert (told["line"], told["original_line"]) == (22, 20)


def test_comment__after_its_line_was_changed__is_outdated(site) -> None:
    said = _post(site)[1]["id"]
    site.fake.push_pull(1, site.write((site.top / "a.txt").read_text().replace("line twenty\n", "line XX\n")))
    assert site.ask("GET", f"pulls/comments/{said}")[1]["line"] is None


def test_review_comment__edited_and_deleted__is_so(site) -> None:
    said = _post(site)[1]["id"]
    assert site.ask("PATCH", f"pulls/comments/{said}", {"body": "other"})[1]["body"] == "other"
    assert site.ask("DELETE", f"pulls/comments/{said}")[0] == 204
    assert site.ask("GET", "pulls/1/comments")[1] == []


def test_review__with_one_wrong_comment__writes_nothing(site) -> None:
    wrong = {"path": "a.txt", "line": 1, "body": "x"}
    body = {"event": "COMMENT", "body": "", "comments": [PLACE, wrong]}
    assert site.ask("POST", "pulls/1/reviews", body)[0] == 422
    assert (site.fake.reviews[1], site.fake.review_comments[1]) == ([], [])
    status, told, _ = site.ask("POST", "pulls/1/reviews", body | {"comments": [PLACE]})
    assert (status, told["state"], told["commit_id"]) == (200, "COMMENTED", site.head)
    assert site.fake.review_comments[1][0].review == told["id"]


def test_review__empty_or_of_oneself__is_422(site) -> None:
    assert site.ask("POST", "pulls/1/reviews", {"event": "COMMENT"})[0] == 422
    site.fake.pulls[1].author = "github-actions[bot]"
    assert site.ask("POST", "pulls/1/reviews", {"event": "APPROVE"})[0] == 422


@given(
    st.lists(st.sampled_from("abc"), max_size=12),
    st.lists(st.sampled_from("abc"), max_size=12),
)
def test_moved__for_any_two_texts__agrees_with_difflib(old: list[str], new: list[str]) -> None:
    """The oracle reads the whole patch: a line that stays has exactly one new number."""
    import difflib

    patch = "\n".join(list(difflib.unified_diff(old, new, lineterm="", n=3))[2:])
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    kept = {}
    for tag, a, b, c, _ in matcher.get_opcodes():
        if tag == "equal":
            kept |= {a + n + 1: c + n + 1 for n in range(b - a)}
    assert {n: moved(patch, n) for n in range(1, len(old) + 1)} == {
        n: kept.get(n) for n in range(1, len(old) + 1)
    }
    for hunk in hunks(patch):
        assert all(new[row[1] - 1] == row[2][1:] for row in hunk.rows if row[1] is not None)
