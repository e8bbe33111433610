"""A person comes back to their case by another door: what is written there, and who may see it, from then on."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.message import Origin
from bot.storage.belonging import belonging, narrow_all
from bot.storage.case_rows import GOES_ON_IN, INSTEAD_OF, CaseRow, note, open_of
from bot.storage.desk_tables import case_door, case_event, desk_case
from bot.storage.store import Store
from bot.storage.tables import upsert

#: So long after they were heard where they are now, they are taken to be there still.
THERE_STILL = dt.timedelta(minutes=15)


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
    read = {"undelivered_at": None, "turns": turn, "moved_turn": turn, "in_doubt": False}
    await _there(connection, store, number, origin, what="came_back", **read)
    if before is None or before.id == number:
        return None
    await note(connection, number, now, what=INSTEAD_OF, value=str(before.id))
    await note(connection, before.id, now, what=GOES_ON_IN, value=str(number))
    other: int = before.id
    return other


async def follow(connection: AsyncConnection, store: Store, found: CaseRow, origin: Origin) -> CaseRow | None:
    """Words come from where the person was before they went on elsewhere, and no code with them. Gives the case.

    Who moved on by code and is there still is not taken away from there: somebody else may have the device that they
    left. Then None, and the history says which words these were. Where they are out of reach, silent for long, or not
    known to be themselves, they are answered here from now on; whether it is they must first be asked.
    """
    if not found.in_doubt and found.address is not None and await _heard_lately(connection, found, store.now()):
        await note(connection, found.id, store.now(), what="wrote_before", value=origin.channel)
        return None
    columns = {"moved_turn": desk_case.c.turns + 1, "in_doubt": True}
    await _there(connection, store, found.id, origin, what="wrote_again", **columns)
    return (await connection.execute(select(desk_case).where(desk_case.c.id == found.id))).one()


async def _heard_lately(connection: AsyncConnection, found: CaseRow, now: dt.datetime) -> bool:
    """Whether anything came of the person, where they are now, a short while ago: words, or their return."""
    back = (await connection.execute(select(case_event.c.at).where(case_event.c.id == found.came_back))).scalar()
    return any(abs(now - heard) <= THERE_STILL for heard in (found.child_at, back) if heard is not None)


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
