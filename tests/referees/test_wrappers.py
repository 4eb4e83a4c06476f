"""The wrappers of the referees see faults, and say so when a referee is absent."""

from __future__ import annotations

import numpy as np
import pytest

import referees
from iodkit.testing import phantom


@pytest.fixture
def ct_file(tmp_path):
    ds = phantom.ct_series(1, 16, 16)[0]
    path = tmp_path / "ct.dcm"
    ds.save_as(path, enforce_file_format=True)
    return ds, path


@pytest.mark.referee
def test_dciodvfy_sees_a_missing_attribute(ct_file):
    ds, path = ct_file
    referees.assert_valid(path)
    del ds.ImagePositionPatient
    ds.save_as(path, enforce_file_format=True)
    messages = referees.dciodvfy(path)
    assert any(m.severity == "Error" and "ImagePositionPatient" in m.text for m in messages)
    with pytest.raises(AssertionError, match="ImagePositionPatient"):
        referees.assert_valid(path)
    referees.assert_valid(path, allowed=("ImagePositionPatient",))


@pytest.mark.referee
def test_dciodvfy_must_say_something_about_a_file_that_is_no_dicom(tmp_path):
    path = tmp_path / "text.dcm"
    path.write_text("no DICOM")
    with pytest.raises(AssertionError):
        referees.assert_valid(path)


@pytest.mark.referee
def test_simpleitk_reads_values_and_places(tmp_path):
    paths = []
    series = phantom.ct_series(4, 12, 16)
    for number, ds in enumerate(series):
        paths.append(tmp_path / f"{number}.dcm")
        ds.save_as(paths[-1], enforce_file_format=True)
    image = referees.sitk_series(paths)
    hu, _ = phantom.ct_arrays(4, 12, 16)
    assert image.GetSize() == (16, 12, 4)
    corner = np.array(series[2].ImagePositionPatient, float)
    assert referees.value_at(image, corner) == max(hu[2, 0, 0], -1024)
    assert referees.value_at(image, corner + 10_000) == 0


@pytest.mark.referee
def test_dcmqi_fails_for_what_is_no_segmentation(ct_file, tmp_path):
    with pytest.raises(AssertionError):
        referees.dcmqi_segments(ct_file[1], tmp_path)


def test_an_absent_program_is_a_skip_and_a_failure_in_ci(monkeypatch):
    monkeypatch.setattr(referees, "REQUIRED", False)
    with pytest.raises(pytest.skip.Exception, match="PyPI: nothing"):
        referees.program("no-such-program", "nothing")
    with pytest.raises(pytest.skip.Exception, match="PyPI: nothing"):
        referees.library("no_such_library", "nothing")
    monkeypatch.setattr(referees, "REQUIRED", True)
    with pytest.raises(pytest.fail.Exception, match="is not installed"):
        referees.program("no-such-program", "nothing")
