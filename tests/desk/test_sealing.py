"""What is sealed to somebody opens for them alone; codes are read however they are typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.sealing import (
    SealError,
    new_pair,
    new_receipt_code,
    new_recovery,
    new_salt,
    normal_code,
    open_with,
    password_key,
    receipt_name,
    receipt_pair,
    receipt_secret,
    recovery_pair,
    seal_to,
    unwrap,
    wrap,
)

TEXT = "他说不能告诉别人".encode()
SALT = bytes(16)


@given(st.binary(max_size=200))
def test_what_is_sealed_to_a_pair_opens_with_its_private_half(data):
    pair = new_pair()
    assert open_with(pair.private, seal_to(pair.public, data)) == data


def test_nobody_else_opens_it():
    sealed = seal_to(new_pair().public, TEXT)
    assert TEXT not in sealed
    with pytest.raises(SealError):
        open_with(new_pair().private, sealed)


@pytest.mark.parametrize("place", [0, 31, 32, -1])
def test_a_changed_byte_is_noticed(place):
    pair = new_pair()
    changed = bytearray(seal_to(pair.public, TEXT))
    changed[place] ^= 1
    with pytest.raises(SealError):
        open_with(pair.private, bytes(changed))


def test_the_same_text_never_looks_the_same():
    public = new_pair().public
    assert seal_to(public, TEXT) != seal_to(public, TEXT)


@pytest.mark.parametrize("key", [b"", b"short", bytes(33)])
def test_keys_of_another_length_are_refused_in_our_own_words(key):
    for attempt in (lambda: seal_to(key, TEXT), lambda: open_with(key, bytes(80)), lambda: wrap(key, TEXT)):
        with pytest.raises(SealError):
            attempt()


@pytest.mark.parametrize("sealed", [b"", b"x", bytes(47), bytes(48)])
def test_what_was_never_sealed_is_refused(sealed):
    for attempt in (lambda: open_with(new_pair().private, sealed), lambda: unwrap(bytes(32), sealed)):
        with pytest.raises(SealError):
            attempt()


def test_what_is_wrapped_opens_under_the_same_secret_only():
    wrapped = wrap(bytes(32), TEXT)
    assert unwrap(bytes(32), wrapped) == TEXT
    with pytest.raises(SealError):
        unwrap(b"1" * 32, wrapped)


def test_a_pair_never_shows_its_private_half():
    pair = new_pair()
    assert repr(pair.private) not in repr(pair)
    assert "private" not in repr(pair)


def test_a_password_gives_the_same_key_with_the_same_salt_only():
    key = password_key("安静的河边有石头", SALT)
    assert len(key) == 32
    assert key == password_key("安静的河边有石头", SALT)
    assert key != password_key("安静的河边有石头", new_salt())
    assert key != password_key("安静的河边有石子", SALT)


def test_full_width_letters_of_a_password_are_the_same_password():
    assert password_key("ＡＢＣ１２３４５６７", SALT) == password_key("ABC1234567", SALT)


def test_a_salt_of_another_length_is_refused():
    with pytest.raises(SealError):
        password_key("安静的河边有石头", b"short")


def test_receipt_codes_are_sixteen_digits_in_four_groups():
    codes = {new_receipt_code() for _ in range(50)}
    assert len(codes) == 50
    for code in codes:
        assert [len(group) for group in code.split(" ")] == [4, 4, 4, 4]
        assert normal_code(code) == code.replace(" ", "")


@pytest.mark.parametrize(
    "typed",
    [
        "1234567890123456",
        " 1234 5678 9012 3456\n",
        "１２３４５６７８９０１２３４５６",
        "1234-5678-9012-3456",
        "1234—5678–9012－3456",
        "1234\u20115678\u30009012\u00a03456",
        "1234\u200b5678 9012 3456",
    ],
)
def test_a_receipt_code_is_read_however_it_is_typed(typed):
    assert normal_code(typed) == "1234567890123456"


@pytest.mark.parametrize(
    "typed", ["", "123456789012345", "12345678901234567", "1234 5678 9012 345六", "我的码1234567890123456", "١" * 16]
)
def test_what_is_no_receipt_code_is_not_taken_for_one(typed):
    assert normal_code(typed) is None
    with pytest.raises(SealError):
        receipt_secret(typed, SALT)


def test_a_receipt_code_gives_its_pair_again():
    code = new_receipt_code()
    secret = receipt_secret(code, SALT)
    pair = receipt_pair(secret, SALT)
    again = receipt_pair(receipt_secret(code.replace(" ", "-"), SALT), SALT)
    assert pair == again
    assert open_with(again.private, seal_to(pair.public, TEXT)) == TEXT
    assert pair != receipt_pair(secret, b"1" * 16)
    assert secret != receipt_secret(code, b"1" * 16)
    assert secret != receipt_secret(new_receipt_code(), SALT)
    assert receipt_name(secret) != receipt_name(receipt_secret(new_receipt_code(), SALT))


def test_a_recovery_code_gives_its_pair_again_however_it_is_typed():
    code, pair = new_recovery()
    assert [len(group) for group in code.split("-")] == [4] * 8
    for typed in (code, code.lower(), code.replace("-", " "), code.replace("O", "0").replace("I", "1")):
        assert recovery_pair(typed) == pair
    assert new_recovery()[1] != pair


@pytest.mark.parametrize("typed", ["", "AAAA", "A" * 31, "A" * 33, "9" * 32, "中" * 32])
def test_what_is_no_recovery_code_is_refused(typed):
    with pytest.raises(SealError):
        recovery_pair(typed)
