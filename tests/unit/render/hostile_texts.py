"""Strings that try to leave their place, made from fragments with a seed: the same ones on every run."""

import random

CANARY = "CANARYCANARY"
FRAGMENTS = (
    "```", "````", "~~~", "`", "</details>", "<details>", "</summary>", "<img src=x onerror=alert(1)>",
    "![x](https://evil.example/p.png)", "[click](https://evil.example)", "<https://evil.example>", "https://evil.example",
    "www.evil.example", "@octocat", "@org/team", "#1", "fixes #1", "GH-7", "/merge", "/mergefloor override", "@dependabot merge",
    "bors r+", "<!-- mergefloor:mergefloor.yml -->", "-->", "<!--", "<script>alert(1)</script>", "<style>", "<table>",
    "| a | b |", "|---|---|", "\n", "\n\n", "\r", "\r\n", "\t", "    ", "> ", "# ", "- ", "1. ", "***", "---", "===",
    "&lt;img&gt;", "&#96;&#96;&#96;", "\x00", "\x1b[2J", "\x1b]8;;https://evil.example\x07", "\u202e", "\u2066", "\u200b",
    "\U000e0041\U000e007f", "\ud800", "\u2028", "\x85", "\x0b", "\x0c", "$x^2$", ":tada:", "[x]: https://evil.example", "[x]",
    "::error::owned", "##[error]owned", "::stop-commands::x", "Traceback (most recent call last):", "\ufeff", "\\", "\\`",
    "mailto:a@b.example", "{{ 7*7 }}", "{% raw %}", "%", "\ufffe", "e\u0301", "\u4f60\u597d", "\U0001f469\u200d\U0001f4bb",
)  # fmt: skip


def texts(count, *, seed, canary=CANARY):
    """`count` strings, each with the canary somewhere inside."""
    draw = random.Random(seed)
    for _ in range(count):
        parts = draw.choices(FRAGMENTS, k=draw.randint(1, 7))
        parts.insert(draw.randint(0, len(parts)), canary)
        yield draw.choice(("", " ", "\n")).join(parts)
