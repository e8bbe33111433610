"""How what people on duty write is sealed, and sent to the child."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.decision import Decision
from bot.core.desk import SealedText
from bot.core.outward import Outward
from bot.desk.sealing import seal_to
from bot.desk.worker import DeskError
from bot.storage.case_rows import CaseRow, undelivered
from bot.storage.casework import SealedCasework
from bot.storage.desk_keys import SealedDeskKeys
from bot.storage.store import Store


@dataclass(frozen=True, slots=True)
class Addressing:
    """The ways to children. ``outward``: by channel; everything raises StorageError, and is part of a transaction."""

    store: Store
    outward: Mapping[str, Outward]

    async def sealed(self, connection: AsyncConnection, row: CaseRow, text: str, *, child: bool = True) -> SealedText:
        """For the desk, and unless ``child`` is false for whoever has the code. Raises DeskError without a key."""
        key = await SealedDeskKeys(self.store).current(connection)
        if key is None:
            raise DeskError("no_key")
        data, public = text.encode(), row.receipt_public if child else None
        return SealedText(key.generation, seal_to(key.public, data), seal_to(public, data) if public else None)

    async def owe(self, connection: AsyncConnection, row: CaseRow, decision: Decision) -> bool:
        """Send what is owed to the child; where there is no way to them it stays owed. A drill has nobody to reach."""
        going = await self.send(connection, row, decision) or row.synthetic
        if not going:
            await undelivered(connection, row.id, self.store.now())
        return going

    async def send(self, connection: AsyncConnection, row: CaseRow, decision: Decision) -> bool:
        """Send what may as well be missed; False where there is no way to them."""
        outward, address = self.outward.get(row.channel), SealedCasework(self.store).address(row)
        if outward is not None and address is not None:
            await SealedCasework(self.store).deliver(connection, row, outward.outgoing(address, decision))
        return outward is not None and address is not None
