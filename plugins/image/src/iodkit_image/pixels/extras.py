"""Codecs of the library imagecodecs, where it is installed: HT-J2K, JPEG XL, lossless JPEG."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.uid import (
    UID,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    JPEG2000Lossless,
    JPEGLossless,
    JPEGLosslessSV1,
)

from iodkit.errors import MissingDependencyError, PixelDataError
from iodkit.standard.syntaxes import JPEG_XL, JPEG_XL_LOSSLESS, syntax_name

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iodkit_image.pixels.layout import PixelLayout

__all__ = ["DECODED", "MODULE", "decode_extra", "encode_extra", "is_encoded_here"]

MODULE = "imagecodecs"
_REMEDY = "pip install iodkit-image[codecs]"
_HT_J2K = frozenset((HTJ2KLossless, HTJ2KLosslessRPCL))
_JPEG = frozenset((JPEGLossless, JPEGLosslessSV1))

_ENCODED = frozenset((*_HT_J2K, JPEG_XL_LOSSLESS, *_JPEG))

DECODED = JPEG_XL
"""Transfer syntaxes that frames are decoded from, as nothing else does it."""

# Effort of JPEG XL: beyond it, label maps take ten times as long and become little smaller.
_EFFORT = 3
# Size that the lowest resolution must not exceed (PS3.5 10.18).
_THUMBNAIL = 64


def is_encoded_here(syntax: UID) -> bool:
    """Tell whether frames are encoded with imagecodecs.

    Parameters
    ----------
    syntax : pydicom.uid.UID
        Transfer syntax.

    Returns
    -------
    bool
        Whether nothing else encodes frames in it; of JPEG 2000, which pylibjpeg-openjpeg encodes
        too, whether imagecodecs is installed: it is faster, and takes frames of any size.
    """
    return syntax in _ENCODED or (syntax == JPEG2000Lossless and find_spec(MODULE) is not None)


def encode_extra(frame: NDArray[Any], syntax: UID) -> bytes:
    """Encode a frame without loss.

    Parameters
    ----------
    frame : numpy.ndarray
        Shape (rows, columns), or (rows, columns, samples).
    syntax : pydicom.uid.UID
        One that :func:`is_encoded_here`.

    Returns
    -------
    bytes
        The encoded frame.

    Raises
    ------
    MissingDependencyError
        If imagecodecs is not installed.
    PixelDataError
        If it cannot encode the frame.
    """
    codecs = _library(syntax)
    pixels = np.ascontiguousarray(frame)
    try:
        if syntax in _HT_J2K:
            # OpenJPH's progression is RPCL, as one of the two wants; the markers harm neither.
            size = max(frame.shape[:2])
            halvings = max(5, int(np.ceil(np.log2(max(size / _THUMBNAIL, 1)))))
            data = codecs.htj2k_encode(
                pixels, reversible=True, tlm=True, resolutions=halvings + 1, rgb=frame.ndim == 3
            )
        elif syntax == JPEG2000Lossless:
            data = codecs.jpeg2k_encode(
                pixels, level=0, codecformat="j2k", reversible=True, mct=frame.ndim == 3
            )
        elif syntax == JPEG_XL_LOSSLESS:
            data = codecs.jpegxl_encode(pixels, lossless=True, effort=_EFFORT, numthreads=1)
        else:
            data = codecs.ljpeg_encode(pixels)
    except (RuntimeError, ValueError, NotImplementedError) as error:
        raise PixelDataError(
            f"the frame cannot be encoded as {syntax_name(syntax)}: {error}", attribute="PixelData"
        ) from error
    return bytes(data)


def decode_extra(data: bytes, layout: PixelLayout, syntax: str) -> NDArray[Any]:
    """Decode a frame of JPEG XL.

    Parameters
    ----------
    data : bytes
        The encoded frame.
    layout : PixelLayout
        Layout of its pixels.
    syntax : str
        One of :data:`DECODED`.

    Returns
    -------
    numpy.ndarray
        The frame; colour as RGB.
    """
    frame: NDArray[Any] = np.asarray(_library(UID(syntax)).jpegxl_decode(data, numthreads=1))
    return frame.reshape(layout.frame_shape)


def _library(syntax: UID) -> Any:
    if find_spec(MODULE) is None:
        raise MissingDependencyError(
            f"no codec for {syntax_name(syntax)} is installed: imagecodecs is missing",
            remedy=_REMEDY,
        )
    import imagecodecs

    return imagecodecs
