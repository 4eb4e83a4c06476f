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

__all__ = [
    "HT_JPEG_2000",
    "JPEG",
    "JPEG_2000",
    "JPEG_LOSSLESS",
    "JPEG_LS",
    "JPEG_XL",
    "JPEG_XL_LOSSLESS",
    "JPEG_XL_LOSSY",
    "how_to_install",
]

JPEG_LS = frozenset((JPEGLSLossless, JPEGLSNearLossless))
HT_JPEG_2000 = frozenset((HTJ2K, HTJ2KLossless, HTJ2KLosslessRPCL))
JPEG_2000 = HT_JPEG_2000 | {JPEG2000Lossless, JPEG2000}
JPEG_LOSSLESS = frozenset((JPEGLossless, JPEGLosslessSV1))
JPEG = JPEG_LOSSLESS | {JPEGBaseline8Bit, JPEGExtended12Bit}
# Syntaxes that older editions of pydicom's dictionary lack.
JPEG_XL_LOSSLESS = UID("1.2.840.10008.1.2.4.110")
JPEG_XL_LOSSY = UID("1.2.840.10008.1.2.4.112")
JPEG_XL = frozenset((JPEG_XL_LOSSLESS, UID("1.2.840.10008.1.2.4.111"), JPEG_XL_LOSSY))

_EXTRAS = {
    **dict.fromkeys(JPEG_LS, "pyjpegls"),
    **dict.fromkeys(JPEG, "'iodkit-image[jpeg]'"),
    **dict.fromkeys(JPEG_2000, "'iodkit-image[jpeg2000]'"),
    **dict.fromkeys(JPEG_XL, "'iodkit-image[jpegxl]'"),
}


def how_to_install(syntax: str) -> str | None:
    """Tell what to install for frames in a transfer syntax.

    Parameters
    ----------
    syntax : str
        UID of the transfer syntax.

    Returns
    -------
    str | None
        The command; ``None`` if no library is known.
    """
    what = _EXTRAS.get(UID(syntax))
    return None if what is None else f"Run: pip install {what}"
