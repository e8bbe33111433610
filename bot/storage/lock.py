"""One service at a time over a data folder."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType

from bot.storage.errors import DatabaseUnreachableError, DataFolderBusyError

LOCK_FILE = ".running"


class DataFolderLock:
    """Held while the service runs; the system lets go of it however the process ends."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / LOCK_FILE
        self._file = -1

    def __enter__(self) -> DataFolderLock:
        """Takes the lock. Raises DataFolderBusyError, or DatabaseUnreachableError where the folder cannot be made."""
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise DatabaseUnreachableError(error.strerror or "") from None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._file)
            raise DataFolderBusyError from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Lets go."""
        os.close(self._file)
