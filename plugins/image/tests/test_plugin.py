import runpy
from pathlib import Path

import pytest
from pydicom.uid import UID, UID_dictionary

from iodkit.registry import registry
from iodkit_image._plugin import iodkit_register_iods
from iodkit_image._sop_classes import SOP_CLASSES

TOOL = Path(__file__).parents[3] / "tools" / "generate_image_sop_classes.py"


def test_all_image_storage_classes_that_pydicom_knows_are_there():
    known = {
        uid
        for uid, (name, kind, *_) in UID_dictionary.items()
        if kind == "SOP Class" and "Image Storage" in name
    }
    assert len(known) > 60
    assert known <= {uid for uid, _, _ in SOP_CLASSES}


def test_keywords_and_names_are_pydicoms():
    for uid, keyword, name in SOP_CLASSES:
        if uid in UID_dictionary:
            assert (keyword, name) == (UID(uid).keyword, UID(uid).name.partition(" (Retired")[0])


def test_no_class_of_another_family_is_claimed():
    uids = {uid for uid, _, _ in SOP_CLASSES}
    assert uids.isdisjoint(
        {
            "1.2.840.10008.5.1.4.1.1.66.4",
            "1.2.840.10008.5.1.4.1.1.66.7",
            "1.2.840.10008.5.1.4.1.1.30",
        }
    )
    assert len(uids) == len(SOP_CLASSES)


def test_they_are_registered():
    assert {entry.sop_class_uid for entry in iodkit_register_iods()} == {
        u for u, _, _ in SOP_CLASSES
    }
    entry = registry.lookup("1.2.840.10008.5.1.4.1.1.2")
    assert (entry.keyword, entry.family) == ("CTImageStorage", "image")


def test_the_table_is_what_the_generator_writes():
    if not TOOL.exists():
        pytest.skip("the generator is not part of the distribution")
    tool = runpy.run_path(str(TOOL))
    ours = {tuple(row) for row in SOP_CLASSES}
    assert {tuple(row) for row in tool["collect"]()} <= ours
