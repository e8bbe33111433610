"""Which names are taken for one school."""

from __future__ import annotations

import pytest

from bot.desk.school_names import alike, same_school


@pytest.mark.parametrize(
    ("mine", "other"),
    [
        ("青山一中", "青山县第一中学"),
        ("一中", "青山县第一中学"),
        ("第1中学", "青山县第一中学"),
        ("青山12中", "青山第十二中学"),
        ("101中学", "青山一〇一中学"),
        ("呼市一中", "呼和浩特市第一中学"),
        ("青山一中心理咨询室", "青山县第一中学"),
        ("青山一高", "青山县第一高级中学"),
        ("实验小学", "青山县实验小学"),
        ("青山中学", "青山学校"),
        ("青山高中", "青山县高级中学"),
        ("青山中学", "青山一中"),
        ("青山县九年一贯制学校", "青山小学"),
        ("师大附中", "内蒙古师范大学附属中学"),
        ("青山县第一中学（东校区）", "青山一中"),
        ("检察院、青山一中", "青山县第一中学"),
        ("中学", "青山中学"),
        ("蒙中", "青山县蒙古族中学"),
        ("实小", "青山县实验小学"),
        ("青山职中", "青山县职业中学"),
        ("青山民中", "青山县民族中学"),
        ("外校", "青山外国语学校"),
        ("特教学校", "青山县特殊教育学校"),
        ("一实小", "第一实验小学"),
        ("青山附小", "青山师范学校附属小学"),
        ("青山镇小学", "青山镇中心小学"),
        ("青山镇中心校", "青山镇中心学校"),
        ("青山镇中心校", "青山镇小学"),
    ],
)
def test_names_of_one_school_are_one_however_they_are_written(mine: str, other: str) -> None:
    assert same_school(mine, other)
    assert same_school(other, mine)


@pytest.mark.parametrize(
    ("mine", "other"),
    [
        ("青山二中", "青山县第一中学"),
        ("二中", "第十二中学"),
        ("呼市一中", "青山县第一中学"),
        ("青山一小", "青山一中"),
        ("青山小学", "青山中学"),
        ("中山中学", "青山中学"),
        ("青山县公安局", "青山中学"),
        ("青山县检察院", "青山县第一中学"),
        ("青山一中", "青山县实验中学"),
        ("", "青山中学"),
        ("？", "青山中学"),
        ("实小", "青山一小"),
        ("蒙中", "青山民族中学"),
        ("青山实小", "呼市实验小学"),
    ],
)
def test_names_of_others_are_not(mine: str, other: str) -> None:
    assert not same_school(mine, other)
    assert not same_school(other, mine)


def test_a_name_that_is_not_registered_but_alike_is_told() -> None:
    known = ["青山县第一中学", "青山县外国语实验学校", "呼市二中"]
    assert alike("青山一中", known) == ["青山县第一中学"]
    assert alike("青山外国语学校", known) == ["青山县外国语实验学校"]
    assert alike("呼市二中、青山一中", known) == ["青山县第一中学"]
    assert alike("青山县第一中学", known) == []
    assert alike("青山县公安局", known) == []
    assert alike("", known) == []
