"""Terms as numbers: runs of characters and words as keys of 64 bits, made in a few passes of NumPy.

A run is hashed by its code points as a polynomial modulo 2**64 (Karp and Rabin 1987): that of any stretch of a text is
a difference of two sums over it. The highest bits of a key name the block of terms to which it belongs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Keys = NDArray[np.uint64]
Places = NDArray[np.intp]

#: Blocks of terms that a model may have.
MOST_BLOCKS = 8
_TAG = np.uint64(61)
_TAGS = np.arange(MOST_BLOCKS, dtype=np.uint64) << _TAG
_SPARE = np.uint64(3)
_BASE = 0x9E3779B97F4A7C15
_JOIN = np.uint64(0xD6E8FEB86659FD93)
#: Multipliers and shifts by which all bits of a hash come to count (Steele, Lea and Flood 2014).
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(30), np.uint64(0x94D049BB133111EB), np.uint64(31))
_WORD = 1 << 64


def _powers(base: int, size: int) -> Hashes:
    found = np.full(size, base, dtype=np.uint64)
    found[0] = 1
    return np.multiply.accumulate(found)


#: Texts are longer than this only by mistake; the rest of one is cut off.
LONGEST = 20_480
_UP = _powers(_BASE, LONGEST)
_DOWN = _powers(pow(_BASE, -1, _WORD), LONGEST)


class Runs:
    """The hashes of stretches of one text."""

    __slots__ = ("_sums", "size")

    def __init__(self, text: str) -> None:
        codes = np.frombuffer(text[: LONGEST - 1].encode("utf-32-le", "surrogatepass"), dtype="<u4")
        self.size = len(codes)
        self._sums = np.zeros(self.size + 1, dtype=np.uint64)
        np.cumsum(codes * _UP[: self.size], out=self._sums[1:])

    def between(self, starts: Places, ends: Places) -> Hashes:
        """The hash of each stretch from a start up to an end."""
        hashes: Hashes = (self._sums[ends] - self._sums[starts]) * _DOWN[starts]
        return hashes

    def of_length(self, length: int) -> Hashes:
        """The hashes of all runs of so many characters, in order."""
        if self.size < length:
            return np.empty(0, dtype=np.uint64)
        last = self.size - length + 1
        hashes: Hashes = (self._sums[length:] - self._sums[:last]) * _DOWN[:last]
        return hashes


def hashed(names: Iterable[str]) -> Hashes:
    """The hash of each of some names."""
    return np.fromiter((Runs(name).of_length(len(name))[0] for name in names), dtype=np.uint64)


def joined(one: Hashes, other: Hashes) -> Hashes:
    """The hashes of ordered pairs."""
    return one * _JOIN + other


def tagged(hashes: Mapping[int, Hashes]) -> Keys:
    """Hashes as keys, block after block; the blocks are numbered from 0."""
    first, high, second, low = _MIX
    mixed: Keys = np.concatenate([*hashes.values()]) * first
    mixed ^= mixed >> high
    mixed *= second
    mixed ^= mixed >> low
    mixed >>= _SPARE
    mixed |= np.repeat(_TAGS[[*hashes]], [len(part) for part in hashes.values()])
    return mixed


def blocks(keys: Keys) -> Places:
    """The number of the block to which each key belongs."""
    return (keys >> _TAG).astype(np.intp)
