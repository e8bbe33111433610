"""A person talks with the bot in a private chat."""

from __future__ import annotations

import time

from standin import ME, eventually
from telegram_world import ScriptedTalk, World

PUPIL, CLASS = 501, -1001


async def test_a_question_is_answered_with_law_and_buttons_and_deepened_by_a_press(real: World) -> None:
    await real.runs()
    real.telegram.user_says(PUPIL, PUPIL, "压岁钱归谁")
    await real.sees(PUPIL, "压岁钱")
    assert "《民法典》" in real.telegram.texts(PUPIL)[0]
    offered = {button["callback_data"] for button in real.telegram.buttons(PUPIL)}
    assert "more" in offered
    assert any(data.startswith("topic:") for data in offered)

    real.telegram.user_presses(PUPIL, PUPIL, "more")
    await eventually(lambda: len(real.telegram.texts(PUPIL)) == 2)
    real.telegram.user_presses(PUPIL, PUPIL, "role:parent")
    await eventually(lambda: len(real.telegram.texts(PUPIL)) == 3)
    assert len(set(real.telegram.texts(PUPIL))) == 3
    await eventually(lambda: all(real.telegram.presses.values()))


async def test_start_greets_and_asks_who_one_is(real: World) -> None:
    await real.runs()
    real.telegram.user_says(PUPIL, PUPIL, "/start")
    await real.sees(PUPIL, "法小护")
    commands = {button["callback_data"] for button in real.telegram.buttons(PUPIL)}
    assert commands == {"role:student", "role:parent", "role:school"}


async def test_every_slash_command_of_the_menu_is_answered(real: World) -> None:
    await real.runs()
    await eventually(lambda: real.telegram.commands)
    names = [each["command"] for each in real.telegram.commands]
    assert names == ["start", "help", "role", "class", "hotlines", "human", "back", "delete", "stop"]
    for count, name in enumerate(names, 1):
        real.telegram.user_says(PUPIL, PUPIL, f"/{name}")
        await eventually(lambda count=count: len(real.telegram.texts(PUPIL)) == count)
    empty = real.messages["chat.empty"]
    assert not any(empty in text for text in real.telegram.texts(PUPIL))
    assert real.messages["chat.stopped"] in real.telegram.texts(PUPIL)[-1]


async def test_a_deep_link_opens_its_topic_and_a_foreign_one_greets(real: World) -> None:
    await real.runs()
    real.telegram.user_says(PUPIL, PUPIL, "/start topic-home-money")
    await real.sees(PUPIL, "压岁钱")
    real.telegram.user_says(PUPIL, PUPIL, "/start someone-elses-payload")
    await real.sees(PUPIL, "压岁钱", "法小护")


async def test_an_unknown_button_gets_a_harmless_line(world: World) -> None:
    await world.runs()
    world.telegram.user_presses(PUPIL, PUPIL, "vote:17")
    await world.sees(PUPIL, world.messages["chat.old_button"])
    await eventually(lambda: all(world.telegram.presses.values()))


async def test_a_press_that_telegram_forgot_is_answered_all_the_same(world: World) -> None:
    await world.runs()
    update = world.telegram.user_presses(PUPIL, PUPIL, "more")
    del world.telegram.presses[update["callback_query"]["id"]]
    await world.sees(PUPIL, "答：more")


async def test_an_edited_message_is_a_new_turn(world: World) -> None:
    await world.runs()
    world.telegram.user_says(PUPIL, PUPIL, "压岁")
    await world.sees(PUPIL, "答：压岁")
    world.telegram.user_edits(PUPIL, PUPIL, "压岁钱")
    await world.sees(PUPIL, "答：压岁", "答：压岁钱")
    assert world.messages["chat.edited"] in world.telegram.texts(PUPIL)[-1]


async def test_pictures_voice_files_and_stickers_are_named_and_captions_read(
    world: World, scripted: ScriptedTalk
) -> None:
    await world.runs()
    picture = [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]
    thing = {"file_id": "a", "file_unique_id": "b"}
    sticker = thing | {"width": 1, "height": 1, "is_animated": False, "is_video": False, "type": "regular"}
    world.telegram.user_says(PUPIL, PUPIL, photo=picture, caption="他打我")
    world.telegram.user_says(PUPIL, PUPIL, voice=thing | {"duration": 3})
    world.telegram.user_says(PUPIL, PUPIL, document=thing)
    world.telegram.user_says(PUPIL, PUPIL, sticker=sticker)
    world.telegram.user_says(PUPIL, PUPIL, location={"latitude": 1.0, "longitude": 1.0})
    await world.sees(PUPIL, "这不是你的错", "答：voice", "答：file", "答：sticker", "答：other")
    assert scripted.heard[0][1].attachment == "picture"
    assert not world.telegram.called("getFile")


async def test_words_are_read_though_the_server_is_older_than_the_library(world: World, scripted: ScriptedTalk) -> None:
    await world.runs()
    options = [{"text": "对", "voter_count": 0}, {"text": "错", "voter_count": 0}]
    # A poll without ``allows_revoting``, as servers gave it before Bot API 9.6.
    poll = {
        "id": "1", "question": "打人对吗", "options": options, "total_voter_count": 0, "is_closed": False,
        "is_anonymous": True, "type": "quiz", "allows_multiple_answers": False,
    }  # fmt: skip
    quiz = world.telegram.message(PUPIL, ME["id"]) | {"from": ME, "poll": poll}
    world.telegram.user_says(PUPIL, PUPIL, "我爸打我", reply_to_message=quiz)
    gift = world.telegram.message(PUPIL, PUPIL) | {"gift": {"gift": {}}}
    world.telegram.user_says(PUPIL, PUPIL, "压岁钱", reply_to_message=gift)
    world.telegram.user_says(CLASS, PUPIL, "那要是叔叔给的呢", reply_to_message=quiz)
    world.telegram.user_says(PUPIL, PUPIL, poll=poll)
    await world.sees(PUPIL, "答：压岁钱", "答：other")
    await world.sees(CLASS, "答：那要是叔叔给的呢")
    assert scripted.heard[0][1].text == "我爸打我"


async def test_a_checklist_is_read_as_its_words(world: World, scripted: ScriptedTalk) -> None:
    await world.runs()
    tasks = [{"id": 1, "text": "身上有伤"}, {"id": 2, "text": "告诉老师"}]
    world.telegram.user_says(PUPIL, PUPIL, checklist={"title": "他打我", "tasks": tasks})
    await world.sees(PUPIL, "这不是你的错")
    assert scripted.heard[0][1].text.splitlines() == ["他打我", "身上有伤", "告诉老师"]


async def test_an_album_is_answered_once(world: World) -> None:
    await world.runs()
    picture = [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]
    for _ in range(3):
        world.telegram.user_says(PUPIL, PUPIL, photo=picture, media_group_id="one")
    await world.settles(PUPIL, PUPIL)
    assert world.telegram.texts(PUPIL) == ["答：picture", "答：到此为止"]


async def test_a_talk_is_forgotten_when_the_bot_is_blocked(world: World, scripted: ScriptedTalk) -> None:
    await world.runs()
    said = world.telegram.message(PUPIL, PUPIL, "x")
    member = {"user": {"id": 123456, "is_bot": True, "first_name": "法小护"}, "status": "kicked", "until_date": 0}
    before = {"user": member["user"], "status": "member"}
    change = {"chat": said["chat"], "from": said["from"], "date": 1, "old_chat_member": before}
    world.telegram.update(my_chat_member=change | {"new_chat_member": member})
    await eventually(lambda: scripted.forgotten == [f"telegram:{PUPIL}:{PUPIL}"])
    assert scripted.asked == [False]
    await world.settles(502, 502)
    assert await world.inbox.pending("telegram") == []


async def test_what_the_bot_cannot_handle_does_not_stop_the_others(world: World) -> None:
    await world.runs()
    world.telegram.update(message={"no": "message"})
    world.telegram.update(poll_of_the_future={"id": 1})
    world.telegram.user_says(PUPIL, PUPIL, "出错")
    world.telegram.user_says(PUPIL, PUPIL, "还在吗")
    await world.sees(PUPIL, world.messages["telegram.put_off"], "答：还在吗")


async def test_a_flood_gets_one_line_a_minute_and_every_message_is_read(world: World, scripted: ScriptedTalk) -> None:
    await world.configured(rate_per_minute=3).runs()
    for place in range(8):
        world.telegram.user_says(PUPIL, PUPIL, f"第{place}条")
    world.telegram.user_says(PUPIL, PUPIL, "我爸打我")
    await eventually(lambda: len(world.telegram.texts(PUPIL)) == 5)
    shown = world.telegram.texts(PUPIL)
    # Help overtakes whatever else is on its way.
    assert "这不是你的错" in shown
    shown.remove("这不是你的错")
    assert shown == ["答：第0条", "答：第1条", "答：第2条", world.messages["chat.too_fast"]]
    assert len(scripted.heard) == 9


async def test_a_backlog_of_an_hour_is_no_flood(world: World) -> None:
    world.configured(rate_per_minute=3)
    for minute in range(10):
        world.telegram.user_says(PUPIL, PUPIL, f"第{minute}条", date=int(time.time()) - 3600 + minute * 60)
    await world.runs()
    await world.sees(PUPIL, *(f"答：第{minute}条" for minute in range(10)))


async def test_the_flood_of_one_does_not_silence_another(world: World) -> None:
    await world.configured(rate_per_minute=2).runs()
    for place in range(6):
        world.telegram.user_says(PUPIL, PUPIL, f"第{place}条")
    world.telegram.user_says(502, 502, "我能问吗")
    await world.sees(502, "答：我能问吗")
