"""Values of single-frame instances that are none."""

import pydicom
import pytest
from pydicom.data import get_testdata_file

from iodkit.errors import CorruptDataError
from iodkit.frames import FrameTable


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("value", [b"-1024\xff", b"two", b"1\\x"])
def test_a_number_that_is_none_is_named(value):
    dataset = pydicom.dcmread(get_testdata_file("CT_small.dcm"))
    raw = dataset.get_item("RescaleIntercept")
    dataset._dict[raw.tag] = pydicom.dataelem.RawDataElement(
        raw.tag, "DS", len(value), value, 0, False, True
    )
    table = FrameTable.from_dataset(dataset)
    with pytest.raises(CorruptDataError, match="RescaleIntercept"):
        _ = table.rescale_intercepts
