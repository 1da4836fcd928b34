"""Prompt files: one file a format, bytes -> PromptVersion; rendering, Jinja in a killable, sandboxed child."""

from mergefloor.prompts.binding import variables
from mergefloor.prompts.formats import is_prompt, parse
from mergefloor.prompts.rendering import Rendered, question, render_all
from mergefloor.prompts.sandbox import Limits

__all__ = ["Limits", "Rendered", "is_prompt", "parse", "question", "render_all", "variables"]
