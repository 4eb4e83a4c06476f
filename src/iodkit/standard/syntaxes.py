"""Transfer syntaxes, those included that older editions of pydicom's dictionary lack (PS3.5 10)."""

from __future__ import annotations

from pydicom.uid import UID

from iodkit.errors import UnsupportedError

__all__ = ["DEFLATED_IMAGE_FRAME", "is_compressed"]

DEFLATED_IMAGE_FRAME = UID("1.2.840.10008.1.2.8.1")
"""Deflated Image Frame Compression (PS3.5 A.4.13)."""

_JPEG_XL = frozenset(UID(f"1.2.840.10008.1.2.4.{end}") for end in (110, 111, 112))
_NEWER = _JPEG_XL | {DEFLATED_IMAGE_FRAME}


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
