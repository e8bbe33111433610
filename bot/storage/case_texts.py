"""The sealed words of a case, each message of a channel once."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.desk import Filing
from bot.storage.desk_tables import case_message
from bot.storage.store import Store
from bot.storage.tables import upsert


@dataclass(frozen=True, slots=True)
class CaseTexts:
    """The texts that are filed, each within a transaction of the caller's."""

    store: Store

    async def is_new(self, connection: AsyncConnection, number: int, filing: Filing) -> bool:
        """Whether this very message is not filed in the case of this number yet; without a name it always is."""
        delivery = self._delivery(filing)
        if delivery is None:
            return True
        seen = select(case_message.c.id).where(case_message.c.case == number, case_message.c.delivery == delivery)
        return (await connection.execute(seen)).first() is None

    async def keep(self, connection: AsyncConnection, number: int, filing: Filing, unsure: str) -> None:
        """Add them to a case, and what was told; ``unsure``: why they may not be the child's."""
        said = [("child", text, unsure) for text in filing.texts]
        if filing.told is not None:
            said.append(("service", filing.told, ""))
        for place, (author, text, whose) in enumerate(said, start=1):
            row = upsert(connection, case_message).values(
                case=number,
                at=self.store.now(),
                author=author,
                generation=text.generation,
                for_desk=text.for_desk,
                for_child=text.for_child,
                delivery=self._delivery(filing) if place == len(said) else None,
                unsure=whose,
            )
            await connection.execute(row.on_conflict_do_nothing(index_elements=["case", "delivery"]))

    def _delivery(self, filing: Filing) -> str | None:
        named = filing.origin.delivery
        return self.store.vault.pseudonym(f"{filing.origin.channel}:{named}") if named else None
