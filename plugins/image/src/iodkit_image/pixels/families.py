"""Families of compressed transfer syntaxes, and what to install for each (PS3.5 A.4)."""

from __future__ import annotations

from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    UID,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
)

from iodkit.standard.syntaxes import JPEG_XL

__all__ = [
    "HTJ2K_LOSSLESS",
    "JPEG",
    "JPEG_2000",
    "JPEG_LOSSLESS",
    "JPEG_LS",
    "JPEG_XL_LOSSY",
    "how_to_install",
]

JPEG_LS = frozenset((JPEGLSLossless, JPEGLSNearLossless))
HTJ2K_LOSSLESS = frozenset((HTJ2KLossless, HTJ2KLosslessRPCL))
JPEG_2000 = HTJ2K_LOSSLESS | {HTJ2K, JPEG2000Lossless, JPEG2000}
JPEG_LOSSLESS = frozenset((JPEGLossless, JPEGLosslessSV1))
JPEG = JPEG_LOSSLESS | {JPEGBaseline8Bit, JPEGExtended12Bit}
JPEG_XL_LOSSY = UID("1.2.840.10008.1.2.4.112")

_CODECS = "iodkit-image[codecs]"
_DECODERS = {
    **dict.fromkeys(JPEG_LS, "pyjpegls"),
    **dict.fromkeys(JPEG, "iodkit-image[jpeg]"),
    **dict.fromkeys(JPEG_2000, "iodkit-image[jpeg2000]"),
    **dict.fromkeys(JPEG_XL, _CODECS),
}
_ENCODERS = {
    **_DECODERS,
    **dict.fromkeys(JPEG_LOSSLESS | HTJ2K_LOSSLESS, _CODECS),
}


def how_to_install(syntax: str, *, encoder: bool = False) -> str | None:
    """Tell what to install for frames in a transfer syntax.

    Parameters
    ----------
    syntax : str
        UID of the transfer syntax.
    encoder : bool, optional
        Whether frames are to be encoded, not decoded.

    Returns
    -------
    str | None
        The command; ``None`` if no library is known.
    """
    what = (_ENCODERS if encoder else _DECODERS).get(UID(syntax))
    return None if what is None else f"Run: pip install '{what}'"
