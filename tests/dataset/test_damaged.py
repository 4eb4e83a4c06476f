"""Reading what is damaged where the class of an object is told."""

from pathlib import Path

import pytest
from pydicom.data import get_testdata_file

import iodkit as ik


@pytest.mark.filterwarnings("ignore")
def test_a_class_with_an_unknown_representation_is_read_all_the_same():
    data = Path(get_testdata_file("CT_small.dcm")).read_bytes()
    place = data.index(b"\x08\x00\x16\x00UI")
    damaged = data[: place + 4] + b"UM" + data[place + 6 :]
    assert ik.read(damaged)["SOPInstanceUID"].value == ik.read(data).SOPInstanceUID
