"""A person comes back to their case by another door: what is written there, and who may see it, from then on."""

from __future__ import annotations

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.message import Origin
from bot.storage.belonging import belonging, narrow_all
from bot.storage.case_rows import GOES_ON_IN, INSTEAD_OF, note, open_of
from bot.storage.desk_tables import case_event, desk_case
from bot.storage.outbox import unawaited
from bot.storage.store import Store


async def move(connection: AsyncConnection, store: Store, number: int, origin: Origin) -> int | None:
    """The person came back by another door: they read there what was said, and are answered there from now on.

    What is written there belongs to this case. Gives the one that it belonged to before, where that is open: the
    history of each names the other, so that who has the one can ask who has the other. Both are of one person, of
    their schools and their wish for nobody of these: who may not see the one sees the other no more.
    """
    vault, now = store.vault, store.now()
    name, group = vault.pseudonym(origin.talk), vault.pseudonym(origin.group) if origin.group else ""
    before = await open_of(connection, name, alone=True)
    await note(connection, number, now, what="came_back", value=origin.channel)
    there = {
        "talk": name,
        "channel": origin.channel,
        "address": vault.seal(origin.address.encode()),
        "came_back": select(func.max(case_event.c.id)).where(case_event.c.case == number).scalar_subquery(),
        "undelivered_at": None,
        # It asks for no answer, but nobody ends the case, as out of reach, without having seen it.
        "turns": desk_case.c.turns + 1,
        "moved_turn": desk_case.c.turns + 1,
    }
    await connection.execute(update(desk_case).where(desk_case.c.id == number).values(**there))
    await narrow_all(connection, name, await belonging(connection, name, group), at=now)
    # What is still on its way to where they were is read here.
    await unawaited(connection, number)
    if before is None or before.id == number:
        return None
    await note(connection, number, now, what=INSTEAD_OF, value=str(before.id))
    await note(connection, before.id, now, what=GOES_ON_IN, value=str(number))
    other: int = before.id
    return other
