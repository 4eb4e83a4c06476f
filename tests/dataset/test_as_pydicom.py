"""Wherever pydicom expects a dataset, an object of ours will do."""

import io

import pytest
from pydicom import dcmread, dcmwrite
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

import iodkit as ik
from iodkit.testing import conformance

UIDS = (
    "1.2.840.10008.5.1.4.1.1.66.4",
    "1.2.840.10008.5.1.4.1.1.66.7",
    "1.2.840.10008.5.1.4.1.1.2.1",
)
CASES = [case for uid in UIDS for case in conformance.cases_of(uid)]


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def made(request):
    """An object that was read, so that it is as encoded as the plain dataset."""
    buffer = io.BytesIO()
    conformance.make_object(request.param).save_as(buffer)
    return ik.read(buffer.getvalue())


def plain(made):
    buffer = io.BytesIO()
    made.save_as(buffer)
    return dcmread(io.BytesIO(buffer.getvalue()))


def test_it_is_a_dataset_equal_to_the_plain_one(made):
    twin = plain(made)
    assert isinstance(made, Dataset)
    assert made == twin
    assert twin == made
    assert made == twin


def walked(ds):
    found = []
    ds.walk(lambda _, element: found.append(element.tag))
    return found


OPERATIONS = {
    "len": len,
    "str": str,
    "repr": repr,
    "keys": lambda ds: list(ds.keys()),
    "elements": lambda ds: [e.tag for e in ds.elements()],
    "iter": lambda ds: [(e.tag, e.VR) for e in ds],
    "iterall": lambda ds: [(e.tag, e.VR, str(e.value)[:40]) for e in ds.iterall()],
    "values": lambda ds: len(ds.values()),
    "items": lambda ds: [tag for tag, _ in ds.items()],
    "dir": lambda ds: ds.dir("Patient"),
    "contains": lambda ds: ("PatientID" in ds, 0x00100020 in ds, "EchoTime" in ds),
    "get": lambda ds: (ds.get("PatientID"), ds.get("EchoTime", 5)),
    "get_item": lambda ds: ds.get_item(0x00100020).tag,
    "data_element": lambda ds: ds.data_element("PatientID").value,
    "slice": lambda ds: list(ds[0x00100000:0x00110000].keys()),
    "group": lambda ds: list(ds.group_dataset(0x0010).keys()),
    "json": lambda ds: ds.to_json(),
    "json_dict": lambda ds: ds.to_json_dict(),
    "formatted": lambda ds: list(ds.formatted_lines())[:5],
    "top": lambda ds: ds.top(),
    "getattr": lambda ds: str(ds.PatientName),
    "private": lambda ds: ds.private_creators(0x0011),
    "pixels": lambda ds: ds.pixel_array.sum(),
    "walk": walked,
}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_reading_operations_answer_as_for_a_plain_dataset(operation, made):
    assert OPERATIONS[operation](made) == OPERATIONS[operation](plain(made))


def _pop(ds):
    return ds.pop("PatientID").value


def _update(ds):
    other = Dataset()
    other.PatientID = "updated"
    ds.update(other)


def _private(ds):
    ds.private_block(0x0011, "TESTS", create=True).add_new(1, "LO", "x")


def _sequence(ds):
    item = Dataset()
    item.CodeValue = "1"
    ds.AcquisitionContextSequence = Sequence([item])


CHANGES = {
    "setattr": lambda ds: setattr(ds, "PatientID", "new"),
    "setitem": lambda ds: ds.__setitem__(0x00100020, DataElement(0x00100020, "LO", "n")),
    "add_new": lambda ds: ds.add_new(0x00101010, "AS", "012Y"),
    "delattr": lambda ds: delattr(ds, "PatientID"),
    "delitem": lambda ds: ds.__delitem__(0x00100020),
    "del slice": lambda ds: ds.__delitem__(slice(0x00100000, 0x00110000)),
    "pop": _pop,
    "setdefault": lambda ds: ds.setdefault("PatientAge", "012Y").value,
    "update": _update,
    "private": _private,
    "remove private": lambda ds: ds.remove_private_tags(),
    "sequence": _sequence,
    "charset": lambda ds: setattr(ds, "SpecificCharacterSet", "ISO_IR 100"),
    "decode": lambda ds: ds.decode(),
    "nested": lambda ds: setattr(
        ds.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0], "SliceThickness", "7"
    ),
}


@pytest.mark.unvalidated
@pytest.mark.parametrize("change", CHANGES)
def test_changes_do_what_they_do_to_a_plain_dataset(change, made):
    twin = plain(made)
    assert CHANGES[change](made) == CHANGES[change](twin)
    assert made == twin
    one, other = io.BytesIO(), io.BytesIO()
    dcmwrite(one, made, enforce_file_format=True)
    dcmwrite(other, twin, enforce_file_format=True)
    assert dcmread(io.BytesIO(one.getvalue())) == dcmread(io.BytesIO(other.getvalue()))
    assert plain(made) == twin


def test_it_nests_in_another_dataset(made):
    outer = Dataset()
    outer.ReferencedInstanceSequence = [made]
    outer.file_meta = made.file_meta
    assert outer.ReferencedInstanceSequence[0] is made


def test_pydicoms_own_writer_takes_it(made):
    buffer = io.BytesIO()
    dcmwrite(buffer, made)
    assert type(ik.read(buffer.getvalue())) is type(made)
