"""Label maps with a palette: their colours, their profile, and what the standard forbids."""

import numpy as np
import pytest

import iodkit as ik
from iodkit.errors import InvalidValueError, MissingAttributeError
from iodkit.testing import phantom
from iodkit_image.transforms import ColorManager, PaletteColorLUTTransformation
from iodkit_image.transforms.profiles import srgb_input_profile
from iodkit_seg import Segmentation, segread
from referees import assert_valid, highdicom
from segments import EQUIPMENT, descriptions, organ_labels

SHAPE = (6, 30, 26)
COLORS = np.array([[0, 0, 0], [255, 0, 0], [0, 128, 0], [9, 80, 201]], np.uint8)


@pytest.fixture(autouse=True)
def equipment():
    with ik.defaults(equipment=EQUIPMENT):
        yield


@pytest.fixture(scope="module")
def series():
    return phantom.ct_series(*SHAPE)


@pytest.fixture(scope="module")
def labels():
    return organ_labels(*SHAPE)


def palette(colors=COLORS, first=0):
    return PaletteColorLUTTransformation.from_combined_lut(colors, first)


def make(series, labels, **arguments):
    arguments = {"palette_color_lut_transformation": palette(), **arguments}
    made = descriptions(3)
    return Segmentation(series, labels, "LABELMAP", made, **arguments)


def other_profile():
    """A profile that swaps red and green: the first two primaries of sRGB exchanged."""
    profile = srgb_input_profile()
    red, green = profile.find(b"rXYZ"), profile.find(b"gXYZ")
    return (
        profile.replace(b"rXYZ", b"????", 1).replace(b"gXYZ", b"rXYZ", 1).replace(b"????", b"gXYZ")
        if red >= 0 and green >= 0
        else profile
    )


@pytest.mark.referee
def test_palette_in_and_out(series, labels, tmp_path):
    make(series, labels).save_as(tmp_path / "seg.dcm")
    assert_valid(tmp_path / "seg.dcm")
    assert not ik.validate(tmp_path / "seg.dcm").errors
    seg = segread(tmp_path / "seg.dcm")
    assert seg.PhotometricInterpretation == "PALETTE COLOR"
    assert not any("RecommendedDisplayCIELabValue" in item for item in seg.SegmentSequence)
    assert seg.ICCProfile == srgb_input_profile()
    uids = [ds.SOPInstanceUID for ds in series]
    colors = seg.get_pixels_by_source_instance(
        uids,
        combine_segments=True,
        apply_palette_color_lut=True,
        apply_icc_profile=False,
        assert_missing_frames_are_empty=True,
    )
    assert np.array_equal(colors, COLORS[labels])
    plain = seg.get_pixels_by_source_instance(uids, combine_segments=True)
    assert np.array_equal(plain, labels)


def test_the_profile_acts_on_colours(series, labels):
    profile = other_profile()
    seg = make(series, labels, icc_profile=profile)
    asked = {"combine_segments": True, "apply_palette_color_lut": True}
    uids = [series[2].SOPInstanceUID]
    plain = seg.get_pixels_by_source_instance(uids, apply_icc_profile=False, **asked)
    for apply in (None, True):
        found = seg.get_pixels_by_source_instance(uids, apply_icc_profile=apply, **asked)
        assert np.array_equal(found[0], ColorManager(profile).transform_frame(plain[0]))
        assert not np.array_equal(found, plain)
    del seg.ICCProfile
    assert np.array_equal(seg.get_pixels_by_source_instance(uids, **asked), plain)
    with pytest.raises(MissingAttributeError, match="ICCProfile"):
        seg.get_pixels_by_source_instance(uids, apply_icc_profile=True, **asked)


def test_a_volume_of_colours(series, labels):
    seg = make(series, labels)
    volume = seg.get_volume(
        combine_segments=True, apply_palette_color_lut=True, segment_numbers=[2], dtype=np.float32
    )
    stored = seg.get_volume(combine_segments=True)
    assert np.array_equal(volume.array, COLORS[np.where(stored.array == 2, 2, 0)])
    assert volume.array.dtype == np.float32
    assert [each.keyword for each in volume.channel_descriptors] == ["RGBColorChannel"]


@pytest.mark.parametrize(
    ("kind", "arguments", "said"),
    [
        ("BINARY", {"palette_color_lut_transformation": palette()}, "LABELMAP"),
        ("FRACTIONAL", {"palette_color_lut_transformation": palette()}, "LABELMAP"),
        ("LABELMAP", {"icc_profile": srgb_input_profile()}, "icc_profile"),
        ("LABELMAP", {"palette_color_lut_transformation": palette(COLORS[:3])}, "entry"),
        ("LABELMAP", {"palette_color_lut_transformation": palette(first=1)}, "background"),
        (
            "LABELMAP",
            {"palette_color_lut_transformation": palette(), "icc_profile": b"profile"},
            "icc_profile",
        ),
        (
            "LABELMAP",
            {
                "palette_color_lut_transformation": palette(),
                "icc_profile": srgb_input_profile().replace(b"scnr", b"mntr", 1),
            },
            "scnr",
        ),
    ],
)
def test_what_is_no_palette(kind, arguments, said, series, labels):
    with pytest.raises(InvalidValueError, match=said):
        Segmentation(series, labels, kind, descriptions(), **arguments)


def test_colours_besides_the_palette_are_refused(series, labels):
    own = descriptions(3, display_color=ik.CIELabColor(50.0, 10.0, -10.0))
    with pytest.raises(InvalidValueError, match="display_color"):
        Segmentation(series, labels, "LABELMAP", own, palette_color_lut_transformation=palette())


@pytest.mark.parametrize(
    "arguments",
    [{}, {"combine_segments": True, "relabel": True}],
)
def test_what_the_palette_is_not_for(arguments, series, labels):
    seg = make(series, labels)
    with pytest.raises(InvalidValueError, match="apply_palette_color_lut"):
        seg.get_volume(apply_palette_color_lut=True, **arguments)
    with pytest.raises(InvalidValueError, match="apply_icc_profile"):
        seg.get_volume(apply_icc_profile=True)
    with pytest.raises(InvalidValueError, match="dtype"):
        seg.get_volume(combine_segments=True, apply_palette_color_lut=True, dtype=np.int8)
    without = Segmentation(series, labels, "LABELMAP", descriptions())
    with pytest.raises(InvalidValueError, match="PALETTE COLOR"):
        without.get_volume(combine_segments=True, apply_palette_color_lut=True)


@pytest.mark.referee
@pytest.mark.filterwarnings("ignore")
def test_highdicom_sees_the_same_colours(series, labels, tmp_path):
    make(series, labels, icc_profile=other_profile()).save_as(tmp_path / "seg.dcm")
    ours, theirs = segread(tmp_path / "seg.dcm"), highdicom().seg.segread(tmp_path / "seg.dcm")
    for apply in (False, None, True):
        asked = {
            "combine_segments": True,
            "apply_palette_color_lut": True,
            "apply_icc_profile": apply,
        }
        assert np.array_equal(ours.get_volume(**asked).array, theirs.get_volume(**asked).array)


@pytest.mark.referee
@pytest.mark.filterwarnings("ignore")
def test_palettes_of_highdicom_are_read(series, labels, tmp_path):
    hd = highdicom()
    segments = [
        hd.seg.SegmentDescription(n, f"s{n}", ik.codes.SCT.Tissue, ik.codes.SCT.Liver, "MANUAL")
        for n in (1, 2, 3)
    ]
    theirs = hd.seg.Segmentation(
        series,
        labels,
        "LABELMAP",
        segments,
        *(hd.UID(), 1, hd.UID(), 1, "m", "m", "1", "1"),
        palette_color_lut_transformation=hd.PaletteColorLUTTransformation.from_combined_lut(COLORS),
        icc_profile=other_profile(),
    )
    theirs.save_as(tmp_path / "seg.dcm")
    asked = {"combine_segments": True, "apply_palette_color_lut": True}
    found = segread(tmp_path / "seg.dcm").get_volume(**asked)
    assert np.array_equal(found.array, theirs.get_volume(**asked).array)
