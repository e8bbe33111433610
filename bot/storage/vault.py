"""Seals what rests, and turns names into pseudonyms that only the key can make again."""

from __future__ import annotations

from hashlib import blake2b

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from bot.storage.errors import KeyFileError, WrongKeyError

KEY_BYTES = 32
_PSEUDONYM_BYTES = 16
_CHAIN_BYTES = 32


class Vault:
    """Seals and opens bytes under the server's key of 32 bytes. Raises KeyFileError for another length.

    Sealing, naming and chaining use keys derived from it (keyed BLAKE2b with a personalisation), so that none
    tells anything about the others.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise KeyFileError(f"a key has {KEY_BYTES} bytes")
        self._box = SecretBox(_derived(key, b"faxiaohu-seal"))
        self._names = _derived(key, b"faxiaohu-names")
        self._links = _derived(key, b"faxiaohu-chain")

    def seal(self, data: bytes) -> bytes:
        """Encrypted and authenticated, with a random nonce in front (40 bytes longer)."""
        return bytes(self._box.encrypt(data))

    def open(self, sealed: bytes) -> bytes:
        """What was sealed. Raises WrongKeyError where the key is another or a byte was changed."""
        try:
            return self._box.decrypt(sealed)
        except (CryptoError, ValueError):
            raise WrongKeyError from None

    def pseudonym(self, text: str) -> str:
        """32 hex digits that stand for a text; the same each time, irreversible without the key."""
        return blake2b(text.encode(), digest_size=_PSEUDONYM_BYTES, key=self._names).hexdigest()

    def chain(self, data: bytes) -> str:
        """64 hex digits over a line of the audit log, which nobody can make without the key."""
        return blake2b(data, digest_size=_CHAIN_BYTES, key=self._links).hexdigest()


def _derived(key: bytes, purpose: bytes) -> bytes:
    return blake2b(key=key, person=purpose, digest_size=KEY_BYTES).digest()
