"""Pixel data against their description: lengths, bits, palettes, colour profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydicom.dataelem import RawDataElement
from pydicom.tag import BaseTag

from iodkit.attributes import Fault
from iodkit.io.parsed import PIXEL_TAGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iodkit.validation.subject import Subject

__all__ = [
    "check_bits",
    "check_color_profile",
    "check_offset_tables",
    "check_palettes",
    "check_pixel_length",
    "check_pixel_vr",
    "check_samples",
]

_UNDEFINED = 0xFFFFFFFF
_NAMES = {0x7FE00008: "FloatPixelData", 0x7FE00009: "DoubleFloatPixelData"}
_ONE_SAMPLE = ("MONOCHROME1", "MONOCHROME2", "PALETTE COLOR")
_PALETTES = ("Red", "Green", "Blue")
_PROFILE_HEAD = 128
_BYTE = 8
_PIXEL_DATA = 0x7FE00010
_OFFSETS = ("ExtendedOffsetTable", "ExtendedOffsetTableLengths")


def check_pixel_length(subject: Subject) -> Iterator[Fault]:
    """Find uncompressed pixel data of another length than rows, columns, frames and bits make.

    Parameters
    ----------
    subject : Subject
        The object.

    Yields
    ------
    Fault
        At most one.
    """
    tag = next((tag for tag in PIXEL_TAGS if tag in subject.dataset), None)
    if tag is None or _is_encapsulated(subject):
        return
    found = _length(subject.dataset.get_item(BaseTag(tag), keep_deferred=True))
    expected = _expected_length(subject, tag)
    if expected is None or found in (None, expected):
        return
    name = _NAMES.get(tag, "PixelData")
    if found == _UNDEFINED:
        yield Fault(name, "encapsulated frames", "plain frames, by the transfer syntax")
    else:
        remedy = "Check Rows, Columns, NumberOfFrames, SamplesPerPixel and BitsAllocated"
        yield Fault(name, f"{found} bytes", f"{expected} bytes", remedy)


def check_pixel_vr(subject: Subject) -> Iterator[Fault]:
    """Find pixel data under a VR that their encoding does not allow (PS3.5 A.2, A.4).

    Parameters
    ----------
    subject : Subject
        The object.

    Yields
    ------
    Fault
        At most one; what has been read in implicit VR has none.
    """
    tag, syntax = _PIXEL_DATA, subject.transfer_syntax
    if tag not in subject.dataset or syntax is None or syntax.is_implicit_VR:
        return
    vr = subject.dataset.get_item(BaseTag(tag), keep_deferred=True).VR
    if _is_encapsulated(subject):
        if vr == "OW":
            yield Fault("PixelData", "VR OW", "VR OB, as the frames are encapsulated")
    elif vr == "OB" and (subject.number("BitsAllocated") or 0) > _BYTE:
        yield Fault("PixelData", "VR OB", "VR OW, as BitsAllocated is above 8")


def check_offset_tables(subject: Subject) -> Iterator[Fault]:
    """Find offset tables of frames that are not encapsulated.

    Parameters
    ----------
    subject : Subject
        The object.

    Yields
    ------
    Fault
        One for each attribute.
    """
    if subject.transfer_syntax is None or _is_encapsulated(subject):
        return
    for keyword in _OFFSETS:
        if keyword in subject.dataset:
            found = f"the attribute, in {subject.transfer_syntax.name}"
            yield Fault(keyword, found, "none, as the frames are not encapsulated")


def check_bits(subject: Subject) -> Iterator[Fault]:
    """Find bits that contradict each other.

    Parameters
    ----------
    subject : Subject
        The object.

    Yields
    ------
    Fault
        One for each attribute that does not fit.
    """
    allocated, stored = subject.number("BitsAllocated"), subject.number("BitsStored")
    high = subject.number("HighBit")
    if allocated is not None and allocated != 1 and (allocated < 1 or allocated % 8):
        yield Fault("BitsAllocated", allocated, "1, or a multiple of 8")
    if allocated is not None and stored is not None and not 1 <= stored <= max(allocated, 1):
        yield Fault("BitsStored", stored, f"1 to BitsAllocated, {allocated}")
    if stored is not None and high is not None and high != stored - 1:
        yield Fault("HighBit", high, f"BitsStored - 1, {stored - 1}")


def check_samples(subject: Subject) -> Iterator[Fault]:
    """Find numbers of samples that do not fit the photometric interpretation.

    Parameters
    ----------
    subject : Subject
        The object.

    Yields
    ------
    Fault
        At most one for each attribute.
    """
    kind, samples = subject.get("PhotometricInterpretation"), subject.number("SamplesPerPixel")
    if kind is None or samples is None:
        return
    expected = 1 if kind in _ONE_SAMPLE else 3
    if kind in (*_ONE_SAMPLE, "RGB", "XYB") or str(kind).startswith("YBR_"):
        if samples != expected:
            yield Fault("SamplesPerPixel", samples, f"{expected} for {kind}")
        if samples > 1 and subject.number("PlanarConfiguration") not in (0, 1):
            found = subject.get("PlanarConfiguration")
            yield Fault("PlanarConfiguration", found, "0 or 1, as there are several samples")


def check_palettes(subject: Subject) -> Iterator[Fault]:
    """Find palettes that are missing, or of another length than their descriptor says.

    Parameters
    ----------
    subject : Subject
        The object.

    Yields
    ------
    Fault
        One for each look-up table.
    """
    wanted = subject.get("PhotometricInterpretation") == "PALETTE COLOR"
    for color in _PALETTES:
        name = f"{color}PaletteColorLookupTable"
        descriptor = subject.get(f"{name}Descriptor")
        data = subject.get(f"{name}Data")
        segmented = subject.get(f"Segmented{name}Data")
        if wanted and descriptor is None:
            yield Fault(f"{name}Descriptor", None, "a descriptor, as colours are by palette")
        if descriptor is None:
            continue
        if wanted and data is None and segmented is None:
            yield Fault(f"{name}Data", None, "the table, as colours are by palette")
        yield from _check_table(name, descriptor, data)


def check_color_profile(subject: Subject) -> Iterator[Fault]:
    """Find ICC profiles that are none, or of a class that images must not have.

    Parameters
    ----------
    subject : Subject
        The object.

    Yields
    ------
    Fault
        At most one for each profile.
    """
    for path, item in subject.items:
        profile = subject.get("ICCProfile", item)
        if profile is None:
            continue
        where = f"{path}.ICCProfile" if path else "ICCProfile"
        if len(profile) < _PROFILE_HEAD or profile[36:40] != b"acsp":
            yield Fault(where, profile[:40], "an ICC profile", "Embed a whole profile")
            continue
        if profile[12:16] != b"scnr":
            yield Fault(where, f"class {profile[12:16]!r}", "an input profile, class b'scnr'")
        if profile[16:20] != b"RGB ":
            yield Fault(where, f"colour space {profile[16:20]!r}", "colour space b'RGB '")


def _is_encapsulated(subject: Subject) -> bool:
    syntax = subject.transfer_syntax
    if syntax is None:
        return True
    return bool(syntax.is_compressed) and not bool(syntax.is_deflated)


def _length(element: Any) -> int | None:
    if isinstance(element, RawDataElement):
        return int(element.length) if element.value is None else len(element.value)
    return None if element.value is None else len(element.value)


def _expected_length(subject: Subject, tag: int) -> int | None:
    rows, columns = subject.number("Rows"), subject.number("Columns")
    samples = subject.number("SamplesPerPixel") or 1
    bits = {0x7FE00008: 32, 0x7FE00009: 64}.get(tag) or subject.number("BitsAllocated")
    if rows is None or columns is None or bits is None:
        return None
    frames = subject.number("NumberOfFrames")
    if frames is None and "NumberOfFrames" in subject.dataset:
        return None  # which is a fault of its own
    total = rows * columns * samples * (frames or 1) * bits
    if subject.get("PhotometricInterpretation") == "YBR_FULL_422":
        # Two pixels share their colour: four samples stand for two pixels.
        total = total * 2 // 3
    length = (total + 7) // 8
    return length + length % 2


def _check_table(name: str, descriptor: Any, data: Any) -> Iterator[Fault]:
    try:
        entries, _, bits = (int(number) for number in descriptor)
    except (TypeError, ValueError):
        yield Fault(f"{name}Descriptor", descriptor, "three numbers")
        return
    if bits not in (8, 16):
        yield Fault(f"{name}Descriptor", bits, "8 or 16 bits as its third value")
        return
    entries = entries or 65536
    if isinstance(data, bytes):
        # Tables of 8 bits are seen with a byte, and with a word, for each entry.
        allowed = {2 * entries} if bits == 16 else {entries, entries + entries % 2, 2 * entries}
        if len(data) not in allowed:
            expected = f"{entries} entries of {bits} bits, as the descriptor says"
            yield Fault(f"{name}Data", f"{len(data)} bytes", expected)
