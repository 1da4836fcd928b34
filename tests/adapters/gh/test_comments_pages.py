from __future__ import annotations

from typing import Any

import pytest

from mergefloor.errors import HubError
from mergefloor.gh.connection import pages


def page(*nodes: object, more: bool = False, cursor: str | None = "x") -> Any:
    return {
        "nodes": list(nodes),
        "pageInfo": {
            "hasPreviousPage": more,
            "startCursor": cursor,
            "hasNextPage": more,
            "endCursor": cursor,
        },
    }


def test_pages__until_there_are_no_more__are_all_read() -> None:
    asked: list[str | None] = []
    answers = iter([page(1, 2, more=True, cursor="a"), page(3, None, more=True, cursor="b"), page(4)])

    def ask(cursor: str | None) -> Any:
        asked.append(cursor)
        return next(answers)

    assert list(pages(ask, "backwards")) == [[1, 2], [3], [4]]
    assert asked == [None, "a", "b"]


def test_pages__of_nothing__is_one_empty_page() -> None:
    assert list(pages(lambda cursor: page(cursor=None), "forwards")) == [[]]


def test_pages__that_go_round_in_circles__are_an_error() -> None:
    with pytest.raises(HubError, match="repeats"):
        list(pages(lambda cursor: page(1, more=True, cursor="a"), "forwards"))


def test_R23__a_page_that_arrives_empty__is_asked_for_again() -> None:
    answers = iter([page(1, more=True, cursor="a"), page(cursor="b"), page(2, cursor="b")])
    assert list(pages(lambda cursor: next(answers), "backwards")) == [[1], [2]]


def test_R23__a_page_that_stays_empty__is_an_error_and_not_an_empty_list() -> None:
    with pytest.raises(HubError, match="without what is on it"):
        list(pages(lambda cursor: page(cursor="b"), "backwards"))


@pytest.mark.parametrize(
    "answer", [None, [], {}, {"nodes": 1}, {"nodes": [1]}, {"nodes": [1], "pageInfo": {"hasNextPage": "yes"}}]
)
def test_pages__of_another_shape__are_an_error(answer: Any) -> None:
    with pytest.raises(HubError, match="GitHub's answer has no"):
        list(pages(lambda cursor: answer, "forwards"))
