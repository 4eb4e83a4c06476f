"""Every file of pydicom with a place lies where SimpleITK has it, and no place is guessed."""

from functools import cache
from pathlib import Path

import numpy as np
import pydicom.data
import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file

from iodkit.errors import IodkitError
from iodkit.spatial import StackKind, describe_stack, read_plane
from referees import library

pytestmark = pytest.mark.filterwarnings("ignore")

FOLDERS = [Path(pydicom.data.__file__).parent / "test_files"]
# pydicom-data holds the larger ones.
ENHANCED = ["eCT_Supplemental.dcm", "emri_small.dcm", "693_UNCI.dcm", "liver.dcm", "rtdose.dcm"]

WRONG = {"badVR.dcm": "NumberOfFrames"}
"""Files that have a place and cannot be read all the same, and what is wrong with them."""


@cache
def files():
    paths = [p for folder in FOLDERS for p in sorted(folder.rglob("*")) if p.is_file()]
    paths += [Path(p) for p in map(get_testdata_file, ENHANCED) if p is not None]
    found = {}
    for path in dict.fromkeys(paths):
        try:
            dataset = dcmread(path, stop_before_pixels=True, force=True)
            if "SOPClassUID" in dataset:
                found[path] = dataset
        except Exception:  # noqa: BLE001  (what pydicom cannot read is not ours)
            continue
    return found


def placed():
    """Files with what they say of their place, and reports on them."""
    for path, dataset in files().items():
        report = described(dataset)
        if not isinstance(report, IodkitError):
            yield path, dataset, report


def described(dataset):
    """The report, or the error."""
    try:
        return describe_stack(dataset)
    except IodkitError as error:
        return error


def has_place(dataset):
    """Whether the attributes are there somewhere, whoever looks for them."""
    keywords = ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing")
    elements = {e.keyword for e in dataset.iterall() if e.value not in (None, "", b"")}
    return elements.issuperset(keywords) and not dataset.get("TotalPixelMatrixRows")


def test_files_are_refused_only_where_they_say_nothing():
    for path, dataset in files().items():
        report = described(dataset)
        if isinstance(report, IodkitError):
            wrong = WRONG.get(path.name)
            assert wrong in str(report) if wrong else not has_place(dataset), path.name
    found = [path.name for path, _, _ in placed()]
    assert len(found) > 45
    assert {"CT_small.dcm", "MR_small.dcm", "eCT_Supplemental.dcm", "liver.dcm"} <= set(found)
    assert not {"US1_UNCR.dcm", "examples_rgb_color.dcm", "emri_small.dcm"} & set(found)


@pytest.mark.referee
def test_simpleitk_has_every_file_where_we_have_it():
    sitk = library("SimpleITK", "SimpleITK")
    sitk.ProcessObject.SetGlobalWarningDisplay(False)
    compared = 0
    for path, dataset, report in placed():
        reader = sitk.ImageFileReader()
        reader.SetFileName(str(path))
        try:
            reader.ReadImageInformation()
        except RuntimeError:
            continue
        plane = read_plane(dataset, 1)
        cosines = np.array(reader.GetDirection()).reshape(3, 3)[:, :2].T.ravel()
        assert np.allclose(reader.GetOrigin(), plane.position, atol=1e-4), path.name
        assert np.allclose(cosines, plane.orientation, atol=1e-4), path.name
        assert np.allclose(reader.GetSpacing()[:2], plane.pixel_spacing[::-1]), path.name
        if report.spacing and len(report.positions) > 1:
            # Frames that descend have a negative spacing there.
            assert np.isclose(abs(reader.GetSpacing()[2]), report.spacing), path.name
        compared += 1
    assert compared > 45


def series():
    """Series of pydicom's folder with several patients and studies, and the reports on them."""
    groups = {}
    for path, dataset in files().items():
        if "dicomdirtests" in path.parts and "ImagePositionPatient" in dataset:
            groups.setdefault(dataset.SeriesInstanceUID, []).append((path, dataset))
    for members in groups.values():
        yield describe_stack([dataset for _, dataset in members]), members


def test_series_of_pydicoms_folder_are_described():
    found = sorted((len(members), report.kind.value) for report, members in series())
    assert found == [
        *[(1, "SINGLE_PLANE")] * 4,
        (2, "MIXED_ORIENTATION"),
        *[(3, "MIXED_ORIENTATION")] * 2,
        (4, "MISSING_PLANES"),
        (5, "REGULAR"),
        (7, "MIXED_ORIENTATION"),
    ]
    # Four slices of a chest, three of them neighbours.
    (gapped,) = (r for r, _ in series() if r.kind is StackKind.MISSING_PLANES)
    assert gapped.spacing == pytest.approx(1.25)
    assert [gap.width for gap in gapped.gaps] == pytest.approx([202.5])
    assert sorted(len(part.members) for part in gapped.split()) == [1, 3]


@pytest.mark.referee
def test_simpleitk_stacks_the_series_of_pydicoms_folder_alike():
    sitk = library("SimpleITK", "SimpleITK")
    compared = 0
    stacks = [
        (part, [members[i] for i in part.members])
        for report, members in series()
        for part in report.split()
        if len(part.members) > 1
    ]
    for part, members in stacks:
        ordered = [members[i] for i in part.order]
        image = sitk.ReadImage([str(path) for path, _ in ordered])
        first = ordered[0][1]
        geometry = part.geometry(first.Rows, first.Columns, first.PixelSpacing, "PATIENT")
        rng = np.random.default_rng(compared)
        for slice_, row, column in rng.integers(0, geometry.spatial_shape, (10, 3)).tolist():
            point = geometry.map_indices_to_reference(np.array([[slice_, row, column]]))[0]
            found = image.TransformIndexToPhysicalPoint((column, row, slice_))
            assert np.abs(point - found).max() < 1e-3, ordered[0][0].name
            # And where the attributes of that very file put it.
            assert np.allclose(_by_attributes(ordered[slice_][1], row, column), point, atol=1e-3)
        compared += 1
    assert compared == 2


def _by_attributes(dataset, row, column):
    """PS3.3 C.7.6.2.1.1, equation C.7.6.2.1-1, written out."""
    cosines = np.array(dataset.ImageOrientationPatient, float)
    height, width = map(float, dataset.PixelSpacing)
    origin = np.array(dataset.ImagePositionPatient, float)
    return origin + cosines[:3] * width * column + cosines[3:] * height * row
