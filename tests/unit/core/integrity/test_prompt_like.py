"""Files that hold a prompt and belong to no suite (T31)."""

from __future__ import annotations

import pytest
from integrity_builders import found, scene, touched

from mergefloor.core.integrity.prompt_like import prompt_like

PROMPTS = {
    "strings.py": 'SYSTEM = "You are a helpful assistant for a shop."\n',
    "names.py": 'SYSTEM_PROMPT: str = (\n    "Name the city and the year, nothing else."\n)\n',
    "block.py": 'TEXT = """\nYou are the support agent of a bank.\nNever promise anything.\n"""\n',
    "pirate.py": 'TEXT = "You are a pirate. Answer in one sentence."\n',
    "messages.py": 'call(messages=[{"role": "system", "content": "Name the city and its year only."}])\n',
    "chat.ts": "const messages = [{ role: 'system', content: `Summarise the ticket in three short lines.` }];\n",
    "prompt.js": "export const systemPrompt = `Translate every message into French, keep names.`;\n",
    "act.go": 'const p = "Act as a senior editor and rewrite what follows."\n',
    "chat.json": '{"messages": [{"role": "system", "content": "Answer politely and in one short sentence."}]}\n',
    "nested.ipynb": '"source": ["x = [{\\"role\\": \\"system\\", \\"content\\": \\"Answer in one short sentence only.\\"}]"]\n',
    "agent.yaml": "name: a\nsystem: |\n  Answer questions about orders.\n  Ask for the number first.\n",
    "plain.yaml": "system: Answer questions about orders and nothing else.\n",
    "notes.md": "# Support\n\nYou are a friendly support agent for a shop.\n",
    "task.md": "# Identity\n\nYou extract dates from letters.\n\n# Steps\n\nRead the letter.\n\n# Output\n\nOnly dates.\n",
    "orders.txt": "You classify tickets.\n\n## Task\n\nRead it.\n\nAnswer only with a label.\n",
    "body.j2": "You are an expert translator.\n{{ text }}\n",
    "quote.PROMPT": "You're an editor of short stories.\n",
}
ORDINARY = {
    "plumbing.py": 'def ask(system, text):\n    return [{"role": "system", "content": system}, {"role": "user", "content": text}]\n',
    "load.py": 'SYSTEM_PROMPT = load("prompts/city.yaml")\nprompt_text = read(path)\n',
    "ask.py": 'answer = input(prompt="Your name: ")\nPROMPT = "Do you want to go on? [y/N] "\n',
    "label.ts": "const systemMessage = 'Saved.';\n",
    "remark.py": "# You are a helpful assistant: the classic first line of a prompt\nx = 1\n",
    "remark.js": "// You are the expert reviewer here\n/* You are a teacher */\nx = 1\n",
    "text.py": 'raise ValueError("You are not a member of the group")\nprint("You are a member now")\n',
    "table.py": 'ROLES = {"system": 1, "user": 2}\nrole = "system"\n',
    "ci.yaml": "on: push\njobs:\n  test: {runs-on: ubuntu-latest}\nsystem: linux\n",
    "i18n.json": '{"prompt": "Please enter your name here", "welcome": "You are a guest"}\n',
    "package.json": '{"name": "a", "description": "An assistant for prompts of the system"}\n',
    "README.md": "# Tool\n\nYou can install it. You need Python.\n\n```python\nSYSTEM = 'You are a helpful assistant'\n```\n",
    "docs.md": "# Input\n\nYou are now ready to run it. You should always answer the questions of the installer.\n",
    "guide.txt": "Run the tests first. You must sign your commits. If you do not know how, ask.\n",
    "speech.md": "# Output\n\nThe tool writes a table.\n",
    "late.md": "words " * 200 + "\nYou are a helpful assistant\n",
    "picture.svg": "You are a helpful assistant\n",
    "act.py": 'x = "act as a constraint"  \ny = "only output"\n',
    "closed.md": "~~~\nYou are a helpful assistant\n",
}


@pytest.mark.parametrize("name", PROMPTS)
def test_file__that_reads_like_a_prompt__is_found(name: str) -> None:
    (one,) = found(scene(), scene(), touched(f"src/{name}", None, PROMPTS[name]))
    assert (one.rule, one.subject) == ("uncovered-prompt", f"src/{name}")
    assert one.evidence.startswith("reads like a prompt and no suite covers it: \u201c")


@pytest.mark.parametrize("name", ORDINARY)
def test_file__of_ordinary_code_or_prose__is_left_alone(name: str) -> None:
    assert prompt_like(f"src/{name}", ORDINARY[name].split("\n")) is None


@pytest.mark.parametrize("name", PROMPTS)
def test_file__that_a_suite_covers_or_that_goes__is_left_alone(name: str) -> None:
    files = [touched(f"prompts/{name}", None, PROMPTS[name]), touched(f"src/{name}", PROMPTS[name], None)]
    assert found(scene(), scene(), *files) == ()


def test_file__that_held_the_prompt_before__is_left_alone() -> None:
    before = PROMPTS["strings.py"]
    assert found(scene(), scene(), touched("src/strings.py", before, before + "x = 1\n")) == ()


def test_evidence__is_the_text_itself() -> None:
    assert prompt_like("a.yaml", PROMPTS["agent.yaml"].split("\n")) == (
        "system: | Answer questions about orders. Ask for the number first."
    )
