"""Numbers that name a person are found however they are typed, and other numbers are let be."""

from __future__ import annotations

import pytest

from bot.core.personal import names_someone


@pytest.mark.parametrize(
    "text",
    [
        "电话13800138000",
        "他爸爸１３８００１３８０００，晚上打",
        "138 0013 8000",
        "138-0013-8000 5人",
        "138－0013－8000",
        "1 3 8 0 0 1 3 8 0 0 0",
        "+86 13800138000",
        "8613800138000",
        "013800138000",
        "138\u200b0013\u200b8000",
        "138——0013——8000",
        "身份证110101201501012345",
        "11010120150101123x",
        "110101 20150101 123Ｘ",
        "１１０１０１２０１５０１０１１２３４",
    ],
)
def test_a_number_that_names_someone_is_found(text: str) -> None:
    assert names_someone(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "拨打12355、110或者12345",
        "检察院010-12345678，400-800-8820",
        "2026-11-22 13:00，五（3）班30人",
        "11月1日到12月31日，每周3次，共13 14 15三场",
        "发了1200份宣传册，1998年以来12000份",
        "账号尾号6222",
        "各班人数30 31 32 33 34 35 36 37 38",
        "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15",
        "订单20261122130000123456789",
    ],
)
def test_other_numbers_are_let_be(text: str) -> None:
    assert not names_someone(text)
