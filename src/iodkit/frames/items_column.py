"""Columns of items: the distinct items of a sequence, and which frame has which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import InvalidValueError
from iodkit.frames.headers import Encoding, element_header
from iodkit.frames.items import encode_items
from iodkit.frames.pools import Pool
from iodkit.frames.ragged import Ragged, is_nested

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

__all__ = ["ItemsColumn", "check_index", "item_rows"]


@dataclass(frozen=True, slots=True)
class ItemsColumn:
    """Distinct items of a sequence and which of them each frame has, in order."""

    tag: int
    items: tuple[Dataset, ...]
    index: Ragged

    def encode(self, encoding: Encoding) -> Pool:
        """Encode the sequence once per distinct list of items."""
        bodies = [encode_items([item], encoding) for item in self.items]
        counts = self.index.counts
        if counts.max(initial=0) <= 1:
            rows: list[tuple[int, ...]] = [(i,) for i in range(len(bodies))]
            codes = np.full(len(counts), -1, np.intp)
            codes[counts == 1] = self.index.values
        else:
            found: dict[tuple[int, ...], int] = {}
            flat, ends = self.index.values.tolist(), self.index.offsets.tolist()
            codes = np.empty(len(counts), np.intp)
            for frame in range(len(counts)):
                row = tuple(flat[ends[frame] : ends[frame + 1]])
                codes[frame] = found.setdefault(row, len(found)) if row else -1
            rows = list(found)
        entries = []
        for row in rows:
            body = b"".join([bodies[i] for i in row])
            head = element_header(self.tag, "SQ", len(body), encoding.implicit_vr, encoding.order)
            entries.append(head + body)
        return Pool(entries, codes)


def check_index(index: Any, n: int, size: int, path: str) -> NDArray[np.intp]:
    """Check the number of each frame's value: shape ``(n,)``, -1 for none, below `size`."""
    codes = np.asarray(index)
    if codes.shape != (n,) or codes.dtype.kind not in "iu":
        raise InvalidValueError(
            "the index needs one whole number per frame",
            attribute=path,
            found=f"{codes.dtype} of shape {codes.shape}",
            expected=f"shape ({n},)",
        )
    if codes.size and (codes.min() < -1 or codes.max() >= size):
        raise InvalidValueError(
            "the index points outside the values",
            attribute=path,
            found=f"{codes.min()} to {codes.max()}",
            expected=f"-1 to {size - 1}",
        )
    return codes.astype(np.intp)


def item_rows(index: Any, n: int, size: int, path: str) -> Ragged:
    """Check which frame has which items.

    Parameters
    ----------
    index : array_like of int, Ragged, sequence of sequences or None
        Number of each frame's item (-1 for none), or the list of its items' numbers; None: each
        frame has all items.
    n : int
        Number of frames.
    size : int
        Number of items.
    path : str
        For errors.

    Returns
    -------
    Ragged
        The numbers of each frame's items.

    Raises
    ------
    InvalidValueError
        If there is not one entry per frame, or a number is no item's.
    """
    if index is None:
        flat = np.tile(np.arange(size, dtype=np.intp), n)
        return Ragged(flat, np.arange(n + 1, dtype=np.intp) * size)
    if not isinstance(index, Ragged):
        if not is_nested(index):
            codes = check_index(index, n, size, path)
            offsets = np.zeros(n + 1, np.intp)
            np.cumsum(codes >= 0, out=offsets[1:])
            return Ragged(codes[codes >= 0], offsets)
        index = Ragged.from_rows(index, np.intp)
    if len(index) != n:
        raise InvalidValueError(
            "the index needs one row per frame",
            attribute=path,
            found=len(index),
            expected=str(n),
        )
    flat = np.asarray(index.values)
    if flat.size and (flat.dtype.kind not in "iu" or flat.min() < 0 or flat.max() >= size):
        raise InvalidValueError(
            "the index points outside the items",
            attribute=path,
            expected=f"0 to {size - 1}",
        )
    return Ragged(flat.astype(np.intp), index.offsets)
