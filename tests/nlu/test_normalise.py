"""Normalisation keeps the meaning and knows where each character came from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.load import load_corpus
from bot.core.intent_types import Lexicon
from bot.nlu.normalise import Normaliser
from tests.conftest import ROOT

LEXICON = Lexicon(spellings={"自杀": ("zisha", "紫砂"), "欺负": ("qifu",)}, emoji={"😭": "哭"})


@pytest.fixture(scope="module")
def normalise() -> Normaliser:
    return Normaliser(LEXICON)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("ＡＢＣ　１２", "abc 12"),
        ("總是打我", "总是打我"),
        ("强.奸", "强奸"),
        ("强 奸", "强奸"),
        ("欺\u200b负\ufeff", "欺负"),
        ("啊啊啊啊啊", "啊啊"),
        ("我想zisha", "我想自杀"),
        ("买个紫砂壶", "买个自杀壶"),
        ("qifuren", "qifuren"),
        ("😭", "哭"),
        ("a  \n b", "a b"),
        ("一、二。三！", "一、二。三!"),
    ],
)
def test_one_meaning_has_one_form(normalise: Normaliser, written: str, meant: str) -> None:
    assert normalise(written) == meant


@given(st.text(max_size=80))
def test_offsets_agree_with_the_text_and_point_into_the_original(text: str) -> None:
    normalised = Normaliser(LEXICON).with_offsets(text)

    assert len(normalised.offsets) == len(normalised.text)
    assert all(0 <= place < len(text) for place in normalised.offsets)
    assert list(normalised.offsets) == sorted(normalised.offsets)


@pytest.mark.parametrize("text", ["總 是 ＡＢ打我啊啊啊啊zisha了", "😭强.奸  x"])
def test_both_ways_of_normalising_give_the_same(normalise: Normaliser, text: str) -> None:
    assert normalise.with_offsets(text).text == normalise(text)


def test_normalising_twice_changes_nothing_more() -> None:
    normalise = Normaliser(load_corpus(ROOT).lexicon)

    for text in ("他总是期负我", "老师没收手机😭", "zisha"):
        once = normalise(text)
        assert normalise(once) == once


@pytest.fixture(scope="module")
def own() -> Normaliser:
    return Normaliser(load_corpus(ROOT).lexicon)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("佢喺屋企成晚鬧我", "他在家里成晚闹我"),
        ("我細佬冇返屋企", "我弟弟没有回家"),
        ("啲人畀我睇嘅嘢", "些人给我看的东西"),
        ("我 mei mei 不见了", "我妹妹不见了"),
        ("俺老汉儿咋个遭打了", "我爸爸怎么被打了"),
        ("啥子是一号检察建议", "什么是一号检察建议"),
        ("他为啥不让俺说", "他为什么不让我说"),
    ],
)
def test_dialect_and_childrens_pinyin_are_read_as_common_words(own: Normaliser, said: str, meant: str) -> None:
    assert own(said) == meant


@pytest.mark.parametrize(
    "common",
    [
        "旁边个子高的",
        "但系统说不行",
        "跟他打交道",
        "好惊喜",
        "在无锡我家",
        "翻译成日语",
        "为什么事吵架",
        "弹琴日常",
        "重点解读",
        "women",
    ],
)
def test_common_words_are_not_taken_for_dialect(own: Normaliser, common: str) -> None:
    assert own(common) == common
