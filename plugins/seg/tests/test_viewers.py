"""Every kind of segmentation has what viewers need, as far as its type lets it."""

import pytest
from pydicom.uid import ExplicitVRLittleEndian

import iodkit as ik
from iodkit.validation.profiles import PROFILES
from iodkit.validation.tables import CODES
from seg_combinations import KINDS, SOURCES, Combination, source_images, write

SLIDES = [source for source in SOURCES if source.startswith("slide")]


def made(kind, source):
    return write(Combination(kind, str(ExplicitVRLittleEndian), source))


def found(seg, profile):
    report = ik.validate(seg, profile=profile).filter(at_least="warning")
    return {(f.code, f.path) for f in report if f.code not in CODES}


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_no_viewer_lacks_anything(kind, source):
    seg = made(kind, source)
    for profile in PROFILES:
        # Nothing but the size of the source decides where frames of single bits begin.
        unaligned = profile == "slicer" and kind.bits == 1 and seg.number_of_frames > 1
        expected = {("viewer-byte-aligned", "PixelData")} if unaligned else set()
        assert found(seg, profile) == expected, profile


@pytest.mark.parametrize("source", SLIDES)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_slide_viewers_need_the_origin_at_the_top_level(kind, source):
    seg = made(kind, source)
    (origin,) = seg.TotalPixelMatrixOriginSequence
    source_origin = source_images(source)[0].TotalPixelMatrixOriginSequence[0]
    for keyword in ("XOffsetInSlideCoordinateSystem", "YOffsetInSlideCoordinateSystem"):
        assert float(origin[keyword].value) == float(source_origin[keyword].value)
    del seg.TotalPixelMatrixOriginSequence
    assert ("viewer-matrix-origin", "TotalPixelMatrixOriginSequence") in found(seg, "qupath")


@pytest.mark.parametrize("profile", ["ohif", "weasis"])
@pytest.mark.parametrize("kind", KINDS[3:], ids=lambda kind: kind.name)
def test_frames_of_label_maps_without_sources_are_seen(kind, profile):
    seg = made(kind, "series")
    seg.PerFrameFunctionalGroupsSequence[1].DerivationImageSequence = []
    path = "PerFrameFunctionalGroupsSequence[2].DerivationImageSequence[1].SourceImageSequence"
    assert found(seg, profile) == {("viewer-source-images", path)}


@pytest.mark.parametrize("kind", KINDS[3:], ids=lambda kind: kind.name)
def test_segments_of_label_maps_without_colours_are_seen_unless_there_is_a_palette(kind):
    seg = made(kind, "series")
    for item in seg.SegmentSequence:
        item.pop("RecommendedDisplayCIELabValue", None)
    # One finding stands for all segments.
    path = "SegmentSequence[1].RecommendedDisplayCIELabValue"
    names = set() if kind.has_palette else {("viewer-segment-colors", path)}
    assert found(seg, "ohif") == names
