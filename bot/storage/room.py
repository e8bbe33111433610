"""How much room is left where the data lies."""

from __future__ import annotations

import shutil
from pathlib import Path

#: Bytes below which there is no room: a day of a busy service, and time enough to make some.
ENOUGH = 200_000_000


def has_room(folder: Path) -> bool:
    """Whether enough room is left in a folder; so too where nobody can say."""
    try:
        return shutil.disk_usage(folder).free >= ENOUGH
    except OSError:
        return True
