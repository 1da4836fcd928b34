"""What a child may not ask for, though the provider would give it: other people's data, tools that run elsewhere and
cost what no ledger here counts, answers in pieces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mergefloor.core.types import Json

# Fields that reach what the operator's account has stored, run on after the answer, or have prices of their own.
FIELDS = {
    "background": "answers that arrive later are not passed on",
    "conversation": "stored conversations are not reachable through the broker; send the messages",
    "previous_response_id": "stored responses are not reachable through the broker; send the whole input",
    "prompt": "stored prompts are not reachable through the broker; send the text",
    "container": "containers are not reachable through the broker",
    "mcp_servers": "servers are not reachable through the broker; call your tools yourself",
    "web_search_options": "the provider's own tools are not passed on; call your tools yourself",
    "audio": "answers in sound are not passed on",
}
TIERS = frozenset({"auto", "default", "standard_only"})
# Tools that the child itself runs. https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/overview
OWN_TOOLS = frozenset({"function", "custom"})
OWN_PREFIXES = ("bash_", "text_editor_", "computer_", "memory_")
FILE_BLOCKS = frozenset({"file", "input_file", "input_image", "image", "document", "container_upload"})


def objection(body: Mapping[str, Json]) -> str | None:
    """Why a request is refused, in words for whoever wrote the child; None when it is fine."""
    if body.get("stream") not in (None, False):
        return "`stream` is not supported; ask for the whole answer with `stream: false`"
    for name, why in FIELDS.items():
        if body.get(name) not in (None, False, [], {}):
            return f"`{name}` is refused: {why}"
    if body.get("service_tier") not in {None, *TIERS}:
        return "`service_tier` is refused: the price table knows the standard tier only"
    if body.get("modalities") not in (None, ["text"]):
        return "`modalities` is refused: only text is passed on"
    return _tools(body.get("tools")) or _stored(body)


def _tools(tools: Json) -> str | None:
    if tools is None:
        return None
    if not isinstance(tools, list) or not all(isinstance(tool, dict) for tool in tools):
        return "`tools` is not a list of tools"
    for kind in (tool.get("type", "custom") for tool in tools if isinstance(tool, dict)):
        if not isinstance(kind, str) or not (kind in OWN_TOOLS or kind.startswith(OWN_PREFIXES)):
            return f"tool {str(kind)[:60]!r} is refused: it runs at the provider; call your tools yourself"
    return None


def _stored(body: Mapping[str, Json]) -> str | None:
    for block in _blocks(body):
        if block.get("type") == "item_reference":
            return "an `item_reference` is refused: stored items are not reachable through the broker"
        sources = (block, block.get("file"), block.get("source"))
        named = any(isinstance(source, dict) and "file_id" in source for source in sources)
        if block.get("type") in FILE_BLOCKS and named:
            return "a `file_id` is refused: stored files are not reachable through the broker; send the data"
    return None


def _blocks(body: Mapping[str, Json]) -> Iterator[Mapping[str, Json]]:
    """Every message and every block of content in it, tool results included."""
    waiting = [body.get("messages"), body.get("input"), body.get("system")]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, dict):
            yield value
            waiting.extend((value.get("content"), value.get("output")))
