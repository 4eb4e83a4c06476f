"""Each rule finds the fault that it is for, in an object that is otherwise without findings."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian

import iodkit as ik
from iodkit.testing import phantom
from iodkit.validation.catalogue import RULES

EQUIPMENT = ik.Equipment(
    manufacturer="Tests",
    manufacturer_model_name="Rules",
    software_versions="1",
    device_serial_number="1",
)
FRAMES = "PerFrameFunctionalGroupsSequence"


def segmentation(kind="BINARY", planes=4):
    images = phantom.ct_series(planes, 16, 16)
    labels = np.zeros((planes, 16, 16), np.uint8)
    labels[:, 4:9, 4:9] = 1
    labels[:, 10:12, 4:9] = 2
    organ, liver = ik.codes.SCT.Organ, ik.codes.SCT.Liver
    segments = [
        ik.seg.SegmentDescription(n, f"Segment {n}", organ, liver, "MANUAL") for n in (1, 2)
    ]
    with ik.defaults(equipment=EQUIPMENT):
        return ik.seg.Segmentation(images, labels, kind, segments)


@pytest.fixture(scope="module")
def seg_path(tmp_path_factory):
    path = tmp_path_factory.mktemp("seg") / "seg.dcm"
    segmentation().save_as(path)
    return path


def frame(ds, number):
    return ds.PerFrameFunctionalGroupsSequence[number - 1]


def set_raw(ds, keyword, vr, value):
    """Set a value that pydicom would refuse."""
    from pydicom.config import IGNORE
    from pydicom.datadict import tag_for_keyword

    element = DataElement(tag_for_keyword(keyword), vr, value, validation_mode=IGNORE)
    ds._dict[element.tag] = element


def long_label(ds):
    set_raw(ds.SegmentSequence[1], "SegmentLabel", "LO", "x" * 65)


def long_decimal(ds):
    measures = ds.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
    set_raw(measures, "SliceThickness", "DS", "1.2345678901234567")


def bad_date(ds):
    set_raw(ds, "ContentDate", "DA", "2024-01-01")


def bad_uid(ds):
    set_raw(
        frame(ds, 2).DerivationImageSequence[0].SourceImageSequence[0],
        "ReferencedSOPInstanceUID",
        "UI",
        "1.02.3",
    )


def no_meaning(ds):
    del ds.SegmentSequence[0].SegmentedPropertyTypeCodeSequence[0].CodeMeaning


def no_scheme(ds):
    del ds.SegmentSequence[0].SegmentedPropertyTypeCodeSequence[0].CodingSchemeDesignator


def wrong_vr(ds):
    ds.BitsAllocated = 16
    ds["PixelData"].VR = "OB"


def two_values(ds):
    ds.SegmentSequence[0].SegmentedPropertyTypeCodeSequence[0].LongCodeValue = "x" * 20


def retired(ds):
    ds.SegmentSequence[1].SegmentedPropertyTypeCodeSequence[0].CodingSchemeDesignator = "SRT"


def template(ds):
    item = Dataset()
    item.MappingResource = "DCMR"
    item.TemplateIdentifier = "TID 1500"
    ds.ContentTemplateSequence = [item]


def itself(ds):
    source = frame(ds, 1).DerivationImageSequence[0].SourceImageSequence[0]
    source.ReferencedSOPInstanceUID = ds.SOPInstanceUID
    listed = ds.ReferencedSeriesSequence[0].ReferencedInstanceSequence[0]
    listed.ReferencedSOPInstanceUID = ds.SOPInstanceUID


def same_uids(ds):
    ds.SeriesInstanceUID = ds.StudyInstanceUID


def meta(ds):
    ds.file_meta.MediaStorageSOPInstanceUID = "1.2.3"


def unlisted(ds):
    source = frame(ds, 1).DerivationImageSequence[0].SourceImageSequence[0]
    listed = ds.ReferencedSeriesSequence[0].ReferencedInstanceSequence
    uids = [item.ReferencedSOPInstanceUID for item in listed]
    del listed[uids.index(source.ReferencedSOPInstanceUID)]


def short_pixels(ds):
    ds.PixelData = ds.PixelData[:-2]


def high_bit(ds):
    ds.HighBit = 3


def samples(ds):
    ds.SamplesPerPixel = 3


def one_frame_more(ds):
    ds.NumberOfFrames += 1
    ds.PixelData += bytes(32)


def organization(ds):
    ds.DimensionIndexSequence[1].DimensionOrganizationUID = "1.2.3"


def index_zero(ds):
    frame(ds, 3).FrameContentSequence[0].DimensionIndexValues = [0, 1]


def index_missing(ds):
    del frame(ds, 4).FrameContentSequence[0].DimensionIndexValues


def index_short(ds):
    frame(ds, 2).FrameContentSequence[0].DimensionIndexValues = [1]


def skewed(ds):
    orientation = ds.SharedFunctionalGroupsSequence[0].PlaneOrientationSequence[0]
    orientation.ImageOrientationPatient = [1, 0, 0, 0.1, 1, 0]


def zero_spacing(ds):
    measures = ds.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
    measures.PixelSpacing = [0, 1]


def other_spacing(ds):
    measures = ds.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
    measures.SpacingBetweenSlices = 1.7


def profile(ds):
    ds.ICCProfile = b"\0" * 140


SHARED = "SharedFunctionalGroupsSequence[1]"
PLANTED = [
    (long_label, "value-length", "SegmentSequence[2].SegmentLabel"),
    (long_decimal, "value-length", f"{SHARED}.PixelMeasuresSequence[1].SliceThickness"),
    (bad_date, "value-characters", "ContentDate"),
    (
        bad_uid,
        "value-characters",
        f"{FRAMES}[2].DerivationImageSequence[1].SourceImageSequence[1].ReferencedSOPInstanceUID",
    ),
    (
        no_meaning,
        "attribute-missing",
        "SegmentSequence[1].SegmentedPropertyTypeCodeSequence[1].CodeMeaning",
    ),
    (
        no_scheme,
        "attribute-missing",
        "SegmentSequence[1].SegmentedPropertyTypeCodeSequence[1].CodingSchemeDesignator",
    ),
    (
        two_values,
        "attribute-not-allowed",
        "SegmentSequence[1].SegmentedPropertyTypeCodeSequence[1].LongCodeValue",
    ),
    (
        retired,
        "code-retired-scheme",
        "SegmentSequence[2].SegmentedPropertyTypeCodeSequence[1].CodingSchemeDesignator",
    ),
    (template, "template-unidentified", "ContentTemplateSequence[1].TemplateIdentifier"),
    (
        itself,
        "uid-own-reference",
        f"{FRAMES}[1].DerivationImageSequence[1].SourceImageSequence[1].ReferencedSOPInstanceUID",
    ),
    (same_uids, "uid-repeated", "StudyInstanceUID"),
    (meta, "meta-contradicts", "MediaStorageSOPInstanceUID"),
    (
        unlisted,
        "reference-unlisted",
        f"{FRAMES}[1].DerivationImageSequence[1].SourceImageSequence[1].ReferencedSOPInstanceUID",
    ),
    (short_pixels, "pixel-length", "PixelData"),
    (high_bit, "seg-bits", "HighBit"),
    (wrong_vr, "pixel-vr", "PixelData"),
    (samples, "seg-bits", "SamplesPerPixel"),
    (one_frame_more, "frame-count", FRAMES),
    (organization, "dimension-unknown", "DimensionIndexSequence[2].DimensionOrganizationUID"),
    (index_zero, "dimension-values", f"{FRAMES}[3].FrameContentSequence[1].DimensionIndexValues"),
    (
        index_missing,
        "dimension-values",
        f"{FRAMES}[4].FrameContentSequence[1].DimensionIndexValues",
    ),
    (index_short, "dimension-values", f"{FRAMES}[2].FrameContentSequence[1].DimensionIndexValues"),
    (skewed, "orientation", f"{SHARED}.PlaneOrientationSequence[1].ImageOrientationPatient"),
    (zero_spacing, "spacing-not-positive", f"{SHARED}.PixelMeasuresSequence[1].PixelSpacing"),
    (other_spacing, "spacing-contradicts", "SpacingBetweenSlices"),
    (profile, "color-profile", "ICCProfile"),
]


def test_what_we_make_has_no_findings(seg_path):
    assert not list(ik.validate(seg_path).filter(at_least="warning"))


@pytest.mark.parametrize(
    ("plant", "code", "path"), PLANTED, ids=lambda v: getattr(v, "__name__", "")
)
def test_planted_fault(seg_path, plant, code, path):
    ds = dcmread(seg_path)
    plant(ds)
    before = ds.to_json_dict() if plant is not profile else None
    report = ik.validate(ds)
    assert (code, path) in {(f.code, f.path) for f in report}, str(report)
    assert "rule-failed" not in report.count("code")
    assert all(f.clause for f in report)
    if code.startswith(("seg-", "attribute-")):
        assert len([f for f in report.errors if f.path == path]) == 1, str(report)
    if before is not None:
        assert ds.to_json_dict() == before


CODE = "SegmentSequence[1].SegmentedPropertyTypeCodeSequence[1]"
WITHOUT_TABLES = [
    (no_meaning, "code-incomplete", f"{CODE}.CodeMeaning"),
    (no_scheme, "code-incomplete", f"{CODE}.CodingSchemeDesignator"),
    (two_values, "code-incomplete", CODE),
    (high_bit, "pixel-bits", "HighBit"),
    (samples, "pixel-samples", "SamplesPerPixel"),
]


@pytest.mark.parametrize(
    ("plant", "code", "path"), WITHOUT_TABLES, ids=lambda v: getattr(v, "__name__", "")
)
def test_what_no_table_says_the_rules_say(seg_path, plant, code, path):
    """Of a private class there are no tables, and what they would say comes from the rules."""
    ds = dcmread(seg_path)
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = "1.2.3.4"
    plant(ds)
    assert (code, path) in {(f.code, f.path) for f in ik.validate(ds).errors}


def plain_ct():
    return phantom.ct_series(1, 8, 8)[0]


def plain_slide():
    return phantom.slide_image(64, 64, 32)


def offsets(ds):
    ds.ExtendedOffsetTable = bytes(8)


def listed(ds):
    item, instance = Dataset(), Dataset()
    item.SeriesInstanceUID = "1.2.3"
    instance.ReferencedSOPClassUID, instance.ReferencedSOPInstanceUID = ds.SOPClassUID, "1.2.4"
    item.ReferencedInstanceSequence = [instance]
    ds.ReferencedSeriesSequence = [item]


def listed_and_referenced(ds):
    listed(ds)
    ds.SourceImageSequence = copy.deepcopy(
        ds.ReferencedSeriesSequence[0].ReferencedInstanceSequence
    )


def no_corner(ds):
    ds.PositionReferenceIndicator = ""


def another_corner(ds):
    ds.PositionReferenceIndicator = "CORNER"


OTHERS = [
    (plain_ct, listed, {("reference-needless", "ReferencedSeriesSequence")}),
    (plain_ct, listed_and_referenced, set()),
    (plain_ct, offsets, {("pixel-offsets", "ExtendedOffsetTable")}),
    (plain_slide, no_corner, {("position-reference", "PositionReferenceIndicator")}),
    (plain_slide, another_corner, {("position-reference", "PositionReferenceIndicator")}),
    (plain_ct, no_corner, set()),
]


@pytest.mark.parametrize(
    ("make", "plant", "expected"), OTHERS, ids=lambda v: getattr(v, "__name__", "")
)
def test_faults_of_images(tmp_path, make, plant, expected):
    ds = make()
    plant(ds)
    ds.save_as(tmp_path / "a.dcm", enforce_file_format=True)
    errors = ik.validate(tmp_path / "a.dcm").errors
    assert {(f.code, f.path) for f in errors if f.code != "attribute-missing"} == expected


def test_codes_in_sequences_that_the_iod_does_not_have(seg_path):
    ds = dcmread(seg_path)
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator = "1", "DCM"
    ds.PatientOrientationCodeSequence = [item]
    found = [(f.code, f.path) for f in ik.validate(ds).errors]
    assert found == [("code-incomplete", "PatientOrientationCodeSequence[1].CodeMeaning")]


def test_palettes():
    ds = dcmread(ik_palette())
    assert not list(ik.validate(ds).filter(code="palette"))
    ds.RedPaletteColorLookupTableData = ds.RedPaletteColorLookupTableData[:-2]
    del ds.GreenPaletteColorLookupTableDescriptor
    errors = ik.validate(ds).errors
    assert "RedPaletteColorLookupTableData" in {f.path for f in errors if f.code == "palette"}
    lost = [f.code for f in errors if f.path == "GreenPaletteColorLookupTableDescriptor"]
    assert lost == ["attribute-missing"]
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = "1.2.3.4"
    found = {f.path for f in ik.validate(ds).filter(code="palette")}
    assert found == {
        "RedPaletteColorLookupTableData",
        "GreenPaletteColorLookupTableDescriptor",
    }


def ik_palette():
    from pydicom.data import get_testdata_file

    return get_testdata_file("OBXXXX1A.dcm", download=False)


@pytest.mark.parametrize(
    ("terms", "value"), [(None, b"Stra\xdfe"), ("ISO_IR 192", b"Stra\xdfe"), ("ISO_IR 100", None)]
)
def test_texts_that_cannot_be_decoded(tmp_path, terms, value):
    ds = phantom.ct_series(1, 8, 8)[0]
    ds.StationName = "Strasse"
    ds.SpecificCharacterSet = terms
    path = tmp_path / "a.dcm"
    ds.save_as(path, enforce_file_format=True)
    text = path.read_bytes()
    path.write_bytes(text.replace(b"Strasse ", (value or b"Stra\xdfe") + b"  "))
    found = [f.path for f in ik.validate(path).filter(code="value-undecodable")]
    assert found == (["StationName"] if value else [])


def test_every_rule_of_the_kernel_has_a_planted_fault():
    tested = {code for _, code, _ in (*PLANTED, *WITHOUT_TABLES)}
    tested |= {code for _, _, expected in OTHERS for code, _ in expected}
    assert {rule.code for rule in RULES} <= tested | {"palette", "value-undecodable"}


def many(tmp_path_factory):
    path = tmp_path_factory.mktemp("many") / "seg.dcm"
    segmentation(planes=60).save_as(path)
    return path


@pytest.mark.parametrize(
    ("plant", "code", "place"),
    [
        (
            lambda ds: set_raw(
                frame(ds, 77).PlanePositionSequence[0],
                "ImagePositionPatient",
                "DS",
                ["1", "2", "1.23456789012345678"],
            ),
            "value-length",
            "PlanePositionSequence[1].ImagePositionPatient",
        ),
        (
            lambda ds: set_raw(frame(ds, 77).FrameContentSequence[0], "FrameComments", "LT", "\1"),
            "value-characters",
            "FrameContentSequence[1].FrameComments",
        ),
        (
            lambda ds: set_raw(
                frame(ds, 77).DerivationImageSequence[0].SourceImageSequence[0],
                "ReferencedSOPInstanceUID",
                "UI",
                "1.2.03",
            ),
            "value-characters",
            "DerivationImageSequence[1].SourceImageSequence[1].ReferencedSOPInstanceUID",
        ),
    ],
)
def test_one_fault_among_many_frames(tmp_path_factory, plant, code, place):
    path = many(tmp_path_factory)
    ds = dcmread(path)
    plant(ds)
    ds.save_as(path)
    paths = {f.path for f in ik.validate(path).filter(code=code)}
    assert f"{FRAMES}[77].{place}" in paths


def test_a_rule_that_fails_hides_nothing(monkeypatch, seg_path):
    monkeypatch.setattr("iodkit.validation.rules.pixels.check_bits", lambda _: 1 / 0)
    ds = dcmread(seg_path)
    ds.SeriesInstanceUID = ds.StudyInstanceUID
    report = ik.validate(ds)
    assert report.count("code")["rule-failed"] == 1
    assert report.errors[0].code == "uid-repeated"


def test_transfer_syntax_and_plain_datasets(seg_path):
    ds = dcmread(seg_path)
    assert ds.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
    assert not list(ik.validate(ik.read(seg_path)).filter(at_least="warning"))
    with pytest.raises(ik.InvalidTypeError, match="validate_set"):
        ik.validate([ds])


def test_damaged_files_give_a_report_or_our_error(seg_path):
    """Bytes of the header are replaced: nothing but a report or an error of ours comes out."""
    rng = np.random.default_rng(5)
    content = np.frombuffer(seg_path.read_bytes(), np.uint8)
    reports = 0
    for _ in range(150):
        damaged = content.copy()
        places = rng.integers(132, len(damaged) - 300, rng.integers(1, 5))
        damaged[places] = rng.integers(0, 256, len(places))
        try:
            ik.validate(damaged.tobytes())
        except ik.IodkitError:
            continue
        reports += 1
    assert reports > 75
