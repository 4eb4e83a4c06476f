"""We read what highdicom writes: every type, transfer syntax and kind of source that it takes."""

import numpy as np
import pytest
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLSLossless,
    RLELossless,
)

import iodkit as ik
from iodkit_seg import segread
from referees import highdicom, library
from seg_combinations import KINDS, Combination, source_images, stored_shares

pytestmark = [pytest.mark.referee, pytest.mark.filterwarnings("ignore")]

NATIVE = (ImplicitVRLittleEndian, ExplicitVRLittleEndian)
COMPRESSED = (RLELossless, JPEG2000Lossless, JPEGLSLossless)
SOURCES = ("series", "multi-frame", "projection", "slide, TILED_FULL", "slide, TILED_SPARSE")


def theirs(combination):
    """A segmentation that highdicom makes of the values of a combination."""
    hd, kind, source = highdicom(), combination.kind, combination.source
    shares = stored_shares(combination)
    pixels = shares / 255 if kind.type == "FRACTIONAL" else shares
    if kind.type == "LABELMAP":
        pixels = np.max(shares * np.array(kind.numbers, np.uint16), axis=-1)
    arguments = {}
    if combination.is_slide:
        full = source == "slide, TILED_FULL"
        arguments["tile_pixel_array"] = True
        arguments["omit_empty_frames"] = not full
        arguments["dimension_organization_type"] = "TILED_FULL" if full else "TILED_SPARSE"
    if kind.has_palette:
        # It wants no more entries than their own bits can count.
        dtype = np.uint16 if kind.bits == 16 else np.uint8
        colors = np.arange((kind.numbers[-1] + 1) * 3).astype(dtype)
        arguments["palette_color_lut_transformation"] = (
            hd.PaletteColorLUTTransformation.from_combined_lut(colors.reshape(-1, 3))
        )
    organ = ik.codes.SCT.Organ
    segments = [
        hd.seg.SegmentDescription(n, f"s{n}", organ, ik.codes.SCT.Liver, "MANUAL")
        for n in kind.numbers
    ]
    return hd.seg.Segmentation(
        source_images(source),
        pixels,
        kind.type,
        segments,
        *(hd.UID(), 1, hd.UID(), 1, "m", "m", "1", "1"),
        fractional_type=kind.fractional_type,
        transfer_syntax_uid=combination.syntax,
        **arguments,
    )


def ours(path, combination):
    """Stored values of each segment, as we read them."""
    seg = segread(path)
    images = source_images(combination.source)
    assert seg.segment_numbers == list(combination.kind.numbers)
    if combination.is_slide:
        return seg.get_total_pixel_matrix(rescale_fractional=False)[np.newaxis]
    options = {"rescale_fractional": False, "assert_missing_frames_are_empty": True}
    if combination.source == "multi-frame":
        numbers = list(range(1, int(images[0].NumberOfFrames) + 1))
        return seg.get_pixels_by_source_frame(images[0].SOPInstanceUID, numbers, **options)
    uids = [image.SOPInstanceUID for image in images]
    return seg.get_pixels_by_source_instance(uids, **options)


def syntaxes(kind):
    """Transfer syntaxes that highdicom writes a type in."""
    if kind.bits == 1:
        return NATIVE
    # GDCM, which pydicom takes for RLE, ends the process at 8 bit frames of an odd size.
    return NATIVE + COMPRESSED[kind.bits == 8 :]


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_combination(kind, source, tmp_path):
    library("openjpeg", "pylibjpeg-openjpeg")
    for syntax in syntaxes(kind):
        combination = Combination(kind, str(syntax), source)
        theirs(combination).save_as(tmp_path / "theirs.dcm")
        found = ours(tmp_path / "theirs.dcm", combination)
        assert np.array_equal(found, stored_shares(combination)), str(combination)


def test_nothing_more_is_written_by_highdicom():
    """What it refuses is no gap of this test."""
    for syntax in (DeflatedExplicitVRLittleEndian, "1.2.840.10008.1.2.4.201"):
        with pytest.raises(ValueError, match=r"[Tt]ransfer [Ss]yntax"):
            theirs(Combination(KINDS[3], str(syntax), "series"))
