"""Columns found in the bytes are what pydicom's objects say."""

from __future__ import annotations

import pickle
import struct
import warnings

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.dataelem import RawDataElement

from damaged_groups import dataset as as_raw
from functional_groups import (
    SYNTAXES,
    as_file,
    assert_column,
    encode_by_pydicom,
    group_datasets,
    group_items,
    leaf_paths,
    multi_frame_files,
    reference_column,
)
from iodkit.frames import FrameTable
from iodkit.io import read_dataset

FILES = multi_frame_files()


def test_there_are_files() -> None:
    assert len(FILES) >= 4


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.name)
@pytest.mark.parametrize("undefined", [False, True], ids=["defined", "undefined"])
@pytest.mark.parametrize("syntax", SYNTAXES)
def test_real_files(file, syntax, undefined) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        original = dcmread(file, stop_before_pixels=True)
        paths = leaf_paths(original)
        ds = as_file(original, syntax, undefined=undefined)
        table = FrameTable.from_dataset(ds)
        assert len(paths) > 5
        for path in paths:
            assert_column(table.column(path), reference_column(original, path))


def _in_syntax(ds, path, syntax):
    rows = reference_column(ds, path)
    if syntax == "implicit" and path.endswith("00211150"):
        # Without a VR the value of a private element is its bytes.
        return [[struct.pack("<d", value) for value in row] for row in rows]
    return rows


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(group_datasets(), st.sampled_from(sorted(SYNTAXES)), st.booleans())
def test_generated(ds, syntax, undefined) -> None:
    paths = leaf_paths(ds)
    if syntax == "implicit":
        # Nobody knows that a private element without VR is a sequence.
        paths = [path for path in paths if not path[0].isdigit()]
    stored = as_file(ds, syntax, undefined=undefined)
    reference = as_file(ds, syntax, undefined=undefined)
    table = FrameTable.from_dataset(stored)
    for path in paths:
        if syntax == "implicit" and path.count(".") and path.startswith("0021"):
            # pydicom does not know that this private element is a sequence; we see its items.
            reference_path_of = ds
        else:
            reference_path_of = reference
        assert_column(table.column(path), _in_syntax(reference_path_of, path, syntax))
    again = pickle.loads(pickle.dumps(table))
    for path in paths:
        np.testing.assert_array_equal(
            again.column(path).data.values, table.column(path).data.values
        )


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(group_items(), min_size=2, max_size=4),
    st.sampled_from([(False, True), (True, True), (False, False)]),
    st.integers(0, 2**32 - 1),
)
def test_100_000_frames(kinds, encoding, seed) -> None:
    """Frames of a few kinds in any order: the columns are those of pydicom's objects."""
    implicit_vr, little_endian = encoding
    number = 100_000 if little_endian else 2_000  # big endian takes the general path
    codes = np.random.default_rng(seed).integers(0, len(kinds), number)
    parts = [
        encode_by_pydicom([kind], implicit_vr=implicit_vr, little_endian=little_endian)
        for kind in kinds
    ]
    value = b"".join([parts[code] for code in codes.tolist()])
    table = FrameTable.from_dataset(as_raw(value, implicit_vr, little_endian))
    assert len(table) == number
    few = as_raw(b"".join(parts), implicit_vr, little_endian)
    for path in (
        "PlanePositionSequence.ImagePositionPatient",
        "FrameContentSequence.DimensionIndexValues",
        "FrameContentSequence.StackID",
        "SegmentIdentificationSequence.ReferencedSegmentNumber",
        "DerivationImageSequence.SourceImageSequence.ReferencedSOPInstanceUID",
        "DerivationImageSequence.SourceImageSequence.ReferencedFrameNumber",
    ):
        data, rows = table.column(path).data, reference_column(few, path)
        assert (data.counts == np.array([len(row) for row in rows])[codes]).all()
        for code, row in enumerate(rows):
            of_kind = (codes == code)[data.rows]
            got = data.values[of_kind].reshape(-1, len(row) or 1)
            assert (got == np.array(row, data.values.dtype)).all()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(group_datasets())
def test_objects_and_bytes_agree(ds) -> None:
    """A table made from parsed items is the one made from their bytes."""
    paths = leaf_paths(ds)
    stored = as_file(ds, "explicit")
    parsed = FrameTable.from_dataset(ds)
    raw = FrameTable.from_dataset(stored)
    assert isinstance(stored._dict[0x52009230], RawDataElement)
    for path in paths:
        one, other = parsed.column(path), raw.column(path)
        assert one.vr == other.vr
        assert one.data.counts.tolist() == other.data.counts.tolist()
        np.testing.assert_array_equal(one.data.values, other.data.values)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(group_datasets())
def test_references(ds) -> None:
    want = []
    for frame, item in enumerate(ds.PerFrameFunctionalGroupsSequence):
        shared = ds.SharedFunctionalGroupsSequence[0]
        group = item if "DerivationImageSequence" in item else shared
        for derivation in group.get("DerivationImageSequence") or ():
            for source in derivation.SourceImageSequence:
                numbers = source.get("ReferencedFrameNumber")
                numbers = [numbers] if isinstance(numbers, int) else list(numbers or [])
                want.append((frame, source.ReferencedSOPInstanceUID, [int(n) for n in numbers]))
    sources = FrameTable.from_dataset(as_file(ds, "explicit")).sources
    got = [
        (int(f), sources.uids[i], n.tolist())
        for f, i, n in zip(sources.frames, sources.instances, sources.frame_numbers, strict=True)
    ]
    assert got == want


def test_encoded_groups_stay_encoded() -> None:
    ds = read_dataset(FILES[0]).dataset
    table = FrameTable.from_dataset(ds)
    _ = table.positions, table.sources, repr(table)
    assert isinstance(ds._dict[0x52009230], RawDataElement)
