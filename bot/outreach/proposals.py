"""Turns questions that had no answer into changes of content to review: patches in the data folder, nowhere else."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.content.problems import ContentError
from bot.content.proposal import more_of, new_topic
from bot.outreach.errors import OutreachError

FOLDER = "proposals"
SUFFIX = ".patch"
_NAME = re.compile(r"20\d{6}-(?:more|new)-[a-z]+\.[a-z0-9_]{1,48}\.patch")
#: How many are kept; the oldest go.
KEPT = 200


@dataclass(frozen=True, slots=True)
class Proposals:
    """Patches in ``folder``, made from the content below ``root``, which is only read."""

    root: Path
    folder: Path

    def more(self, topic: str, today: dt.date, why: str) -> str:
        """Room for more examples and one more side in a topic. Gives the patch's name. Raises OutreachError."""
        return self._kept(
            f"{today:%Y%m%d}-more-{topic}", lambda: more_of(self.root, topic, f"draft_{today:%Y%m%d}", why)
        )

    def new(self, topic: str, today: dt.date, why: str) -> str:
        """The files of a new topic. Gives the patch's name. Raises OutreachError."""
        return self._kept(f"{today:%Y%m%d}-new-{topic}", lambda: new_topic(self.root, topic, why))

    def names(self) -> Sequence[str]:
        """The patches that there are, the newest first."""
        if not self.folder.is_dir():
            return []
        return sorted((path.name for path in self.folder.iterdir() if _NAME.fullmatch(path.name)), reverse=True)

    def read(self, name: str) -> str:
        """A patch. Raises OutreachError where there is none."""
        return self._path(name).read_text("utf-8")

    def drop(self, name: str) -> None:
        """Delete a patch. Raises OutreachError where there is none."""
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        path = self.folder / name
        if not _NAME.fullmatch(name) or not path.is_file():
            raise OutreachError("no_proposal")
        return path

    def _kept(self, name: str, make: Callable[[], str]) -> str:
        try:
            text = make()
        except ContentError:
            raise OutreachError("topic") from None
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.folder / f"{name}{SUFFIX}").write_text(text, encoding="utf-8")
        for old in self.names()[KEPT:]:
            (self.folder / old).unlink(missing_ok=True)
        return f"{name}{SUFFIX}"
