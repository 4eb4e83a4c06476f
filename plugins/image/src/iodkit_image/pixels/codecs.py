"""Decoding of compressed frames: own decoders, or the best one that is installed."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.uid import UID, RLELossless

from iodkit.errors import (
    CorruptDataError,
    IodkitError,
    MissingDependencyError,
    PixelDataError,
    UnsupportedError,
)
from iodkit.standard.syntaxes import DEFLATED_IMAGE_FRAME, ENCAPSULATED_UNCOMPRESSED
from iodkit_image.pixels.colors import to_rgb
from iodkit_image.pixels.decoders import decoders_for
from iodkit_image.pixels.families import how_to_install
from iodkit_image.pixels.guard import require_size, state_rows
from iodkit_image.pixels.native import arrange_samples, trim_unused_bits, upsample_chrominance
from iodkit_image.pixels.rle import decode_rle

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from iodkit_image.pixels.layout import PixelLayout

__all__ = ["decode_compressed"]


def decode_compressed(data: bytes, layout: PixelLayout, syntax: str) -> NDArray[Any]:
    """Decode a frame with the best decoder that is installed.

    Parameters
    ----------
    data : bytes
        The encoded frame.
    layout : PixelLayout
        Layout of its pixels.
    syntax : str
        UID of a compressed transfer syntax (PS3.5 A.4).

    Returns
    -------
    numpy.ndarray
        Frame of the layout's shape and type; colour as RGB.

    Raises
    ------
    MissingDependencyError
        If no decoder for the transfer syntax is installed.
    PixelDataError
        If all installed decoders fail, or the frame would be larger than allowed.
    UnsupportedError
        If the transfer syntax is unknown.
    """
    data = state_rows(data)
    require_size(data, layout)
    own = _OWN.get(syntax)
    if own is not None:
        return own(data, layout)
    failures: list[str] = []
    for decoder in decoders_for(syntax):
        try:
            frame = decoder.decode(data, layout, syntax)
        except Exception as error:  # noqa: BLE001 - each library raises exceptions of its own
            failures.append(f"{decoder.name}: {error}")
            continue
        if frame.shape == layout.frame_shape:
            return frame.astype(layout.dtype, copy=False)
        failures.append(f"{decoder.name}: gave shape {frame.shape}, not {layout.frame_shape}")
    raise _failure(UID(syntax), failures)


def _failure(syntax: UID, failures: list[str]) -> IodkitError:
    """Say why no decoder gave a frame."""
    if failures:
        return PixelDataError(
            f"a frame in transfer syntax {syntax.name} cannot be decoded: {'; '.join(failures)}",
            attribute="PixelData",
        )
    remedy = how_to_install(syntax)
    if remedy is not None:
        return MissingDependencyError(
            f"no decoder for transfer syntax {syntax.name} is installed", remedy=remedy
        )
    return UnsupportedError(
        "frames in this transfer syntax cannot be decoded",
        attribute="TransferSyntaxUID",
        found=f"{syntax} ({syntax.name})",
    )


def _decode_deflated(data: bytes, layout: PixelLayout) -> NDArray[Any]:
    """Deflated Image Frame Compression (PS3.5 A.4.13)."""
    try:
        # No more than the frame needs: a few bytes may stand for very many.
        wanted = -(-layout.native_frame_bits // 8) + 1
        inflated = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, wanted)
    except zlib.error as error:
        raise CorruptDataError(
            f"a deflated frame is broken: {error}", attribute="PixelData", clause="PS3.5 A.4.13"
        ) from error
    return _decode_native(inflated, layout, "PS3.5 A.4.13")


def _decode_uncompressed(data: bytes, layout: PixelLayout) -> NDArray[Any]:
    """Encapsulated Uncompressed Explicit VR Little Endian (PS3.5 A.4.11)."""
    return _decode_native(data, layout, "PS3.5 A.4.11")


def _decode_native(data: bytes, layout: PixelLayout, clause: str) -> NDArray[Any]:
    """A frame of native pixels (PS3.5 8.1.1), on its own and perhaps padded."""
    if len(data) * 8 < layout.native_frame_bits:
        raise CorruptDataError(
            "a frame is too short",
            attribute="PixelData",
            found=f"{len(data)} bytes",
            expected=f"{layout.native_frame_bits} bits",
            clause=clause,
        )
    if layout.bits_allocated == 1:
        bits = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")
        return bits[: layout.frame_samples].reshape(layout.frame_shape)
    count = layout.native_frame_bits // layout.bits_allocated
    cells = np.frombuffer(data, layout.dtype.newbyteorder("<"), count)
    if layout.is_subsampled:
        return to_rgb(
            upsample_chrominance(cells.reshape(1, layout.rows, -1), layout.columns)[0], layout
        )
    return to_rgb(trim_unused_bits(arrange_samples(cells, layout)[0], layout), layout)


def _decode_rle(data: bytes, layout: PixelLayout) -> NDArray[Any]:
    return to_rgb(trim_unused_bits(decode_rle(data, layout), layout, in_place=True), layout)


_OWN: dict[str, Callable[[bytes, PixelLayout], NDArray[Any]]] = {
    RLELossless: _decode_rle,
    DEFLATED_IMAGE_FRAME: _decode_deflated,
    ENCAPSULATED_UNCOMPRESSED: _decode_uncompressed,
}
