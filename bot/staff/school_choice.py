"""Which school a member of staff is of: chosen of those that are registered, typed where it is none of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.desk.school_names import alike
from bot.staff.errors import StaffError
from bot.storage.schools import SealedSchools
from bot.storage.store import Store


class AlikeError(StaffError):
    """What was typed may mean a registered school: whoever typed it has to say that it does not."""

    def __init__(self, names: list[str]) -> None:
        super().__init__("school_alike", names="、".join(names))


@dataclass(frozen=True, slots=True)
class SchoolChoice:
    """The part of a form that says it. Raises StorageError."""

    store: Store

    async def registered(self) -> list[str]:
        """The schools to choose from."""
        return [school.name for school in await SealedSchools(self.store).schools()]

    async def chosen(self, form: Mapping[str, str]) -> str:
        """What is kept: the school of the list, what was typed, or both. Raises StaffError, AlikeError."""
        known, picked, typed = await self.registered(), form["registered"], " ".join(form["school"].split())
        if picked and picked not in known:
            raise StaffError("post")
        found = [name for name in alike(typed, known) if name != picked]
        if found and not form["apart"]:
            raise AlikeError(found)
        return "、".join(dict.fromkeys(filter(None, (picked, typed))))
