"""The contract of encoded sequences: one test per sentence of it."""

from __future__ import annotations

import copy
import gc
import io
import json
import pickle
import threading

import numpy as np
import pytest
from pydicom import Dataset, dcmread, dcmwrite
from pydicom.charset import convert_encodings
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import FileMetaDataset
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

import iodkit
from functional_groups import as_file, reference_column
from iodkit.dataset.storage import StoredDataset
from iodkit.frames import FrameOwner, FrameTable, FunctionalGroups, frame_table
from iodkit.frames import cache as cache_module
from iodkit.io import encode_file, join_pieces, read_dataset

PER_FRAME = 0x52009230
POSITION = "PlanePositionSequence.ImagePositionPatient"
COMMENT = "Ä ist ein Umlaut"


class Owner(FrameOwner):
    """A class whose constructor takes arguments, as ours do."""

    def __init__(self, number_of_frames: int, syntax: str = ExplicitVRLittleEndian) -> None:
        super().__init__()
        self.SpecificCharacterSet = "ISO_IR 100"
        self.SOPClassUID, self.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.66.4", "2.25.1"
        self.PatientName = "Müller^Jörg"
        self.file_meta = FileMetaDataset()
        self.file_meta.TransferSyntaxUID = syntax
        self.file_meta.MediaStorageSOPClassUID = self.SOPClassUID
        self.file_meta.MediaStorageSOPInstanceUID = self.SOPInstanceUID
        groups = FunctionalGroups(number_of_frames)
        z = np.arange(number_of_frames)
        groups.set(POSITION, np.stack([z * 0.0, z * 0.0, z * 2.5], axis=1))
        groups.set("FrameContentSequence.FrameComments", [COMMENT] * number_of_frames)
        groups.set("FrameContentSequence.DimensionIndexValues", z[:, None] + 1)
        groups.attach(self)


@pytest.fixture
def owner() -> Owner:
    return Owner(5)


def is_raw(ds: Dataset) -> bool:
    return isinstance(ds._dict[PER_FRAME], RawDataElement)


def saved(ds: Dataset) -> bytes:
    buffer = io.BytesIO()
    dcmwrite(buffer, ds, enforce_file_format=True)
    return buffer.getvalue()


def comments(ds: Dataset) -> list[str]:
    frames = ds.PerFrameFunctionalGroupsSequence
    return [frame.FrameContentSequence[0].FrameComments for frame in frames]


def test_one_encoded_element_each(owner) -> None:
    element = owner._dict[PER_FRAME]
    assert is_raw(owner)
    assert element.VR == "SQ"
    assert len(element.value) == element.length


def test_columns_leave_the_sequence_encoded(owner) -> None:
    assert owner.frame_table.positions[:, 2].tolist() == [0, 2.5, 5, 7.5, 10]
    assert is_raw(owner)


def test_saving_writes_the_bytes_as_they_are(owner) -> None:
    value = owner._dict[PER_FRAME].value
    assert value in saved(owner)
    assert is_raw(owner)


def test_recorded_encoding_has_python_codec_names(owner) -> None:
    assert owner.original_encoding == (False, True)
    assert owner.original_character_set == convert_encodings("ISO_IR 100")
    assert owner.original_character_set == owner._character_set


def test_edits_of_items_are_seen(owner) -> None:
    before = owner.frame_table
    item = owner.PerFrameFunctionalGroupsSequence[2]
    assert owner.frame_table.positions[2, 2] == 5
    item.PlanePositionSequence[0].ImagePositionPatient = [1, 2, 3]
    assert owner.frame_table.positions[2].tolist() == [1, 2, 3]
    item.PlanePositionSequence[0].ImagePositionPatient[1] = 9
    assert owner.frame_table.positions[2].tolist() == [1, 9, 3]
    del item.PlanePositionSequence
    assert np.isnan(owner.frame_table.positions[2]).all()
    assert before.positions[2].tolist() == [0, 0, 5]


def test_edits_of_the_list_of_items_are_seen(owner) -> None:
    del owner.PerFrameFunctionalGroupsSequence[0]
    owner.NumberOfFrames = 4
    assert owner.frame_table.positions[:, 2].tolist() == [2.5, 5, 7.5, 10]
    owner.PerFrameFunctionalGroupsSequence.reverse()
    assert owner.frame_table.positions[:, 2].tolist() == [10, 7.5, 5, 2.5]


def test_edits_of_shared_groups_are_seen(owner) -> None:
    item = Dataset()
    item.PixelSpacing = [1, 2]
    assert np.isnan(owner.frame_table.pixel_spacings).all()
    owner.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence = [item]
    assert owner.frame_table.pixel_spacings[4].tolist() == [1, 2]
    item.PixelSpacing = [3, 3]
    assert owner.frame_table.pixel_spacings[4].tolist() == [3, 3]


def test_replacing_the_sequence_is_seen(owner) -> None:
    _ = owner.frame_table
    groups = FunctionalGroups(5)
    groups.set(POSITION, np.ones((5, 3)) * np.arange(5)[:, None])
    groups.attach(owner)
    assert owner.frame_table.positions[3].tolist() == [3, 3, 3]


def test_other_attributes_that_a_table_depends_on_are_seen(owner) -> None:
    _ = owner.frame_table
    owner.SOPInstanceUID = "2.25.77"
    assert owner.frame_table.instance_uids == ("2.25.77",)


def test_the_table_is_kept_while_nothing_changes(owner) -> None:
    table = owner.frame_table
    owner.PatientID = "x"
    assert owner.frame_table is table
    _ = owner.PerFrameFunctionalGroupsSequence[0].FrameContentSequence
    again = owner.frame_table
    assert owner.frame_table is again


def test_kept_tables_are_forgotten_with_their_dataset(owner) -> None:
    ds = Owner(3)
    _ = ds.frame_table
    key = id(ds)
    assert key in cache_module._TABLES
    del ds
    gc.collect()
    assert key not in cache_module._TABLES


@pytest.mark.parametrize("round_", range(5))
def test_first_access_from_eight_threads(round_) -> None:
    """All threads get the same objects, at every depth."""
    ds = Owner(200)
    barrier = threading.Barrier(8)
    seen: list[list[int]] = []

    def visit() -> None:
        barrier.wait()
        ids = [id(ds.PerFrameFunctionalGroupsSequence)]
        for item in ds.PerFrameFunctionalGroupsSequence:
            ids += [id(item), id(item.PlanePositionSequence[0]), id(item.FrameContentSequence[0])]
        seen.append(ids)

    run(visit)
    assert len(seen) == 8
    assert all(ids == seen[0] for ids in seen)


def test_columns_from_eight_threads() -> None:
    ds = Owner(300)
    barrier = threading.Barrier(8)
    seen = []

    def read() -> None:
        barrier.wait()
        table = ds.frame_table
        seen.append((table.positions.tolist(), table.dimension_index_values.tolist()))

    run(read)
    assert len(seen) == 8
    assert all(one == seen[0] for one in seen)


def run(target) -> None:
    threads = [threading.Thread(target=target) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("make", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
@pytest.mark.parametrize("accessed", [False, True])
def test_deep_copies_and_pickles(owner, make, accessed) -> None:
    if accessed:
        _ = owner.PerFrameFunctionalGroupsSequence[0].PlanePositionSequence
    _ = owner.frame_table
    twin = make(owner)
    assert type(twin) is Owner
    assert is_raw(twin) is not accessed
    assert twin.original_character_set == owner.original_character_set
    twin.PerFrameFunctionalGroupsSequence[0].PlanePositionSequence[0].ImagePositionPatient = [7] * 3
    assert twin.frame_table.positions[0].tolist() == [7, 7, 7]
    assert owner.frame_table.positions[0].tolist() == [0, 0, 0]


def test_shallow_copies_have_elements_of_their_own(owner) -> None:
    twin = copy.copy(owner)
    _ = twin.PerFrameFunctionalGroupsSequence
    assert is_raw(owner)
    assert twin.frame_table.positions.tolist() == owner.frame_table.positions.tolist()


def test_json(owner) -> None:
    model = json.loads(json.dumps(owner.to_json_dict()))
    again = Owner.from_json(model)
    assert type(again) is Owner
    assert comments(again) == [COMMENT] * 5
    np.testing.assert_array_equal(again.frame_table.positions, owner.frame_table.positions)


def test_walk_visits_everything(owner) -> None:
    found = []
    owner.walk(lambda _, element: found.append(element.keyword))
    assert found.count("ImagePositionPatient") == 5


def test_equality(owner) -> None:
    other = Owner(5)
    _ = other.frame_table
    assert owner == other
    other.PerFrameFunctionalGroupsSequence[3].FrameContentSequence[0].FrameComments = "x"
    assert owner != other


def test_str(owner) -> None:
    assert "Image Position (Patient)" in str(owner)


@pytest.mark.parametrize(
    "use",
    [
        lambda ds: ds.PerFrameFunctionalGroupsSequence,
        lambda ds: ds == Owner(5),
        str,
        lambda ds: ds.to_json(),
        lambda ds: ds.walk(lambda *_: None),
        list,
    ],
    ids=["access", "==", "str", "to_json", "walk", "iteration"],
)
def test_what_expands_the_sequence_leaves_all_as_it_was(owner, use) -> None:
    """Expanded for good: then the items are what is read and what is saved."""
    before = saved(owner)
    use(owner)
    assert not is_raw(owner)
    assert saved(owner) == before
    owner.PerFrameFunctionalGroupsSequence[0].FrameContentSequence[0].FrameComments = "edited"
    assert comments(dcmread(io.BytesIO(saved(owner))))[:2] == ["edited", COMMENT]
    texts = owner.frame_table.texts("FrameContentSequence.FrameComments")
    assert texts.tolist() == ["edited", *[COMMENT] * 4]


@pytest.mark.parametrize(
    "syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian]
)
@pytest.mark.parametrize("write", ["dcmwrite", "encode_file"])
def test_save_in_another_transfer_syntax(owner, syntax, write) -> None:
    owner.file_meta.TransferSyntaxUID = syntax
    data = saved(owner) if write == "dcmwrite" else join_pieces(encode_file(owner))
    again = dcmread(io.BytesIO(data))
    assert again.file_meta.TransferSyntaxUID == syntax
    for stored in (again, read_dataset(data).dataset):
        table = FrameTable.from_dataset(stored)
        np.testing.assert_array_equal(table.positions, Owner(5).frame_table.positions)
        texts = table.texts("FrameContentSequence.FrameComments")
        assert texts.tolist() == [COMMENT] * 5
    assert comments(again) == [COMMENT] * 5


class Bare(FrameOwner):
    """A class that pydicom's own constructor makes."""


def test_a_subclass_made_of_a_dataset_loses_the_recorded_encoding_but_no_text(owner) -> None:
    twin = Bare(owner)
    assert twin.original_encoding == (None, None)
    assert is_raw(twin)
    twin.file_meta = owner.file_meta
    np.testing.assert_array_equal(twin.frame_table.positions, owner.frame_table.positions)
    texts = twin.frame_table.texts("FrameContentSequence.FrameComments")
    assert texts.tolist() == [COMMENT] * 5
    again = dcmread(io.BytesIO(saved(twin)))
    assert comments(again) == [COMMENT] * 5
    assert comments(owner) == [COMMENT] * 5


def test_what_frames_share_is_copied_on_writing() -> None:
    """One item given for all frames becomes an item of each: an edit is seen in one frame."""
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "1", "99X", "One"
    group = Dataset()
    group.AnatomicRegionSequence = [code]
    ds = Bare()
    groups = FunctionalGroups(3)
    groups.set_items("FrameAnatomySequence", [group], placement="per_frame")
    groups.attach(ds)
    code.CodeMeaning = "Another"
    path = "FrameAnatomySequence.AnatomicRegionSequence.CodeMeaning"
    frames = ds.PerFrameFunctionalGroupsSequence
    frames[1].FrameAnatomySequence[0].AnatomicRegionSequence[0].CodeMeaning = "Edited"
    assert ds.frame_table.texts(path).tolist() == ["One", "Edited", "One"]
    assert code.CodeMeaning == "Another"


def test_sequences_of_undefined_length_stay_encoded(owner, tmp_path) -> None:
    stored = as_file(owner, "explicit", undefined=True)
    stored.save_as(tmp_path / "undefined.dcm")
    ds = read_dataset(tmp_path / "undefined.dcm").dataset
    assert is_raw(ds)
    table = FrameTable.from_dataset(ds)
    assert table.positions[:, 2].tolist() == [0, 2.5, 5, 7.5, 10]
    assert is_raw(ds)
    assert comments(ds) == [COMMENT] * 5


def set_attribute(ds: Dataset, terms: str) -> None:
    ds.SpecificCharacterSet = terms


def set_item(ds: Dataset, terms: str) -> None:
    ds[0x00080005] = DataElement(0x00080005, "CS", terms)


def update(ds: Dataset, terms: str) -> None:
    ds.update({0x00080005: DataElement(0x00080005, "CS", terms)})


@pytest.mark.parametrize("change", [set_attribute, set_item, update])
def test_changing_the_character_set_decodes_first(owner, change) -> None:
    change(owner, "ISO_IR 192")
    assert comments(owner) == [COMMENT] * 5
    data = saved(owner)
    assert COMMENT.encode("utf-8") in data
    assert COMMENT.encode("latin-1") not in data
    again = dcmread(io.BytesIO(data))
    assert comments(again) == [COMMENT] * 5
    assert again.PatientName == "Müller^Jörg"
    table = frame_table(owner)
    assert table.texts("FrameContentSequence.FrameComments").tolist() == [COMMENT] * 5


def test_setting_the_same_character_set_changes_nothing(owner) -> None:
    owner.SpecificCharacterSet = "ISO_IR 100"
    assert is_raw(owner)


@pytest.mark.parametrize("accessed", [False, True])
def test_a_character_set_changed_inside_its_element_is_followed(owner, accessed) -> None:
    if accessed:
        _ = owner.PerFrameFunctionalGroupsSequence
    owner["SpecificCharacterSet"].value = "ISO_IR 192"
    assert frame_table(owner).texts("FrameContentSequence.FrameComments").tolist() == [COMMENT] * 5
    buffer = io.BytesIO()
    with iodkit.defaults(validate=False):
        StoredDataset.from_dataset(owner).save_as(buffer)
    assert COMMENT.encode("latin-1") not in buffer.getvalue()
    again = dcmread(io.BytesIO(buffer.getvalue()))
    assert comments(again) == [COMMENT] * 5
    assert again.PatientName == "Müller^Jörg"


@pytest.mark.parametrize(
    "remove",
    [
        lambda d: d.pop(0x00080005),
        lambda d: d.__delitem__(0x00080005),
        lambda d: d.__delitem__(slice(0x00080000, 0x00080006)),
    ],
)
def test_removing_the_character_set_decodes_first(owner, remove) -> None:
    remove(owner)
    assert not is_raw(owner)
    assert comments(owner) == [COMMENT] * 5


def test_attaching_to_what_was_read_in_another_encoding() -> None:
    """What the dataset holds encoded in another way is decoded, not misread."""
    source = Owner(3)
    stored = as_file(source, "implicit")
    stored.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    groups = FunctionalGroups(2)
    groups.set("FrameContentSequence.StackID", ["a", "b"])
    groups.attach(stored)
    again = dcmread(io.BytesIO(saved(stored)))
    assert again.PatientName == "Müller^Jörg"
    assert FrameTable.from_dataset(again).stack_ids.tolist() == ["a", "b"]


@pytest.mark.parametrize("syntax", ["explicit", "implicit", "big"])
def test_plain_datasets_are_left_as_they_are(syntax) -> None:
    ds = as_file(Owner(4), syntax)
    before = {tag: id(element) for tag, element in ds._dict.items()}
    table = frame_table(ds)
    _ = table.positions, table.sources, table.to_dict()
    assert {tag: id(element) for tag, element in ds._dict.items()} == before
    want = reference_column(ds, POSITION)
    assert table.positions.tolist() == want
