"""The page of a class: no sign-in, joining by one press, and the quiz in the chat."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import delete

from bot.assembly_teaching import TeachingParts
from bot.channels.web.app import WebParts, create_web
from bot.channels.web.options import WebOptions
from bot.core.quiz_types import Band
from bot.core.talk import StoredTalk
from bot.settings import Settings
from bot.storage.engine import make_engine
from bot.storage.schema import upgrade
from bot.storage.schools import SealedSchools
from bot.storage.store import Store
from bot.storage.tables import talk
from bot.storage.talks import SealedTalks
from bot.storage.vault import Vault
from tests.conftest import ROOT
from tests.storage.conftest import MEMORY
from tests.storage.taught import QUIZ, Taught

CODE = "K7M2PQ9X"
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
async def store(tmp_path: Path, now) -> AsyncIterator[Store]:
    address = f"sqlite+aiosqlite:///{tmp_path / 'faxiaohu.sqlite3'}"
    await upgrade(address)
    store = Store(make_engine(address), Vault(bytes(range(32))), now)
    yield store
    await store.close()


@pytest.fixture
async def run(store: Store) -> int:
    """A class with a quiz that goes on; gives the run."""
    taught = Taught(store)
    teacher = await taught.teacher()
    school = await taught.school(teacher)
    async with store.writing() as connection:
        made = SealedSchools(store).add_class(connection, school, "五（3）班", band=Band.TEN, code=CODE)
        class_ = await made
    return await taught.run(teacher, [class_])


@pytest.fixture
async def client(store, dialogue, now, ends, desk, tmp_path) -> AsyncIterator[httpx.AsyncClient]:  # noqa: PLR0917
    teaching = TeachingParts(Settings(data_dir=tmp_path), store, lambda: dialogue.library, now, ROOT)
    talk = StoredTalk(lambda: dialogue, SealedTalks(store, MEMORY), now, desk, lessons=teaching.lessons)
    parts = WebParts(talk, lambda: dialogue.library, now, boards=teaching.boards, **ends)
    transport = httpx.ASGITransport(create_web(parts, WebOptions(rate_per_minute=1000)), client=("10.1.1.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


async def pressed(client: httpx.AsyncClient, command: str) -> httpx.Response:
    return await client.post("/chat", content=f"command={command}", headers=FORM)


async def test_the_page_of_a_class_says_what_goes_on_and_asks_for_no_name(client, run):
    page = await client.get(f"/class/{CODE}")
    assert page.status_code == 200
    assert "五（3）班" in page.text
    assert QUIZ.title in page.text
    assert f"enrol:{CODE}.student" in page.text
    assert f"quiz:{run}" not in page.text
    assert 'type="text"' not in page.text


async def test_one_press_joins_and_a_second_begins_the_quiz(client, run):
    await client.get(f"/class/{CODE}")
    joined = await pressed(client, f"enrol:{CODE}.student")
    assert f"quiz:{run}" in joined.text
    asked = await pressed(client, f"quiz:{run}")
    assert QUIZ.questions[0].ask in asked.text
    page = await client.get(f"/class/{CODE}")
    assert f"quiz:{run}" in page.text
    assert f"enrol:{CODE}" not in page.text
    home = await client.get("/")
    assert f"quiz:{run}" in home.text


@pytest.mark.parametrize(("reader", "other"), [("student", "parent"), ("parent", "student")])
async def test_whoever_joined_as_student_or_parent_is_not_asked_who_they_are(client, run, dialogue, *, reader, other):
    messages = dialogue.library.messages
    assert messages["web.who"] in (await client.get("/")).text
    joined = await pressed(client, f"enrol:{CODE}.{reader}")
    home = await client.get("/")
    for page in (joined, home):
        assert messages["web.who"] not in page.text
        assert f"role:{other}" in page.text
    first = messages[f"web.questions_{reader}"].split()[0]
    assert f"topic:{first}" in home.text
    told = (await client.post("/api/chat", json={"command": "start"})).json()
    assert told["lead"] == messages["chat.start_known"]


async def test_a_talk_that_was_forgotten_meanwhile_is_not_asked_again(client, run, store, dialogue):
    await pressed(client, f"enrol:{CODE}.parent")
    async with store.writing() as connection:
        await connection.execute(delete(talk))
    told = (await client.post("/api/chat", json={"command": "start"})).json()
    assert told["lead"] == dialogue.library.messages["chat.start_known"]


async def test_a_child_at_a_parents_phone_is_helped_as_a_child(client, run, store):
    said = {"text": "爸爸天天打我，我好怕"}
    unknown = (await client.post("/api/chat", json=said)).json()
    client.cookies.clear()
    await pressed(client, f"enrol:{CODE}.parent")
    async with store.writing() as connection:
        await connection.execute(delete(talk))
    told = (await client.post("/api/chat", json=said)).json()
    assert told["kind"] == "support"
    assert told["steps"] == unknown["steps"]


async def test_the_quiz_by_script_is_the_same(client, run):
    await client.post("/api/chat", json={"command": f"enrol:{CODE}.student"})
    told = (await client.post("/api/chat", json={"command": f"quiz:{run}"})).json()
    assert told["kind"] == "quiz"
    assert [choice["command"] for choice in told["choices"]] == [f"pick:{run}.0.{place}" for place in range(3)]
    told = (await client.post("/api/chat", json={"text": "A"})).json()
    assert told["choices"][0]["command"] == f"next:{run}"


async def test_a_typed_code_leads_to_the_page(client, run):
    asked = await client.get("/class")
    assert 'name="code"' in asked.text
    found = await client.get("/class", params={"code": " k7m2-pq9x "})
    assert found.status_code == 303
    page = await client.get(found.headers["location"])
    assert "五（3）班" in page.text


@pytest.mark.parametrize("code", ["B4C6D8F9", "x", "K7M2PQ9", "%00", "你好", "K7M2PQ9X" * 9])
async def test_a_wrong_code_is_answered_kindly(client, run, code):
    page = await client.get(f"/class/{code}")
    assert page.status_code == 404
    assert 'role="alert"' in page.text


async def test_codes_cannot_be_tried_one_after_the_other(client, run):
    tried = [(await client.get(f"/class/B4C6D8F{sign}")).status_code for sign in "2346789BCDFGHJKMPQRTVWXY"]
    assert tried[0] == 404
    assert tried[-1] == 429
    # Others, from another place, go on.
    assert (await client.post("/api/chat", json={"text": CODE})).json()["choices"]


async def test_deleting_the_chat_leaves_the_class(client, run):
    await pressed(client, f"enrol:{CODE}.student")
    await client.post("/api/forget")
    page = await client.get(f"/class/{CODE}")
    assert f"enrol:{CODE}.student" in page.text
