"""A person comes back to their case by another door: what is written there, and who may see it, from then on."""

from __future__ import annotations

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.message import Origin
from bot.storage.belonging import belonging, narrow_all
from bot.storage.case_rows import GOES_ON_IN, INSTEAD_OF, CaseRow, note, open_of
from bot.storage.desk_tables import case_door, case_event, desk_case
from bot.storage.store import Store
from bot.storage.tables import upsert


async def move(connection: AsyncConnection, store: Store, number: int, origin: Origin) -> int | None:
    """The person came back by code: they read there what was said, and are answered there from now on.

    What is written there belongs to this case. Gives the one that it belonged to before, where that is open: the
    history of each names the other, so that who has the one can ask who has the other. Both are of one person, of
    their schools and their wish for nobody of these: who may not see the one sees the other no more.
    """
    now = store.now()
    before = await open_of(connection, store.vault.pseudonym(origin.talk), alone=True)
    # It asks for no answer, but nobody ends the case, as out of reach, without having seen it.
    turn = desk_case.c.turns + 1
    read = {"undelivered_at": None, "turns": turn, "moved_turn": turn}
    await _there(connection, store, number, origin, what="came_back", **read)
    if before is None or before.id == number:
        return None
    await note(connection, number, now, what=INSTEAD_OF, value=str(before.id))
    await note(connection, before.id, now, what=GOES_ON_IN, value=str(number))
    other: int = before.id
    return other


async def follow(connection: AsyncConnection, store: Store, number: int, origin: Origin) -> CaseRow:
    """The person writes again where they were before they went on elsewhere: they are answered there. Gives the case.

    They read nothing of what was said meanwhile, and showed no code: whether it is they must be asked before anything
    is written to them, as after every change of doors.
    """
    await _there(connection, store, number, origin, what="wrote_again", moved_turn=desk_case.c.turns + 1)
    return (await connection.execute(select(desk_case).where(desk_case.c.id == number))).one()


async def _there(
    connection: AsyncConnection, store: Store, number: int, origin: Origin, *, what: str, **columns: object
) -> None:
    vault, now = store.vault, store.now()
    name, group = vault.pseudonym(origin.talk), vault.pseudonym(origin.group) if origin.group else ""
    await _remember(connection, number, name)
    await note(connection, number, now, what=what, value=origin.channel)
    there = {
        "talk": name,
        "channel": origin.channel,
        "address": vault.seal(origin.address.encode()),
        "came_back": select(func.max(case_event.c.id)).where(case_event.c.case == number).scalar_subquery(),
    }
    await connection.execute(update(desk_case).where(desk_case.c.id == number).values(**there, **columns))
    await narrow_all(connection, name, await belonging(connection, name, group), at=now)


async def _remember(connection: AsyncConnection, number: int, name: str) -> None:
    """What they go on to write where they were until now still belongs to the case."""
    wanted = select(desk_case.c.talk).where(desk_case.c.id == number)
    was = (await connection.execute(wanted)).scalar_one()
    if was != name:
        door = upsert(connection, case_door).values(case=number, talk=was)
        await connection.execute(door.on_conflict_do_nothing())
