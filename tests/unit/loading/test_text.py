import pytest

from mergefloor.errors import InputError
from mergefloor.loading.limits import MIB, Limits
from mergefloor.loading.text import decode, line_at

LIMITS = Limits(size=2 * MIB)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"a\nb\xff", "a.txt:2: byte 0xff is not valid UTF-8; save the file as UTF-8"),
        (b"\xc0\xaf", "a.txt:1: byte 0xc0 is not valid UTF-8; save the file as UTF-8"),
        (b"\xed\xa0\x80", "a.txt:1: byte 0xed is not valid UTF-8; save the file as UTF-8"),
        (b"a\r\nb\0", "a.txt:2: the text contains a NUL byte; remove it"),
        ("a".encode("utf-16"), "a.txt:1: the file is UTF-16, not UTF-8; save it as UTF-8"),
        (b"a" * (2 * MIB + 1), "a.txt:1: the file has 2,097,153 bytes; keep it under 2 MiB"),
    ],
)
def test_decode__bytes_that_are_no_text__are_refused_with_the_line(data: bytes, says: str) -> None:
    with pytest.raises(InputError) as caught:
        decode("a.txt", data, LIMITS)
    assert str(caught.value) == says


def test_decode__byte_order_mark__goes_and_line_ends_stay() -> None:
    assert decode("a.txt", b"\xef\xbb\xbfa\r\nb\n\xef\xbb\xbf", LIMITS) == "a\r\nb\n\ufeff"


@pytest.mark.parametrize(
    ("position", "line"), [(0, 1), (2, 1), (3, 2), (4, 2), (5, 3), (6, 3), (7, 4), (8, 5)]
)
def test_line_at__mixed_line_ends__each_counts_once(position: int, line: int) -> None:
    assert line_at("a\r\nb\n\r\n\r", position) == line
