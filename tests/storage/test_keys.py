from __future__ import annotations

import base64
import stat
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from bot.storage.errors import KeyFileError
from bot.storage.keys import KEY_FILE, load_key


def test_the_key_is_made_once_for_this_user_alone(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "data"
    key = load_key(folder)
    assert len(key) == 32
    assert load_key(folder) == key
    assert stat.S_IMODE((folder / KEY_FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [file.name for file in folder.iterdir()] == [KEY_FILE]


def test_a_given_key_leaves_no_file(tmp_path: Path) -> None:
    given = base64.b64encode(bytes(range(32))).decode()
    assert load_key(tmp_path, given) == bytes(range(32))
    assert list(tmp_path.iterdir()) == []


def test_processes_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        keys = list(pool.map(load_key, [tmp_path / str(place // 4) for place in range(40)]))
    assert len(set(keys)) == 10


@pytest.mark.parametrize("content", [b"", b"short", b"\xff\xfe\x00", base64.b64encode(bytes(16)), b"not base64 !!"])
def test_a_malformed_key_is_refused_and_kept(tmp_path: Path, content: bytes) -> None:
    (tmp_path / KEY_FILE).write_bytes(content)
    with pytest.raises(KeyFileError):
        load_key(tmp_path)
    assert (tmp_path / KEY_FILE).read_bytes() == content


def test_an_unreadable_key_is_told(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).mkdir()
    with pytest.raises(KeyFileError):
        load_key(tmp_path)


def test_a_malformed_given_key_is_not_quoted() -> None:
    with pytest.raises(KeyFileError) as caught:
        load_key(Path("unused"), "hunter2hunter2")
    assert "hunter2" not in str(caught.value)
