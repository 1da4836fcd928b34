"""`mergefloor explain`: base's typical answer against head's, word by word."""

from dataclasses import replace

from tests.unit.render.hostile_texts import CANARY, texts

from mergefloor.core.story import ArmStory, Story
from mergefloor.core.types import (
    Ask,
    Case,
    Cell,
    Document,
    Grade,
    Job,
    Message,
    ModelRef,
    Output,
    Place,
    Request,
    SampleId,
    ToolCall,
)
from mergefloor.render import Redactor, explanation

MODEL = ModelRef(provider="scripted", name="a.yaml", endpoint="sha")
PLACE = Place(path="g.yaml", line=3)


def cell(arm, text, *, passed=True, index=0):
    request = Request(model=MODEL, messages=(Message(role="user", content="hi"),))
    job = Job(
        sample=SampleId(suite="s", case="c", arm=arm, look="plain", index=index),
        case=Case(id="c", place=PLACE, content_hash="c", input="hi"),
        ask=Ask(kind="candidate", request=request, parts={}, subject="c"),
        question="hi",
        graders=(),
    )
    grade = Grade(grader="equals", passed=passed, score=float(passed), reason="because")
    return Cell(job=job, output=Output(text=text), grades=(grade,))


def story(base, head, **more):
    arms = tuple(
        ArmStory(arm=arm, model="m", messages=(Message(role="user", content="hi"),), draws=draws)
        for arm, draws in (("base", base), ("head", head))
    )
    return Story(suite="s", case="c", place=PLACE, identical=False, arms=arms, **more)


def told(base, head, **options):
    return explanation(story(tuple(base), tuple(head)), **options)


def test_explanation__typical_answers__are_compared_word_by_word():
    odd = cell("base", "something else entirely", passed=False)
    base = [odd, *(cell("base", "covered for 24 months from now on", index=n) for n in (1, 2))]
    shown = told(base, [cell("head", "covered for 12 months from now on", passed=False)])
    assert shown.splitlines()[-2:] == [
        "Typical answers compared, [-base-] and {+head+}:",
        "| covered for [-24-]{+12+} months from now on",
    ]


def test_explanation__equal_answers__are_said_to_be_equal():
    shown = told([cell("base", "yes")], [cell("head", "yes")])
    assert shown.splitlines()[-1] == "Both sides typically answer the same."


def test_explanation__little_in_common__is_not_marked():
    shown = told([cell("base", "yes, of course")], [cell("head", "I cannot help with that")])
    assert shown.splitlines()[-1].startswith("The typical answers of base and head share too few words")


def test_explanation__one_side_without_an_answer__has_nothing_to_compare():
    assert "ypical" not in told([], [cell("head", "yes")])
    assert "ypical" not in explanation(Story(suite="s", case="c", place=PLACE, identical=True, arms=()))


def acting(documents=None, tools=None):
    drawn = cell("head", "done")
    return replace(drawn, output=replace(drawn.output, documents=documents, tools=tools))


def test_explanation__what_a_target_did__is_listed_in_order_after_its_words():
    documents = tuple(Document(id=f"doc-{n}") for n in range(22))
    calls = (ToolCall(name="search"), ToolCall(name="book", arguments={"day": 1}))
    shown = told([cell("base", "done")], [acting(documents, calls)])
    assert "    retrieved: 1. doc-0, 2. doc-1, 3. doc-2, " in shown
    assert "20. doc-19 and 2 more\n" in shown
    assert '    called: search({}), book({"day":1})\n' in shown
    shown = told([cell("base", "done")], [acting((), ())])
    assert "    retrieved: nothing\n    called: nothing\n" in shown
    assert "retrieved" not in told([cell("base", "done")], [cell("head", "done")])


def test_explanation__hostile_names_of_documents_and_tools__stay_in_their_line():
    name = "a\n::error::x\x1b[31m"
    shown = told(
        [cell("base", "a")], [acting((Document(id=name),), (ToolCall(name=name, arguments={name: name}),))]
    )
    assert "\x1b" not in shown
    assert "::error::" not in shown
    assert not any(line.startswith("::") for line in shown.splitlines())


def test_explanation__hostile_answers__stay_behind_their_prefix():
    for text in texts(300, seed=55):
        shown = told(
            [cell("base", f"one two three four five {text}")],
            [cell("head", f"one two three four six {text}")],
        )
        for line in shown.splitlines():
            assert CANARY not in line or line.startswith("| ")
            assert "::" not in line
            assert line.isprintable()


def test_explanation__a_secret_across_the_cut__leaves_no_half():
    secret = "tok+en/with=odd&chars-123456"
    text = "word " * 1198 + secret
    shown = told([cell("base", text)], [cell("head", f"{text} more")], redact=Redactor([secret]), width=200)
    assert "[redacted]" in shown
    assert "tok+en" not in shown
