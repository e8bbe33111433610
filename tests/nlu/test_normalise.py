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
