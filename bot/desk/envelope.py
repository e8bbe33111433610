"""A sealed file that travels: opened with a passphrase that was shown once, by anybody who has the program."""

from __future__ import annotations

import base64
import io
import re
import secrets
import unicodedata
import zipfile
import zlib
from collections.abc import Mapping

from bot.desk.sealing import SALT_BYTES, SealError, new_salt, password_key, unwrap, wrap

HEADER = b"FAXIAOHU-CASE 1\n"
SUFFIX = ".fxhcase"
_BYTES, _GROUP = 15, 4
_LETTERS = _BYTES * 8 // 5
#: Digits that base32 leaves out because they look like its letters.
_LOOKALIKES = str.maketrans("018", "OIB")
#: More than any case holds: what unpacks to more is no export of ours.
_LARGEST = 64 * 1024 * 1024


class EnvelopeError(Exception):
    """The file cannot be opened: another passphrase, or it is damaged or something else."""


def new_passphrase() -> str:
    """120 random bits as six groups of four letters."""
    letters = base64.b32encode(secrets.token_bytes(_BYTES)).decode()
    return "-".join(letters[start : start + _GROUP] for start in range(0, _LETTERS, _GROUP))


def normal_passphrase(typed: str) -> str | None:
    """The bare letters of a passphrase, however it was typed; None where it is none."""
    bare = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", typed)).upper().translate(_LOOKALIKES)
    return bare if re.fullmatch(rf"[A-Z2-7]{{{_LETTERS}}}", bare) else None


def seal_files(files: Mapping[str, bytes], passphrase: str) -> bytes:
    """The files as one sealed file: HEADER, a salt of 16 bytes, and a SecretBox (nonce first) over a ZIP archive.

    Its key is Argon2id (64 MiB, 3 passes, 32 bytes) of the passphrase's 24 capital letters without dashes. That
    costs 0.2 s of a core: call it in a thread. Raises EnvelopeError.
    """
    letters = normal_passphrase(passphrase)
    if letters is None:
        raise EnvelopeError("not a passphrase")
    packed, salt = io.BytesIO(), new_salt()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return HEADER + salt + wrap(password_key(letters, salt), packed.getvalue())


def open_files(sealed: bytes, passphrase: str) -> dict[str, bytes]:
    """What was sealed, by name. It costs 0.2 s of a core. Raises EnvelopeError."""
    letters, begin = normal_passphrase(passphrase), len(HEADER)
    if not sealed.startswith(HEADER):
        raise EnvelopeError("this is no sealed case")
    if letters is None:
        raise EnvelopeError("not a passphrase")
    salt = sealed[begin : begin + SALT_BYTES]
    try:
        packed = unwrap(password_key(letters, salt), sealed[begin + SALT_BYTES :])
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            if sum(item.file_size for item in archive.infolist()) > _LARGEST:
                raise EnvelopeError("it holds more than a case")
            return {item.filename: archive.read(item) for item in archive.infolist()}
    except (SealError, zipfile.BadZipFile, zlib.error):
        raise EnvelopeError("another passphrase, or the file is damaged") from None
