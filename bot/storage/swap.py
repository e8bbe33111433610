"""Puts new files in the place of old ones; where one refuses, all the old ones come back."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path


def swap_in(places: Mapping[Path, Path | None]) -> None:
    """Move each new file to its place, or only clear the place for None. Raises OSError with the old state back."""
    aside: dict[Path, Path] = {}
    arrived: list[Path] = []
    try:
        for place in places:
            if place.exists():
                kept = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
                place.replace(kept)
                aside[place] = kept
        for place, new in places.items():
            if new is not None:
                new.replace(place)
                arrived.append(place)
        _flush_folders(arrived)
    except BaseException:
        _put_back(aside, arrived)
        raise
    for kept in aside.values():
        kept.unlink()


def _put_back(aside: Mapping[Path, Path], arrived: list[Path]) -> None:
    for place in arrived:
        place.unlink()
    for place, kept in aside.items():
        kept.replace(place)


def _flush_folders(files: list[Path]) -> None:
    for folder in {file.parent for file in files}:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
