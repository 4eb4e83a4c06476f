"""Tables of instances of all kinds: single-frame, multi-frame, tiled, incomplete, strange."""

from __future__ import annotations

import io
import pickle
import struct
import sys

import numpy as np
import pytest
from pydicom import Dataset, dcmread
from pydicom.data import get_testdata_file
from pydicom.dataelem import RawDataElement
from pydicom.tag import BaseTag

from functional_groups import as_file, encode_by_pydicom, reference_column
from iodkit.errors import (
    CorruptDataError,
    InvalidTypeError,
    InvalidValueError,
    MissingDependencyError,
    NotFoundError,
)
from iodkit.frames import FrameTable, FunctionalGroups
from iodkit.io import read_dataset
from iodkit.spatial import iter_tiled_full_frame_data

PER_FRAME, SHARED = 0x52009230, 0x52009229
POSITION = "PlanePositionSequence.ImagePositionPatient"


def single(z: float, uid: str = "1.2.3") -> Dataset:
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.2", f"{uid}.{int(z * 10)}"
    ds.ImagePositionPatient, ds.ImageOrientationPatient = [0, 0, z], [1, 0, 0, 0, 1, 0]
    ds.PixelSpacing, ds.SliceThickness = [0.5, 0.25], 2
    ds.AcquisitionDate, ds.AcquisitionTime, ds.ContentTime = "20240229", "120030.5", "1201"
    ds.WindowCenter, ds.WindowWidth = [40, 400], [80, 2000]
    ds.RescaleSlope, ds.RescaleIntercept = 1, -1024
    source = Dataset()
    source.ReferencedSOPClassUID, source.ReferencedSOPInstanceUID = "1.2", "1.2.99"
    ds.SourceImageSequence = [source]
    return ds


def multi(n: int = 3, **constants) -> Dataset:
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.2.1", "1.2.4"
    groups = FunctionalGroups(n)
    groups.set(POSITION, np.arange(3 * n).reshape(n, 3))
    groups.set("FrameContentSequence.StackID", [str(i % 2) for i in range(n)])
    for path, value in constants.items():
        groups.set_constant(path.replace("__", "."), value)
    groups.attach(ds)
    return ds


def raw(value: bytes, vr: str | None = "SQ", tag: int = PER_FRAME) -> Dataset:
    ds = Dataset()
    ds[tag] = RawDataElement(BaseTag(tag), vr, len(value), value, 0, vr is None, True)
    return ds


def test_single_frame() -> None:
    ds = single(2.5)
    table = FrameTable.from_dataset(ds)
    assert len(table) == 1
    assert table.positions.tolist() == [[0, 0, 2.5]]
    assert table.orientations.tolist() == [[1, 0, 0, 0, 1, 0]]
    assert table.pixel_spacings.tolist() == [[0.5, 0.25]]
    assert table.slice_thickness.tolist() == [2]
    assert np.isnan(table.spacing_between_slices).all()
    assert table.window_centers.tolist() == [[40, 400]]
    assert table.rescale_types.tolist() == [None]
    assert (table.rescale_slopes[0], table.rescale_intercepts[0]) == (1, -1024)
    assert table.acquisition_datetimes[0] == np.datetime64("2024-02-29T12:00:30.5")
    assert table.content_times.tolist() == ["1201"]
    assert table.sources.uids == ("1.2.99",)
    assert table.segment_numbers.tolist() == [-1]
    assert table.stack_ids.tolist() == [None]
    assert table.dimension_index_values.shape == (1, 0)


def test_real_single_frame_file_stays_encoded() -> None:
    ds = dcmread(get_testdata_file("CT_small.dcm", download=False))
    before = {tag: id(element) for tag, element in ds._dict.items()}
    table = FrameTable.from_dataset(ds)
    positions, slopes = table.positions, table.rescale_slopes
    assert {tag: id(element) for tag, element in ds._dict.items()} == before
    assert positions[0].tolist() == [float(x) for x in ds.ImagePositionPatient]
    assert slopes[0] == ds.RescaleSlope


def mapping(label: str, unit: str | None, first: int, **values) -> Dataset:
    item = Dataset()
    item.LUTLabel = label
    item.add_new("RealWorldValueFirstValueMapped", "SS", first)
    item.add_new("RealWorldValueLastValueMapped", "SS", 100)
    if unit is not None:
        code = Dataset()
        code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = unit, "UCUM", unit
        item.MeasurementUnitsCodeSequence = [code]
    for name, value in values.items():
        setattr(item, name, value)
    return item


def assert_mappings(table: FrameTable, frames: list[int]) -> None:
    """Three mappings: the second without units, the third by a table and double limits."""
    found = table.real_world_mappings
    assert found.frames.tolist() == frames
    assert found.labels.tolist() == ["a", "b", "c"]
    assert found.units.tolist() == ["mm2/s", None, "1"]
    np.testing.assert_array_equal(found.slopes, [0.5, 2, np.nan])
    np.testing.assert_array_equal(found.intercepts, [1, -1, np.nan])
    assert found.first_values.tolist() == [-5, -6, 0.25]
    assert found.last_values.tolist() == [100, 100, 100]
    assert [row.tolist() for row in found.tables] == [[], [], [7, 8]]


def mappings() -> list[Dataset]:
    linear = {"RealWorldValueSlope": 0.5, "RealWorldValueIntercept": 1.0}
    double = {"DoubleFloatRealWorldValueFirstValueMapped": 0.25}
    return [
        mapping("a", "mm2/s", -5, **linear),
        mapping("b", None, -6, RealWorldValueSlope=2.0, RealWorldValueIntercept=-1.0),
        mapping("c", "1", 0, RealWorldValueLUTData=[7.0, 8.0], **double),
    ]


@pytest.mark.parametrize("syntax", ["explicit", "implicit", "big"])
@pytest.mark.parametrize("undefined", [False, True])
def test_real_world_mappings(syntax, undefined) -> None:
    ds = Dataset()
    ds.PixelRepresentation = 1  # makes the values that are mapped signed
    groups = FunctionalGroups(3)
    rows = [[0, 1], [], [2]]
    groups.set_items("RealWorldValueMappingSequence", mappings(), rows)
    groups.attach(ds)
    assert_mappings(FrameTable.from_dataset(ds), [0, 0, 2])
    assert "number_of_real_world_mappings" in FrameTable.from_dataset(ds).to_dict()
    # pydicom itself forgets that pixels are signed where it parses undefined lengths at once.
    buffer = io.BytesIO()
    as_file(ds, syntax, undefined=undefined).save_as(buffer)
    stored = read_dataset(buffer.getvalue()).dataset
    assert_mappings(FrameTable.from_dataset(stored), [0, 0, 2])


def test_real_world_mappings_of_single_frames_and_in_shared_groups() -> None:
    ds = single(0)
    ds.PixelRepresentation = 1
    ds.RealWorldValueMappingSequence = mappings()
    assert_mappings(FrameTable.from_dataset(as_file(ds, "implicit")), [0, 0, 0])
    groups = FunctionalGroups(2)
    groups.set_items("RealWorldValueMappingSequence", mappings())
    shared = Dataset()
    groups.attach(shared)
    found = FrameTable.from_dataset(shared).real_world_mappings
    assert found.frames.tolist() == [0, 0, 0, 1, 1, 1]
    assert found.units.tolist() == ["mm2/s", None, "1"] * 2
    assert not len(FrameTable.from_dataset(single(1)).real_world_mappings)


def test_several_instances() -> None:
    table = FrameTable.from_instances([single(5), single(0), multi(3), single(2.5)])
    assert len(table) == 6
    assert table.instances.tolist() == [0, 1, 2, 2, 2, 3]
    assert table.frame_numbers.tolist() == [1, 1, 1, 2, 3, 1]
    assert table.instance_uids == ("1.2.3.50", "1.2.3.0", "1.2.4", "1.2.3.25")
    assert table.positions[:, 2].tolist() == [5, 0, 2, 5, 8, 2.5]
    assert table.stack_ids.tolist() == [None, None, "0", "1", "0", None]
    assert table.sources.frames.tolist() == [0, 1, 5]
    assert table.find(instance_uid="1.2.4", frame_number=[1, 3]).tolist() == [2, 4]
    again = pickle.loads(pickle.dumps(table))
    np.testing.assert_array_equal(again.positions, table.positions)


def test_no_instances() -> None:
    table = FrameTable.from_instances([])
    assert len(table) == 0
    assert table.positions.shape == (0, 3)
    assert table.find().tolist() == []
    assert "0 frames" in repr(table)


def test_multi_frame_without_functional_groups() -> None:
    """Frames of a cine loop have no position of their own."""
    ds = single(1)
    ds.NumberOfFrames = 4
    table = FrameTable.from_dataset(ds)
    assert len(table) == 4
    assert np.isnan(table.positions).all()
    assert table.pixel_spacings[:, 0].tolist() == [0.5] * 4


def test_shared_and_missing_values() -> None:
    table = FrameTable.from_dataset(multi(3, PixelMeasuresSequence__PixelSpacing=[2, 3]))
    column = table.column("PixelMeasuresSequence.PixelSpacing")
    assert column.shared
    assert column.valid.all()
    assert table.pixel_spacings.tolist() == [[2, 3]] * 3
    missing = table.column("PixelMeasuresSequence.SliceThickness")
    assert not missing.valid.any()
    assert missing.vr == ""
    assert np.isnan(table.slice_thickness).all()


def test_a_group_that_some_frames_lack_may_be_shared() -> None:
    one, other = Dataset(), Dataset()
    one.PixelMeasuresSequence = [Dataset()]
    one.PixelMeasuresSequence[0].PixelSpacing = [1, 1]
    other.PixelMeasuresSequence = [Dataset()]
    other.PixelMeasuresSequence[0].PixelSpacing = [2, 2]
    ds = Dataset()
    ds.SharedFunctionalGroupsSequence = [one]
    ds.PerFrameFunctionalGroupsSequence = [Dataset(), other]
    ds.NumberOfFrames = 2
    assert FrameTable.from_dataset(ds).pixel_spacings.tolist() == [[1, 1], [2, 2]]


def test_no_per_frame_items() -> None:
    ds = multi(1, PixelMeasuresSequence__PixelSpacing=[2, 3])
    ds.PerFrameFunctionalGroupsSequence = []
    ds.NumberOfFrames = 2
    assert FrameTable.from_dataset(ds).pixel_spacings.tolist() == [[2, 3]] * 2


def test_arrays_are_read_only() -> None:
    table = FrameTable.from_dataset(multi())
    for name in ("positions", "stack_ids", "frame_numbers", "orientations", "instances"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(table, name)[0] = 1


def test_only_what_is_asked_for_is_decoded() -> None:
    """A broken reference does not keep positions from being read."""
    ds = multi(2)
    items = list(ds.PerFrameFunctionalGroupsSequence)
    for item in items:
        item.SegmentIdentificationSequence = [Dataset()]
        item.SegmentIdentificationSequence[0].ReferencedSegmentNumber = 1
    value = encode_by_pydicom(items).replace(b"\x0b\x00US\x02\x00", b"\x0b\x00US\x09\x00")
    table = FrameTable.from_dataset(raw(value))
    assert table.positions.tolist() == [[0, 1, 2], [3, 4, 5]]
    with pytest.raises(CorruptDataError):
        _ = table.segment_numbers


def test_number_of_frames_contradicts_the_items() -> None:
    ds = multi(3)
    ds.NumberOfFrames = 4
    with pytest.raises(InvalidValueError, match="NumberOfFrames"):
        FrameTable.from_dataset(ds)


def test_unknown_vr_and_element_order() -> None:
    """A private VR, a sequence of VR UN and elements out of order take the general path."""

    def element(group, number, vr, value):
        if vr in (b"SQ", b"UN"):
            return struct.pack("<HH2sHI", group, number, vr, 0, len(value)) + value
        return struct.pack("<HH2sH", group, number, vr, len(value)) + value

    def item(content):
        return b"\xfe\xff\x00\xe0" + struct.pack("<I", len(content)) + content

    position = item(element(0x20, 0x32, b"DS", b"1\\2\\3 "))
    content = item(element(0x20, 0x9056, b"SH", b"ab"))
    frames = b""
    for vr in (b"SQ", b"UN"):
        frames += item(
            element(0x20, 0x9113, vr, position)
            + element(0x20, 0x9111, b"SQ", content)
            + element(0x19, 0x1001, b"ZZ", b"xy")
        )
    table = FrameTable.from_dataset(raw(frames))
    assert table.positions.tolist() == [[1, 2, 3]] * 2
    assert table.stack_ids.tolist() == ["ab", "ab"]


def test_duplicate_elements_count_as_in_pydicom() -> None:
    content = b""
    for z in b"12":
        content += struct.pack("<HH2sH", 0x20, 0x9056, b"SH", 2) + bytes([z]) + b" "
    inner = b"\xfe\xff\x00\xe0" + struct.pack("<I", len(content)) + content
    group = struct.pack("<HH2sHI", 0x20, 0x9111, b"SQ", 0, len(inner)) + inner
    ds = raw(b"\xfe\xff\x00\xe0" + struct.pack("<I", len(group)) + group)
    table = FrameTable.from_dataset(ds)
    assert table.stack_ids.tolist() == ["2"]
    assert ds.PerFrameFunctionalGroupsSequence[0].FrameContentSequence[0].StackID == "2"


def test_wrong_numbers() -> None:
    ds = multi(2)
    value = ds._dict[PER_FRAME].value.replace(b"3\\4\\5 ", b"3\\x\\5 ")
    table = FrameTable.from_dataset(raw(value))
    with pytest.raises(InvalidValueError, match="ImagePositionPatient"):
        _ = table.positions


def test_wrong_arguments() -> None:
    table = FrameTable.from_dataset(multi())
    for bad in (None, "x", [Dataset()]):
        with pytest.raises(InvalidTypeError):
            FrameTable.from_dataset(bad)
    with pytest.raises(InvalidTypeError):
        table.column(7)
    with pytest.raises(InvalidValueError):
        table.column("PlanePosition.Nonsense")
    with pytest.raises(InvalidTypeError):
        table.numbers("FrameContentSequence.StackID")


def tiled(rows=3, columns=4, *, planes=1, **extra) -> Dataset:
    ds = Dataset()
    ds.SOPInstanceUID = "1.2.5"
    ds.DimensionOrganizationType = "TILED_FULL"
    ds.Rows, ds.Columns = rows, columns
    ds.TotalPixelMatrixRows, ds.TotalPixelMatrixColumns = 5, 10
    ds.TotalPixelMatrixFocalPlanes = planes
    ds.ImageOrientationSlide = [0, -1, 0, -1, 0, 0]
    origin = Dataset()
    origin.XOffsetInSlideCoordinateSystem, origin.YOffsetInSlideCoordinateSystem = 20, 40
    ds.TotalPixelMatrixOriginSequence = [origin]
    for name, value in extra.items():
        setattr(ds, name, value)
    channels = len(extra.get("OpticalPathSequence") or extra.get("SegmentSequence") or [1])
    groups = FunctionalGroups(6 * planes * channels)
    groups.set_constant("PixelMeasuresSequence.PixelSpacing", [0.1, 0.01])
    groups.set_constant("PixelMeasuresSequence.SpacingBetweenSlices", 0.002)
    groups.attach(ds)
    del ds[PER_FRAME]
    return ds


def items(name: str, *values) -> list[Dataset]:
    made = []
    for value in values:
        item = Dataset()
        setattr(item, name, value)
        made.append(item)
    return made


def test_tiled_full() -> None:
    paths = items("OpticalPathIdentifier", "red", "blue")
    table = FrameTable.from_dataset(tiled(planes=2, OpticalPathSequence=paths))
    assert len(table) == 24
    first = [[1, 1], [1, 5], [1, 9], [4, 1], [4, 5], [4, 9]]
    assert table.matrix_positions.tolist() == first * 4
    # Rows of the matrix run along -X of the slide, columns along -Y.
    x, y, z = table.slide_positions.T
    np.testing.assert_allclose(x[:6], [20, 20, 20, 19.7, 19.7, 19.7])
    np.testing.assert_allclose(y[:6], [40, 39.96, 39.92] * 2)
    np.testing.assert_allclose(z, ([0] * 6 + [0.002] * 6) * 2)
    assert table.optical_paths.tolist() == ["red"] * 12 + ["blue"] * 12
    assert table.orientations[0].tolist() == [0, -1, 0, -1, 0, 0]
    assert table.find_tiles(0, 3, 4, 8, rows=3, columns=4).tolist() == [1, 7, 13, 19]
    assert table.find_tiles(2, 4, 7, 9, rows=3, columns=4)[:4].tolist() == [1, 2, 4, 5]


def test_tiled_full_segmentation() -> None:
    segments = items("SegmentNumber", 3, 5)
    binary = FrameTable.from_dataset(tiled(SegmentationType="BINARY", SegmentSequence=segments))
    assert binary.segment_numbers.tolist() == [3] * 6 + [5] * 6
    labels = tiled(SegmentationType="LABELMAP", SegmentSequence=segments)
    labels.NumberOfFrames = 6
    assert FrameTable.from_dataset(labels).segment_numbers.tolist() == [-1] * 6


def test_tiled_full_lacks_what_its_order_depends_on() -> None:
    ds = tiled()
    del ds.TotalPixelMatrixRows
    with pytest.raises(InvalidValueError, match="TotalPixelMatrixRows"):
        FrameTable.from_dataset(ds)
    ds = tiled()
    ds.TotalPixelMatrixOriginSequence = []
    table = FrameTable.from_dataset(ds)
    assert np.isnan(table.slide_positions).all()
    assert table.matrix_positions[4].tolist() == [4, 5]


def test_later_part_of_a_tiled_concatenation() -> None:
    whole = FrameTable.from_dataset(tiled(planes=2))
    part = tiled(planes=2, ConcatenationFrameOffsetNumber=5)
    part.NumberOfFrames = 7
    table = FrameTable.from_dataset(part)
    assert table.matrix_positions.tolist() == whole.matrix_positions[5:].tolist()
    np.testing.assert_allclose(table.slide_positions, whole.slide_positions[5:])


def test_tiled_frames_are_where_spatial_says() -> None:
    ds = tiled(planes=2)
    table = FrameTable.from_dataset(ds)
    want = list(iter_tiled_full_frame_data(ds))
    assert table.matrix_positions.tolist() == [[row, column] for _, _, column, row, *_ in want]
    np.testing.assert_allclose(table.slide_positions, [place[4:] for place in want])


def test_tiled_sparse() -> None:
    groups = FunctionalGroups(2)
    slide = "PlanePositionSlideSequence."
    groups.set(f"{slide}RowPositionInTotalImagePixelMatrix", [1, 257])
    groups.set(f"{slide}ColumnPositionInTotalImagePixelMatrix", [513, 1])
    groups.set(f"{slide}XOffsetInSlideCoordinateSystem", [1.5, 2.5])
    groups.set(f"{slide}YOffsetInSlideCoordinateSystem", [10.0, 20.0])
    groups.set(f"{slide}ZOffsetInSlideCoordinateSystem", [0.0, 3.0])
    ds = Dataset()
    groups.attach(ds)
    table = FrameTable.from_dataset(ds)
    assert table.matrix_positions.tolist() == [[1, 513], [257, 1]]
    assert table.slide_positions.tolist() == [[1.5, 10, 0], [2.5, 20, 0.003]]
    assert table.find_tiles(0, 256, 0, 1024, rows=256, columns=256).tolist() == [0]


def dimensional() -> FrameTable:
    n = 8
    ds = Dataset()
    ds.DimensionIndexSequence = [Dataset(), Dataset()]
    for item, group, tag in zip(
        ds.DimensionIndexSequence, (0x0062000A, 0x00209113), (0x0062000B, 0x00200032), strict=True
    ):
        item.FunctionalGroupPointer, item.DimensionIndexPointer = group, tag
    segment, z = np.arange(n) // 4 + 1, np.arange(n) % 4
    groups = FunctionalGroups(n)
    groups.set("FrameContentSequence.DimensionIndexValues", np.stack([segment, z + 1], axis=1))
    groups.set("SegmentIdentificationSequence.ReferencedSegmentNumber", segment)
    groups.set(POSITION, np.stack([z * 0.0, z * 0.0, z * 1.5], axis=1))
    groups.set_sources("1.2", ["1.2.1", "1.2.2"], z // 2, frame_numbers=z % 2 + 1)
    groups.attach(ds)
    return FrameTable.from_dataset(ds)


def test_find() -> None:
    table = dimensional()
    assert table.dimension_index_pointers == (0x0062000B, 0x00200032)
    assert table.find(segment=2).tolist() == [4, 5, 6, 7]
    assert table.find(segment=[1, 2], position=[0, 0, 1.5]).tolist() == [1, 5]
    assert table.find(position=[0, 0, 1.6]).tolist() == []
    assert table.find(position=[0, 0, 1.6], tolerance=0.11).tolist() == [1, 5]
    assert table.find(source_uid="1.2.2").tolist() == [2, 3, 6, 7]
    assert table.find(source_uid=["1.2.1", "1.2.2"], source_frame=2).tolist() == [1, 3, 5, 7]
    assert table.find(source_uid="9.9").tolist() == []
    assert table.find(dimensions={"ImagePositionPatient": 3}, segment=1).tolist() == [2]
    assert table.find(dimensions={0x0062000B: [1, 2], 0x00200032: [1, 4]}).tolist() == [0, 3, 4, 7]
    with pytest.raises(NotFoundError):
        table.find(dimensions={"StackID": 1})
    with pytest.raises(InvalidValueError):
        table.find(source_frame=1)


def test_positions_combinations_uniqueness() -> None:
    table = dimensional()
    rows = table.find_positions([[0, 0, 0], [9, 9, 9], [0, 0, 4.5]])
    assert [row.tolist() for row in rows] == [[0, 4], [], [3, 7]]
    found = table.find_combinations(
        ["segment_numbers", "dimension_index_values"], [[2, 2, 3], [1, 2, 1]]
    )
    assert found.tolist() == [6, -1]
    assert table.is_unique("dimension_index_values")
    assert not table.is_unique("segment_numbers")
    assert not table.is_unique(table.positions)
    with pytest.raises(InvalidValueError):
        table.is_unique(np.arange(3))


def test_repr_and_dict() -> None:
    table = dimensional()
    text = repr(table)
    assert text.startswith("FrameTable: 8 frames")
    assert "segment_number" in text
    columns = table.to_dict()
    assert columns["position_z"].tolist() == [0, 1.5, 3, 4.5] * 2
    assert columns["dimension_2"].tolist() == [1, 2, 3, 4] * 2
    assert columns["number_of_sources"].tolist() == [1] * 8
    assert columns["source_uid"].tolist() == (["1.2.1"] * 2 + ["1.2.2"] * 2) * 2
    assert columns["source_frame"].tolist() == [1, 2] * 4
    assert "matrix_row" not in columns


def test_the_first_source_and_mapping_of_each_frame() -> None:
    groups = FunctionalGroups(3)
    groups.set_sources(
        "1.2", ["1.2.1", "1.2.2"], [[1, 0], [], [0]], frame_numbers=[[7, 2], [], [3]]
    )
    maps = []
    for label, slope in (("a", 2.0), ("b", 3.0)):
        item = Dataset()
        item.LUTLabel, item.RealWorldValueSlope, item.RealWorldValueIntercept = label, slope, 0.5
        maps.append(item)
    groups.set_items("RealWorldValueMappingSequence", maps, [[], [0, 1], [1]])
    ds = Dataset()
    groups.attach(ds)
    columns = FrameTable.from_dataset(ds).to_dict()
    assert columns["source_uid"].tolist() == ["1.2.2", None, "1.2.1"]
    assert columns["source_frame"].tolist() == [7, -1, 3]
    assert columns["number_of_sources"].tolist() == [2, 0, 1]
    assert columns["real_world_label"].tolist() == [None, "a", "b"]
    np.testing.assert_array_equal(columns["real_world_slope"], [np.nan, 2, 3])
    np.testing.assert_array_equal(columns["real_world_intercept"], [np.nan, 0.5, 0.5])
    assert columns["number_of_real_world_mappings"].tolist() == [0, 2, 1]
    assert "real_world_unit" not in columns


@pytest.mark.parametrize("name", ["pandas", "pyarrow"])
def test_libraries_that_may_be_missing(name, monkeypatch) -> None:
    table = dimensional()
    call = {"pandas": table.to_pandas, "pyarrow": table.to_arrow}[name]
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingDependencyError, match=f"pip install {name}"):
        call()


def test_pandas() -> None:
    pytest.importorskip("pandas")
    frame = dimensional().to_pandas()
    assert frame["segment_number"].tolist() == [1] * 4 + [2] * 4


def test_arrow() -> None:
    pytest.importorskip("pyarrow")
    assert dimensional().to_arrow()["segment_number"].to_pylist() == [1] * 4 + [2] * 4


def test_tables_are_the_same_in_every_syntax() -> None:
    ds = multi(4, PixelMeasuresSequence__PixelSpacing=[2, 3])
    ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.66.4"
    want = FrameTable.from_dataset(ds).to_dict()
    for syntax in ("explicit", "implicit", "big"):
        got = FrameTable.from_dataset(as_file(ds, syntax)).to_dict()
        assert {k: v.tolist() for k, v in got.items()} == {k: v.tolist() for k, v in want.items()}


@pytest.mark.parametrize("syntax", ["explicit", "implicit", "big"])
@pytest.mark.parametrize("undefined", [False, True])
def test_items_have_character_sets_of_their_own(syntax, undefined) -> None:
    """An item's text is in its own character set, or else in that of the item around it."""
    ds = multi(4)
    texts, terms = ["Größe", "大きさ", "Размер", "Größe"], [None, "ISO_IR 192", "ISO_IR 144", None]
    ds.SpecificCharacterSet = "ISO_IR 100"
    for item, text, term, around in zip(
        ds.PerFrameFunctionalGroupsSequence, texts, terms, (0, 1, 0, 0), strict=True
    ):
        content = item.FrameContentSequence[0] if "FrameContentSequence" in item else Dataset()
        content.FrameComments = text
        item.FrameContentSequence = [content]
        code = Dataset()
        code.CodeMeaning = text
        item.DerivationImageSequence = [Dataset()]
        item.DerivationImageSequence[0].DerivationCodeSequence = [code, code]
        if term and around:
            item.SpecificCharacterSet = term
        elif term:
            content.SpecificCharacterSet = code.SpecificCharacterSet = term
    stored = as_file(ds, syntax, undefined=undefined)
    want = [[text] for text in texts]
    assert reference_column(stored, "FrameContentSequence.FrameComments") == want
    for given in (as_file(ds, syntax, undefined=undefined), stored, ds):
        table = pickle.loads(pickle.dumps(FrameTable.from_dataset(given)))
        assert table.texts("FrameContentSequence.FrameComments").tolist() == texts
        meanings = table.column("DerivationImageSequence.DerivationCodeSequence.CodeMeaning")
        assert [list(values) for values in meanings.data] == [[text] * 2 for text in texts]
        items = [table.functional_group("FrameContentSequence", i)[0] for i in range(4)]
        assert [item.FrameComments for item in items] == texts


def test_an_item_with_an_unknown_character_set() -> None:
    """As for a dataset: pydicom warns and takes the default."""
    ds = multi(2)
    value = ds._dict[PER_FRAME].value
    named = struct.pack("<HH2sH", 8, 5, b"CS", 12) + b"ISO_IR 1000 "
    size = struct.unpack("<I", value[4:8])[0] + len(named)
    stored = raw(value[:4] + struct.pack("<I", size) + named + value[8:])
    with pytest.warns(UserWarning, match="ISO_IR 1000"):
        stacks = FrameTable.from_dataset(stored).stack_ids
    assert stacks.tolist() == ["0", "1"]
