"""Other transfer syntaxes for the same pixels (PS3.5 10, A.4)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pydicom.dataelem import DataElement
from pydicom.uid import UID

from iodkit.elements import check_uid
from iodkit.errors import InvalidValueError
from iodkit.standard.syntaxes import DEFLATED_IMAGE_FRAME, is_compressed, vr_and_byte_order
from iodkit_seg.stored.frames import FrameSet

if TYPE_CHECKING:
    from iodkit_seg.sop import Segmentation

__all__ = ["transcoded"]

# JPEG lossless, JPEG-LS lossless, JPEG 2000 and its high throughput form without loss, JPEG XL
# lossless, RLE: what compresses without changing a pixel.
_LOSSLESS = frozenset(
    (
        "1.2.840.10008.1.2.4.57",
        "1.2.840.10008.1.2.4.70",
        "1.2.840.10008.1.2.4.80",
        "1.2.840.10008.1.2.4.90",
        "1.2.840.10008.1.2.4.110",
        "1.2.840.10008.1.2.4.201",
        "1.2.840.10008.1.2.4.202",
        "1.2.840.10008.1.2.5",
        str(DEFLATED_IMAGE_FRAME),
    )
)
_FRAMES = ("PixelData", "ExtendedOffsetTable", "ExtendedOffsetTableLengths")


def transcoded(
    segmentation: Segmentation, transfer_syntax_uid: str, *, extended_offsets: bool
) -> Segmentation:
    """Encode the same instance anew; see :meth:`ConvertibleSegmentation.with_transfer_syntax`."""
    syntax = UID(check_uid(str(transfer_syntax_uid), "transfer_syntax_uid"))
    _require_lossless(syntax)
    frames = FrameSet.of(segmentation)
    chosen = replace(frames.format, syntax=syntax, extended_offsets=extended_offsets)
    chosen.require_allowed()
    new = segmentation.copy_without(_FRAMES)
    new.file_meta.TransferSyntaxUID = syntax
    if frames.format.is_native and chosen.is_native and syntax.is_little_endian:
        element = segmentation["PixelData"]
        if segmentation.transfer_syntax_uid.is_little_endian:
            new["PixelData"] = DataElement(element.tag, element.VR, element.value)
            return new
    chosen.write(new, replace(frames, format=chosen).encoded())
    return new


def _require_lossless(syntax: UID) -> None:
    encoding = vr_and_byte_order(syntax)
    if encoding is None or not encoding[1]:
        raise InvalidValueError(
            "objects cannot be written in this transfer syntax",
            attribute="transfer_syntax_uid",
            found=str(syntax),
            expected="the UID of a transfer syntax in little endian",
            clause="PS3.5 chapter 10",
        )
    if is_compressed(syntax) and str(syntax) not in _LOSSLESS:
        raise InvalidValueError(
            "this transfer syntax may change pixels",
            attribute="transfer_syntax_uid",
            found=syntax.name,
            expected="a lossless one",
            clause="PS3.3 C.8.20.2.2",
            remedy="Use RLE Lossless, JPEG-LS Lossless or JPEG 2000 Lossless.",
        )
