"""Encoded pieces of frames: each distinct one once, and which frame has which."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING

import numpy as np

from iodkit.frames.headers import Encoding, item_header, sequence_prefix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Pool", "combine", "join_items", "wrap"]

_BLOCK = 16384


@dataclass(frozen=True, slots=True)
class Pool:
    """Distinct pieces of bytes and their use by frames.

    Attributes
    ----------
    entries : list of bytes
        The pieces.
    codes : numpy.ndarray
        Number of each frame's piece, shape ``(n,)``; -1 where a frame has none.
    """

    entries: list[bytes]
    codes: NDArray[np.intp]

    @property
    def is_constant(self) -> bool:
        """Whether all frames have the same piece."""
        codes = self.codes
        if not len(codes) or codes[0] < 0:
            return False
        if (codes == codes[0]).all():
            return True
        first = self.entries[codes[0]]
        if codes.min() < 0:
            return False
        return all(self.entries[code] == first for code in np.unique(codes).tolist())

    @property
    def constant(self) -> bytes:
        """The piece that all frames have, of a constant pool."""
        return self.entries[int(self.codes[0])]

    def pieces(self, start: int, stop: int) -> list[bytes]:
        """List the piece of each frame of a range, empty where it has none."""
        codes = self.codes[start:stop]
        if len(codes) and (codes == codes[0]).all():
            return list(repeat(self.entries[codes[0]] if codes[0] >= 0 else b"", len(codes)))
        # The empty piece stands last, where -1 finds it.
        entries = [*self.entries, b""] if len(self.entries) <= 2 * _BLOCK else None
        if entries is not None:
            return list(map(entries.__getitem__, codes.tolist()))
        return [self.entries[c] if c >= 0 else b"" for c in codes.tolist()]

    def lengths(self) -> NDArray[np.int64]:
        """Length of each frame's piece, shape ``(n,)``."""
        table = np.fromiter(map(len, self.entries), np.int64, len(self.entries))
        return np.append(table, 0)[self.codes]


def combine(pools: Sequence[Pool], n: int) -> Pool:
    """Put the pieces of several pools behind each other, frame by frame.

    Parameters
    ----------
    pools : sequence of Pool
        Pools in the order of their tags.
    n : int
        Number of frames.

    Returns
    -------
    Pool
        Distinct combinations; -1 where a frame has none of the pieces.
    """
    if len(pools) == 1:
        return pools[0]
    key = np.zeros(n, np.int64)
    for pool in pools:
        if len(pool.entries) == 1 and not pool.codes.any():
            continue
        key = key * (len(pool.entries) + 1) + (pool.codes + 1)
        _, key = np.unique(key, return_inverse=True)
        key = key.reshape(-1).astype(np.int64)
    count = int(key.max()) + 1 if n else 0
    first = np.zeros(count, np.intp)
    first[key[::-1]] = np.arange(n - 1, -1, -1)
    columns = [
        np.where(pool.codes[first] < 0, len(pool.entries), pool.codes[first]).tolist()
        for pool in pools
    ]
    tables = [[*pool.entries, b""] for pool in pools]
    entries = [
        b"".join(table[code] for table, code in zip(tables, row, strict=True))
        for row in zip(*columns, strict=True)
    ]
    present = np.zeros(n, bool)
    for pool in pools:
        present |= pool.codes >= 0
    return Pool(entries, np.where(present, key, -1).astype(np.intp))


def wrap(pool: Pool, tag: int, encoding: Encoding) -> Pool:
    """Make each piece the one item of a sequence."""
    implicit, order = encoding.implicit_vr, encoding.order
    lengths = set(map(len, pool.entries))
    if len(lengths) == 1:
        prefix = sequence_prefix(tag, lengths.pop(), implicit, order)
        return Pool([prefix + entry for entry in pool.entries], pool.codes)
    entries = [sequence_prefix(tag, len(e), implicit, order) + e for e in pool.entries]
    return Pool(entries, pool.codes)


def join_items(pools: Sequence[Pool], n: int, encoding: Encoding) -> bytes:
    """Join the pieces of all pools to one item per frame.

    Parameters
    ----------
    pools : sequence of Pool
        Pools in the order of their tags.
    n : int
        Number of frames.
    encoding : Encoding
        How item headers are written.

    Returns
    -------
    bytes
        Value of the sequence.
    """
    total = np.zeros(n, np.int64)
    for pool in pools:
        total += pool.lengths()
    heads = np.empty(n, [("tag", "V4"), ("length", f"{encoding.order}u4")])
    heads["tag"] = np.void(item_header(0, encoding.order)[:4])
    heads["length"] = total
    packed = heads.view("V8")
    blocks = []
    for start in range(0, n, _BLOCK):
        stop = min(n, start + _BLOCK)
        step = len(pools) + 1
        parts: list[bytes] = [b""] * (step * (stop - start))
        parts[0::step] = packed[start:stop].tolist()
        for position, pool in enumerate(pools, 1):
            parts[position::step] = pool.pieces(start, stop)
        blocks.append(b"".join(parts))
    return blocks[0] if len(blocks) == 1 else b"".join(blocks)
