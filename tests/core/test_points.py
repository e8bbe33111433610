"""What is said when asked for more, in points and pages."""

from hypothesis import given
from hypothesis import strategies as st

from bot.core.points import label, pages, points


def test_a_label_or_a_question_begins_a_point_and_keeps_what_belongs_to_it() -> None:
    text = "能自己花吗？满8岁可以花小钱。没满8岁由爸妈决定。怕报复：请老师保密。上下学找人一起走。"

    assert points(text) == (
        "能自己花吗？满8岁可以花小钱。没满8岁由爸妈决定。",
        "怕报复：请老师保密。上下学找人一起走。",
    )


def test_lines_that_an_author_made_are_left_as_they_are() -> None:
    assert points("第一件事。还有一句。\n第二件事。") == ("第一件事。还有一句。", "第二件事。")


def test_nothing_has_no_points() -> None:
    assert points("") == ()
    assert pages(()) == ()


@given(st.text("字：，。？！”"))
def test_no_character_is_lost(text: str) -> None:
    assert "".join(points(text)) == text


@given(st.lists(st.text("字", min_size=1, max_size=300)).map(tuple))
def test_a_page_holds_a_screen_or_one_point(items: tuple[str, ...]) -> None:
    made = pages(items)

    assert tuple(item for page in made for item in page) == items
    assert all(len(page) == 1 or sum(map(len, page)) <= 220 for page in made)


def test_a_point_says_what_it_is_about() -> None:
    assert label("彩礼：没登记可以要回。") == "彩礼"
    assert label("没登记可以要回。") == ""
