import base64
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mergefloor.render.redact import MARK, Redactor

SECRET = "s3cr+t/Value=With~Odd&chars-0123"
CLEAN = Redactor([SECRET])


@pytest.mark.parametrize(
    "shape",
    [
        "sk-" + "a1" * 24,
        "sk-ant-api03-" + "Ab_-" * 20,
        "sk-proj-" + "x9" * 30,
        "ghp_" + "a" * 36,
        "ghs_" + "B" * 36,
        "github_pat_" + "11AAA_" * 12,
        "AKIA" + "ABCDEFGH12345678",
        "ASIA" + "ABCDEFGH12345678",
        "xoxb-" + "1234567890-abcdef",
        "xapp-1-" + "A012345-678",
        "AIza" + "Sy_-" * 9,
        "hf_" + "q" * 34,
        "glpat-" + "z" * 20,
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
    ],
)
def test_redactor__shape_of_a_key__is_removed(shape):
    assert Redactor()(f"key={shape}, end") == f"key={MARK}, end"


def test_redactor__authorization_header__keeps_the_scheme():
    assert Redactor()("Authorization: Bearer abcdef1234567890==") == f"Authorization: Bearer {MARK}"


def test_redactor__private_key__is_removed_even_when_cut():
    text = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- x"
    assert Redactor()(text) == f"{MARK} x"
    assert Redactor()(text[:40]) == MARK


@pytest.mark.parametrize(
    "text",
    [
        "the task-force of AKIA",
        "desk-lamp",
        "sk-short",
        "bearer of news",
        "basic rules",
        "risk-assessment-of-everything-else",
    ],
)
def test_redactor__ordinary_words__stay(text):
    assert Redactor()(text) == text


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        SECRET[::-1],
        SECRET.encode().hex(),
        SECRET.encode().hex().upper(),
        quote(SECRET, safe=""),
        "".join(f"%{b:02X}" for b in SECRET.encode()),
        "".join(f"%{b:02x}" for b in SECRET.encode()),
        "\n".join(SECRET),
        " ".join(SECRET),
        SECRET[:9] + "\n\u2502 " + SECRET[9:],
        '", "'.join((SECRET[:12], SECRET[12:])),
    ],
)
def test_redactor__registered_secret_in_another_spelling__is_removed(form):
    shown = CLEAN(f"before {form} after")
    assert shown.startswith("before ")
    assert shown.endswith(" after")
    assert MARK in shown
    assert not any(SECRET[i : i + 8] in shown for i in range(len(SECRET) - 8))
    assert form not in shown


@given(st.binary(max_size=12), st.binary(max_size=12), st.booleans())
def test_redactor__secret_inside_a_base64_text__is_removed_at_every_alignment(before, after, url_safe):
    encode = base64.urlsafe_b64encode if url_safe else base64.b64encode
    shown = CLEAN(encode(before + SECRET.encode() + after).decode())
    assert MARK in shown
    assert len(shown) <= len(encode(before).decode()) + len(encode(after).decode()) + len(MARK) + 8


def test_redactor__dummy_key__does_not_blank_out_words():
    assert Redactor(["ollama", "", "x"])("ollama runs") == "ollama runs"


def test_redactor__secret_of_symbols_only__is_removed_as_it_is():
    assert Redactor(["!!--??==::"])("a !!--??==:: b") == f"a {MARK} b"


def test_redactor__one_secret_inside_another__the_longer_goes_whole():
    assert Redactor(["abcdefgh", "abcdefgh-ijklmnop"])("x abcdefgh-ijklmnop y") == f"x {MARK} y"


@given(st.text(max_size=60))
def test_redactor__twice__changes_nothing_more(text):
    once = CLEAN(text + SECRET + text)
    assert SECRET not in once
    assert CLEAN(once) == once


def test_redactor__secret_with_a_lone_surrogate__does_not_fail():
    assert Redactor(["abc\ud800defghij"])("abc\ud800defghij") == MARK
