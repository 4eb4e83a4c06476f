"""Fixtures for all tests: the phantom's series, real files, and deterministic objects."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from pydicom.data import get_testdata_file

import iodkit as ik
from iodkit.testing import phantom


@pytest.fixture(scope="session")
def ct_series():
    return phantom.ct_series(12, 48, 40)


@pytest.fixture(scope="session")
def enhanced_ct():
    return phantom.enhanced_ct(12, 48, 40)


@pytest.fixture(autouse=True)
def validated(request):
    """Every object that a test makes or writes is validated: an error fails the test."""
    with ik.defaults(validate=request.node.get_closest_marker("unvalidated") is None):
        yield


@pytest.fixture
def deterministic():
    """Fixed clock and identifiers: the same input gives the same bytes."""
    moment = dt.datetime(2024, 2, 29, 12, 30, tzinfo=dt.UTC)
    with ik.defaults(clock=lambda: moment, uid_generator=ik.SeededUIDs("tests")) as settings:
        yield settings


def real_file(name: str) -> Path:
    """Path of a file that comes with pydicom or pydicom-data; never downloaded."""
    path = get_testdata_file(name, download=False)
    if path is None:
        pytest.skip(f"{name} is not installed")
    return Path(path)


@pytest.fixture(scope="session")
def real_ct():
    return real_file("CT_small.dcm")


@pytest.fixture(scope="session")
def real_enhanced_mr():
    return real_file("emri_small.dcm")


@pytest.fixture(scope="session")
def real_enhanced_ct():
    return real_file("eCT_Supplemental.dcm")


@pytest.fixture(scope="session")
def real_seg():
    return real_file("liver.dcm")
