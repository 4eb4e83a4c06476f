"""Measurements of segments, compared with arrays and volumes; honest where geometry is not."""

import json

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import iodkit as ik
from edited import SHAPES, TYPES, labelled, make
from iodkit.cli import main
from iodkit.errors import (
    InvalidTypeError,
    InvalidValueError,
    MissingDependencyError,
    OutOfRangeError,
)
from iodkit.testing import phantom
from iodkit_seg import Segmentation, SegmentTable
from segments import EQUIPMENT, descriptions

FEW = settings(max_examples=10, deadline=None, phases=[Phase.explicit, Phase.generate])


@pytest.fixture(autouse=True)
def equipment():
    with ik.defaults(equipment=EQUIPMENT):
        yield


def assert_measured(row, volume, mask):
    """Compare a row with what the voxels of a volume say."""
    assert row.voxels == mask.sum()
    if not mask.any():
        assert row.bounding_box is None
        assert row.centroid is None
        assert row.volume_ml == 0
        return
    assert row.volume_ml == pytest.approx(mask.sum() * np.prod(volume.spacing) / 1000)
    places = np.argwhere(mask)
    box = row.bounding_box
    low = (box.slice_start, box.row_start, box.column_start)
    high = (box.slice_end, box.row_end, box.column_end)
    assert low == tuple(places.min(axis=0))
    assert high == tuple(places.max(axis=0) + 1)
    center = volume.map_indices_to_reference(places.astype(float)).mean(axis=0)
    assert row.centroid == pytest.approx(center, abs=1e-6)


@FEW
@given(labelled(), st.sampled_from(TYPES))
def test_measurements_are_those_of_the_voxels(labels, kind):
    labels, count = labels
    labels[:, 1, 1] = 1
    seg = make(labels, kind, count)
    table, volume = seg.segment_table(), seg.get_volume()
    assert len(table) == count
    for at, row in enumerate(table):
        assert row.number == at + 1
        assert table[at + 1] is row
        assert_measured(row, volume, volume.array[..., at] > 0)


@pytest.mark.parametrize("variant", ["oblique", "sagittal", "unsorted"])
def test_places_are_right_in_any_orientation(variant):
    images = phantom.ct_series(6, 24, 20, variant=variant)
    labels = np.zeros((6, 24, 20), np.uint8)
    labels[1:4, 3:9, 5:12] = 1
    seg = Segmentation(images, labels, "BINARY", descriptions(1))
    row, volume = seg.segment_table()[1], seg.get_volume()
    assert_measured(row, volume, volume.array[..., 0] > 0)
    part = seg.get_volume(**row.bounding_box.as_arguments())
    assert part.array.all() or variant == "unsorted"
    assert part.array.sum() == row.voxels


def test_fractions_count_as_shares_or_from_a_threshold_on():
    fractions = np.zeros(SHAPES[0])
    fractions[:, 2:4, 2:6] = 0.2
    fractions[:, 4, 2:6] = 1
    for kind in ("PROBABILITY", "OCCUPANCY"):
        seg = make(fractions, "FRACTIONAL", 1, fractional_type=kind)
        voxel = np.prod(seg.get_volume().spacing) / 1000
        table = seg.segment_table()
        assert table[1].voxels == 36
        assert table[1].volume_ml == pytest.approx((24 * 0.2 + 12) * voxel)
        assert ("expected" in str(table)) == (kind == "PROBABILITY")
        above = seg.segment_table(0.5)
        assert above[1].voxels == 12
        assert above[1].volume_ml == pytest.approx(12 * voxel)
        assert seg.segment_table(0.2)[1].voxels == 36
    with pytest.raises(InvalidValueError, match="threshold"):
        seg.segment_table(0)
    with pytest.raises(InvalidTypeError, match="threshold"):
        seg.segment_table(True)
    with pytest.raises(InvalidValueError, match="no fractions"):
        make(np.ones(SHAPES[0], np.uint8), "BINARY", 1).segment_table(0.5)


def test_irregular_stacks_have_no_volumes():
    images = phantom.ct_series(5, 24, 20)
    images[2].ImagePositionPatient[2] = float(images[2].ImagePositionPatient[2]) + 0.9
    labels = np.zeros((5, 24, 20), np.uint8)
    labels[:, 3:6, 4:8] = 1
    table = Segmentation(images, labels, "BINARY", descriptions(1)).segment_table()
    assert table[1].voxels == 60
    assert table[1].volume_ml is None
    assert table[1].centroid is None
    assert table[1].bounding_box is not None
    assert "Neither volumes nor places" in table.notes[0]
    assert "vary" in table.notes[0]


@pytest.mark.parametrize("kind", TYPES)
def test_images_without_a_place_have_none(kind):
    cine = phantom.ultrasound_cine(4, 30, 35)
    labels = np.zeros((4, 30, 35), np.uint8)
    labels[1:3, 3:6, 4:8] = 1
    table = Segmentation([cine], labels, kind, descriptions(1)).segment_table()
    assert table[1].voxels == 24
    assert table[1].volume_ml is table[1].centroid is table[1].area_mm2 is None
    box = table[1].bounding_box
    assert (box.row_start, box.row_end, box.column_start, box.column_end) == (3, 6, 4, 8)
    assert "frame of reference" in table.notes[0]


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("organization", ["TILED_FULL", "TILED_SPARSE"])
def test_slides_have_areas_and_places(kind, organization):
    slide = phantom.slide_image(100, 120, 32, organization=organization)
    matrix = np.zeros((1, 100, 120), np.uint8)
    matrix[0, 40:70, 20:90] = 1
    matrix[0, 80:, 100:] = 2
    seg = Segmentation([slide], matrix, kind, descriptions(2), tile_pixel_array=True)
    table = seg.segment_table()
    spacing = seg.frame_table.pixel_spacings[0]
    assert [row.voxels for row in table] == [2100, 400]
    assert table[2].area_mm2 == pytest.approx(400 * spacing.prod())
    assert table[2].volume_ml is None
    box = table[1].bounding_box
    assert (box.row_start, box.row_end, box.column_start, box.column_end) == (40, 70, 20, 90)
    transform = ik.spatial.PixelToReferenceTransformer.for_image(seg, for_total_pixel_matrix=True)
    center = transform(np.array([[109.5, 89.5]]).round().astype(int))[0]
    assert table[2].centroid == pytest.approx(center, abs=spacing.max())


def test_a_single_image_has_an_area():
    images = phantom.ct_series(6, 24, 20)[2:3]
    labels = np.zeros((1, 24, 20), np.uint8)
    labels[0, 3:6, 4:8] = 1
    row = Segmentation(images, labels, "BINARY", descriptions(1)).segment_table()[1]
    spacing = np.array([float(v) for v in images[0].PixelSpacing])
    assert row.area_mm2 == pytest.approx(12 * spacing.prod())
    assert row.centroid is not None


def test_what_a_row_says_of_its_segment():
    seg = make(np.ones(SHAPES[0], np.uint8), "BINARY", 1)
    row = seg.segment_table()[1]
    assert (row.number, row.label) == (1, "Segment 1")
    assert row.property_type == "Liver"
    assert row.property_type_code == ("10200004", "SCT")
    assert row.property_category_code == ("91723000", "SCT")
    assert (row.algorithm_type, row.algorithm_name) == ("AUTOMATIC", "Test")
    color = seg.get_segment_description(1).display_color
    assert color is not None
    assert row.color == "#{:02x}{:02x}{:02x}".format(*color.to_rgb(clip=True))
    with pytest.raises(OutOfRangeError, match="segment_number"):
        seg.segment_table()[2]


def test_tables_for_people_and_for_programs(monkeypatch):
    labels = np.zeros(SHAPES[0], np.uint8)
    labels[:, 2:4], labels[:, 6:8] = 1, 2
    table = make(labels, "LABELMAP", 3).segment_table()
    text = str(table)
    assert repr(table) == text
    assert text.splitlines()[0].split()[:2] == ["number", "label"]
    assert "Segment 2" in text
    assert text.splitlines()[3].rstrip().endswith("-")
    html = table._repr_html_()
    assert html.count("<tr>") == 4
    assert table[1].color in html
    frame = table.to_pandas()
    assert frame.loc[2, "voxels"] == 96
    assert frame.loc[1, "slice_end"] == 3
    assert np.isnan(frame.loc[3, "centroid_x"])
    arrow = table.to_arrow()
    assert arrow.column("label").to_pylist() == ["Segment 1", "Segment 2", "Segment 3"]
    assert arrow.column_names == list(table.to_dict())
    assert list(SegmentTable(()).to_dict()) == []

    def absent(name):
        raise ImportError(name)

    monkeypatch.setattr("iodkit.spatial.interop.libraries.import_module", absent)
    with pytest.raises(MissingDependencyError, match="pandas"):
        table.to_pandas()


def test_the_command_line_writes_tables_and_types(tmp_path, capsysbinary):
    labels = np.zeros(SHAPES[0], np.uint8)
    labels[:, 2:4], labels[:, 6:8] = 1, 2
    seg = make(labels, "BINARY", 2)
    path = str(tmp_path / "seg.dcm")
    seg.save_as(path)
    target = tmp_path / "seg.segments.csv"
    assert main(["convert", path, "-o", str(target)]) == 0
    lines = target.read_text().splitlines()
    assert lines[0].startswith("number,label,")
    assert lines[2].startswith("2,Segment 2,")
    assert main(["convert", path, "--as", "segments-json"]) == 0
    found = json.loads(capsysbinary.readouterr().out)
    assert [row["voxels"] for row in found["segments"]] == [96, 96]
    for name in ("labelmap", "fractional", "binary"):
        target = tmp_path / f"new.{name}.dcm"
        assert main(["convert", path, "-o", str(target)]) == 0
        assert ik.read(target).SegmentationType == name.upper()
    assert main(["info", path]) == 0
    assert seg.segment_table()[1].color.encode() in capsysbinary.readouterr().out
