"""What a backup is: a compressed tar of the database, the server's key and a manifest with their hashes."""

from __future__ import annotations

import hashlib
import tarfile
import zlib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.storage.errors import BackupError
from bot.storage.keys import KEY_FILE

MANIFEST = "manifest.json"
DATABASE = "database.sqlite3"
FORMAT = 1
_SMALL = 64 * 1024
_EXPECTED = frozenset({MANIFEST, DATABASE, KEY_FILE})


class Manifest(BaseModel):
    """What an archive holds: ``sha256`` by the name of the file; ``made_at`` in UTC."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int
    version: str
    revision: str
    made_at: str
    sha256: dict[str, str]


def pack(folder: Path, target: Path) -> None:
    """Write the files of a folder as an archive that only this user can read."""
    target.touch(mode=0o600, exist_ok=False)
    with tarfile.open(target, "w:gz") as archive:
        for file in sorted(folder.iterdir()):
            archive.add(file, arcname=file.name, recursive=False, filter=_anonymous)


def unpack(source: Path, folder: Path) -> Manifest:
    """Extract an archive into an empty folder and verify it. Raises BackupError for anything unexpected."""
    try:
        with tarfile.open(source, "r:gz") as archive:
            members = _expected(archive)
            archive.extractall(folder, members, filter="data")
        for file in folder.iterdir():
            file.chmod(0o600)
        manifest = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except (tarfile.TarError, zlib.error, EOFError, ValidationError, OSError) as error:
        raise BackupError(f"the archive cannot be read: {type(error).__name__}") from None
    _verify(manifest, folder)
    return manifest


def digest(file: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _expected(archive: tarfile.TarFile) -> list[tarfile.TarInfo]:
    members = archive.getmembers()
    names = [member.name for member in members]
    if len(set(names)) != len(names) or not set(names) <= _EXPECTED or not {MANIFEST, DATABASE} <= set(names):
        raise BackupError("the archive holds other files than a backup")
    if any(not member.isreg() or (member.name != DATABASE and member.size > _SMALL) for member in members):
        raise BackupError("the archive holds something that is no plain file")
    return members


def _verify(manifest: Manifest, folder: Path) -> None:
    if manifest.format != FORMAT:
        raise BackupError("another version has made the archive")
    held = {file.name for file in folder.iterdir()} - {MANIFEST}
    if held != set(manifest.sha256) or any(digest(folder / name) != manifest.sha256[name] for name in held):
        raise BackupError("the archive was damaged or changed")


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member
