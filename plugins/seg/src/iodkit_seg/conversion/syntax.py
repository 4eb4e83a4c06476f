"""Other transfer syntaxes for the same pixels (PS3.5 10, A.4)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pydicom.uid import UID

from iodkit.elements import check_uid
from iodkit.standard.syntaxes import is_compressed
from iodkit_seg.encoding.encapsulation import native_vr
from iodkit_seg.encoding.syntaxes import require_syntax
from iodkit_seg.stored.frames import StoredFrames

if TYPE_CHECKING:
    from iodkit_seg.sop import Segmentation

__all__ = ["transcoded"]

_FRAMES = ("PixelData", "ExtendedOffsetTable", "ExtendedOffsetTableLengths")


def transcoded(
    segmentation: Segmentation, transfer_syntax_uid: str, *, extended_offsets: bool
) -> Segmentation:
    """Encode the same instance anew; see :meth:`ConvertibleSegmentation.with_transfer_syntax`."""
    syntax = UID(check_uid(str(transfer_syntax_uid), "transfer_syntax_uid"))
    frames = StoredFrames.of(segmentation)
    chosen = replace(frames.format, syntax=syntax, extended_offsets=extended_offsets)
    require_syntax(syntax, chosen.bits)
    new = segmentation.copy_without(_FRAMES)
    new.file_meta.TransferSyntaxUID = syntax
    before = segmentation.transfer_syntax_uid
    if chosen.is_native and not is_compressed(before) and before.is_little_endian:
        new.add_new("PixelData", native_vr(chosen.bits), segmentation.PixelData)
    else:
        chosen.write(new, replace(frames, format=chosen).encoded())
    return new
