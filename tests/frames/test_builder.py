"""Functional groups written from columns are those that pydicom writes from objects."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import Dataset, Sequence
from pydicom.values import convert_SQ

from functional_groups import encode_by_pydicom
from iodkit.errors import InvalidTypeError, InvalidValueError, NotFoundError
from iodkit.frames import FunctionalGroups, Ragged

ENCODINGS = [
    {"implicit_vr": False, "little_endian": True},
    {"implicit_vr": True, "little_endian": True},
    {"implicit_vr": False, "little_endian": False},
]
CT = "1.2.840.10008.5.1.4.1.1.2"


def code(value: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "DCM", meaning
    return item


def wrapped(**values) -> Dataset:
    item = Dataset()
    for name, value in values.items():
        setattr(item, name, value)
    return item


def same(groups: FunctionalGroups, shared: Dataset, per_frame: list[Dataset]) -> None:
    for encoding in ENCODINGS:
        got = groups.encode(**encoding)
        assert got.shared == encode_by_pydicom([shared], **encoding)
        assert got.per_frame == encode_by_pydicom(per_frame, **encoding)


def test_a_segmentation() -> None:
    n = 12
    z = np.arange(n) % 4
    positions = np.stack([np.full(n, -192.25), np.full(n, 1 / 3), 1.25 * z], axis=1)
    segments = np.arange(n) // 4 + 1
    indices = np.stack([segments, z + 1], axis=1)
    purpose, derivation = code("121322", "Source image"), code("113076", "Segmentation")
    groups = FunctionalGroups(n)
    groups.set("PlanePositionSequence.ImagePositionPatient", positions)
    groups.set("FrameContentSequence.DimensionIndexValues", indices)
    groups.set("SegmentIdentificationSequence.ReferencedSegmentNumber", segments)
    groups.set_constant("PixelMeasuresSequence.PixelSpacing", [0.5, 0.25])
    groups.set_constant("PixelMeasuresSequence.SliceThickness", 1.25)
    groups.set_sources(
        CT,
        [f"1.2.{i}" for i in range(4)],
        z,
        purpose=purpose,
        derivation=derivation,
        spatial_locations_preserved="YES",
    )
    per_frame = []
    for i in range(n):
        source = wrapped(
            ReferencedSOPClassUID=CT,
            ReferencedSOPInstanceUID=f"1.2.{z[i]}",
            SpatialLocationsPreserved="YES",
            PurposeOfReferenceCodeSequence=[purpose],
        )
        derived = wrapped(SourceImageSequence=[source], DerivationCodeSequence=[derivation])
        x = wrapped(ImagePositionPatient=["-192.25", ".333333333333333", f"{1.25 * z[i]:g}"])
        per_frame.append(
            wrapped(
                DerivationImageSequence=[derived],
                FrameContentSequence=[wrapped(DimensionIndexValues=indices[i].tolist())],
                PlanePositionSequence=[x],
                SegmentIdentificationSequence=[wrapped(ReferencedSegmentNumber=int(segments[i]))],
            )
        )
    measures = wrapped(PixelSpacing=["0.5", "0.25"], SliceThickness="1.25")
    same(groups, wrapped(PixelMeasuresSequence=[measures]), per_frame)


def test_columns_and_items_say_the_same() -> None:
    """References as columns (one per frame) and as items (several) have equal bytes."""
    uids, index, numbers = ["1.2.3", "1.2.33"], [0, 1, 1], [1, 2, 3]
    one, other = FunctionalGroups(3), FunctionalGroups(3)
    one.set_sources(CT, uids, index, frame_numbers=numbers, purpose=code("1", "x"))
    items = []
    for i, number in zip(index, numbers, strict=True):
        item = wrapped(
            ReferencedSOPClassUID=CT,
            ReferencedSOPInstanceUID=uids[i],
            ReferencedFrameNumber=number,
            PurposeOfReferenceCodeSequence=[code("1", "x")],
        )
        items.append(item)
    other.set_items("DerivationImageSequence.SourceImageSequence", items, [0, 1, 2])
    assert one.encode() == other.encode()


def test_several_references_per_frame() -> None:
    groups = FunctionalGroups(3)
    groups.set_sources(CT, ["1.2.3", "1.2.4"], [[0, 1], [], [1]], frame_numbers=[[1, 5], [], [2]])
    expected = []
    for pairs in ([("1.2.3", 1), ("1.2.4", 5)], [], [("1.2.4", 2)]):
        sources = [
            wrapped(ReferencedSOPClassUID=CT, ReferencedSOPInstanceUID=uid, ReferencedFrameNumber=n)
            for uid, n in pairs
        ]
        item = Dataset()
        if sources:
            item.DerivationImageSequence = [wrapped(SourceImageSequence=sources)]
        expected.append(item)
    same(groups, Dataset(), expected)


def test_absent_values_leave_attributes_and_groups_out() -> None:
    groups = FunctionalGroups(3)
    position = np.array([[0, 0, 1.5], [np.nan] * 3, [0, 0, 2.5]])
    groups.set("PlanePositionSequence.ImagePositionPatient", position)
    groups.set("FrameContentSequence.StackID", ["a", None, "bb"])
    groups.set("FrameContentSequence.InStackPositionNumber", np.ma.array([1, 2, 3], mask=[0, 0, 1]))
    expected = [
        wrapped(
            FrameContentSequence=[wrapped(StackID="a", InStackPositionNumber=1)],
            PlanePositionSequence=[wrapped(ImagePositionPatient=["0", "0", "1.5"])],
        ),
        wrapped(FrameContentSequence=[wrapped(InStackPositionNumber=2)]),
        wrapped(
            FrameContentSequence=[wrapped(StackID="bb")],
            PlanePositionSequence=[wrapped(ImagePositionPatient=["0", "0", "2.5"])],
        ),
    ]
    same(groups, Dataset(), expected)


def test_constant_groups_are_shared_unless_they_may_not_be() -> None:
    groups = FunctionalGroups(2)
    groups.set(
        "PlaneOrientationSequence.ImageOrientationPatient", np.tile(np.eye(2, 3).ravel(), (2, 1))
    )
    groups.set("FrameContentSequence.DimensionIndexValues", [[1], [1]])
    groups.set(
        "SegmentIdentificationSequence.ReferencedSegmentNumber", [7, 7], placement="per_frame"
    )
    shared = wrapped(
        PlaneOrientationSequence=[wrapped(ImageOrientationPatient=["1", "0", "0", "0", "1", "0"])]
    )
    frame = wrapped(
        FrameContentSequence=[wrapped(DimensionIndexValues=[1])],
        SegmentIdentificationSequence=[wrapped(ReferencedSegmentNumber=7)],
    )
    same(groups, shared, [frame, copy.deepcopy(frame)])


def test_the_columns_of_a_single_frame_stay_with_it() -> None:
    groups = FunctionalGroups(1)
    groups.set("PlanePositionSequence.ImagePositionPatient", [[1, 2, 3]])
    groups.set_constant("PixelMeasuresSequence.PixelSpacing", [1, 1])
    shared, per_frame = groups.encode()
    assert b"1\\2\\3" in per_frame
    assert b"1\\1" in shared


def test_forced_placement() -> None:
    groups = FunctionalGroups(2)
    groups.set("PlanePositionSequence.ImagePositionPatient", [[0, 0, 0], [0, 0, 1]])
    with pytest.raises(InvalidValueError, match="has to be per_frame"):
        groups.place("FrameContentSequence", "shared")
    groups.place("PlanePositionSequence", "shared")
    with pytest.raises(InvalidValueError, match="differs between frames"):
        groups.encode()


def test_items_are_not_shared_with_the_caller() -> None:
    item = code("1", "one")
    groups = FunctionalGroups(2)
    groups.set_items("DerivationImageSequence.DerivationCodeSequence", [item], [0, 0])
    groups.place("DerivationImageSequence", "per_frame")
    ds = Dataset()
    groups.attach(ds)
    first, second = (
        frame.DerivationImageSequence[0].DerivationCodeSequence[0]
        for frame in ds.PerFrameFunctionalGroupsSequence
    )
    first.CodeMeaning = "changed"
    assert (second.CodeMeaning, item.CodeMeaning) == ("one", "one")


def test_items_read_in_another_character_set() -> None:
    raw = b"\xfe\xff\x00\xe0\x0c\x00\x00\x00\x08\x00\x04\x01LO\x04\x00M\xfcde"
    item = convert_SQ(raw, is_implicit_VR=False, is_little_endian=True, encoding=["iso8859"])[0]
    groups = FunctionalGroups(2)
    groups.set_items("DerivationImageSequence.DerivationCodeSequence", [item], [0, -1])
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 192"
    groups.attach(ds)
    assert "Müde".encode() in ds._dict[0x52009230].value
    frame = ds.PerFrameFunctionalGroupsSequence[0]
    assert frame.DerivationImageSequence[0].DerivationCodeSequence[0].CodeMeaning == "Müde"


@pytest.mark.parametrize(
    ("terms", "text"),
    [
        ("ISO_IR 100", "Größe"),
        ("ISO_IR 192", "大きさ"),
        (["ISO 2022 IR 6", "ISO 2022 IR 87"], "大きさ"),
    ],
)
def test_text_in_character_sets(terms, text) -> None:
    groups = FunctionalGroups(2)
    groups.set("FrameContentSequence.FrameComments", [text, "plain"])
    ds = Dataset()
    ds.SpecificCharacterSet = terms
    groups.attach(ds)
    comments = [
        f.FrameContentSequence[0].FrameComments for f in ds.PerFrameFunctionalGroupsSequence
    ]
    assert comments == [text, "plain"]


def test_distinct_values_by_index() -> None:
    one, other = FunctionalGroups(4), FunctionalGroups(4)
    one.set("FrameContentSequence.StackID", ["a", "b"], index=[0, 1, -1, 0])
    other.set("FrameContentSequence.StackID", ["a", "b", None, "a"])
    assert one.encode() == other.encode()


def test_different_numbers_of_values() -> None:
    groups = FunctionalGroups(3)
    groups.set("FrameContentSequence.DimensionIndexValues", [[1], [1, 2], None])
    expected = [
        wrapped(FrameContentSequence=[wrapped(DimensionIndexValues=1)]),
        wrapped(FrameContentSequence=[wrapped(DimensionIndexValues=[1, 2])]),
        Dataset(),
    ]
    same(groups, Dataset(), expected)


def test_remove() -> None:
    groups = FunctionalGroups(2)
    groups.set("FrameContentSequence.StackID", ["a", "b"])
    groups.remove("FrameContentSequence.StackID")
    assert groups.encode().per_frame == encode_by_pydicom([Dataset(), Dataset()])
    with pytest.raises(NotFoundError):
        groups.remove("FrameContentSequence.StackID")


@pytest.mark.parametrize(
    ("path", "values", "error"),
    [
        ("Nonsense.ImagePositionPatient", [[0, 0, 0]] * 2, InvalidValueError),
        ("ImagePositionPatient", [[0, 0, 0]] * 2, InvalidValueError),
        ("ImagePositionPatient.PixelSpacing", [1, 1], InvalidValueError),
        ("PlanePositionSequence.ImagePositionPatient", [[0, 0, 0]], InvalidValueError),
        ("PlanePositionSequence.ImagePositionPatient", 3.0, InvalidValueError),
        ("PlanePositionSequence.ImagePositionPatient", np.full((2, 3), np.inf), InvalidValueError),
        ("SegmentIdentificationSequence.ReferencedSegmentNumber", [1, 65536], InvalidValueError),
        ("SegmentIdentificationSequence.ReferencedSegmentNumber", [1, -1], InvalidValueError),
        ("SegmentIdentificationSequence.ReferencedSegmentNumber", [1, 1.5], InvalidValueError),
        ("SegmentIdentificationSequence.ReferencedSegmentNumber", ["a", "b"], InvalidTypeError),
        ("FrameContentSequence.StackID", [1, 2], InvalidTypeError),
        ("DerivationImageSequence.SourceImageSequence", [1, 2], InvalidValueError),
    ],
)
def test_wrong_columns(path, values, error) -> None:
    def write() -> None:
        groups = FunctionalGroups(2)
        groups.set(path, values)
        groups.encode()

    with pytest.raises(error):
        write()


def test_wrong_index() -> None:
    groups = FunctionalGroups(2)
    for index in ([0], [0, 1], [0, -2], [0.5, 0.5], [[0], [3]]):
        with pytest.raises(InvalidValueError):
            groups.set_items("DerivationImageSequence", [Dataset()], index)
    with pytest.raises(InvalidTypeError):
        groups.set_items("DerivationImageSequence", ["text"], [0, 0])
    with pytest.raises(InvalidValueError):
        groups.set_sources(CT, ["1.2.3"], [0, 0], spatial_locations_preserved="MAYBE")
    with pytest.raises(InvalidValueError):
        groups.set_sources(CT, ["not a uid"], [0, 0])
    with pytest.raises(InvalidValueError):
        FunctionalGroups(0)


_NUMBERS = st.floats(-1e5, 1e5, allow_nan=False)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_generated_columns(data) -> None:
    """Any mix of present and absent values parses to the tree that pydicom would build."""
    n = data.draw(st.integers(1, 12))
    stacks = data.draw(
        st.lists(st.none() | st.text("abc", min_size=1, max_size=4), min_size=n, max_size=n)
    )
    numbers = data.draw(st.lists(st.none() | st.integers(0, 2**32 - 1), min_size=n, max_size=n))
    pairs = data.draw(st.lists(st.lists(st.integers(0, 2), max_size=3), min_size=n, max_size=n))
    items = [code(str(i), "x" * i) for i in range(3)]
    groups = FunctionalGroups(n)
    groups.set("FrameContentSequence.StackID", stacks)
    groups.set("FrameContentSequence.InStackPositionNumber", numbers)
    groups.set_items("DerivationImageSequence.DerivationCodeSequence", items, pairs)
    groups.place("DerivationImageSequence", "per_frame")
    expected = []
    for stack, number, row in zip(stacks, numbers, pairs, strict=True):
        frame, content = Dataset(), Dataset()
        if row:
            codes = Sequence([copy.deepcopy(items[i]) for i in row])
            frame.DerivationImageSequence = [wrapped(DerivationCodeSequence=codes)]
        if stack is not None:
            content.StackID = stack
        if number is not None:
            content.InStackPositionNumber = number
        if len(content):
            frame.FrameContentSequence = [content]
        expected.append(frame)
    same(groups, Dataset(), expected)


def test_ragged() -> None:
    rows = Ragged.from_rows([[1, 2], [], [3]])
    assert [r.tolist() for r in rows] == [[1, 2], [], [3]]
    assert rows.counts.tolist() == [2, 0, 1]
    assert rows.rows.tolist() == [0, 0, 2]
    assert rows[-1].tolist() == [3]
    with pytest.raises(IndexError):
        rows[3]
    with pytest.raises(InvalidValueError):
        Ragged(np.arange(3), np.array([0, 2]))
