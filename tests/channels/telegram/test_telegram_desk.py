"""What Telegram does with the people on duty: origins, receipts, letters, codes, claims, and a store that fails."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from standin import BotApiError, Fault, eventually
from telegram_world import CODE, EVENING, POLICE, ScriptedTalk, World

from bot.channels.telegram.outward import TelegramOutward
from bot.core.decision import Choice, Notice, Relayed, Reply, Support
from bot.core.desk import CaseState, OpenCase
from bot.core.risk import RiskKind, RiskLevel
from bot.storage.outbox import queue

PUPIL, CLASS, STAFF = 501, -1001, 77
BEIJING = dt.timezone(dt.timedelta(hours=8))


def mention(text: str) -> dict[str, Any]:
    at = text.index("@")
    return {"entities": [{"type": "mention", "offset": at, "length": len("@faxiaohu_bot")}]}


async def test_every_turn_names_the_private_talk_and_the_update(world: World, scripted: ScriptedTalk) -> None:
    await world.runs()
    said = world.telegram.user_says(PUPIL, PUPIL, "压岁钱")
    await world.sees(PUPIL, "压岁钱")
    grouped = world.telegram.user_says(CLASS, PUPIL, "@faxiaohu_bot 我爸打我", **mention("@faxiaohu_bot 我爸打我"))
    await world.sees(CLASS, "单独说")
    world.telegram.user_presses(CLASS, PUPIL, "more")
    await eventually(lambda: len(scripted.heard) == 3)
    origins = [incoming.origin for _, incoming in scripted.heard]
    assert {origin and (origin.channel, origin.talk, origin.address) for origin in origins} == {
        ("telegram", f"telegram:{PUPIL}:{PUPIL}", str(PUPIL))
    }
    numbers = [origin.delivery for origin in origins if origin]
    assert numbers[:2] == [str(said["update_id"]), str(grouped["update_id"])]
    assert len(set(numbers)) == 3
    assert scripted.heard[1][0] == f"telegram:{CLASS}:{PUPIL}"
    assert [origin.group for origin in origins if origin] == ["", *2 * [f"telegram:group:{CLASS}"]]


async def test_who_writes_as_the_group_has_no_chat_to_be_answered_in(world: World, scripted: ScriptedTalk) -> None:
    await world.runs()
    anonymous = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
    chat = {"id": CLASS, "type": "supergroup", "title": "班级群"}
    world.telegram.user_says(CLASS, PUPIL, "/help", **{"from": anonymous, "sender_chat": chat})
    await world.sees(CLASS, "答：help")
    assert scripted.heard[0][1].origin is None


async def test_a_receipt_is_a_clock_line_and_the_code_a_message_of_its_own(world: World) -> None:
    await world.runs()
    world.telegram.user_says(PUPIL, PUPIL, "我继父")
    await world.sees(PUPIL, "谢谢你告诉我", CODE)
    card, code = world.telegram.texts(PUPIL)
    assert "收到 " in card
    assert " 前有人回" in card
    assert "先说在哪里" in card
    assert CODE not in card
    assert world.messages["receipt.code_message"] in code
    assert world.telegram.sent[-1]["keyboard"] == []


async def test_nothing_of_a_case_is_said_in_a_group(world: World) -> None:
    await world.runs()
    world.telegram.user_says(CLASS, PUPIL, "@faxiaohu_bot 我继父", **mention("@faxiaohu_bot 我继父"))
    await world.sees(CLASS, "谢谢")
    assert len(world.telegram.texts(CLASS)) == 1
    assert "收到" not in world.telegram.texts(CLASS)[0]


async def test_what_goes_to_a_person_is_not_answered_and_no_flood_hides_a_receipt(world: World) -> None:
    await world.configured(rate_per_minute=1).runs()
    for text in ("值班老师好", "一", "二", "三", "我继父"):
        world.telegram.user_says(PUPIL, PUPIL, text)
    # The receipt may overtake the answers that are on their way.
    await world.sees(PUPIL, "答：一", world.messages["chat.too_fast"])
    await world.sees(PUPIL, "谢谢你告诉我", CODE)
    assert len(world.telegram.texts(PUPIL)) == 4


async def written(world: World, decision: Any) -> None:
    outward = TelegramOutward(world.messages, lambda: EVENING.astimezone(BEIJING))
    async with world.store.writing() as connection:
        await queue(connection, world.store, "telegram", outward.outgoing(str(PUPIL), decision))


async def test_a_person_writes_under_their_own_mark_and_is_sent_at_once(world: World) -> None:
    channel = await world.runs()
    world.telegram.user_says(PUPIL, PUPIL, "压岁钱")
    await world.sees(PUPIL, "压岁钱")
    await written(world, Relayed(Reply("我在，<慢慢>说。")))
    channel.wake()
    await world.sees(PUPIL, f"👤 {world.messages['receipt.person']}\n我在，<慢慢>说。")


async def test_the_services_own_letters_begin_with_a_line_that_says_nothing(world: World) -> None:
    await world.runs()
    world.telegram.user_says(PUPIL, PUPIL, "压岁钱")
    await world.sees(PUPIL, "压岁钱")
    await written(world, Support(Reply("说好的时间到了，还没有人回你。", contacts=(POLICE,))))
    await written(world, Notice(Reply("现在方便继续吗？", choices=(Choice("方便，是我", "here"),))))
    await world.sees(PUPIL, "还没有人回你", "现在方便继续吗？")
    for text in world.telegram.texts(PUPIL)[1:]:
        assert text.startswith(world.messages["receipt.neutral"] + "\n")
    assert world.telegram.buttons(PUPIL)[0]["callback_data"] == "here"


@pytest.mark.parametrize("typed", [f"/back {CODE}", CODE])
async def test_a_child_comes_back_by_code_and_the_code_leaves_the_chat(
    world: World, scripted: ScriptedTalk, typed: str
) -> None:
    await world.runs()
    asked = world.telegram.user_says(PUPIL, PUPIL, typed)
    await world.sees(PUPIL, "慢慢说")
    (told,) = world.telegram.texts(PUPIL)
    assert told.startswith(world.messages["receipt.neutral"])
    assert told.index("他<又>打我") < told.index("我在，慢慢说。")
    assert world.telegram.erased == [(PUPIL, asked["message"]["message_id"])]
    (code, origin) = world.desk.opened[0]
    assert code == CODE
    assert (origin.talk, origin.address) == (f"telegram:{PUPIL}:{PUPIL}", str(PUPIL))
    assert scripted.heard == []


async def test_wrong_codes_are_few_and_answered_alike(world: World) -> None:
    await world.runs()
    for number in range(7):
        world.telegram.user_says(PUPIL, PUPIL, f"/back {number:016}")
    world.telegram.user_says(PUPIL, PUPIL, "/back 12345")
    wrong, many = world.messages["receipt.back_wrong"], world.messages["receipt.back_too_many"]
    await eventually(lambda: world.telegram.texts(PUPIL) == [wrong] * 5 + [many] * 2 + [wrong])
    assert len(world.desk.opened) == 5


async def test_without_a_code_it_says_how_and_words_after_it_are_read(world: World, scripted: ScriptedTalk) -> None:
    await world.runs()
    world.telegram.user_says(PUPIL, PUPIL, "/back")
    world.telegram.user_says(PUPIL, PUPIL, "/back 他又打我")
    world.telegram.user_says(PUPIL, PUPIL, f"/delete {CODE} 他打我")
    await world.sees(PUPIL, "这不是你的错", "这不是你的错")
    await world.sees(PUPIL, "/back 1234")
    assert len(scripted.heard) == 2


async def test_a_code_in_a_group_is_erased_and_not_opened(world: World) -> None:
    await world.runs()
    world.telegram.user_says(CLASS, PUPIL, f"/back {CODE}")
    await world.sees(CLASS, world.messages["telegram.only_private"])
    assert world.telegram.erased
    assert not world.desk.opened
    assert "url" in world.telegram.buttons(CLASS)[0]


async def test_trouble_with_opening_is_tried_again_then_said(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    await world.runs()
    world.desk.broken = 1
    world.telegram.user_says(PUPIL, PUPIL, f"/back {CODE}")
    await world.sees(PUPIL, "慢慢说")
    world.desk.broken = 100
    world.telegram.user_says(PUPIL, PUPIL, f"/back {CODE}")
    await world.sees(PUPIL, "慢慢说", world.messages["receipt.back_failed"])
    said = capsys.readouterr()
    assert "1234" not in said.out + said.err


async def test_a_chat_is_deleted_on_asking(world: World, scripted: ScriptedTalk) -> None:
    await world.runs()
    world.telegram.user_says(PUPIL, PUPIL, "/delete")
    await world.sees(PUPIL, world.messages["telegram.deleted"])
    assert (scripted.forgotten, scripted.asked) == ([f"telegram:{PUPIL}:{PUPIL}"], [True])


async def test_a_case_is_claimed_by_a_button_and_the_talk_hears_nothing(world: World, scripted: ScriptedTalk) -> None:
    await world.runs()
    world.telegram.user_presses(CLASS, STAFF, "claim:42")
    await eventually(lambda: all(world.telegram.presses.values()) and world.telegram.called("answerCallbackQuery"))
    shown = world.telegram.called("answerCallbackQuery")[0].data
    assert shown["text"] == "第42号由你接手"
    assert world.desk.claimed == [(str(STAFF), 42)]
    assert scripted.heard == []
    await world.settles(PUPIL, PUPIL)
    assert world.telegram.texts(PUPIL) == ["答：到此为止"]
    assert CLASS not in {message["chat"]["id"] for message in world.telegram.sent}


async def test_a_claim_whose_press_telegram_forgot_is_answered_by_a_message(world: World) -> None:
    await world.runs()
    update = world.telegram.user_presses(STAFF, STAFF, "claim:42")
    del world.telegram.presses[update["callback_query"]["id"]]
    await world.sees(STAFF, "第42号由你接手")


@pytest.mark.parametrize("data", ["claim:", "claim:x", "claim:1:2", "claim:" + "9" * 30])
async def test_what_is_no_claim_is_an_old_button(world: World, data: str) -> None:
    await world.runs()
    world.telegram.user_presses(STAFF, STAFF, data)
    await world.sees(STAFF, world.messages["chat.old_button"])
    assert not world.desk.claimed


async def test_staff_link_their_chat_by_a_token_and_never_in_a_group(world: World, scripted: ScriptedTalk) -> None:
    await world.runs()
    world.telegram.user_says(STAFF, STAFF, "/start duty_abcDEF-123_x")
    await world.sees(STAFF, "接上了")
    world.telegram.user_says(CLASS, STAFF, "/start duty_abcDEF-123_x")
    await world.sees(CLASS, world.messages["telegram.only_private"])
    assert world.desk.linked == [(str(STAFF), "abcDEF-123_x")]
    assert scripted.heard == []


async def test_an_alarming_message_that_telegram_holds_back_is_answered_at_once_and_filed_later(
    world: World, scripted: ScriptedTalk, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, full = world.inbox.put, [True]

    async def put(channel: str, update: int, body: bytes) -> bool:
        if full[0]:
            raise OSError("disk full")
        return await real(channel, update, body)

    monkeypatch.setattr(world.inbox, "put", put)
    await world.runs()
    world.telegram.user_says(PUPIL, PUPIL, "他打我")
    await world.sees(PUPIL, world.messages["receipt.not_kept"])
    assert "这不是你的错" in world.telegram.texts(PUPIL)[0]
    await eventually(lambda: len(world.telegram.called("getUpdates")) > 3)
    assert len(world.telegram.texts(PUPIL)) == 1
    full[0] = False
    await eventually(lambda: len(world.telegram.texts(PUPIL)) == 2)
    assert world.messages["receipt.not_kept"] not in world.telegram.texts(PUPIL)[1]
    assert len(scripted.heard) == 1


async def test_a_disclosure_that_cannot_be_handled_is_answered_once_kept_and_holds_up_nobody(world: World) -> None:
    await world.runs()
    world.telegram.user_says(PUPIL, PUPIL, "出错 他打我")
    world.telegram.user_says(502, 502, "还好不好")
    world.telegram.user_says(PUPIL, PUPIL, "还有一句")
    await world.sees(PUPIL, world.messages["receipt.not_kept"], "答：还有一句")
    assert len(await world.inbox.pending("telegram")) == 1
    assert sum(world.messages["receipt.not_kept"] in text for text in world.telegram.texts(PUPIL)) == 1


async def test_the_answer_without_a_store_is_tried_again_while_telegram_refuses(world: World) -> None:
    world.telegram.faults.append(Fault("sendMessage", BotApiError(502, "Bad Gateway")))
    await world.runs()
    world.telegram.user_says(PUPIL, PUPIL, "出错 他打我")
    await world.sees(PUPIL, world.messages["receipt.not_kept"])


@pytest.mark.parametrize("text", ["@faxiaohu_bot 我想找真人说话", "/human@faxiaohu_bot"])
async def test_a_wish_for_a_person_in_a_group_leads_to_the_private_chat(real: World, text: str) -> None:
    await real.runs()
    real.telegram.user_says(CLASS, PUPIL, text, **(mention(text) if text.startswith("@") else {}))

    await real.sees(CLASS, real.messages["chat.group_private"])
    (button,) = real.telegram.buttons(CLASS)
    assert button["url"].startswith("https://t.me/faxiaohu_bot?start=")
    assert len(real.telegram.texts(CLASS)) == 1


async def test_a_disclosure_in_a_group_is_filed_for_the_private_talk(real: World, desk: Any) -> None:
    desk.opens()
    await real.runs()
    text = "@faxiaohu_bot 我爸昨天又用皮带打我，腿上全是印子"
    real.telegram.user_says(CLASS, PUPIL, text, **mention(text))
    await real.sees(CLASS, real.messages["chat.group_private"])
    ((report, origin),) = desk.filed
    assert report.opens
    assert origin.talk == f"telegram:{PUPIL}:{PUPIL}"
    assert len(real.telegram.texts(CLASS)) == 1


@pytest.mark.parametrize("command", ["/help", "/class"])
async def test_words_behind_a_slash_command_reach_the_open_case(real: World, desk: Any, command: str) -> None:
    desk.takes(OpenCase(7, RiskLevel.DISCLOSURE, RiskKind.BULLYING, CaseState.TAKEN, EVENING))
    await real.runs()
    real.telegram.user_says(PUPIL, PUPIL, f"{command} 我妈妈的电话写在本子上")
    await eventually(lambda: bool(desk.filed))
    ((report, _origin),) = desk.filed
    assert report.texts == ("我妈妈的电话写在本子上",)
