"""Decoding of one frame whose description is given by hand, and what loss an encoding has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    JPEG2000MC,
    UID,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLSNearLossless,
)

from iodkit.elements import coerce_enum
from iodkit.standard.enums import (
    PhotometricInterpretationValues,
    PixelDataKeywords,
    PixelRepresentationValues,
    PlanarConfigurationValues,
)
from iodkit.standard.syntaxes import is_compressed
from iodkit_image.pixels.layout import PixelLayout
from iodkit_image.pixels.store import FrameStore
from iodkit_image.pixels.value import MemoryValue

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["decode_frame", "get_lossy_compression_attributes"]

# Defined terms of Lossy Image Compression Method (PS3.3 C.7.6.1.1.5.1).
_METHODS = {
    JPEGBaseline8Bit: "ISO_10918_1",
    JPEGExtended12Bit: "ISO_10918_1",
    JPEGLSNearLossless: "ISO_14495_1",
    JPEG2000: "ISO_15444_1",
    JPEG2000MC: "ISO_15444_1",
    HTJ2K: "ISO_15444_15",
    UID("1.2.840.10008.1.2.4.112"): "ISO_18181_1",
}
_VIDEO = {
    **dict.fromkeys(("100", "100.1", "101", "101.1"), "ISO_13818_2"),
    **dict.fromkeys(
        ("102", "102.1", "103", "103.1", "104", "104.1", "105", "105.1", "106", "106.1"),
        "ISO_14496_10",
    ),
    **dict.fromkeys(("107", "108"), "ISO_23008_2"),
}
_METHODS.update({UID(f"1.2.840.10008.1.2.4.{end}"): term for end, term in _VIDEO.items()})


def decode_frame(
    value: bytes,
    transfer_syntax_uid: str,
    rows: int,
    columns: int,
    samples_per_pixel: int,
    bits_allocated: int,
    bits_stored: int,
    photometric_interpretation: PhotometricInterpretationValues | str,
    pixel_representation: PixelRepresentationValues | int | None = 0,
    planar_configuration: PlanarConfigurationValues | int | None = None,
    index: int = 0,
    pixel_keyword: PixelDataKeywords | str = PixelDataKeywords.PIXEL_DATA,
) -> NDArray[Any]:
    """Decode the pixels of one frame.

    Parameters
    ----------
    value : bytes
        Bytes of the frame; compressed ones without fragment headers.  Single-bit frames that
        begin within a byte are given from that byte on.
    transfer_syntax_uid : str
        Transfer syntax.
    rows, columns : int
        Size of the frame.
    samples_per_pixel : int
        1, or 3 for colour.
    bits_allocated, bits_stored : int
        Bits allocated and stored for each sample.
    photometric_interpretation : PhotometricInterpretationValues | str
        Photometric interpretation of the pixels.
    pixel_representation : PixelRepresentationValues | int | None, optional
        0 for unsigned, 1 for signed samples.
    planar_configuration : PlanarConfigurationValues | int | None, optional
        0 if the samples of a pixel follow each other, 1 if planes do.
    index : int, optional
        Index of the frame in its image, from 0, which says at which bit a single-bit frame begins.
    pixel_keyword : PixelDataKeywords | str, optional
        Element that the frame is of.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns), or (rows, columns, samples); colour as RGB.

    Raises
    ------
    InvalidValueError
        If the description makes no sense.
    PixelDataError
        If the bytes do not fit it, or cannot be decoded.
    MissingDependencyError
        If no decoder for the transfer syntax is installed.
    """
    color = coerce_enum(
        photometric_interpretation, PhotometricInterpretationValues, "photometric_interpretation"
    )
    signed = coerce_enum(
        pixel_representation or 0, PixelRepresentationValues, "pixel_representation"
    )
    planar = coerce_enum(
        planar_configuration or 0, PlanarConfigurationValues, "planar_configuration"
    )
    keyword = coerce_enum(pixel_keyword, PixelDataKeywords, "pixel_keyword")
    layout = PixelLayout(
        rows=rows,
        columns=columns,
        samples_per_pixel=samples_per_pixel,
        bits_allocated=bits_allocated,
        bits_stored=bits_stored,
        high_bit=bits_stored - 1,
        is_signed=signed is PixelRepresentationValues.COMPLEMENT,
        photometric_interpretation=color.value,
        planar_configuration=planar.value,
        keyword=keyword.value,
    )
    syntax = UID(transfer_syntax_uid)
    if is_compressed(syntax):
        from iodkit_image.pixels.codecs import decode_compressed

        frame = decode_compressed(value, layout, syntax)
        return (
            frame if frame.flags.writeable and frame.flags.owndata else np.array(frame, order="C")
        )
    if bits_allocated == 1:
        value = _from_byte_border(value, index * rows * columns * samples_per_pixel % 8)
    return FrameStore(MemoryValue(value), layout, syntax).read(0)


def _from_byte_border(value: bytes, bit: int) -> bytes:
    """Shift bits so that the first one of interest is the first of a byte."""
    if not bit:
        return value
    bits = np.unpackbits(np.frombuffer(value, np.uint8), bitorder="little")[bit:]
    return np.packbits(bits, bitorder="little").tobytes()


def get_lossy_compression_attributes(transfer_syntax_uid: str) -> tuple[str, str | None]:
    """Tell whether pixels of a transfer syntax were compressed with loss.

    Parameters
    ----------
    transfer_syntax_uid : str
        Transfer syntax.

    Returns
    -------
    lossy_image_compression : str
        ``"01"`` if so, else ``"00"`` (PS3.3 C.7.6.1.1.5).
    lossy_image_compression_method : str | None
        Term for the method; ``None`` without loss.
    """
    method = _METHODS.get(UID(transfer_syntax_uid))
    return ("00", None) if method is None else ("01", method)
