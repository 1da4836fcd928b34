"""What prompts have in common, as patterns. Every repeat is bounded, so that no text makes a search slow."""

from __future__ import annotations

import re

_ROLES = (
    "assistant|agent|expert|bot|chatbot|helper|analyst|translator|tutor|writer|editor|engineer|developer|classifier|"
    "reviewer|summari[sz]er|specialist|advisor|consultant|teacher|judge|evaluator|researcher|ai|llm|language model"
)
# Who the model is to be: the surest sign.
PERSONA = re.compile(
    rf"\b(?:you are|you're|act as|your role is to be)\s+(?:an?|the|our)\s+"
    rf"(?:[\w'-]{{1,30}},?\s+){{0,6}}?(?:{_ROLES})\b",
    re.IGNORECASE,
)
# A persona where a text begins: after a quote, a colon, or at the beginning of a line.
OPENING = re.compile(
    r"""(?:["'`>|]|[:=][ \t]{0,4}|^)[ \t]{0,8}(?:\\n)?(?:you are|you're|act as) (?:an?|the|our)\s+\w""",
    re.IGNORECASE | re.MULTILINE,
)
# Documents address their reader too; these are their words for it.
_TO_READERS = (
    "can|may|need|might|have|should|want|could|also|don't|do|will|then|now|must|are|would|get|find|see|use|only|no|"
    "know|install|run|either|probably|won't|cannot|shall"
)
_READERS_ARE = "now|free|not|welcome|done|using|running|about|on|in|likely|ready|looking|encouraged|responsible|currently|able"
ADDRESS = re.compile(
    rf"^[ \t>*-]{{0,6}}(?:you're an? |you (?:are (?!(?:{_READERS_ARE})\b)|(?!(?:{_TO_READERS})\b)\w+\s))",
    re.IGNORECASE | re.MULTILINE,
)
HEADING = re.compile(
    r"^#{1,4}[ \t]{1,3}(?:identity|role|persona|purpose|steps|instructions?|output|input|task|goals?|rules|"
    r"constraints|system prompt|response format|tone)\b.{0,40}$",
    re.IGNORECASE | re.MULTILINE,
)
ORDER = re.compile(
    r"\b(?:you (?:must|should|will|always|never|can only|may only)\b|"
    r"your (?:task|job|goal|answer|response|reply) |"
    r"(?:always|never|only) (?:answer|respond|reply|mention|output|say|give|reveal|make up)\b|"
    r"(?:answer|respond|reply) (?:in|with|only|to the|as|briefly|politely|concisely)\b|"
    r"do not (?:answer|mention|make up|invent|reveal|output|apologi[sz]e)\b|output only\b|think step by step|"
    r"if you (?:don't|do not) know\b|the user'?s? (?:question|message|input|query|asks)\b)",
    re.IGNORECASE,
)
# A message of the system, up to its text; a name that says system prompt, up to its value; the key `system`.
MESSAGE = re.compile(
    r"""role\\?["']?\s{0,4}[:=]>?\s{0,4}\\?["']?(?:system|developer)\b\\?["']?[\s,}{-]{0,20}"""
    r"""\\?["']?content\\?["']?\s{0,4}[:=]>?\s{0,4}""",
    re.IGNORECASE,
)
NAMED = re.compile(
    r"""\b(?:system|developer|base|llm)_?(?:prompt|message|instructions?)(?:_?(?:text|template))?["']?"""
    r"""(?:\s{0,2}:\s{0,2}\w{1,20})?\s{0,4}[:=]\s{0,4}\(?\s{0,8}""",
    re.IGNORECASE,
)
SYSTEM_KEY = re.compile(r"""^\s{0,20}["']?system["']?\s{0,2}:\s{0,4}""", re.IGNORECASE | re.MULTILINE)
LITERAL = re.compile(r"""(?:[frbu]{0,2}\\?("{3}|'{3}|["'`])|[|>][+-]?[ \t]*\n)""", re.IGNORECASE)
REMARK = re.compile(r"^\s*(?:#|//|/?\*).*$", re.MULTILINE)
FENCED = re.compile(r"^(```|~~~)[^\n]*\n(?:(?!\1)[^\n]*\n)*", re.MULTILINE)
