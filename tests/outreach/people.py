"""Schools, members of staff and filled forms for tests of what people enter."""

from __future__ import annotations

from sqlalchemy import insert

from bot.outreach.entering import Sent, new_form
from bot.staff.outreach.forms import Fields
from bot.storage.schools import SealedSchools
from bot.storage.staff import Member, Role, StaffRecords
from bot.storage.staff_tables import staff
from bot.storage.store import Store


async def member(store: Store, name: str, role: Role = Role.VICE_PRINCIPAL, region: str = "") -> Member:
    """A member of staff who works."""
    row = {"name": name, "display": f"{name}老师", "role": role, "line": 1, "region": region, "school": ""}
    row |= {"state": "active", "failures": 0, "created_at": store.now()}
    async with store.writing() as connection:
        number = (await connection.execute(insert(staff).values(**row).returning(staff.c.id))).scalar_one()
    found = await StaffRecords(store).member(number)
    assert found is not None
    return found


async def school(store: Store, name: str, *principals: Member, region: str = "") -> int:
    """A school with its vice principals."""
    async with store.writing() as connection:
        number = await SealedSchools(store).add_school(connection, name, region)
        assert number is not None
        for each in principals:
            await SealedSchools(store).appoint(connection, number, each.id)
    return number


def sent(photo: bytes | None = None, **fields: object) -> Sent:
    """A form of a lecture on a day that is past."""
    usual = {"kind": "lecture", "day": "2026-11-20", "count": "1", "hours": "1", "form": new_form()}
    return Sent(Fields({**usual, **{name: str(value) for name, value in fields.items()}}), photo)
