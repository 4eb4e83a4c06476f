"""Edited and converted segmentations as other programs see them."""

import numpy as np
import pytest

import iodkit as ik
from edited import TYPES
from iodkit.testing import phantom
from iodkit_image.transforms import PaletteColorLUTTransformation
from iodkit_seg import Segmentation, segread
from referees import assert_valid, dcmqi_segments, highdicom, library, value_at
from segments import EQUIPMENT, descriptions, organ_labels

pytestmark = pytest.mark.referee
SHAPE = (6, 24, 20)


@pytest.fixture(autouse=True)
def equipment():
    with ik.defaults(equipment=EQUIPMENT):
        yield


@pytest.fixture(scope="module")
def series():
    return phantom.ct_series(*SHAPE)


def edits(series, seg):
    """A new instance by every way there is."""
    volume = seg.get_volume(combine_segments=True)
    left = np.broadcast_to(np.arange(SHAPE[2]) < 8, volume.shape)
    return {
        "described": seg.with_descriptions(labels={1: "Lëber"}),
        "removed": seg.without_segments([2]),
        "renumbered": seg.renumbered({1: 3, 3: 1}),
        "merged": seg.with_merged_segments([1, 3]),
        "split": seg.with_split_segment(1, left),
        "added": seg.with_segments(
            volume.with_array((volume.array == 0) & (volume.array.sum() > 0)),
            descriptions(1),
            series,
        ),
        "cropped": seg.cropped(slice_start=2, row_start=5, column_end=-2),
        "binary": seg.to_binary(),
        "fractional": seg.to_fractional(),
        "labelmap": seg.to_labelmap(),
    }


@pytest.mark.parametrize("kind", TYPES)
def test_referees_read_what_was_edited(kind, series, tmp_path):
    seg = Segmentation(series, organ_labels(*SHAPE), kind, descriptions())
    hd = highdicom()
    for name, new in edits(series, seg).items():
        path = tmp_path / f"{name}.dcm"
        new.save_as(path)
        assert_valid(path)
        mine = new.get_volume()
        theirs = hd.seg.segread(path).get_volume()
        assert np.array_equal(theirs.array, mine.array), name
        assert np.allclose(theirs.affine, mine.affine), name
        assert hd.seg.segread(path).segment_numbers == new.segment_numbers
        if new.SegmentationType != "LABELMAP" and name in {"merged", "added", "cropped"}:
            _compare_with_dcmqi(new, path, tmp_path / name)
        sitk = library("SimpleITK", "SimpleITK")
        if new.SegmentationType == "FRACTIONAL":
            read = sitk.GetArrayFromImage(sitk.ReadImage(str(path)))
            assert np.array_equal(read, new.get_stored_frames())


def _compare_with_dcmqi(new, path, folder):
    folder.mkdir()
    images = dcmqi_segments(path, folder)
    volume = new.get_volume()
    for at, number in enumerate(new.segment_numbers):
        mask = volume.array[..., at] > 0
        image = images.get(number)
        for place in np.argwhere(mask)[::7]:
            point = volume.map_indices_to_reference(place[np.newaxis].astype(float))[0]
            assert value_at(image, point) > 0


def test_segmentations_of_others_can_be_edited(series, tmp_path):
    hd = highdicom()
    codes = library("pydicom.sr.codedict", "pydicom").codes
    labels = organ_labels(*SHAPE)
    algorithm = hd.AlgorithmIdentificationSequence("Test", codes.DCM.ArtificialIntelligence, "1")
    items = [
        hd.seg.SegmentDescription(
            n, f"S{n}", codes.SCT.Tissue, codes.SCT.Liver, "AUTOMATIC", algorithm
        )
        for n in (1, 2, 3)
    ]
    for kind in TYPES:
        path = tmp_path / f"{kind}.dcm"
        uids = hd.UID(), 1, hd.UID(), 1
        hd.seg.Segmentation(series, labels, kind, items, *uids, "M", "N", "1", "2").save_as(path)
        seg = segread(path)
        volume = seg.get_volume(combine_segments=True)
        found = seg.renumbered({1: 2, 2: 1}).get_volume(combine_segments=True)
        assert np.array_equal(found.array, np.array([0, 2, 1, 3])[volume.array])
        assert np.array_equal(seg.to_binary().get_volume(combine_segments=True).array, volume.array)
        part = seg.cropped(row_start=5).get_volume(combine_segments=True)
        assert np.array_equal(part.match_geometry(volume[:, 4:]).array, volume.array[:, 4:])
        seg.with_merged_segments([1, 3]).save_as(tmp_path / "new.dcm")
        assert_valid(tmp_path / "new.dcm")


@pytest.mark.parametrize("kind", [*TYPES, "palette"])
def test_edited_segments_are_drawn_on_their_image(kind, series):
    labels = organ_labels(*SHAPE)
    options = {}
    if kind == "palette":
        colors = ["black", "#ff0000", "#00ff00", "#0000ff"]
        options["palette_color_lut_transformation"] = PaletteColorLUTTransformation.from_colors(
            colors
        )
    name = "LABELMAP" if kind == "palette" else kind
    seg = Segmentation(series, labels, name, descriptions(), **options)
    merged = seg.with_merged_segments([1, 2])
    index = int((labels > 0).sum(axis=(1, 2)).argmax())
    image = ik.from_dataset(series[index])
    plain = np.asarray(ik.render(image))
    # The legend stands beside the picture.
    drawn = np.asarray(ik.render(image, overlays=[merged]))[:, : plain.shape[1]]
    assert (drawn != plain).any()
    if kind == "palette":
        assert merged.PhotometricInterpretation == "PALETTE COLOR"
        row = merged.segment_table()[1]
        assert row.color == "#ff0000"
    rest = seg.without_segments([1, 2])
    only = np.asarray(ik.render(image, overlays=[rest]))[:, : plain.shape[1]]
    assert (only != plain).any() == bool((labels[index] == 3).any())
