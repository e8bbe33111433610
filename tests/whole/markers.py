"""Looks for words in files, in every spelling in which a program might have written them."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote


def spellings(text: str) -> dict[str, bytes]:
    """The bytes by which this text would be found, by the name of the spelling."""
    data = text.encode()
    found = {
        "UTF-8": data,
        "UTF-16, little end first": text.encode("utf-16-le"),
        "UTF-16, big end first": text.encode("utf-16-be"),
        "GB 18030": text.encode("gb18030"),
        "JSON": json.dumps(text)[1:-1].encode(),
        "hexadecimal": data.hex().encode(),
        "URL": quote(text).encode(),
        "repr of bytes": repr(data)[2:-1].encode(),
    }
    for shift in range(3):
        # Where it stands in a longer text moves the groups of base64: whole groups in the middle stay.
        coded = base64.b64encode(b"\0" * shift + data)
        whole = coded[(4 if shift else 0) : -4]
        found[f"base64 from {shift}"] = whole
        found[f"base64 for URLs from {shift}"] = whole.replace(b"+", b"-").replace(b"/", b"_")
    return found


def number_spellings(number: int) -> dict[str, bytes]:
    """The bytes by which a number of more than four bytes would be found, as text and as databases keep it."""
    return spellings(str(number)) | {
        "six bytes": number.to_bytes(6, "big"),
        "six bytes, little end first": number.to_bytes(6, "little"),
    }


def readable(folder: Path, wanted: dict[str, bytes]) -> list[str]:
    """Where in the files of a folder one of these is found, packed files included: the file, and the spelling."""
    return [
        f"{path.relative_to(folder)}: {name}"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for data in _contents(path)
        for name, spelling in wanted.items()
        if spelling in data
    ]


def _contents(path: Path) -> Iterator[bytes]:
    data = path.read_bytes()
    yield data
    try:
        yield gzip.decompress(data)
    except (OSError, EOFError, zlib.error):
        return
