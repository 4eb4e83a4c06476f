"""Functional groups that are taken over from existing frames as they are encoded."""

from io import BytesIO

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from iodkit.errors import InvalidValueError
from iodkit.frames import FrameTable, StoredGroups
from iodkit.testing import phantom

PER_FRAME, SHARED = 0x52009230, 0x52009229


@pytest.fixture(scope="module")
def ct():
    return phantom.enhanced_ct(6, 16, 16)


def encoded(dataset, syntax=ExplicitVRLittleEndian):
    """The dataset as read from a file in this transfer syntax."""
    twin = Dataset()
    twin.update({element.tag: element for element in dataset})
    twin.file_meta = dataset.file_meta
    twin.file_meta.TransferSyntaxUID = syntax
    out = BytesIO()
    twin.save_as(out, enforce_file_format=True)
    out.seek(0)
    return dcmread(out)


def items(groups, **options):
    """The items of the per-frame and shared groups, parsed by pydicom."""
    target = Dataset()
    groups.attach(target, **options)
    return list(target.PerFrameFunctionalGroupsSequence), target.SharedFunctionalGroupsSequence[0]


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
def test_frames_are_taken_in_any_order(ct, syntax):
    source = encoded(ct, syntax)
    order = [4, 0, 0, 5]
    per_frame, shared = items(StoredGroups([source]).take(order), implicit_vr=False)
    original = encoded(ct)
    assert per_frame == [original.PerFrameFunctionalGroupsSequence[at] for at in order]
    assert shared == original.SharedFunctionalGroupsSequence[0]


def test_all_frames_give_the_same_bytes(ct):
    source = encoded(ct)
    made = StoredGroups([source]).take(range(6)).encode()
    regular = StoredGroups([source])._parts[0]
    assert made.per_frame == regular._per_frame.value
    assert made.shared == regular._shared.value


def test_attributes_are_replaced_and_their_neighbours_stay(ct):
    before = encoded(ct)
    groups = StoredGroups([ct]).take(
        [1, 2], replaced=["FrameContentSequence.DimensionIndexValues", "PlanePositionSequence"]
    )
    groups.set("FrameContentSequence.DimensionIndexValues", np.array([[7, 8], [9, 10]]))
    groups.set("PlanePositionSequence.ImagePositionPatient", np.arange(6.0).reshape(2, 3))
    per_frame, _ = items(groups)
    for at, item in enumerate(per_frame):
        old = before.PerFrameFunctionalGroupsSequence[at + 1]
        assert list(item.FrameContentSequence[0].DimensionIndexValues) == [7 + 2 * at, 8 + 2 * at]
        assert list(item.PlanePositionSequence[0].ImagePositionPatient) == [
            3 * at,
            3 * at + 1,
            3 * at + 2,
        ]
        for element in old.FrameContentSequence[0]:
            if element.keyword != "DimensionIndexValues":
                assert item.FrameContentSequence[0][element.tag] == element


def test_groups_are_edited_once_for_each_distinct_one(ct):
    calls = []

    def shift(group):
        calls.append(group)
        position = group.PlanePositionSequence[0]
        position.ImagePositionPatient = [v + 1 for v in position.ImagePositionPatient]

    groups = StoredGroups([ct]).take([0, 0, 3], edits={"PlanePositionSequence": shift})
    target = Dataset()
    groups.attach(target)
    target.NumberOfFrames = 3
    expected = FrameTable.from_dataset(ct).positions[[0, 0, 3]] + 1
    assert np.allclose(FrameTable.from_dataset(target).positions, expected)
    assert len(calls) == 2


def test_what_is_shared_and_differs_between_instances_becomes_per_frame(ct):
    other = encoded(ct)
    measures = other.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
    measures.PixelSpacing = [3.0, 3.0]
    groups = StoredGroups([ct, other]).take([0, 6])
    per_frame, shared = items(groups)
    assert "PixelMeasuresSequence" not in shared
    assert per_frame[0].PixelMeasuresSequence[0].PixelSpacing != [3, 3]
    assert per_frame[1].PixelMeasuresSequence[0].PixelSpacing == [3, 3]
    assert "PlaneOrientationSequence" in shared
    assert StoredGroups([ct, other]).number_of_frames == 12


def test_instances_without_functional_groups_have_none_to_take():
    with pytest.raises(InvalidValueError, match="no functional groups"):
        StoredGroups([phantom.ct_series(2, 16, 16)[0]])
