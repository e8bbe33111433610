"""The log of who did what goes in its time, and never because a clock was wrong for a while."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import insert

from bot.desk.log_keeping import LIVED, LogKeeper
from bot.storage.desk_tables import identity_release
from bot.storage.releases import ReleaseRecords

from .records import Records
from .world import World

HOUR = 3600.0


@dataclass
class Service:
    """A service that sweeps every hour, under a clock that can be set; ``steady`` cannot."""

    records: Records
    keeper: LogKeeper
    steady: list[float]

    async def runs(self, hours: int) -> int:
        """Let it run; says how many lines went."""
        gone = 0
        for _ in range(hours):
            gone += await self.keeper.sweep()
            self.steady[0] += HOUR
            self.records.world.clock.forward(hours=1)
        return gone

    def set_clock(self, days: float) -> None:
        self.records.world.clock.forward(days=days)

    def restart(self) -> None:
        self.keeper = _keeper(self.records, self.steady)

    async def act(self, times: int = 1) -> None:
        for _ in range(times):
            async with self.records.world.store.writing() as connection:
                await self.records.audit(connection, "1", "identity.view")

    async def acts(self) -> int:
        assert (await self.records.audit.verify()).flaw is None
        return (await self.records.actions()).count("identity.view")


def _keeper(records: Records, steady: list[float]) -> LogKeeper:
    return LogKeeper(records.world.store, records.audit, records.periods, lambda: steady[0])


@pytest.fixture
async def service(world: World) -> Service:
    steady, records = [0.0], Records(world)
    service = Service(records, _keeper(records, steady), steady)
    await service.act(5)
    return service


async def test_old_lines_and_releases_go_a_day_after_they_were_announced(service: Service) -> None:
    store, now = service.records.world.store, service.records.world.clock()
    case = await service.records.world.open()
    await service.records.key()
    member = await service.records.world.person("li")
    row = {"case": case, "asked_by": member, "asked_at": now, "generation": 1, "reason": b"r", "urgent": True}
    async with store.writing() as connection:
        await connection.execute(insert(identity_release).values(**row))
    service.set_clock(days=1096)
    await service.act()
    assert await service.runs(24) == 0
    assert await service.acts() == 6
    assert len(await ReleaseRecords(store).of_case(case)) == 1
    assert await service.runs(24) == 5
    assert await service.acts() == 1
    assert await ReleaseRecords(store).of_case(case) == []
    assert await service.records.actions() == ["identity.view", "audit.due", "audit.drop"]
    assert await service.runs(48) == 0


async def test_a_clock_that_was_ahead_for_a_while_takes_nothing(service: Service) -> None:
    service.set_clock(days=1500)
    assert await service.runs(12) == 0
    service.set_clock(days=-1500)
    await service.act()
    service.set_clock(days=1502)
    assert await service.runs(12) == 0
    service.set_clock(days=-1502)
    assert await service.acts() == 6


async def test_setting_the_clock_again_and_again_takes_nothing(service: Service) -> None:
    for _ in range(6):
        service.set_clock(days=1500)
        service.restart()
        assert await service.runs(1) == 0
    service.set_clock(days=-9000)
    assert await service.acts() == 5


async def test_a_jump_after_an_honest_announcement_takes_no_more_than_was_announced(service: Service) -> None:
    service.set_clock(days=1096)
    await service.act(3)
    assert await service.runs(23) == 0
    service.set_clock(days=1500)
    assert await service.runs(2) == 5
    service.set_clock(days=-1500)
    assert await service.acts() == 3


async def test_a_service_restarted_every_night_still_keeps_to_the_time(service: Service) -> None:
    service.set_clock(days=1096)
    await service.act()
    gone = 0
    for _ in range(3):
        service.restart()
        gone += await service.runs(round(LIVED / HOUR) + 2)
    assert gone == 5


async def test_a_note_of_a_clock_that_was_ahead_does_not_stand_in_the_way(service: Service) -> None:
    service.set_clock(days=2000)
    await service.runs(1)
    service.set_clock(days=-900)
    await service.act()
    assert await service.runs(30) == 5
