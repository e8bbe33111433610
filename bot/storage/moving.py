"""A person comes back to their case by another door: what is written there, and who may see it, from then on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

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
#: Where nobody was asked yet whether it is they; what was asked elsewhere does not count there.
_DOUBTED: Mapping[str, object] = {"in_doubt": True, "checking_at": None}


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
    # What was asked elsewhere is not answered by what is said here.
    read: dict[str, object] = {"undelivered_at": None, "turns": turn, "moved_turn": turn, "door_asks": 0}
    sure: dict[str, object] = {"in_doubt": False, "checking_at": None, "untold": None}
    group = store.vault.pseudonym(origin.group) if origin.group else ""
    await _there(connection, store, number, _door(store, origin) | read | sure, what="came_back", group=group)
    if before is None or before.id == number:
        return None
    await note(connection, number, now, what=INSTEAD_OF, value=str(before.id))
    await note(connection, before.id, now, what=GOES_ON_IN, value=str(number))
    other: int = before.id
    return other


async def follow(connection: AsyncConnection, store: Store, found: CaseRow, origin: Origin) -> CaseRow | None:
    """Words come from where the person was before they went on elsewhere, and no code with them. Gives the case.

    Who moved on by code and is there still is not taken away from there: somebody else may have the device that they
    left. Then None, and the history says which words these were. Else they are answered here from now on; whether it is
    they must first be asked here, whatever was asked elsewhere.
    """
    if await stays(connection, found, store.now()):
        await note(connection, found.id, store.now(), what="wrote_before", value=origin.channel)
        return None
    there = _door(store, origin) | {"moved_turn": desk_case.c.turns + 1, **_DOUBTED}
    await _there(connection, store, found.id, there, what="wrote_again")
    return (await connection.execute(select(desk_case).where(desk_case.c.id == found.id))).one()


async def stays(connection: AsyncConnection, found: CaseRow, now: dt.datetime) -> bool:
    """Whether a case goes on where it is though words come from a door that was left.

    So while somebody was heard there a short while ago, or awaits an answer to what they said there: not once that door
    is gone, or they left it and said nothing since; nor is an answer owed where they were never asked who they are.
    """
    moved, left = found.moved_turn or 0, found.left_turn or 0
    if found.address is None or left >= max(found.door_asks, moved):
        return False
    followed = found.in_doubt and moved > left
    return (found.heard < found.door_asks and not followed) or await _heard_lately(connection, found, now)


async def wrote_before(connection: AsyncConnection, store: Store, found: CaseRow, origin: Origin) -> None:
    """Remember where words came from that wait while the case goes on elsewhere: there they can be asked who they are.

    Called before the turn is counted.
    """
    door = _door(store, origin) | {"turn": found.turns + 1}
    row = upsert(connection, case_door).values(case=found.id, **door)
    await connection.execute(row.on_conflict_do_update(index_elements=["case", "talk"], set_=door))


async def earlier_door(connection: AsyncConnection, row: CaseRow) -> CaseRow | None:
    """The door that was left from which the newest words of an open case came; None where they came from elsewhere."""
    newest = max(row.door_asks, row.moved_turn or 0)
    theirs = (case_door.c.case == row.id, case_door.c.talk != row.talk, case_door.c.address.is_not(None))
    wanted = select(case_door).where(*theirs, case_door.c.turn > newest).order_by(case_door.c.turn.desc()).limit(1)
    return (await connection.execute(wanted)).first()


async def go_back(connection: AsyncConnection, store: Store, row: CaseRow) -> CaseRow | None:
    """The case goes on at the door from which its newest words came; it is not known whether they are the person's.

    Gives the case as it is then; None where there is no such door.
    """
    found = await earlier_door(connection, row)
    if found is None:
        return None
    door = {name: getattr(found, name) for name in ("talk", "channel", "address")}
    await _there(connection, store, row.id, door | {"moved_turn": found.turn, **_DOUBTED}, what="asked_before")
    return (await connection.execute(select(desk_case).where(desk_case.c.id == row.id))).one()


async def left_for_good(connection: AsyncConnection, name: str, visits: Collection[str]) -> None:
    """A talk ended that was a visit: nobody can be asked there any more."""
    gone = update(case_door).where(case_door.c.talk == name, case_door.c.channel.in_(visits))
    await connection.execute(gone.values(address=None))


async def _heard_lately(connection: AsyncConnection, found: CaseRow, now: dt.datetime) -> bool:
    """Whether anything came of the person, where they are now, a short while ago: words, or their return."""
    back = (await connection.execute(select(case_event.c.at).where(case_event.c.id == found.came_back))).scalar()
    return any(abs(now - heard) <= THERE_STILL for heard in (found.child_at, back) if heard is not None)


def _door(store: Store, origin: Origin) -> dict[str, object]:
    vault = store.vault
    return {
        "talk": vault.pseudonym(origin.talk),
        "channel": origin.channel,
        "address": vault.seal(origin.address.encode()),
    }


async def _there(
    connection: AsyncConnection,
    store: Store,
    number: int,
    there: Mapping[str, object],
    *,
    what: str,
    group: str = "",
) -> None:
    now, name = store.now(), str(there["talk"])
    await _remember(connection, number, name)
    await note(connection, number, now, what=what, value=str(there["channel"]))
    came_back = select(func.max(case_event.c.id)).where(case_event.c.case == number).scalar_subquery()
    values = {**there, "came_back": came_back}
    await connection.execute(update(desk_case).where(desk_case.c.id == number).values(**values))
    await narrow_all(connection, name, await belonging(connection, name, group), at=now)


async def _remember(connection: AsyncConnection, number: int, name: str) -> None:
    """What they go on to write where they were until now still belongs to the case."""
    wanted = select(desk_case.c.talk).where(desk_case.c.id == number)
    was = (await connection.execute(wanted)).scalar_one()
    if was != name:
        door = upsert(connection, case_door).values(case=number, talk=was)
        await connection.execute(door.on_conflict_do_nothing())
