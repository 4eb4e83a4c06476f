"""Encoders of frames for each transfer syntax (PS3.5 8.2, A.4)."""

from __future__ import annotations

import zlib
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.pixels.encoders.base import get_encoder
from pydicom.uid import UID, JPEGLSLossless, RLELossless

from iodkit.elements import coerce_enum
from iodkit.errors import (
    InvalidTypeError,
    InvalidValueError,
    MissingDependencyError,
    PixelDataError,
    UnsupportedError,
)
from iodkit.standard.enums import PhotometricInterpretationValues, PixelRepresentationValues
from iodkit.standard.syntaxes import DEFLATED_IMAGE_FRAME, is_compressed
from iodkit_image.pixels.extras import encode_extra, is_encoded_here
from iodkit_image.pixels.rle import encode_rle

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iodkit.standard.enums import PlanarConfigurationValues

__all__ = ["encode_frame"]

# The encoder of pylibjpeg-openjpeg crashes if two threads use it.
_ONE_AT_A_TIME = Lock()


def encode_frame(
    array: NDArray[Any],
    transfer_syntax_uid: str,
    bits_allocated: int,
    bits_stored: int,
    photometric_interpretation: PhotometricInterpretationValues | str,
    pixel_representation: PixelRepresentationValues | int = 0,
    planar_configuration: PlanarConfigurationValues | int | None = None,
) -> bytes:
    """Encode the pixels of one frame.

    Parameters
    ----------
    array : numpy.ndarray
        Shape (rows, columns), or (rows, columns, samples).
    transfer_syntax_uid : str
        Transfer syntax.
    bits_allocated, bits_stored : int
        Bits allocated and stored for each sample.
    photometric_interpretation : PhotometricInterpretationValues | str
        Photometric interpretation of the pixels.
    pixel_representation : PixelRepresentationValues | int, optional
        0 for unsigned, 1 for signed samples.
    planar_configuration : PlanarConfigurationValues | int | None, optional
        0 if the samples of a pixel follow each other, 1 if planes do.

    Returns
    -------
    bytes
        Native bytes, or the encoded frame without fragment headers.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If the array does not fit the attributes.
    MissingDependencyError
        If no encoder for the transfer syntax is installed.
    """
    syntax = UID(transfer_syntax_uid)
    color = coerce_enum(
        photometric_interpretation, PhotometricInterpretationValues, "photometric_interpretation"
    ).value
    signed = int(PixelRepresentationValues(pixel_representation).value)
    planar = getattr(planar_configuration, "value", planar_configuration)
    frame = _check(np.asarray(array), bits_allocated, signed)
    compressed = is_compressed(syntax)
    if not compressed or syntax == DEFLATED_IMAGE_FRAME:
        native = _native(frame, bits_allocated, planar)
        return _deflate(native) if compressed else native
    if bits_allocated == 1:
        raise InvalidValueError(
            "single-bit frames are not compressed by this transfer syntax",
            attribute="transfer_syntax_uid",
            found=syntax.name,
            expected="a native transfer syntax, or Deflated Image Frame Compression",
            clause="PS3.5 8.2",
        )
    if syntax == RLELossless:
        return encode_rle(frame)
    if is_encoded_here(syntax):
        return encode_extra(frame, syntax)
    return _through_pydicom(frame, syntax, bits_allocated, bits_stored, color, signed)


def _native(frame: NDArray[Any], bits_allocated: int, planar: object) -> bytes:
    if bits_allocated == 1:
        return np.packbits(frame.reshape(-1) != 0, bitorder="little").tobytes()
    ordered = frame.transpose(2, 0, 1) if planar == 1 and frame.ndim == 3 else frame
    return np.ascontiguousarray(ordered).tobytes()


def _deflate(native: bytes) -> bytes:
    """Compress a native frame, without header or checksum, to an even length (PS3.5 A.4.13)."""
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    data = compressor.compress(native) + compressor.flush()
    return data + b"\0" * (len(data) % 2)


def _check(frame: NDArray[Any], bits_allocated: int, signed: int) -> NDArray[Any]:
    if frame.ndim not in (2, 3):
        raise InvalidValueError(
            "a frame has two dimensions, or three with samples",
            attribute="array",
            found=frame.shape,
        )
    expected = np.dtype(
        np.uint8 if bits_allocated == 1 else f"{'i' if signed else 'u'}{bits_allocated // 8}"
    )
    if frame.dtype == bool and bits_allocated == 1:
        return frame
    if frame.dtype != expected:
        raise InvalidTypeError(
            "the type of the array does not fit the attributes",
            attribute="array",
            found=str(frame.dtype),
            expected=f"{expected} for {bits_allocated} bits allocated",
        )
    return frame


def _through_pydicom(
    frame: NDArray[Any], syntax: UID, allocated: int, stored: int, color: str, signed: int
) -> bytes:
    try:
        encoder = get_encoder(syntax)
    except NotImplementedError as error:
        raise UnsupportedError(
            "frames are not encoded in this transfer syntax",
            attribute="transfer_syntax_uid",
            found=f"{syntax} ({syntax.name})",
        ) from error
    if not encoder.is_available:
        missing = "; ".join(encoder.missing_dependencies)
        extra = "pyjpegls" if syntax == JPEGLSLossless else "pylibjpeg pylibjpeg-openjpeg"
        raise MissingDependencyError(
            f"no encoder for {syntax.name} is installed ({missing})",
            remedy=f"pip install {extra}",
        )
    options: dict[str, Any] = {
        "rows": frame.shape[0],
        "columns": frame.shape[1],
        "samples_per_pixel": 1 if frame.ndim == 2 else frame.shape[2],
        "number_of_frames": 1,
        "bits_allocated": allocated,
        "bits_stored": stored,
        "pixel_representation": signed,
        "photometric_interpretation": color,
    }
    if frame.ndim == 3:
        options["planar_configuration"] = 0
    try:
        with _ONE_AT_A_TIME:
            return encoder.encode(np.ascontiguousarray(frame).tobytes(), index=0, **options)
    except (RuntimeError, ValueError) as error:
        raise PixelDataError(
            f"the frame cannot be encoded as {syntax.name}: {error}", attribute="PixelData"
        ) from error
