"""Rows of the desk as tests of its repositories need them, on either kind of database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert

from bot.storage.desk_tables import case_message, desk_case
from bot.storage.staff_tables import staff
from bot.storage.store import Store


async def person(store: Store, name: str) -> int:
    row = {"name": name, "display": name, "role": "counsellor", "line": 1, "region": "", "school": ""}
    row |= {"state": "active", "failures": 0, "created_at": store.now()}
    async with store.writing() as connection:
        return int((await connection.execute(insert(staff).values(**row).returning(staff.c.id))).scalar_one())


async def case(store: Store, **changes: Any) -> int:
    now = store.now()
    row: dict[str, Any] = {"talk": "t" * 32, "channel": "telegram", "address": b"sealed address", "level": "urgent"}
    row |= {"kind": "sexual", "why": "risk", "reader": "student", "region": "east", "school": "第一中学", "rung": 0}
    row |= {"outsiders_only": False, "synthetic": False, "state": "closed", "opened_at": now, "child_at": now}
    row |= {"closed_at": now, "outcome": "helped", "erase_at": now, "held": False, "safe": "no", "write_when": "never"}
    row |= {"receipt": "r" * 32, "receipt_salt": b"s" * 16, "receipt_public": b"p" * 32, **changes}
    async with store.writing() as connection:
        made = await connection.execute(insert(desk_case).values(**row).returning(desk_case.c.id))
        number = int(made.scalar_one())
        text = {"case": number, "at": now, "author": "child", "generation": 1, "for_desk": b"d", "for_child": b"c"}
        await connection.execute(insert(case_message).values(**text))
    return number
