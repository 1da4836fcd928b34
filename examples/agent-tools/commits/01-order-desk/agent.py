"""The agent of the order desk: one JSON object a line in, one a line out, until the input ends. No model is asked."""

from __future__ import annotations

import json
import sys
from typing import Any

import planner
import shop
from articles import Articles
from tools import Tools


def reply(request: dict[str, Any], data: shop.Shop, articles: Articles) -> dict[str, Any]:
    """The answer to `{"id", "input", "vars": {"email"}, "messages"}`, with the documents and the calls behind it."""
    earlier = [turn["content"] for turn in request.get("messages") or [] if turn["role"] == "user"]
    email = str((request.get("vars") or {}).get("email", ""))
    turn = planner.read(request["input"], earlier, email)
    tools = Tools(data, articles)
    text = planner.handle(turn, tools)
    return {
        "id": request["id"],
        "text": text,
        "documents": tools.documents,
        "tool_calls": tools.calls,
        "trace": {"order": turn.order},
    }


def main() -> None:
    """Answer line by line. A question that cannot be read is an error of that question, not the end."""
    data = shop.load()
    articles = Articles(data.articles)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = reply(request, data, articles)
        except (KeyError, TypeError, ValueError) as error:
            answer = {"id": request.get("id"), "error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
