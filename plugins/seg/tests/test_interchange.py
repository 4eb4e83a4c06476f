"""Segments in files of other programs: voxels, places, codes and colours come back."""

import csv
import io
import json

import numpy as np
import pytest

import iodkit as ik
from iodkit.errors import (
    GeometryError,
    InvalidTypeError,
    InvalidValueError,
    MissingAttributeError,
    MissingFileError,
    NotFoundError,
    ReadError,
)
from iodkit.registry import registry
from iodkit.testing import phantom
from iodkit_seg import (
    LabelledVolume,
    Segmentation,
    SegmentCodes,
    SegmentDescription,
    SegmentRecord,
    describe_segments,
    read_dcmqi,
    read_dcmqi_metadata,
    read_label_table,
    read_labels,
    read_nifti,
    read_seg_nrrd,
    write_dcmqi,
    write_label_table,
    write_labels,
    write_nifti,
    write_seg_nrrd,
)
from referees import assert_valid, library, run_program
from segments import EQUIPMENT, descriptions, organ_labels

# What pynrrd writes its date with.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")

SHAPE = (10, 40, 32)
VARIANTS = ["axial", "oblique", "sagittal", "unsorted"]


@pytest.fixture(autouse=True)
def equipment():
    with ik.defaults(equipment=EQUIPMENT):
        yield


@pytest.fixture(scope="module", params=VARIANTS)
def series(request):
    return phantom.ct_series(*SHAPE, variant=request.param)


@pytest.fixture(scope="module")
def axial():
    return phantom.ct_series(*SHAPE)


def coded_segments(label="Niere, links — Ω"):
    sct = ik.codes.SCT
    color = ik.CIELabColor.from_rgb(200, 30, 60)
    kidney = SegmentDescription(
        1,
        label,
        sct.AnatomicalStructure,
        sct.Kidney,
        "MANUAL",
        tracking_uid="1.2.3.4",
        tracking_id="K1",
        anatomic_regions=[sct.Abdomen],
        display_color=color,
        segmented_property_type_modifiers=[sct.Left],
        anatomic_region_modifiers=[sct.Right],
    )
    return [kidney, *describe_segments({2: "heart", 3: "vertebrae_L1"})]


def make(series, kind="BINARY", *, overlap=False, **options):
    labels = organ_labels(*SHAPE)
    pixels = labels
    if overlap:
        pixels = np.stack([labels == 1, labels > 0, labels == 3], axis=-1)
    return Segmentation(series, pixels, kind, coded_segments(**options))


def write_and_read(name):
    """How each format writes segments into a directory, and reads them from there."""

    def dcmqi(seg, folder):
        metadata, *images = write_dcmqi(seg, folder)
        return read_dcmqi(metadata, images)

    def nifti(seg, folder):
        write_nifti(seg, folder / "x.nii.gz")
        return read_nifti(folder / "x.nii.gz")

    def nrrd(seg, folder):
        write_seg_nrrd(seg, folder / "x.seg.nrrd")
        return read_seg_nrrd(folder / "x.seg.nrrd")

    return {"dcmqi": dcmqi, "nifti": nifti, "nrrd": nrrd}[name]


@pytest.mark.parametrize("overlap", [False, True], ids=["apart", "overlap"])
@pytest.mark.parametrize(
    "form", [pytest.param("dcmqi", marks=pytest.mark.referee), "nifti", "nrrd"]
)
def test_round_trip(series, form, overlap, tmp_path):
    seg = make(series, overlap=overlap)
    read = write_and_read(form)(seg, tmp_path)
    assert read.is_labelmap is not overlap
    again = read.to_segmentation(series)
    one, other = seg.get_volume(), again.get_volume()
    assert np.array_equal(other.array, one.array)
    assert np.allclose(other.affine, one.affine, atol=1e-4)
    for mine, its in zip(seg.segment_descriptions, again.segment_descriptions, strict=True):
        kept = SegmentRecord.from_description(mine)
        found = SegmentRecord.from_description(its)
        for name in ("label", "category", "type", "type_modifiers", "region", "region_modifiers"):
            assert getattr(found, name) == getattr(kept, name), name
        assert found.rgb == pytest.approx(kept.rgb, abs=1)
    assert len(again.frame_table.sources) == again.number_of_frames
    again.save_as(tmp_path / "again.dcm")
    assert_valid(tmp_path / "again.dcm")


@pytest.mark.referee
def test_simpleitk_finds_the_voxels_at_the_same_points(series, tmp_path):
    sitk = library("SimpleITK", "SimpleITK")
    volume = make(series).get_volume(combine_segments=True)
    write_nifti(make(series), tmp_path / "x.nii.gz")
    write_seg_nrrd(make(series), tmp_path / "x.seg.nrrd")
    indices = np.argwhere(volume.array)[::7]
    points = volume.map_indices_to_reference(indices.astype(float))
    for name in ("x.nii.gz", "x.seg.nrrd"):
        image = sitk.ReadImage(str(tmp_path / name))
        for index, point in zip(indices, points, strict=True):
            there = image.TransformPhysicalPointToIndex(point.tolist())
            assert image.GetPixel(*there) == volume.array[tuple(index)]


@pytest.mark.referee
@pytest.mark.parametrize("overlap", [False, True], ids=["apart", "overlap"])
def test_slicers_own_library_reads_what_we_write(axial, overlap, tmp_path):
    slicerio = library("slicerio", "slicerio")
    seg = make(axial, overlap=overlap, label="kidney")  # it drops what is not ASCII
    write_seg_nrrd(seg, tmp_path / "x.seg.nrrd")
    read = slicerio.read_segmentation(str(tmp_path / "x.seg.nrrd"))
    volume = seg.get_volume().permute_spatial_axes((2, 1, 0))
    assert np.allclose(read["ijkToLPS"], volume.affine)
    layers = read["voxels"] if overlap else read["voxels"][np.newaxis]
    for number, segment in enumerate(read["segments"]):
        mask = layers[segment["layer"]] == segment["labelValue"]
        assert np.array_equal(mask, volume.array[..., number] != 0)
        code = seg.get_segment_description(number + 1).segmented_property_type
        assert segment["terminology"]["type"] == [
            code.scheme_designator,
            code.value,
            code.meaning,
        ]
    assert read["segments"][0]["terminology"]["typeModifier"] == ["SCT", "7771000", "Left"]
    assert read["segments"][0]["name"] == "kidney"


@pytest.mark.referee
@pytest.mark.parametrize("overlap", [False, True], ids=["apart", "overlap"])
def test_dcmqi_makes_the_same_segmentation_of_what_we_write(axial, overlap, tmp_path):
    seg = make(axial, overlap=overlap, label="kidney")  # it refuses what is not ASCII
    sources = tmp_path / "sources"
    sources.mkdir()
    for number, image in enumerate(axial):
        image.save_as(sources / f"{number}.dcm")
    metadata, *images = write_dcmqi(seg, tmp_path)
    run_program(
        "itkimage2segimage",
        "dcmqi",
        "--inputImageList",
        ",".join(map(str, images)),
        "--inputDICOMDirectory",
        str(sources),
        "--inputMetadata",
        str(metadata),
        "--outputDICOM",
        str(tmp_path / "theirs.dcm"),
    )
    theirs = ik.read(tmp_path / "theirs.dcm")
    assert theirs.segment_numbers == [1, 2, 3]
    geometry = seg.get_volume_geometry()
    for number in theirs.segment_numbers:
        mine = seg.get_volume(segment_numbers=[number])
        its = theirs.get_volume(segment_numbers=[number])
        points = geometry.map_indices_to_reference(np.argwhere(mine.array[..., 0]).astype(float))
        there = np.rint(its.map_reference_to_indices(points)).astype(int)
        assert its.array[tuple(there.T)].all()
        assert np.count_nonzero(its.array) == len(there)
        one, other = (s.get_segment_description(number) for s in (seg, theirs))
        assert other.segment_label == one.segment_label
        assert other.segmented_property_type == one.segmented_property_type
        assert other.segmented_property_type_modifiers == one.segmented_property_type_modifiers


@pytest.mark.referee
def test_metadata_that_dcmqi_writes_are_read(axial, tmp_path):
    seg = make(axial)
    seg.save_as(tmp_path / "seg.dcm")
    run_program(
        "segimage2itkimage",
        "dcmqi",
        "--inputDICOM",
        str(tmp_path / "seg.dcm"),
        "--outputDirectory",
        str(tmp_path),
        "--outputType",
        "nrrd",
        "--prefix",
        "p",
    )
    images = sorted(tmp_path.glob("p-*.nrrd"))
    metadata = read_dcmqi_metadata(tmp_path / "p-meta.json")
    assert metadata.arguments == {"series_number": 1, "instance_number": 1}
    read = read_dcmqi(metadata, images)
    again = read.to_segmentation(axial, **metadata.arguments)
    assert np.array_equal(again.get_volume().array, seg.get_volume().array)
    assert [s.segment_label for s in again.segment_descriptions] == [
        s.segment_label for s in seg.segment_descriptions
    ]


# In the form that dcmqi's guide describes: two label maps, three segments.
DCMQI = {
    "ContentCreatorName": "Doe^Jane",
    "ClinicalTrialSeriesID": "Session1",
    "ClinicalTrialTimePointID": "1",
    "SeriesDescription": "Segmentation",
    "SeriesNumber": "300",
    "InstanceNumber": "2",
    "segmentAttributes": [
        [
            {
                "labelID": 4,
                "SegmentDescription": "Liver",
                "SegmentAlgorithmType": "SEMIAUTOMATIC",
                "SegmentAlgorithmName": "Drawing",
                "SegmentedPropertyCategoryCodeSequence": {
                    "CodeValue": "91723000",
                    "CodingSchemeDesignator": "SCT",
                    "CodeMeaning": "Anatomical Structure",
                },
                "SegmentedPropertyTypeCodeSequence": {
                    "CodeValue": "10200004",
                    "CodingSchemeDesignator": "SCT",
                    "CodeMeaning": "Liver",
                },
                "recommendedDisplayRGBValue": [221, 130, 312],
            },
            {"labelID": 2, "SegmentLabel": "heart", "SegmentAlgorithmType": "MANUAL"},
        ],
        [{"labelID": 1, "SegmentLabel": "spleen", "SegmentAlgorithmType": "MANUAL"}],
    ],
}


def test_segments_of_several_label_maps_are_numbered_as_dcmqi_does(axial):
    geometry = ik.get_volume_from_series(axial).get_geometry()
    first, second = np.zeros((2, *SHAPE), np.int16)
    first[:, 3:9, 4:8], first[:, 12:19, 4:8], second[:, 8:12, 4:8] = 4, 2, 1
    metadata = read_dcmqi_metadata(DCMQI)
    read = read_dcmqi(metadata, [geometry.with_array(first), geometry.with_array(second)])
    assert metadata.arguments["series_description"] == "Segmentation"
    assert metadata.arguments["series_number"] == 300
    seg = read.to_segmentation(axial, **metadata.arguments)
    assert [s.segment_label for s in seg.segment_descriptions] == ["Liver", "heart", "spleen"]
    masks = np.stack([first == 4, first == 2, second == 1], axis=-1)
    assert np.array_equal(seg.get_volume().array != 0, masks)
    liver = seg.get_segment_description(1)
    assert liver.algorithm_type.value == "SEMIAUTOMATIC"
    assert liver.SegmentAlgorithmName == "Drawing"
    assert liver.display_color.to_rgb() == pytest.approx((221, 130, 255), abs=1)
    assert json.loads(metadata.to_json())["segmentAttributes"][0][0]["labelID"] == 4


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"segmentAttributes": []}, InvalidValueError, "label maps"),
        ({"segmentAttributes": [{}]}, InvalidValueError, "segmentAttributes"),
        ({"segmentAttributes": [[{"SegmentLabel": "x"}]]}, InvalidValueError, "labelID"),
        (
            {"segmentAttributes": [[{"labelID": 1, "AnatomicRegionSequence": {"CodeValue": "1"}}]]},
            InvalidValueError,
            r"segmentAttributes\[0\]\[0\].AnatomicRegionSequence",
        ),
        ({"SeriesNumber": "three"}, InvalidValueError, "SeriesNumber"),
    ],
)
def test_wrong_metadata_name_the_place(axial, change, error, words):
    volume = ik.get_volume_from_series(axial).get_geometry().with_array(np.zeros(SHAPE, np.uint8))
    with pytest.raises(error, match=words):
        read_dcmqi(DCMQI | change, [volume, volume])


def test_label_maps_must_fit_the_metadata(axial):
    geometry = ik.get_volume_from_series(axial).get_geometry()
    empty = geometry.with_array(np.zeros(SHAPE, np.uint8))
    with pytest.raises(InvalidValueError, match="another number of label maps"):
        read_dcmqi(DCMQI, [empty])
    with pytest.raises(InvalidValueError, match=r"images\[1\]"):
        read_dcmqi(DCMQI, [empty, geometry.with_array(np.full(SHAPE, 9, np.uint8))])
    with pytest.raises(GeometryError):
        read_dcmqi(DCMQI, [empty, empty.flip_spatial(0)])


@pytest.mark.parametrize(
    "content",
    [
        {"1": "liver", "2": "kidney_left", "0": "background"},
        {"liver": 1, "kidney_left": 2, "background": 0},
        {"labels": {"background": 0, "kidney_left": 2, "liver": 1}, "numTraining": 3},
        {"segments": [{"number": 2, "label": "kidney_left"}, {"number": 1, "label": "liver"}]},
    ],
)
def test_lists_of_labels(content, tmp_path):
    (tmp_path / "x.json").write_text(json.dumps(content))
    for source in (content, tmp_path / "x.json", str(tmp_path / "x.json")):
        records = read_labels(source)
        assert [(r.number, r.label) for r in records] == [(1, "liver"), (2, "kidney_left")]


@pytest.mark.parametrize(
    "content",
    [
        [1, 2],
        {"labels": [1]},
        {"liver": "one"},
        {"region": [1, 2]},
        {"1": "liver", "kidney": 1},
        {"segments": [{"number": 1}]},
        {"segments": [{"number": 1, "label": "x", "type": {"CodeValue": "1"}}]},
        {"segments": [{"number": 1, "label": "x", "color": [1, 2, 256]}]},
        {"liver": True},
    ],
)
def test_what_is_no_list_of_labels(content, tmp_path):
    (tmp_path / "x.json").write_text(json.dumps(content))
    with pytest.raises(InvalidValueError):
        read_labels(tmp_path / "x.json")


def test_files_that_are_not_there_or_hold_something_else(tmp_path):
    (tmp_path / "text.json").write_text("{")
    (tmp_path / "x.nii.gz").write_bytes(b"nothing")
    (tmp_path / "x.seg.nrrd").write_bytes(b"nothing")
    with pytest.raises(InvalidValueError, match="no JSON"):
        read_labels(tmp_path / "text.json")
    for read in (read_labels, read_label_table, read_nifti, read_seg_nrrd):
        with pytest.raises(MissingFileError):
            read(tmp_path / "absent")
    with pytest.raises(ReadError):
        read_nifti(tmp_path / "x.nii.gz", {"1": "liver"})
    with pytest.raises(ReadError):
        read_seg_nrrd(tmp_path / "x.seg.nrrd")


def test_a_nifti_file_needs_labels(axial, tmp_path):
    write_nifti(make(axial), tmp_path / "x.nii")
    (tmp_path / "x.json").unlink()
    with pytest.raises(MissingFileError, match="what the labels are"):
        read_nifti(tmp_path / "x.nii")
    with pytest.raises(InvalidValueError, match="no description"):
        read_nifti(tmp_path / "x.nii", {"1": "liver"})
    read = read_nifti(tmp_path / "x.nii", coded_segments())
    assert read.segment_numbers == [1, 2, 3]


@pytest.mark.parametrize("dtype", [np.float64, np.int16, np.float32])
def test_labels_of_any_type_are_read(axial, dtype, tmp_path):
    nibabel = library("nibabel", "nibabel")
    volume = make(axial).get_volume(combine_segments=True)
    nibabel.save(volume.with_array(volume.array.astype(dtype)).to_nibabel(), tmp_path / "x.nii.gz")
    read = read_nifti(tmp_path / "x.nii.gz", coded_segments())
    assert np.array_equal(read.volume.array, volume.array)
    half = volume.with_array(volume.array / 2)
    nibabel.save(half.to_nibabel(), tmp_path / "x.nii.gz")
    with pytest.raises(InvalidValueError, match="no labels"):
        read_nifti(tmp_path / "x.nii.gz", coded_segments())


def test_fractions_go_to_nifti_only(axial, tmp_path):
    labels = organ_labels(*SHAPE)
    pixels = np.stack([(labels == n) * np.float32(0.6) for n in (1, 2, 3)], axis=-1)
    seg = Segmentation(axial, pixels, "FRACTIONAL", coded_segments())
    write_nifti(seg, tmp_path / "x.nii.gz")
    again = read_nifti(tmp_path / "x.nii.gz").to_segmentation(axial, "FRACTIONAL")
    assert np.array_equal(again.get_volume().array, seg.get_volume().array)
    for write in (write_seg_nrrd, write_dcmqi):
        with pytest.raises(InvalidValueError, match="fractional"):
            write(seg, tmp_path / "y.seg.nrrd")
    assert not (tmp_path / "y.seg.nrrd").exists()


def test_label_maps_keep_their_numbers_and_others_are_renumbered(axial):
    geometry = ik.get_volume_from_series(axial).get_geometry()
    array = np.zeros(SHAPE, np.uint16)
    array[:, 3:9, 4:8], array[:, 12:19, 4:8] = 300, 7
    labelled = LabelledVolume(
        geometry.with_array(array), tuple(describe_segments({7: "heart", 300: "liver"}))
    )
    kept = labelled.to_segmentation(axial, "LABELMAP")
    assert np.array_equal(kept.get_volume(combine_segments=True).array, array)
    numbered = labelled.to_segmentation(axial)
    assert np.array_equal(numbered.get_volume().array != 0, array[..., None] == (7, 300))
    assert labelled.segment_numbers == [7, 300]
    only = labelled.take([300])
    assert set(np.unique(only.volume.array)) == {0, 300}
    with pytest.raises(NotFoundError):
        labelled.take([1])


@pytest.mark.parametrize(
    ("array", "numbers", "words"),
    [
        (np.full(SHAPE, 2), [1], "no description"),
        (np.full(SHAPE, -1), [1], "no description"),
        (np.zeros((*SHAPE, 3)), [1, 2], "number of channels"),
        (np.zeros(SHAPE), [], "told apart"),
        (np.zeros(SHAPE), [1, 1], "told apart"),
    ],
)
def test_volumes_that_do_not_fit_their_segments(axial, array, numbers, words):
    geometry = ik.get_volume_from_series(axial).get_geometry()
    channels = {"ReferencedSegmentNumber": [1, 2, 3]} if array.ndim == 4 else None
    segments = [descriptions(1)[0] for _ in numbers]
    for number, segment in zip(numbers, segments, strict=True):
        segment.SegmentNumber = number
    with pytest.raises(InvalidValueError, match=words):
        LabelledVolume(geometry.with_array(array, channels), tuple(segments))


def test_slicer_files_of_other_kinds(axial, tmp_path):
    nrrd = library("nrrd", "pynrrd")
    write_seg_nrrd(make(axial), tmp_path / "x.seg.nrrd")
    array, header = nrrd.read(str(tmp_path / "x.seg.nrrd"))
    path = str(tmp_path / "y.seg.nrrd")

    def with_header(**changes):
        new = {key: value for key, value in (header | changes).items() if value is not None}
        nrrd.write(path, array, new)
        return read_seg_nrrd(path)

    lps = with_header()
    turned = dict(header)
    turned["space directions"] = header["space directions"] * (-1, -1, 1)
    turned["space origin"] = header["space origin"] * (-1, -1, 1)
    turned["space"] = "right-anterior-superior"
    ras = with_header(**turned)
    assert np.allclose(ras.volume.affine, lps.volume.affine)
    assert np.array_equal(ras.volume.array, lps.volume.array)
    # Without terminology, names must stand for codes.
    bare = with_header(Segment1_Tags=None)
    assert bare.segments[1].segmented_property_type == ik.codes.SCT.Heart
    known = {"blob": SegmentCodes(ik.codes.SCT.AnatomicalStructure, ik.codes.SCT.Liver)}
    with pytest.raises(NotFoundError, match="blob"):
        with_header(Segment1_Tags=None, Segment1_Name="blob")
    named = read_seg_nrrd(path, codes=known)
    assert named.segments[1].segmented_property_type == ik.codes.SCT.Liver
    for changes, error in (
        ({"Segment0_ID": None}, InvalidValueError),
        ({"Segment1_LabelValue": "1"}, InvalidValueError),
        ({"Segment1_Layer": "4"}, InvalidValueError),
        ({"Segment0_Color": "red"}, InvalidValueError),
        ({"Segment0_Tags": "TerminologyEntry:a~b|"}, InvalidValueError),
        ({"space": "scanner-xyz"}, GeometryError),
    ):
        with pytest.raises(error):
            with_header(**changes)


def test_tables_of_labels(tmp_path):
    text = write_label_table(coded_segments())
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows[0]["type_code"] == "64033007"
    assert rows[0]["type_modifier_meaning"] == "Left"
    (tmp_path / "x.csv").write_text(text, "utf-8")
    for mine, its in zip(coded_segments(), read_label_table(tmp_path / "x.csv"), strict=True):
        one, other = (SegmentRecord.from_description(each) for each in (mine, its))
        assert other.rgb is None or other.rgb == pytest.approx(one.rgb, abs=1)
        assert {k: v for k, v in fields(one).items() if k != "rgb"} == {
            k: v for k, v in fields(other).items() if k != "rgb"
        }


def fields(record):
    return {name: getattr(record, name) for name in record.__slots__}


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("number,name\n1,x\n", InvalidValueError, "label"),
        ("number,label,typ\n1,liver,\n", InvalidValueError, "unknown columns"),
        ("number,label\none,liver\n", InvalidValueError, "line 2"),
        ("number,label\n1,liver,3\n", InvalidValueError, "line 2"),
        ("number,label,type_code\n1,liver,5\n", InvalidValueError, "line 2: type"),
        ("number,label,red,green,blue\n1,liver,1,2,\n", InvalidValueError, "line 2: red"),
        ("number,label\n1,liver\n2,blob\n3,thing\n", NotFoundError, "'blob', 'thing'"),
        ("number,label,algorithm_type\n1,liver,AUTOMATIC\n", MissingAttributeError, "algorithm"),
    ],
)
def test_wrong_tables_name_line_and_column(text, error, words, tmp_path):
    (tmp_path / "x.csv").write_text(text)
    with pytest.raises(error, match=words):
        read_label_table(tmp_path / "x.csv")


def test_labels_in_json_keep_everything():
    segments = coded_segments()
    for record, segment in zip(
        read_labels(json.loads(write_labels(segments))), segments, strict=True
    ):
        one = SegmentRecord.from_description(segment)
        assert fields(record) == fields(one)


def test_an_algorithm_is_named_in_all_descriptions():
    algorithm = ik.AlgorithmIdentificationSequence("net", ik.codes.DCM.ArtificialIntelligence, "2")
    for segment in describe_segments(["liver", "heart"], algorithm=algorithm):
        assert segment.algorithm_type.value == "AUTOMATIC"
        assert segment.algorithm_identification.name == segment.SegmentAlgorithmName == "net"
    with pytest.raises(InvalidTypeError):
        describe_segments("liver")


def test_forms_of_convert(axial, tmp_path):
    seg = make(axial)
    entries = {entry.name: entry for entry in registry.exports(str(seg.SOPClassUID))}
    for name, read in (("nifti", None), ("seg-nrrd", read_seg_nrrd)):
        path = tmp_path / f"x{entries[name].suffix}"
        path.write_bytes(registry.load(entries[name])(seg))
        found = read(path) if read else read_nifti(path, coded_segments())
        assert np.array_equal(
            found.to_segmentation(axial).get_volume().array, seg.get_volume().array
        )
    assert registry.load(entries["label-table"])(seg) == write_label_table(seg.segment_descriptions)
    assert registry.load(entries["label-json"])(seg) == write_labels(seg.segment_descriptions)
