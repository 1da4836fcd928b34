import hashlib

import pytest

from mergefloor.storage.signing import Signer, hkdf

# RFC 5869, appendix A: the three cases for SHA-256 (secret, salt, info, length, output).
RFC_5869 = [
    (
        "0b" * 22,
        "000102030405060708090a0b0c",
        "f0f1f2f3f4f5f6f7f8f9",
        42,
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    ),
    (
        bytes(range(0x00, 0x50)).hex(),
        bytes(range(0x60, 0xB0)).hex(),
        bytes(range(0xB0, 0x100)).hex(),
        82,
        "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
        "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
    ),
    (
        "0b" * 22,
        "",
        "",
        42,
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
    ),
]


@pytest.mark.parametrize(("secret", "salt", "info", "length", "expected"), RFC_5869)
def test_hkdf__vectors_of_the_rfc__same_bytes(secret, salt, info, length, expected):
    made = hkdf(bytes.fromhex(secret), salt=bytes.fromhex(salt), info=bytes.fromhex(info), length=length)
    assert made.hex() == expected


def test_hkdf__more_than_255_blocks__refused():
    assert len(hkdf(b"s", info=b"", length=255 * 32)) == 255 * 32
    with pytest.raises(ValueError, match="at most 8160 bytes"):
        hkdf(b"s", info=b"", length=255 * 32 + 1)


def test_signer__documented_message__hmac_over_label_key_and_text():
    derived = hkdf(b"secret", info=b"mergefloor-cache-v1")
    inner = hashlib.sha256(
        bytes(b ^ 0x36 for b in derived.ljust(64, b"\0")) + b"mergefloor-cache-v1\0ab\0text"
    )
    outer = hashlib.sha256(bytes(b ^ 0x5C for b in derived.ljust(64, b"\0")) + inner.digest())
    assert Signer.of(b"secret").sign("ab", "text") == outer.hexdigest()


def test_signer__anything_else_changed__does_not_verify():
    signer = Signer.of(b"secret")
    mac = signer.sign("ab", "text")
    assert signer.verify("ab", "text", mac)
    assert not signer.verify("ac", "text", mac)
    assert not signer.verify("ab", "texT", mac)
    assert not signer.verify("ab", "text", mac[:-1])
    assert not Signer.of(b"Secret").verify("ab", "text", mac)


def test_signer__printed__hides_its_key():
    signer = Signer.of(b"secret")
    assert signer.key.hex() not in repr(signer)
    assert str(signer.key) not in repr(signer)
    assert signer.fingerprint != Signer.of(b"other").fingerprint
