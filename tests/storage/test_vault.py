from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.storage.errors import KeyFileError, WrongKeyError
from bot.storage.vault import KEY_BYTES, Vault

KEYS = st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES)


@given(KEYS, st.binary(max_size=5000))
def test_what_is_sealed_opens_as_it_was(key: bytes, data: bytes) -> None:
    sealed = Vault(key).seal(data)
    assert Vault(key).open(sealed) == data
    assert len(data) < 4 or data not in sealed


@given(KEYS, KEYS, st.binary(max_size=100))
def test_another_key_opens_nothing(key: bytes, other: bytes, data: bytes) -> None:
    if key == other:
        return
    with pytest.raises(WrongKeyError):
        Vault(other).open(Vault(key).seal(data))


@given(st.binary(max_size=50), st.data())
def test_a_changed_byte_is_noticed(data: bytes, draw: st.DataObject) -> None:
    vault = Vault(bytes(KEY_BYTES))
    sealed = bytearray(vault.seal(data))
    sealed[draw.draw(st.integers(0, len(sealed) - 1))] ^= draw.draw(st.integers(1, 255))
    with pytest.raises(WrongKeyError):
        vault.open(bytes(sealed))


@given(st.binary(max_size=60))
def test_noise_is_refused(noise: bytes) -> None:
    with pytest.raises(WrongKeyError):
        Vault(bytes(KEY_BYTES)).open(noise)


@given(KEYS, st.text(max_size=50), st.text(max_size=50))
def test_a_pseudonym_stands_for_one_text(key: bytes, text: str, other: str) -> None:
    vault = Vault(key)
    name = vault.pseudonym(text)
    assert name == Vault(key).pseudonym(text)
    assert len(name) == 32
    assert set(name) <= set("0123456789abcdef")
    assert (vault.pseudonym(other) == name) == (other == text)


def test_a_pseudonym_depends_on_the_key() -> None:
    assert Vault(bytes(32)).pseudonym("telegram:1:1") != Vault(b"\1" * 32).pseudonym("telegram:1:1")


def test_the_same_data_is_sealed_differently_each_time() -> None:
    vault = Vault(bytes(KEY_BYTES))
    assert vault.seal(b"same") != vault.seal(b"same")


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(KeyFileError):
        Vault(bytes(length))
