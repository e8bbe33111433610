"""Replies as Telegram shows them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from standin import VisibleText
from telegram_world import EVENING

from bot.channels.telegram.render import LONGEST_TEXT, Line, keyboard, pages, split, units
from bot.core.decision import Answer, Choice, Clarify, Contact, LawLine, Reply

TOPICS = (Choice("压岁钱", "topic:home.money"), Choice("监护职责", "topic:parent.duties"))


def seen(html: list[str]) -> str:
    return "\n".join(VisibleText(page).text for page in html)


def test_an_answer_shows_all_its_parts(messages: dict[str, str]) -> None:
    law = LawLine("civil:35", "《民法典》第三十五条", "为孩子好", url="https://flk.npc.gov.cn/?a=1&b=2")
    contact = Contact("12355", "青少年服务台", "问心事", "各地不同", None)
    reply = Reply("短答", "题目", ("先说", "再做"), "更多的话", (law,), (contact,), "先安慰", TOPICS)
    shown = seen(pages(Answer(reply), messages, EVENING))
    parts = ["先安慰", "题目", "短答", "1. 先说", "2. 再做", "更多的话", "《民法典》第三十五条：为孩子好", "12355"]
    assert [shown.index(part) for part in parts] == sorted(shown.index(part) for part in parts)
    assert messages["render.unknown_hours"] in shown
    assert shown.endswith(messages["render.related"])


def test_asking_back_does_not_call_its_options_related(messages: dict[str, str]) -> None:
    assert messages["render.related"] not in seen(pages(Clarify(Reply("哪一个？", choices=TOPICS)), messages, EVENING))


def test_topics_stand_one_a_row_and_short_buttons_side_by_side() -> None:
    short = (Choice("更多", "more"), Choice("说简单点", "simple"))
    rows = keyboard((*short, *TOPICS, Choice("我是谁", "roles")))
    assert [[button["text"] for button in row] for row in rows] == [
        ["更多", "说简单点"], ["压岁钱"], ["监护职责"], ["我是谁"],
    ]  # fmt: skip


def test_a_button_that_telegram_would_refuse_is_left_out() -> None:
    assert keyboard((Choice("长", "topic:" + "长" * 20),)) == []


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40), max_size=12), st.integers(1, 900))
def test_any_text_arrives_whole_escaped_and_within_the_limit(texts: list[str], times: int) -> None:
    lines = [Line(text * times) for text in texts]
    html = split(lines)
    assert all(0 < units(page) <= LONGEST_TEXT for page in html)
    assert seen(html).replace("\n", "").replace(" ", "") == "".join(texts_of(lines)).replace(" ", "")


def texts_of(lines: list[Line]) -> list[str]:
    return [line.text for line in lines]


def test_long_texts_are_parted_at_line_ends() -> None:
    lines = [Line(f"{place}" + "字" * 500, bold=True) for place in range(20)]
    html = split(lines)
    assert len(html) > 1
    assert all(page.startswith("<b>") and page.endswith("</b>") for page in html)


def test_emoji_count_as_telegram_counts_them() -> None:
    assert units("😀字") == 3
    assert all(units(page) <= LONGEST_TEXT for page in split([Line("😀" * 3000)]))
