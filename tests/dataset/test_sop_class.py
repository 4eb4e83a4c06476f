import copy
import datetime as dt
import io
import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.data import get_charset_files, get_testdata_file
from pydicom.dataset import Dataset

import iodkit as ik
from iodkit.dataset import ContributingEquipment, SOPClass
from iodkit.errors import (
    InvalidTypeError,
    InvalidValueError,
    IodkitWarning,
    MissingAttributeError,
    WriteError,
)

BASE = {"sop_class_uid": "1.2.840.10008.5.1.4.1.1.104.1", "modality": "SR"}


def make(**changes):
    return SOPClass(**{**BASE, **changes})


def test_what_is_not_given_is_supplied():
    first, second = make(), make()
    for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
        assert first[keyword].value.startswith("2.25.")
        assert first[keyword].value != second[keyword].value
    assert (first.SeriesNumber, first.InstanceNumber) == (1, 1)
    for keyword in ("PatientName", "PatientID", "StudyDate", "StudyID", "Manufacturer"):
        assert keyword in first
        assert not first[keyword].value


def test_parameters_stand_in_the_order_of_the_interface():
    ds = SOPClass("1.2.3", "1.2.4", 5, "1.2.6", BASE["sop_class_uid"], 7, "SR", "Maker")
    assert (ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.SeriesNumber) == ("1.2.3", "1.2.4", 5)
    assert (ds.SOPInstanceUID, ds.InstanceNumber, ds.Manufacturer) == ("1.2.6", 7, "Maker")


def test_values_are_written_as_the_standard_wants_them():
    ds = make(
        patient_name="Doe^Jane",
        patient_birth_date=dt.date(1970, 1, 2),
        patient_sex="F",
        study_time=dt.time(1, 2, 3, 4),
        content_date="20240229",
        software_versions=("1", "2"),
        content_qualification="RESEARCH",
    )
    assert ds.PatientBirthDate == "19700102"
    assert ds.StudyTime == "010203.000004"
    assert list(ds.SoftwareVersions) == ["1", "2"]
    assert ds.ContentQualification == "RESEARCH"


@pytest.mark.parametrize(
    ("changes", "error", "name"),
    [
        ({"modality": None}, MissingAttributeError, "modality"),
        ({"sop_class_uid": None}, MissingAttributeError, "sop_class_uid"),
        ({"sop_class_uid": "1.02"}, InvalidValueError, "sop_class_uid"),
        ({"study_instance_uid": "abc"}, InvalidValueError, "study_instance_uid"),
        ({"series_instance_uid": "1.2", "sop_instance_uid": "1.2"}, InvalidValueError, "1.2"),
        ({"series_number": -1}, InvalidValueError, "series_number"),
        ({"series_number": "one"}, InvalidTypeError, "series_number"),
        ({"patient_id": "x" * 65}, InvalidValueError, "PatientID"),
        ({"patient_id": 7}, InvalidTypeError, "PatientID"),
        ({"patient_sex": "X"}, InvalidValueError, "PatientSex"),
        ({"patient_name": "a" * 70 + "^"}, InvalidValueError, "person_name"),
        ({"study_date": "20240230"}, InvalidValueError, "StudyDate"),
        ({"study_time": "256060"}, InvalidValueError, "StudyTime"),
        ({"accession_number": "x" * 17}, InvalidValueError, "AccessionNumber"),
        ({"series_description": "a\\b"}, InvalidValueError, "SeriesDescription"),
        ({"content_qualification": "GOOD"}, InvalidValueError, "ContentQualification"),
        ({"transfer_syntax_uid": "1.2.840.10008.1.2.2"}, InvalidValueError, "transfer_syntax_uid"),
        ({"specific_character_set": "UTF-8"}, InvalidValueError, "SpecificCharacterSet"),
        ({"specific_character_set": "ISO_IR 203"}, InvalidValueError, "SpecificCharacterSet"),
        (
            {"specific_character_set": ["ISO_IR 192", "ISO 2022 IR 87"]},
            InvalidValueError,
            "SpecificCharacterSet",
        ),
    ],
)
def test_wrong_values_are_named(changes, error, name):
    with pytest.raises(error, match=name):
        make(**changes)


def test_equipment_comes_from_the_block_and_arguments_win():
    with ik.defaults(equipment=ik.Equipment(manufacturer="Block", device_serial_number="7")):
        ds = make(manufacturer="Argument")
    assert (ds.Manufacturer, ds.DeviceSerialNumber) == ("Argument", "7")


@pytest.mark.unvalidated("the shared modules alone are no object")
@pytest.mark.parametrize("name", ["CT_small.dcm", "MR_small.dcm", "chrH32.dcm", "JPEG2000.dcm"])
def test_patient_and_study_are_copied_and_the_source_stays(name):
    source = dcmread(get_testdata_file(name, download=False) or get_charset_files(name)[0])
    before = copy.deepcopy(source)
    if not source.get("StudyInstanceUID"):
        source.StudyInstanceUID = before.StudyInstanceUID = "1.2.3"
    ds = make()
    ds.copy_patient_and_study_information(source)
    assert ds.StudyInstanceUID == source.StudyInstanceUID
    assert str(ds.PatientName) == str(source.PatientName)
    assert source == before
    buffer = io.BytesIO()
    ds.save_as(buffer)
    assert str(dcmread(io.BytesIO(buffer.getvalue())).PatientName) == str(source.PatientName)


def test_a_source_without_study_is_refused():
    with pytest.raises(MissingAttributeError, match="StudyInstanceUID"):
        make().copy_patient_and_study_information(Dataset())


@pytest.mark.unvalidated("the shared modules alone are no object")
def test_written_files_are_what_pydicom_reads(tmp_path):
    ds = make(patient_name="Müller^Jörg", series_description="Größe")
    ds.save_as(tmp_path / "a.dcm")
    back = dcmread(tmp_path / "a.dcm")
    assert back == ds
    assert back.file_meta.MediaStorageSOPInstanceUID == ds.SOPInstanceUID
    with pytest.raises(WriteError):
        ds.save_as(tmp_path / "a.dcm", overwrite=False)
    with pytest.raises(OSError, match="no-such"):
        ds.save_as(tmp_path / "no-such" / "a.dcm")
    assert [p.name for p in tmp_path.iterdir()] == ["a.dcm"]


def test_twins(tmp_path):
    ds = make(patient_id="1")
    for twin in (
        pickle.loads(pickle.dumps(ds)),
        copy.copy(ds),
        copy.deepcopy(ds),
        SOPClass.from_json(ds.to_json()),
        SOPClass.from_dataset(ds),
    ):
        assert type(twin) is SOPClass
        assert twin == ds
        twin.StationName = "new"
        assert "StationName" not in ds
    shared = SOPClass.from_dataset(ds, copy=False)
    shared.StationName = "new"
    assert ds.StationName == "new"


def test_lazy_pixels_are_read_once_asked_for():
    path = get_testdata_file("CT_small.dcm", download=False)
    plain = dcmread(path)
    lazy = ik.read(path)
    assert lazy.deferred_pixel_data is not None
    assert "PixelData" in lazy
    assert lazy.deferred_pixel_data is not None
    twin = pickle.loads(pickle.dumps(lazy))
    assert twin.deferred_pixel_data is not None
    assert twin.PixelData == lazy.PixelData == plain.PixelData
    assert lazy.deferred_pixel_data is None
    assert lazy == plain


@pytest.mark.unvalidated("real files have faults, such as two frames where the IOD has one")
@pytest.mark.parametrize("name", ["JPEG2000.dcm", "MR_small_RLE.dcm", "SC_rgb_rle_2frame.dcm"])
def test_lazy_compressed_pixels_are_written_unchanged(name, tmp_path):
    path = get_testdata_file(name, download=False)
    lazy = ik.read(path)
    lazy.save_as(tmp_path / "a.dcm")
    assert dcmread(tmp_path / "a.dcm").PixelData == dcmread(path).PixelData


def test_content_and_open_files_are_read_at_once():
    path = get_testdata_file("CT_small.dcm", download=False)
    with Path(path).open("rb") as file:
        from_file = ik.read(file)
        content = file.seek(0) or file.read()
    assert from_file.deferred_pixel_data is None
    assert ik.read(content) == from_file == dcmread(path)


def test_an_unknown_class_opens_as_a_generic_object():
    path = get_testdata_file("rtplan.dcm", download=False)
    assert type(ik.read(path)) is SOPClass


def test_hint_for_a_family_that_is_not_there(monkeypatch):
    from iodkit.dataset import reading

    monkeypatch.setattr(reading.registry, "resolve", lambda uid, dataset: None)
    monkeypatch.setattr(reading.registry, "plugins", lambda: ())
    with pytest.warns(IodkitWarning, match="pip install iodkit-image"):
        opened = ik.read(get_testdata_file("CT_small.dcm", download=False))
    assert type(opened) is SOPClass


@pytest.mark.parametrize(
    ("problems", "said"),
    [((), "iodkit-image is installed, but disabled$"), (("no numpy",), "disabled: no numpy$")],
)
def test_no_one_is_told_to_install_what_is_switched_off(monkeypatch, problems, said):
    from iodkit.dataset import reading
    from iodkit.registry import PluginInfo

    info = PluginInfo("image", "iodkit-image", "0.1.0", "disabled", (), problems)
    monkeypatch.setattr(reading.registry, "resolve", lambda uid, dataset: None)
    monkeypatch.setattr(reading.registry, "plugins", lambda: (info,))
    with pytest.warns(IodkitWarning, match=said):
        ik.read(get_testdata_file("CT_small.dcm", download=False))


def test_what_is_no_dicom_file(tmp_path):
    (tmp_path / "a.txt").write_text("hello")
    with pytest.raises(ik.ReadError, match=r"a\.txt"):
        ik.read(tmp_path / "a.txt")
    with pytest.raises(FileNotFoundError, match="absent") as caught:
        ik.read(tmp_path / "absent.dcm")
    assert isinstance(caught.value, ik.MissingFileError)
    assert caught.value.filename == str(tmp_path / "absent.dcm")


def test_eight_threads_see_the_same_items():
    ds = ik.read(get_testdata_file("liver_1frame.dcm", download=False))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: ds.SegmentSequence, range(64)))
    assert len({id(sequence) for sequence in found}) == 1


def test_contributing_equipment():
    ct = dcmread(get_testdata_file("CT_small.dcm", download=False))
    item = ContributingEquipment.for_image_acquisition(ct)
    assert item.Manufacturer == ct.Manufacturer
    assert item.PurposeOfReferenceCodeSequence[0].CodeValue == "109101"
    with pytest.raises(MissingAttributeError, match="Manufacturer"):
        ContributingEquipment.for_image_acquisition(Dataset())


def test_a_copy_without_some_elements_shares_nothing_that_can_be_changed(ct_series, tmp_path):
    source = ik.from_dataset(ct_series[0])
    new = source.copy_without(["PatientName", "ImageType"])
    assert "PatientName" not in new
    assert "PatientName" in source
    assert new.PixelData is source.PixelData
    new.file_meta.MediaStorageSOPInstanceUID = "1.2.3"
    new.StudyID = "changed"
    assert source.file_meta.MediaStorageSOPInstanceUID != "1.2.3"
    assert source.get("StudyID") != "changed"
    source.save_as(tmp_path / "image.dcm")
    lazy = ik.read(tmp_path / "image.dcm", lazy_frame_retrieval=True)
    twin = lazy.copy_without(["PatientName"])
    assert twin.deferred_pixel_data is not None
    assert twin.PixelData == source.PixelData
    assert lazy.deferred_pixel_data is not None
