"""Transfer syntaxes of segmentations: which are allowed for how many bits, and by which clause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from iodkit.errors import InvalidValueError
from iodkit.standard.syntaxes import DEFLATED_IMAGE_FRAME, JPEG_XL, JPEG_XL_LOSSLESS, syntax_name
from iodkit_seg.enums import SegmentationTypeValues

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["SYNTAXES", "TYPE_BITS", "SyntaxRule", "bits_of", "require_syntax"]

TYPE_BITS: Mapping[SegmentationTypeValues, tuple[int, ...]] = {
    SegmentationTypeValues.BINARY: (1,),
    SegmentationTypeValues.FRACTIONAL: (8,),
    SegmentationTypeValues.LABELMAP: (8, 16),
}
"""Bits that each type of segmentation is stored in (PS3.3 C.8.20.2.1)."""


@dataclass(frozen=True, slots=True)
class SyntaxRule:
    """What a transfer syntax allows.

    Parameters
    ----------
    clause : str
        Where the standard says so.
    bits : tuple[int, ...]
        Bits Allocated that it is defined for.
    extra : str | None
        Extra of iodkit-image that encodes frames in it; ``None`` if that is always there.
    """

    clause: str
    bits: tuple[int, ...]
    extra: str | None = None


_ANY = (1, 8, 16)
_BYTES = (8, 16)

SYNTAXES: Mapping[UID, SyntaxRule] = {
    ImplicitVRLittleEndian: SyntaxRule("PS3.5 A.1", _ANY),
    ExplicitVRLittleEndian: SyntaxRule("PS3.5 A.2", _ANY),
    DeflatedExplicitVRLittleEndian: SyntaxRule("PS3.5 A.5", _ANY),
    DEFLATED_IMAGE_FRAME: SyntaxRule("PS3.5 8.2.16", _ANY),
    RLELossless: SyntaxRule("PS3.5 8.2.2", _BYTES),
    JPEGLSLossless: SyntaxRule("PS3.5 8.2.3", _BYTES),
    JPEG2000Lossless: SyntaxRule("PS3.5 8.2.4", _ANY, "jpeg2000"),
    HTJ2KLossless: SyntaxRule("PS3.5 8.2.14", _BYTES, "codecs"),
    HTJ2KLosslessRPCL: SyntaxRule("PS3.5 8.2.14", _BYTES, "codecs"),
    JPEG_XL_LOSSLESS: SyntaxRule("PS3.5 8.2.15", _BYTES, "codecs"),
    JPEGLossless: SyntaxRule("PS3.5 8.2.1", _BYTES, "codecs"),
    JPEGLosslessSV1: SyntaxRule("PS3.5 8.2.1", _BYTES, "codecs"),
}
"""Transfer syntaxes that segmentations are written in."""

_WITH_LOSS = frozenset(
    (JPEGBaseline8Bit, JPEGExtended12Bit, JPEGLSNearLossless, JPEG2000, HTJ2K)
) | (JPEG_XL - {JPEG_XL_LOSSLESS})


def bits_of(kind: SegmentationTypeValues, numbers: Sequence[int]) -> int:
    """Choose the bits of a pixel: the fewest that hold all values.

    Parameters
    ----------
    kind : SegmentationTypeValues
        Type of the segmentation.
    numbers : Sequence[int]
        Numbers of its segments, which the pixels of a label map hold.

    Returns
    -------
    int
        Bits Allocated.
    """
    narrow, *wide = TYPE_BITS[kind]
    return wide[0] if wide and max(numbers) >> narrow else narrow


def require_syntax(syntax: UID | str, bits_allocated: int) -> None:
    """Raise unless segmentations of so many bits may be encoded in a transfer syntax.

    Parameters
    ----------
    syntax : pydicom.uid.UID | str
        Transfer syntax.
    bits_allocated : int
        Bits Allocated: 1, 8 or 16.

    Raises
    ------
    InvalidValueError
        If the transfer syntax is not defined for so many bits, has loss, or is for other objects.
    """
    uid = UID(syntax)
    rule = SYNTAXES.get(uid)
    if rule is not None and bits_allocated in rule.bits:
        return
    fitting = [key for key, each in SYNTAXES.items() if bits_allocated in each.bits]
    if rule is not None:
        problem, clause = f"frames of {bits_allocated} bit are not defined for it", rule.clause
    elif uid in _WITH_LOSS:
        problem, clause = "segmentations are not compressed with loss", "PS3.3 C.8.20.2.2"
    else:
        problem, clause = "segmentations are not written in it", "PS3.5 10"
    raise InvalidValueError(
        problem,
        attribute="transfer_syntax_uid",
        found=f"{uid} ({syntax_name(uid)})",
        expected=f"one of: {', '.join(map(syntax_name, fitting))}",
        clause=clause,
    )
