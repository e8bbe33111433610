"""A short number by which two people make sure, on the telephone, that they see the same key."""

from __future__ import annotations

from hashlib import blake2b

_DIGITS, _GROUP = 12, 4


def fingerprint(public: bytes) -> str:
    """Twelve digits in three groups, from a public key."""
    number = int.from_bytes(blake2b(public, digest_size=16, person=b"faxiaohu-finger").digest())
    digits = f"{number % 10**_DIGITS:0{_DIGITS}d}"
    return " ".join(digits[start : start + _GROUP] for start in range(0, _DIGITS, _GROUP))
