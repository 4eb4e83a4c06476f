"""Transfer syntaxes, those included that older editions of pydicom's dictionary lack (PS3.5 10)."""

from __future__ import annotations

from pydicom.uid import UID

from iodkit.errors import UnsupportedError

__all__ = [
    "DEFLATED_IMAGE_FRAME",
    "ENCAPSULATED_UNCOMPRESSED",
    "JPEG_XL",
    "JPEG_XL_LOSSLESS",
    "is_compressed",
    "syntax_name",
    "vr_and_byte_order",
]

DEFLATED_IMAGE_FRAME = UID("1.2.840.10008.1.2.8.1")
"""Deflated Image Frame Compression (PS3.5 A.4.13)."""

ENCAPSULATED_UNCOMPRESSED = UID("1.2.840.10008.1.2.1.98")
"""Encapsulated Uncompressed Explicit VR Little Endian (PS3.5 A.4.11)."""

JPEG_XL_LOSSLESS = UID("1.2.840.10008.1.2.4.110")
"""JPEG XL without loss (PS3.5 8.2.15)."""

JPEG_XL = frozenset(UID(f"1.2.840.10008.1.2.4.{end}") for end in (110, 111, 112))
"""All transfer syntaxes of JPEG XL (PS3.5 8.2.15)."""

_NAMES = {
    DEFLATED_IMAGE_FRAME: "Deflated Image Frame Compression",
    JPEG_XL_LOSSLESS: "JPEG XL Lossless",
    UID("1.2.840.10008.1.2.4.111"): "JPEG XL JPEG Recompression",
    UID("1.2.840.10008.1.2.4.112"): "JPEG XL",
}
_NEWER = JPEG_XL | {DEFLATED_IMAGE_FRAME}


def is_compressed(uid: UID | str) -> bool:
    """Tell whether pixel data of a transfer syntax is encapsulated.

    Parameters
    ----------
    uid : pydicom.uid.UID | str
        Transfer syntax.

    Returns
    -------
    bool
        Whether it is.

    Raises
    ------
    UnsupportedError
        If it is no transfer syntax of the standard.
    """
    syntax = UID(uid)
    if syntax in _NEWER:
        return True
    if not syntax.is_transfer_syntax or syntax.is_private:
        raise UnsupportedError(
            "not a transfer syntax of the standard",
            attribute="TransferSyntaxUID",
            found=str(syntax),
            expected="one of PS3.5 10",
        )
    return bool(syntax.is_compressed)


def syntax_name(uid: UID | str) -> str:
    """Give the name of a transfer syntax, which older editions of pydicom's dictionary may lack.

    Parameters
    ----------
    uid : pydicom.uid.UID | str
        Transfer syntax.

    Returns
    -------
    str
        Its name; the identifier itself if it is not known.
    """
    syntax = UID(uid)
    return _NAMES.get(syntax, syntax.name)


def vr_and_byte_order(uid: UID | str) -> tuple[bool, bool] | None:
    """Tell how the elements of a data set are encoded in a transfer syntax.

    Parameters
    ----------
    uid : pydicom.uid.UID | str
        Transfer syntax.

    Returns
    -------
    tuple[bool, bool] | None
        Whether value representations are implicit, and whether the byte order is little endian;
        ``None`` if it is no transfer syntax that is known.
    """
    syntax = UID(uid)
    if syntax in _NEWER:
        return False, True
    if not syntax.is_transfer_syntax:
        return None
    return bool(syntax.is_implicit_VR), bool(syntax.is_little_endian)
