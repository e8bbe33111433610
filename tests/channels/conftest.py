"""What the tests of every channel share: people on duty who are only pretended."""

import datetime as dt
from dataclasses import dataclass, field

import pytest

from bot.core.desk import NO_DESK, Filing, OpenCase, Receipt, Report, Standing
from bot.core.message import Origin

CODE = "1234 5678 9012 3456"


@dataclass
class PretendedDesk:
    """Nobody is there, until a test says who is. ``filed`` is what was made ready to be kept."""

    standings: dict[str, Standing] = field(default_factory=dict)
    filed: list[tuple[Report, Origin]] = field(default_factory=list)
    forgot: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    now_standing: Standing = NO_DESK

    def opens(self) -> None:
        """Somebody is on duty from now on."""
        self.now_standing = Standing(keyed=True, on_duty=True)

    def takes(self, case: OpenCase) -> None:
        """A person has the talk from now on."""
        self.now_standing = Standing(keyed=True, on_duty=True, case=case)

    async def standing(self, key: str) -> Standing:
        return self.standings.get(key, self.now_standing)

    async def prepare(self, report: Report, origin: Origin, standing: Standing) -> Filing:
        self.filed.append((report, origin))
        at = dt.datetime.now(dt.UTC)
        code = "" if standing.case else CODE
        case = standing.case.id if standing.case else None
        return Filing(report, origin, case, Receipt(at, at + dt.timedelta(minutes=5), None, code))

    async def forgotten(self, key: str) -> None:
        self.forgot.append(key)

    async def left(self, key: str) -> None:
        self.gone.append(key)


@pytest.fixture
def desk() -> PretendedDesk:
    return PretendedDesk()
