"""Functional groups the slow way, by pydicom's objects, to compare with."""

from __future__ import annotations

import copy
import importlib.util
import io
import math
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pydicom.data
from hypothesis import strategies as st
from pydicom import Dataset, Sequence, dcmread, dcmwrite
from pydicom.datadict import keyword_for_tag
from pydicom.dataset import FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_sequence
from pydicom.multival import MultiValue
from pydicom.uid import (
    UID,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

SYNTAXES = {
    "explicit": ExplicitVRLittleEndian,
    "implicit": ImplicitVRLittleEndian,
    "big": ExplicitVRBigEndian,
}
NUMBERS = {"US", "SS", "UL", "SL", "UV", "SV", "IS", "AT", "DS", "FL", "FD"}


def multi_frame_files() -> list[Path]:
    """List pydicom's and pydicom-data's files that have functional groups, once each."""
    folders = [Path(pydicom.data.__file__).parent / "test_files"]
    spec = importlib.util.find_spec("data_store")
    folders += [Path(p) for p in (spec.submodule_search_locations or ())] if spec else []
    files = sorted(f for folder in folders for f in folder.rglob("*") if f.is_file())
    found = {}
    for file in files:
        if file.suffix in {".dcm", ""} and file.name not in found:
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    ds = dcmread(file, stop_before_pixels=True)
            except Exception:  # noqa: BLE001 - the folders hold broken and foreign files too
                continue
            if "PerFrameFunctionalGroupsSequence" in ds:
                found[file.name] = file
    return [found[name] for name in sorted(found)]


def encode_by_pydicom(
    items: list[Dataset], *, implicit_vr: bool = False, little_endian: bool = True
) -> bytes:
    """Encode items as pydicom does."""
    buffer = DicomBytesIO()
    buffer.is_implicit_VR, buffer.is_little_endian = implicit_vr, little_endian
    element = Dataset()
    element.add_new(0x52009230, "SQ", copy.deepcopy(list(items)))
    write_sequence(buffer, element[0x52009230], ["iso8859"])
    return buffer.getvalue()


def as_file(ds: Dataset, syntax: str, *, undefined: bool = False) -> Dataset:
    """Write a dataset in a transfer syntax and read it again."""
    ds = copy.deepcopy(ds)
    if undefined:
        undefine_lengths(ds)
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = UID("1.2.840.10008.5.1.4.1.1.66.4")
    meta.MediaStorageSOPInstanceUID = UID("2.25.99")
    meta.TransferSyntaxUID = SYNTAXES[syntax]
    ds.file_meta = meta
    buffer = io.BytesIO()
    dcmwrite(
        buffer,
        ds,
        implicit_vr=syntax == "implicit",
        little_endian=syntax != "big",
        enforce_file_format=True,
    )
    buffer.seek(0)
    return dcmread(buffer)


def undefine_lengths(ds: Dataset) -> None:
    """Mark all sequences and items as having undefined lengths."""
    for element in ds:
        if element.VR == "SQ":
            element.is_undefined_length = True
            for item in element.value:
                item.is_undefined_length_sequence_item = True
                undefine_lengths(item)


def leaf_paths(ds: Dataset) -> list[str]:
    """List the paths of all attributes in the functional groups."""
    found: dict[str, None] = {}

    def visit(item: Dataset, prefix: str) -> None:
        for element in item:
            name = keyword_for_tag(element.tag) or f"{int(element.tag):08X}"
            if element.VR != "SQ":
                if prefix:
                    found[f"{prefix}{name}"] = None
                continue
            for inner in element.value:
                visit(inner, f"{prefix}{name}.")

    for name in ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"):
        for item in ds.get(name, None) or ():
            visit(item, "")
    return list(found)


def reference_column(ds: Dataset, path: str) -> list[list[Any]]:
    """Read an attribute frame by frame from pydicom's objects."""
    steps = [keyword_to_tag(step) for step in path.split(".")]
    shared = (ds.get("SharedFunctionalGroupsSequence") or [Dataset()])[0]
    items = ds.PerFrameFunctionalGroupsSequence
    return [_values(item if steps[0] in item else shared, steps) for item in items]


def keyword_to_tag(step: str) -> Any:
    return int(step, 16) if len(step) == 8 and step[0].isdigit() else step


def _values(item: Dataset, steps: list[Any]) -> list[Any]:
    if steps[0] not in item:
        return []
    element = item[steps[0]]
    if len(steps) > 1 and element.VR != "SQ":
        return []
    if len(steps) > 1:
        if element.VR != "SQ":  # a private sequence in implicit VR: nobody knows that it is one
            return []
        return [v for inner in element.value or () for v in _values(inner, steps[1:])]
    value = element.value
    if element.VR == "SQ" or value is None or (hasattr(value, "__len__") and not len(value)):
        return []
    many = list(value) if isinstance(value, (MultiValue, list)) else [value]
    if element.VR in {"DS", "FL", "FD"}:
        return [math.nan if v in ("", None) else float(v) for v in many]
    if element.VR in NUMBERS:
        return [int(v) for v in many]
    return [v if isinstance(v, bytes) else str(v) for v in many]


def assert_column(column: Any, rows: list[list[Any]]) -> None:
    """Compare a column with rows, exactly."""
    assert len(column) == len(rows)
    assert column.data.counts.tolist() == [len(row) for row in rows]
    for got, want in zip(column.data, rows, strict=True):
        np.testing.assert_array_equal(got, np.array(want, got.dtype))


_DS_TEXT = st.one_of(
    st.integers(-999, 999).map(str),
    st.decimals(-9999, 9999, places=3, allow_nan=False).map(str),
)
_TEXT = st.text("ABC xyz0123456789_", max_size=12)


@st.composite
def group_items(draw: st.DrawFn) -> Dataset:
    """Draw an item of functional groups: any of the groups may be missing."""
    item = Dataset()
    if draw(st.booleans()):
        inner = Dataset()
        if draw(st.booleans()):
            values = st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=3)
            inner.DimensionIndexValues = draw(values)
        if draw(st.booleans()):
            inner.StackID = draw(_TEXT)
        if draw(st.booleans()):
            inner.InStackPositionNumber = draw(st.integers(1, 2**31))
        item.FrameContentSequence = [inner]
    if draw(st.booleans()):
        inner = Dataset()
        inner.ImagePositionPatient = [draw(_DS_TEXT) for _ in range(3)]
        item.PlanePositionSequence = [inner]
    if draw(st.booleans()):
        inner = Dataset()
        inner.ReferencedSegmentNumber = draw(st.integers(0, 65535))
        item.SegmentIdentificationSequence = [inner]
    if draw(st.booleans()):
        derivations = []
        for _ in range(draw(st.integers(0, 2))):
            derivation = Dataset()
            sources = []
            for _ in range(draw(st.integers(0, 2))):
                source = Dataset()
                source.ReferencedSOPInstanceUID = f"1.2.{draw(st.integers(0, 10**6))}"
                if draw(st.booleans()):
                    numbers = st.lists(st.integers(1, 999), min_size=1, max_size=2)
                    source.ReferencedFrameNumber = draw(numbers)
                sources.append(source)
            derivation.SourceImageSequence = Sequence(sources)
            derivations.append(derivation)
        item.DerivationImageSequence = Sequence(derivations)
    if draw(st.booleans()):
        block = item.private_block(0x0021, "IODKIT TEST", create=True)
        block.add_new(0x01, "LO", draw(_TEXT))
        inner = Dataset()
        inner.add_new(0x00211150, "FD", draw(st.floats(-1e6, 1e6)))
        block.add_new(0x02, "SQ", [inner])
    return item


@st.composite
def group_datasets(draw: st.DrawFn) -> Dataset:
    """Draw a dataset with functional groups of mixed layouts."""
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.66.4", "2.25.99"
    kinds = draw(st.lists(group_items(), min_size=1, max_size=4))
    number = draw(st.integers(1, 30))
    picks = draw(st.lists(st.integers(0, len(kinds) - 1), min_size=number, max_size=number))
    ds.PerFrameFunctionalGroupsSequence = [copy.deepcopy(kinds[i]) for i in picks]
    ds.SharedFunctionalGroupsSequence = [draw(group_items())]
    ds.NumberOfFrames = number
    return ds
