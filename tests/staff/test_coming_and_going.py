"""Whoever comes or goes is news to the whole service at once: to its clocks, and to what calls the desk in need."""

import pytest

from bot.assembly import DeskParts
from bot.content.load import Reader, read_library
from bot.settings import Settings
from bot.staff.accounts import make_setup_link

from .conftest import ROOT, admit, code_on, invited, link_on, number_of


@pytest.fixture(scope="module")
def library():
    return read_library(Reader(ROOT))


@pytest.fixture
def parts(store, clock, tmp_path, library):
    return DeskParts(Settings(data_dir=tmp_path / "data"), store, lambda: library, clock)


@pytest.fixture
def site(parts):
    return parts.site(telegram=False)


def heard(told):
    """What has been told since the last time."""
    return [told.get_nowait().what for _ in range(told.qsize())]


async def test_whoever_comes_or_goes_is_told_once_it_is_done(parts, supervisor, new_person):
    async with parts.news.listening() as told:
        path = await invited(supervisor, "li")
        number = await number_of(supervisor, "li")
        assert heard(told) == []
        await new_person().enrol(path)
        assert heard(told) == ["duty"]
        await admit(supervisor, number)
        assert heard(told) == ["duty"]
        await new_person().enrol(link_on(await supervisor.send(f"/staff/people/{number}/link")))
        assert heard(told) == ["duty"]
        await supervisor.send(f"/staff/people/{number}/school", school="青山中学")
        assert heard(told) == ["duty"]
        await supervisor.send(f"/staff/people/{number}/disable")
        assert heard(told) == ["duty"]


async def test_the_first_supervisor_is_told_and_when_they_come_back_with_the_printed_code(parts, store, new_person):
    async with parts.news.listening() as told:
        made = await new_person().enrol(await make_setup_link(store), name="zhou", display="周主管")
        assert heard(told) == ["duty"]
        await new_person().enrol("/staff/recover", name="zhou", recovery=code_on(made))
        assert heard(told) == ["duty"]
