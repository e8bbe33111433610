"""What can go wrong with stored data; ``key`` names the sentence in ``knowledge/messages/storage.yaml``."""

from __future__ import annotations


class StorageError(Exception):
    """Something stored cannot be read or written. The text never holds content, only what to do."""

    key = "storage.failed"
    text = "The database refused the work."

    def __init__(self, detail: str = "") -> None:
        self.detail = detail
        super().__init__(f"{self.text} ({detail})" if detail else self.text)


class DatabaseFullError(StorageError):
    """No room is left."""

    key = "storage.full"
    text = "The disk of the database is full: make room, then start again."


class DatabaseLockedError(StorageError):
    """Another process holds the database for too long."""

    key = "storage.locked"
    text = "Another process holds the database: wait for it or end it."


class DataFolderBusyError(StorageError):
    """Another service runs on the data folder."""

    key = "storage.busy"
    text = "Another service runs on this data folder: stop it first, or set FAXIAOHU_DATA_DIR."


class DatabaseReadOnlyError(StorageError):
    """The file or its folder cannot be written."""

    key = "storage.read_only"
    text = "The database cannot be written: check who owns its folder."


class DatabaseUnreachableError(StorageError):
    """The file cannot be opened, or the server does not answer."""

    key = "storage.unreachable"
    text = "The database cannot be reached: check its address, its folder and that its server runs."


class NotADatabaseError(StorageError):
    """The file is something else, or damaged."""

    key = "storage.not_a_database"
    text = "The file is no database or is damaged: restore a backup."


class UnsupportedDatabaseError(StorageError):
    """The address names a kind of database that is not served."""

    key = "storage.unsupported"
    text = "Only sqlite and postgresql addresses are served."


class SchemaTooOldError(StorageError):
    """The tables are missing or older than this program."""

    key = "storage.schema_old"
    text = "The tables are missing or too old: run `faxiaohu db upgrade`."


class SchemaTooNewError(StorageError):
    """A newer program has made the tables."""

    key = "storage.schema_new"
    text = "The tables were made by a newer version: start that version."


class WrongKeyError(StorageError):
    """What is stored was sealed with another key, or has been changed."""

    key = "storage.wrong_key"
    text = "This was sealed with another key or has been changed: give the key that belongs to this data."


class KeyMissingError(StorageError):
    """Something is stored, and the key that opens it is not here."""

    key = "storage.key_missing"
    text = "There is data here, but not the key that belongs to it: give it; none was made instead."


class KeyFileError(StorageError):
    """The server's key cannot be read, written or understood."""

    key = "storage.key_file"
    text = "The server key cannot be used."


class BackupError(StorageError):
    """A backup cannot be made or restored; nothing was changed."""

    key = "storage.backup"
    text = "The backup was refused; nothing was changed."


class UsePgDumpError(BackupError):
    """PostgreSQL has better tools for this."""

    key = "storage.use_pg_dump"
    text = "For PostgreSQL use pg_dump and pg_restore, and keep the server key beside the dump."
