"""Keys of the desk, of its people and of a child's receipt; what seals to them and opens with them."""

from __future__ import annotations

import base64
import re
import secrets
import unicodedata
from dataclasses import dataclass, field
from hashlib import blake2b

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.pwhash import argon2id
from nacl.secret import SecretBox

KEY_BYTES = 32
SALT_BYTES = argon2id.SALTBYTES
_MEMORY = 64 * 1024 * 1024
_PASSWORD_PASSES, _RECEIPT_PASSES = 3, 2
_RECEIPT_DIGITS, _RECOVERY_BYTES, _GROUP = 16, 20, 4
_RECOVERY_LETTERS = _RECOVERY_BYTES * 8 // 5
_RECOVERY_PURPOSE = b"faxiaohu-recover"
_DASHES = "\u2212\u30fc_.,\u3001\u00b7"
#: Digits that base32 leaves out because they look like its letters.
_LOOKALIKES = str.maketrans("018", "OIB")


class SealError(Exception):
    """Something cannot be opened: another key, a wrong code, or a changed byte. The text never holds content."""


@dataclass(frozen=True, slots=True)
class KeyPair:
    """An X25519 key pair, 32 bytes each; the private half is never shown by ``repr``."""

    public: bytes
    private: bytes = field(repr=False)


def new_pair() -> KeyPair:
    """A random pair."""
    return _pair(PrivateKey.generate())


def new_salt() -> bytes:
    """A random salt for ``password_key`` and ``receipt_pair``."""
    return secrets.token_bytes(SALT_BYTES)


def seal_to(public: bytes, data: bytes) -> bytes:
    """The data sealed so that only the private half opens it (48 bytes longer). Raises SealError for no key."""
    try:
        return bytes(SealedBox(PublicKey(public)).encrypt(data))
    except (CryptoError, ValueError, TypeError):
        raise SealError("not a public key") from None


def open_with(private: bytes, sealed: bytes) -> bytes:
    """What was sealed to the public half. Raises SealError."""
    try:
        return bytes(SealedBox(PrivateKey(private)).decrypt(sealed))
    except (CryptoError, ValueError, TypeError):
        raise SealError("sealed to another key, or changed") from None


def wrap(secret: bytes, data: bytes) -> bytes:
    """The data under a secret of 32 bytes, with a random nonce in front. Raises SealError for another length."""
    return bytes(_box(secret).encrypt(data))


def unwrap(secret: bytes, wrapped: bytes) -> bytes:
    """What was wrapped under the secret. Raises SealError."""
    try:
        return _box(secret).decrypt(wrapped)
    except (CryptoError, ValueError):
        raise SealError("wrapped under another secret, or changed") from None


def password_key(password: str, salt: bytes) -> bytes:
    """32 bytes from a password by Argon2id (64 MiB, 3 passes: about 0.2 s of a core, so call it in a thread).

    The same characters typed on another device may be other code points: they are brought to one form first.
    """
    return _stretched(unicodedata.normalize("NFKC", password), salt, _PASSWORD_PASSES)


def new_receipt_code() -> str:
    """16 random digits in four groups, for the child."""
    digits = "".join(secrets.choice("0123456789") for _ in range(_RECEIPT_DIGITS))
    return _grouped(digits, " ")


def normal_code(text: str) -> str | None:
    """The 16 bare digits of a receipt code as somebody typed it, None where it is not one.

    Full-width digits, spaces and dashes of any kind are accepted.
    """
    digits = _bare(text)
    return digits if re.fullmatch(rf"[0-9]{{{_RECEIPT_DIGITS}}}", digits) else None


def receipt_secret(code: str, salt: bytes) -> bytes:
    """32 bytes from a receipt code by Argon2id (64 MiB, 2 passes: about 0.1 s of a core, so call it in a thread).

    All that is derived from a code comes from this, also what its case is found by: nothing that is stored can be
    compared with a guess more cheaply. Raises SealError where the text is no receipt code.
    """
    digits = normal_code(code)
    if digits is None:
        raise SealError("not a receipt code")
    return _stretched(digits, salt, _RECEIPT_PASSES)


def receipt_name(secret: bytes) -> str:
    """64 hex digits by which the case of a receipt code is found."""
    return blake2b(secret, person=b"faxiaohu-rc-name", digest_size=KEY_BYTES).hexdigest()


def receipt_pair(secret: bytes, salt: bytes) -> KeyPair:
    """The pair of a receipt code's secret in a case with this salt, the same each time."""
    seed = blake2b(secret + salt, person=b"faxiaohu-rc-pair", digest_size=KEY_BYTES).digest()
    return _pair(PrivateKey.from_seed(seed))


def new_recovery() -> tuple[str, KeyPair]:
    """A code of 160 random bits to be printed, in groups of four letters, and the pair derived from it."""
    code = _grouped(base64.b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode(), "-")
    return code, recovery_pair(code)


def recovery_pair(code: str) -> KeyPair:
    """The pair of a printed recovery code, however it was typed. Raises SealError where it is none.

    The code is random and long, so a plain hash is enough.
    """
    letters = _bare(code).upper().translate(_LOOKALIKES)
    if not re.fullmatch(rf"[A-Z2-7]{{{_RECOVERY_LETTERS}}}", letters):
        raise SealError("not a recovery code")
    seed = blake2b(base64.b32decode(letters), person=_RECOVERY_PURPOSE, digest_size=KEY_BYTES).digest()
    return _pair(PrivateKey.from_seed(seed))


def _pair(private: PrivateKey) -> KeyPair:
    return KeyPair(bytes(private.public_key), bytes(private))


def _box(secret: bytes) -> SecretBox:
    try:
        return SecretBox(secret)
    except (CryptoError, ValueError, TypeError):
        raise SealError(f"a secret has {KEY_BYTES} bytes") from None


def _stretched(text: str, salt: bytes, passes: int) -> bytes:
    try:
        return argon2id.kdf(KEY_BYTES, text.encode(), salt, opslimit=passes, memlimit=_MEMORY)
    except (CryptoError, ValueError, TypeError):
        raise SealError(f"a salt has {SALT_BYTES} bytes") from None


def _bare(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text)
    return "".join(sign for sign in plain if not (sign.isspace() or _is_dash(sign)))


def _is_dash(sign: str) -> bool:
    return sign in _DASHES or unicodedata.category(sign) in ("Pd", "Cf")


def _grouped(text: str, between: str) -> str:
    return between.join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))
