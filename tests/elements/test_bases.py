from __future__ import annotations

import copy
import pickle
import threading
from io import BytesIO

import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag

from iodkit.elements import DicomItem, DicomSequence
from iodkit.errors import CorruptDataError, InvalidTypeError


class Named(DicomItem):
    """An item whose constructor needs arguments."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.PatientName = name


class Items(DicomSequence):
    """A sequence whose constructor takes something else than items."""

    def __init__(self, count: int) -> None:
        super().__init__([Named(f"A^{i}") for i in range(count)])


def encoded() -> Dataset:
    path = get_testdata_file("CT_small.dcm")
    assert path
    return dcmread(path)


@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, lambda o: pickle.loads(pickle.dumps(o))])
def test_copies_are_of_the_same_class_and_independent(way) -> None:
    original = Named("A^B")
    twin = way(original)
    assert type(twin) is Named
    assert twin == original
    twin.PatientID = "1"
    assert "PatientID" not in original
    items = Items(2)
    others = way(items)
    assert type(others) is Items
    assert others == items


def test_json() -> None:
    original = Named("A^B")
    assert Named.from_json(original.to_json()) == original
    assert Named.from_json(original.to_json_dict()) == original


def test_from_dataset_keeps_encoded_elements_and_source() -> None:
    source = encoded()
    tags = list(source._dict)
    raw = [tag for tag in tags if isinstance(source.get_item(tag), RawDataElement)]
    made = Named.from_dataset(source)
    assert type(made) is Named
    assert [t for t in made._dict if isinstance(made.get_item(t), RawDataElement)] == raw
    assert raw
    made.PatientName = "Other^Name"
    assert source.PatientName != "Other^Name"
    assert made.original_encoding == source.original_encoding
    assert made.original_character_set == source.original_character_set


def test_without_a_copy_elements_are_shared() -> None:
    source = Named("A^B")
    made = Named.from_dataset(source, copy=False)
    made.PatientID = "1"
    assert source.PatientID == "1"


def test_wrong_types() -> None:
    with pytest.raises(InvalidTypeError, match="dataset"):
        Named.from_dataset({})  # type: ignore[arg-type]
    with pytest.raises(InvalidTypeError):
        Items.from_sequence(Dataset())
    with pytest.raises(InvalidTypeError):
        Items.from_sequence([1])  # type: ignore[list-item]


def test_from_sequence() -> None:
    plain = Sequence([Dataset(), Dataset()])
    made = Items.from_sequence(plain)
    assert type(made) is Items
    made[0].PatientID = "1"
    assert "PatientID" not in plain[0]
    assert Items.from_sequence(plain, copy=False)[0] is plain[0]


def test_threads_that_parse_a_sequence_see_the_same_items() -> None:
    inner = Dataset()
    inner.ReferencedImageSequence = [Named("A^B") for _ in range(200)]
    stream = DicomBytesIO()
    stream.is_little_endian, stream.is_implicit_VR = True, True
    write_dataset(stream, inner)
    data = stream.getvalue()
    raw = dcmread(BytesIO(data), force=True)
    item = Named.from_dataset(raw)
    found: list[object] = []
    barrier = threading.Barrier(8)

    def read() -> None:
        barrier.wait()
        found.append(item["ReferencedImageSequence"].value)

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert all(sequence is found[0] for sequence in found)


def test_a_vr_that_does_not_exist_is_named():
    tag = BaseTag(0x00280010)
    item = DicomItem.from_dataset(Dataset())
    item[tag] = RawDataElement(tag, "ES", 2, b"12", 0, False, True)
    with pytest.raises(CorruptDataError, match="ES"):
        _ = item.Rows


def test_descriptors_of_look_up_tables_survive_pickle():
    item = Dataset()
    item.add_new("LUTDescriptor", "US", [3, 0, 16])
    holder = DicomItem.from_dataset(Dataset())
    holder.add_new("RedPaletteColorLookupTableDescriptor", "US", [256, 0, 16])
    holder.VOILUTSequence = [item]
    twin = pickle.loads(pickle.dumps(holder))
    assert twin == holder
    assert twin.VOILUTSequence[0].LUTDescriptor == [3, 0, 16]
