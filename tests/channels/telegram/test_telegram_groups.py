"""In a group the bot hears what is said to it, and says nothing personal."""

from __future__ import annotations

from typing import Any

from standin import ME
from telegram_world import ScriptedTalk, World

CLASS, PUPIL = -1001, 501


def mention(text: str) -> dict[str, Any]:
    at = text.index("@")
    return {"entities": [{"type": "mention", "offset": at, "length": len("@faxiaohu_bot")}]}


async def test_only_what_is_addressed_to_the_bot_is_heard(world: World, scripted: ScriptedTalk) -> None:
    await world.runs()
    tell = world.telegram.user_says
    tell(CLASS, PUPIL, "作业写完了吗")
    tell(CLASS, PUPIL, "/help@other_bot")
    tell(CLASS, PUPIL, "/unknown")
    tell(CLASS, PUPIL, "@faxiaohu_bot 压岁钱归谁", **mention("@faxiaohu_bot 压岁钱归谁"))
    tell(CLASS, PUPIL, "/help@faxiaohu_bot")
    said = world.telegram.message(CLASS, ME["id"], "答") | {"from": ME}
    tell(CLASS, PUPIL, "那要是叔叔给的呢", reply_to_message=said)
    await world.sees(CLASS, "答：压岁钱归谁", "答：help", "答：那要是叔叔给的呢")
    assert [incoming.text or incoming.command for _, incoming in scripted.heard] == [
        "压岁钱归谁", "help", "那要是叔叔给的呢",
    ]  # fmt: skip
    assert {key for key, _ in scripted.heard} == {f"telegram:{CLASS}:{PUPIL}"}
    assert all(incoming.group for _, incoming in scripted.heard)


async def test_a_reply_shows_whom_it_answers(world: World) -> None:
    await world.runs()
    asked = world.telegram.user_says(CLASS, PUPIL, "/help")["message"]["message_id"]
    await world.sees(CLASS, "答：help")
    assert world.telegram.sent[-1]["data"]["reply_parameters"]["message_id"] == asked


async def test_a_disclosure_in_a_group_gets_one_neutral_line_and_the_way_to_the_private_chat(world: World) -> None:
    await world.runs()
    text = "@faxiaohu_bot 我爸天天打我"
    world.telegram.user_says(CLASS, PUPIL, text, **mention(text))
    await world.sees(CLASS, "单独说")
    assert len(world.telegram.texts(CLASS)) == 1
    (button,) = world.telegram.buttons(CLASS)
    assert button["url"].startswith("https://t.me/faxiaohu_bot?start=")
    assert "reply_parameters" not in world.telegram.sent[-1]["data"]


async def test_how_somebody_feels_is_not_said_in_a_group(world: World) -> None:
    await world.runs()
    text = "@faxiaohu_bot 我好难过"
    world.telegram.user_says(CLASS, PUPIL, text, **mention(text))
    await world.sees(CLASS, "答")
    assert "心里" not in world.telegram.texts(CLASS)[0]
    assert any("url" in button for button in world.telegram.buttons(CLASS))


async def test_other_bots_are_not_answered(world: World, scripted: ScriptedTalk) -> None:
    await world.runs()
    other = {"id": 9, "is_bot": True, "first_name": "别的机器人"}
    world.telegram.user_says(CLASS, 9, "/help", **{"from": other})
    world.telegram.user_says(CLASS, PUPIL, "/start")
    await world.sees(CLASS, "答：start")
    assert len(scripted.heard) == 1


async def test_a_forum_thread_is_kept(world: World) -> None:
    await world.runs()
    world.telegram.user_says(CLASS, PUPIL, "/help", message_thread_id=7, is_topic_message=True)
    await world.sees(CLASS, "答：help")
    assert world.telegram.sent[-1]["data"]["message_thread_id"] == 7
