"""Who may have written an entry: HMAC-SHA256 under a key derived with HKDF (RFC 5869) from a secret."""

from __future__ import annotations

import hashlib
import hmac
import math
from dataclasses import dataclass, field

LABEL = b"mergefloor-cache-v1"
HASH_BYTES = 32
MOST_BLOCKS = 255


def hkdf(secret: bytes, *, salt: bytes = b"", info: bytes, length: int = HASH_BYTES) -> bytes:
    """`length` bytes of key material, at most 255 * 32. RFC 5869 section 2, with SHA-256."""
    blocks = math.ceil(length / HASH_BYTES)
    if blocks > MOST_BLOCKS:
        raise ValueError(f"HKDF-SHA256 yields at most {MOST_BLOCKS * HASH_BYTES} bytes, not {length}")
    extracted = hmac.digest(salt or bytes(HASH_BYTES), secret, hashlib.sha256)
    block, material = b"", b""
    for number in range(1, blocks + 1):
        block = hmac.digest(extracted, block + info + bytes([number]), hashlib.sha256)
        material += block
    return material[:length]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Signs what is stored and verifies what is read. The key never shows in a repr."""

    key: bytes = field(repr=False)

    @classmethod
    def of(cls, secret: bytes) -> Signer:
        """The signer of a secret: a cache key, a provider key or the key file of a laptop."""
        return cls(key=hkdf(secret, info=LABEL))

    def sign(self, key: str, text: str) -> str:
        """64 hex digits over the address and the entry's text, so that neither can be exchanged alone."""
        message = b"\0".join((LABEL, key.encode("ascii"), text.encode("utf-8", "surrogatepass")))
        return hmac.digest(self.key, message, "sha256").hex()

    def verify(self, key: str, text: str, mac: str) -> bool:
        """True if `mac` (ASCII) is the signature, in constant time."""
        return hmac.compare_digest(self.sign(key, text), mac)

    @property
    def fingerprint(self) -> str:
        """Tells keys apart without telling the key."""
        return hmac.digest(self.key, LABEL + b" fingerprint", "sha256").hex()[:16]
