"""Article numbers, both ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.numerals import article_label, article_number, from_chinese, to_chinese


@given(st.integers(min_value=0, max_value=9999))
def test_a_number_survives_being_written_in_chinese(number: int) -> None:
    assert from_chinese(to_chinese(number)) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("第八条说什么", "8"),
        ("决定第十一条", "11"),
        ("刑法第二百三十六条之一", "236-1"),
        ("第1260条", "1260"),
        ("我家有一条狗", None),
        ("三条建议", None),
        ("没有提到", None),
    ],
)
def test_the_article_that_a_text_names(text: str, number: str | None) -> None:
    assert article_number(text) == number


@pytest.mark.parametrize(
    ("number", "label"), [("10", "第十条"), ("108", "第一百零八条"), ("236-1", "第二百三十六条之一")]
)
def test_labels_are_as_the_law_prints_them(number: str, label: str) -> None:
    assert article_label(number) == label
