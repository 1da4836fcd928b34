"""Markdown as GitHub lays it out, for pictures and for tests: its flavour, its sanitizer's rules, colours like its own."""

from __future__ import annotations

import re
from typing import Final, Literal, TypeAlias

from markdown_it import MarkdownIt

Theme: TypeAlias = Literal["light", "dark"]

# What GitHub's sanitizer lets through of what we write; any other element is our mistake.
ELEMENTS: Final = frozenset(
    [
        "a",
        "blockquote",
        "br",
        "code",
        "details",
        "em",
        "h3",
        "hr",
        "li",
        "ol",
        "p",
        "pre",
        "strong",
        "sub",
        "summary",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
ATTRIBUTES: Final = {"details": {"open"}, "a": {"href"}, "code": {"class"}, "th": {"style"}, "td": {"style"}}
COLOURS: Final[dict[Theme, dict[str, str]]] = {
    "light": {"bg": "#ffffff", "fg": "#1f2328", "line": "#d1d9e0", "code": "#f6f8fa", "soft": "#59636e", "link": "#0969da",
              "chip": "#818b981f", "row": "#f6f8fa"},
    "dark": {"bg": "#0d1117", "fg": "#f0f6fc", "line": "#3d444d", "code": "#151b23", "soft": "#9198a1", "link": "#4493f8",
             "chip": "#656c7633", "row": "#151b23"},
}  # fmt: skip
STYLE: Final = """
*{{box-sizing:border-box}}
html{{background:{bg}}}
body{{margin:0;padding:16px;color:{fg};font:14px/1.5 -apple-system,"Segoe UI","Noto Sans","Liberation Sans",Arial,sans-serif,"Noto Color Emoji"}}
main{{max-width:876px;border:1px solid {line};border-radius:6px;overflow:hidden}}
header{{background:{code};border-bottom:1px solid {line};padding:8px 16px;color:{soft}}} header b{{color:{fg}}}
article{{padding:16px;overflow-wrap:break-word}}
article>:first-child{{margin-top:0}} article>:last-child{{margin-bottom:0}}
p,ul,ol,table,pre,details,blockquote{{margin:0 0 16px}}
h3{{font-size:1.25em;line-height:1.25;margin:24px 0 16px}}
ul,ol{{padding-left:2em}} li+li{{margin-top:.25em}}
table{{border-collapse:collapse;border-spacing:0;display:block;width:max-content;max-width:100%;overflow:auto}}
td,th{{border:1px solid {line};padding:6px 13px}} tr:nth-child(2n){{background:{row}}} th{{font-weight:600}}
code{{background:{chip};padding:.2em .4em;border-radius:6px;white-space:break-spaces;font:85% ui-monospace,Menlo,"Liberation Mono",monospace}}
pre{{background:{code};padding:16px;border-radius:6px;overflow:auto;line-height:1.45;font-size:85%}}
pre code{{background:none;padding:0;white-space:pre;font-size:100%}}
blockquote{{padding:0 1em;color:{soft};border-left:.25em solid {line}}}
summary{{cursor:pointer}} sub{{font-size:75%;line-height:0;position:relative;vertical-align:baseline;bottom:-.25em}} a{{color:{link}}}
"""
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)([^<>]*)>")
_ATTRIBUTE = re.compile(r'([a-zA-Z-]+)(?:="([^"]*)")?')
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def rendered(markdown: str) -> str:
    """The HTML of a comment: tables, strikethrough and our own few tags, comments left out as GitHub does."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return _COMMENT.sub("", parser.render(markdown))


def strangers(html: str) -> set[str]:
    """Elements and attributes that GitHub would drop or that we never write: empty when all is well."""
    found = set()
    for slash, name, rest in _TAG.findall(html):
        if name not in ELEMENTS:
            found.add(name)
        allowed = ATTRIBUTES.get(name, set())
        found |= {
            f"{name} {key}" for key, _ in _ATTRIBUTE.findall("" if slash else rest) if key not in allowed
        }
    return found


def page(markdown: str, theme: Theme) -> str:
    """A whole page that shows one comment. ValueError: something in it would not survive GitHub's sanitizer."""
    body = rendered(markdown)
    if strange := strangers(body):
        raise ValueError(f"GitHub would drop {sorted(strange)}")
    style = STYLE.format(**COLOURS[theme])
    head = '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    top = "<header><b>github-actions</b> bot commented now</header>"
    return f"{head}<title>{theme}</title><style>{style}</style><main>{top}<article>{body}</article></main></html>"
