"""What a browser makes of report.html: the standard parser decides which elements and attributes there are."""

import base64
import hashlib
import json
from html.parser import HTMLParser

VOID = {"meta", "link", "input", "br", "hr", "img"}
# Elements that may hold or load something from elsewhere, or run something.
FORBIDDEN = {
    "img",
    "iframe",
    "object",
    "embed",
    "base",
    "video",
    "audio",
    "source",
    "frame",
    "applet",
    "use",
    "image",
}


class Page(HTMLParser):
    """Elements, attributes, ids, text, and the contents of scripts and styles."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.open, self.text, self.raw = [], [], [], []
        self.unbalanced = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag in {"script", "style"}:
            self.raw.append([tag, dict(attributes), ""])
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.unbalanced.append(tag)

    def handle_data(self, data):
        if self.open and self.open[-1] in {"script", "style"}:
            self.raw[-1][2] += data
        else:
            self.text.append(data)

    @property
    def words(self):
        return " ".join(" ".join(self.text).split())

    @property
    def data(self):
        (found,) = (text for tag, attributes, text in self.raw if attributes.get("id") == "data")
        return json.loads(found)

    @property
    def policy(self):
        (found,) = (
            a["content"] for _, a in self.elements if a.get("http-equiv") == "Content-Security-Policy"
        )
        return found


def digest(text):
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def assert_safe(text):
    """Nothing foreign can run, load or leave: our two hashes, no other script, no handler, no address."""
    page = Page(text)
    assert not page.unbalanced, page.unbalanced
    assert page.open == []
    script, style = (
        next(body for tag, a, body in page.raw if tag == wanted and a.get("type") is None)
        for wanted in ("script", "style")
    )
    assert page.policy == (
        f"default-src 'none'; style-src {digest(style)}; script-src {digest(script)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    assert [(tag, a) for tag, a, _ in page.raw] == [
        ("style", {}),
        ("script", {"id": "data", "type": "application/json"}),
        ("script", {}),
    ]
    for tag, attributes in page.elements:
        assert tag not in FORBIDDEN
        for name, value in attributes.items():
            assert not name.startswith("on"), name
            assert name not in {"style", "src", "action", "formaction", "srcdoc", "xlink:href"}, name
            assert name != "href" or value.startswith("#") or value == "data:,", value
    ids = [a["id"] for _, a in page.elements if "id" in a]
    assert len(ids) == len(set(ids))
    return page
