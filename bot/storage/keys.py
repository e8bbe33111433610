"""The server's key: given, or made once in the data folder."""

from __future__ import annotations

import base64
import binascii
import contextlib
import os
import secrets
from pathlib import Path

from bot.storage.errors import KeyFileError, KeyMissingError
from bot.storage.vault import KEY_BYTES

KEY_FILE = "server.key"


def load_key(data_dir: Path, given: str | None = None, *, make: bool = True) -> bytes:
    """The 32 bytes of the server's key: ``given`` in base64, or from the data folder, made there at first use.

    Processes that start at once agree on one key. ``make``: False where there is data already, which a new key could
    not open. Raises KeyFileError, KeyMissingError.
    """
    if given is not None:
        return _decoded(given)
    path = data_dir / KEY_FILE
    try:
        if not path.exists():
            if not make:
                raise KeyMissingError
            _create(path)
        return _decoded(path.read_text("ascii"))
    except UnicodeDecodeError:
        raise KeyFileError("it is not base64") from None
    except OSError as error:
        raise KeyFileError(error.strerror or type(error).__name__) from None


def _create(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        # A link appears whole or not at all, and never replaces the key of a process that was faster.
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _decoded(text: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise KeyFileError("it is not base64") from None
    if len(key) != KEY_BYTES:
        raise KeyFileError(f"it must hold {KEY_BYTES} bytes")
    return key
