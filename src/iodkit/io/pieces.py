"""Encoded data as a list of buffers, so that pixels travel to the file without being copied."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from iodkit.errors import InvalidTypeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    Buffer: TypeAlias = bytes | bytearray | memoryview | NDArray[Any]
    Piece: TypeAlias = Buffer | Iterable[Buffer]

__all__ = ["as_bytes_view", "flatten_pieces", "join_pieces", "merge_small_pieces"]

_SMALL = 1 << 15


def as_bytes_view(buffer: Any) -> memoryview:
    """View the memory of a buffer as bytes, without a copy where it is contiguous.

    Parameters
    ----------
    buffer : bytes | bytearray | memoryview | numpy.ndarray
        Anything that offers its memory; arrays are taken in C order.

    Returns
    -------
    memoryview
        One-dimensional view of unsigned bytes.

    Raises
    ------
    InvalidTypeError
        If the object does not offer its memory.
    """
    try:
        view = memoryview(buffer)
    except TypeError:
        raise InvalidTypeError(
            "a piece of encoded data is no buffer",
            found=type(buffer).__name__,
            expected="bytes, bytearray, memoryview or a numpy array",
        ) from None
    if view.nbytes == 0:
        return memoryview(b"")
    if not view.c_contiguous:
        return memoryview(view.tobytes())
    return view if view.format == "B" and view.ndim == 1 else view.cast("B")


def flatten_pieces(pieces: Iterable[Piece]) -> Iterator[memoryview]:
    """Iterate over all buffers of pieces, some of which may be iterables of buffers.

    Parameters
    ----------
    pieces : Iterable
        Buffers, and iterables of buffers.

    Yields
    ------
    memoryview
        One-dimensional view of unsigned bytes of each buffer.

    Raises
    ------
    InvalidTypeError
        If something is neither.
    """
    for piece in pieces:
        if _offers_memory(piece):
            yield as_bytes_view(piece)
            continue
        if not hasattr(piece, "__iter__") or isinstance(cast("object", piece), str):
            raise InvalidTypeError(
                "a piece of encoded data is no buffer",
                found=type(piece).__name__,
                expected="a buffer, or an iterable of buffers",
            )
        for buffer in piece:
            yield as_bytes_view(buffer)


def _offers_memory(piece: Any) -> bool:
    if isinstance(piece, bytes | bytearray | memoryview):
        return True
    try:
        memoryview(piece)
    except TypeError:
        return False
    return True


def join_pieces(pieces: Iterable[Piece]) -> bytes:
    """Join pieces to one byte string.

    Parameters
    ----------
    pieces : Iterable
        Buffers, and iterables of buffers.

    Returns
    -------
    bytes
        Their bytes in order.
    """
    listed: Any = pieces
    if isinstance(listed, list):
        # Nothing is consumed where one of many is no contiguous buffer.
        with contextlib.suppress(TypeError, BufferError, ValueError):
            return b"".join(listed)
    return b"".join(flatten_pieces(pieces))


def merge_small_pieces(pieces: list[Any]) -> list[Any]:
    """Join runs of small byte strings, and leave large buffers and iterables as they are.

    Parameters
    ----------
    pieces : list
        Buffers, and iterables of buffers.

    Returns
    -------
    list
        The same bytes in fewer pieces.
    """
    kept = [
        place
        for place, piece in enumerate(pieces)
        if type(piece) is not bytes or len(piece) >= _SMALL
    ]
    merged: list[Any] = []
    start = 0
    for place in kept:
        if place > start:
            merged.append(b"".join(pieces[start:place]))
        merged.append(pieces[place])
        start = place + 1
    if start < len(pieces):
        merged.append(b"".join(pieces[start:]))
    return merged
