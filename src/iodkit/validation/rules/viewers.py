"""What viewers need that the standard leaves open, of segmentations and of slides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from iodkit.attributes import Fault
from iodkit.attributes.findings import join_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iodkit.validation.subject import Subject

__all__ = [
    "need_byte_aligned_frames",
    "need_matrix_origin",
    "need_plain_syntax",
    "need_referenced_series",
    "need_segment_colors",
    "need_source_images",
]

_DERIVED = frozenset(
    (
        "1.2.840.10008.5.1.4.1.1.66.4",
        "1.2.840.10008.5.1.4.1.1.66.7",
        "1.2.840.10008.5.1.4.1.1.30",
    )
)


def need_referenced_series(subject: Subject) -> Iterator[Fault]:
    """Derived objects without a list of the series that they are about.

    Parameters
    ----------
    subject : Subject
        The object.

    Yields
    ------
    Fault
        At most one.
    """
    if subject.sop_class_uid in _DERIVED and not subject.get("ReferencedSeriesSequence"):
        remedy = "List the source series, with its instances"
        yield Fault("ReferencedSeriesSequence", None, "the series to show it on", remedy)


def need_source_images(subject: Subject) -> Iterator[Fault]:
    """Frames that do not say which source image they were made from.

    Parameters
    ----------
    subject : Subject
        The object.

    Yields
    ------
    Fault
        One for each kind of frame.
    """
    if subject.sop_class_uid not in _DERIVED:
        return
    shared = "SharedFunctionalGroupsSequence[1]"
    having = {
        path.partition(".")[0] for path, _ in subject.items if ".SourceImageSequence[" in path
    }
    if shared in having:
        return
    frames = [
        path
        for path, _ in subject.items
        if path.startswith("PerFrameFunctionalGroupsSequence[") and "." not in path
    ]
    missing = [path for path in frames if path not in having]
    if missing:
        where = f"{missing[0]}.DerivationImageSequence[1].SourceImageSequence"
        remedy = "Reference the source image of each frame"
        yield Fault(where, None, "the image that the frame lies on", remedy, len(missing))


def need_segment_colors(subject: Subject) -> Iterator[Fault]:
    """Segments without a colour to show them in; label maps with a palette have theirs there.

    Parameters
    ----------
    subject : Subject
        The object.

    Yields
    ------
    Fault
        One for each segment.
    """
    if subject.get("PhotometricInterpretation") == "PALETTE COLOR":
        return
    for path, item in subject.items:
        if path.startswith("SegmentSequence[") and "." not in path:
            name = "RecommendedDisplayCIELabValue"
            if subject.get(name, item) is None:
                remedy = "Give each segment a colour"
                yield Fault(join_path(path, name), None, "a colour in CIELab", remedy)


def need_plain_syntax(subject: Subject) -> Iterator[Fault]:
    """Segmentations by bits in a transfer syntax that is compressed.

    Parameters
    ----------
    subject : Subject
        The object.

    Yields
    ------
    Fault
        At most one.
    """
    syntax = subject.transfer_syntax
    plain = (None, ExplicitVRLittleEndian, ImplicitVRLittleEndian)
    if subject.get("SegmentationType") == "BINARY" and syntax not in plain:
        expected = "Explicit VR Little Endian"
        yield Fault("TransferSyntaxUID", str(syntax), expected, "Save it without compression")


def need_byte_aligned_frames(subject: Subject) -> Iterator[Fault]:
    """Frames of bits that do not begin at a byte, which old versions of 3D Slicer misread.

    Parameters
    ----------
    subject : Subject
        The object.

    Yields
    ------
    Fault
        At most one.
    """
    if subject.number("BitsAllocated") != 1 or (subject.number("NumberOfFrames") or 1) < 2:
        return
    rows, columns = subject.number("Rows") or 0, subject.number("Columns") or 0
    if rows * columns % 8:
        remedy = "Store a label map, or choose a size that is a multiple of 8 pixels"
        found = f"frames of {rows * columns} bits"
        yield Fault("PixelData", found, "frames of whole bytes", remedy)


def need_matrix_origin(subject: Subject) -> Iterator[Fault]:
    """Tiled images that do not say where their matrix lies on the slide.

    Parameters
    ----------
    subject : Subject
        The object.

    Yields
    ------
    Fault
        At most one.
    """
    if subject.get("TotalPixelMatrixColumns") is None:
        return
    if not subject.get("TotalPixelMatrixOriginSequence"):
        remedy = "Write the position of the top left pixel at the top level"
        yield Fault("TotalPixelMatrixOriginSequence", None, "the origin of the matrix", remedy)
