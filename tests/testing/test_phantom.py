"""The phantom is deterministic, labelled synthetic, anatomical, and valid in every variant."""

from __future__ import annotations

import io

import numpy as np
import pydicom
import pytest

import iodkit as ik
import referees
from iodkit.testing import phantom

MAKERS = {
    **{v: (lambda v=v: phantom.ct_series(5, 24, 20, variant=v)) for v in phantom.VARIANTS},
    "multi-frame": lambda: [phantom.enhanced_ct(5, 24, 20)],
    "multi-frame, reversed": lambda: [phantom.enhanced_ct(5, 24, 20, reverse=True)],
    "multi-frame, oblique": lambda: [phantom.enhanced_ct(5, 24, 20, variant="oblique")],
    "slide, full": lambda: [phantom.slide_image(70, 90, 32)],
    "slide, sparse": lambda: [phantom.slide_image(70, 90, 32, organization="TILED_SPARSE")],
    "projection": lambda: [phantom.chest_xray(40, 32)],
    "cine": lambda: [phantom.ultrasound_cine(4, 45, 63)],
}


def encode(ds):
    buffer = io.BytesIO()
    ds.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


@pytest.fixture(params=MAKERS)
def make(request):
    return MAKERS[request.param]


def test_the_same_call_gives_the_same_bytes(make):
    assert [encode(ds) for ds in make()] == [encode(ds) for ds in make()]


def test_identifiers_differ_between_instances_and_kinds():
    everything = [ds for make in MAKERS.values() for ds in make()]
    assert len({ds.SOPInstanceUID for ds in everything}) == len(everything)
    assert len({ds.SeriesInstanceUID for ds in everything}) == len(MAKERS)
    assert len({ds.StudyInstanceUID for ds in everything}) == 1
    assert all(ds.SOPInstanceUID.startswith("2.25.") for ds in everything)


def test_every_image_says_that_it_is_synthetic(make):
    for ds in make():
        assert ds.PatientName == "Phantom^Synthetic"
        assert "Synthetic" in ds.SeriesDescription
        assert ds.ContentQualification == "RESEARCH"
        assert ds.BurnedInAnnotation == "NO"


def test_pixels_can_be_decoded(make):
    for ds in make():
        pixels = pydicom.dcmread(io.BytesIO(encode(ds))).pixel_array
        assert pixels.std() > 3


@pytest.mark.referee
def test_dciodvfy_finds_no_error(make, tmp_path):
    path = tmp_path / "phantom.dcm"
    path.write_bytes(encode(make()[0]))
    referees.assert_valid(path)


def test_labels_belong_to_the_pixels():
    hu, labels = phantom.ct_arrays(16, 64, 64)
    mean = {organ: hu[labels == organ].mean() for organ in phantom.Organ if (labels == organ).any()}
    assert set(mean) == set(phantom.Organ)
    assert mean[phantom.Organ.LUNG_RIGHT] < -600
    assert mean[phantom.Organ.LUNG_LEFT] < -600
    assert -130 < mean[phantom.Organ.FAT] < -50
    assert 60 < mean[phantom.Organ.LIVER] < 150
    assert mean[phantom.Organ.VERTEBRAE] > 150
    assert mean[phantom.Organ.AORTA] > mean[phantom.Organ.MUSCLE] + 80


def test_left_is_left_in_every_orientation():
    """The liver lies right of the spleen, the vertebrae behind the sternum, by the attributes."""
    for variant in ("axial", "sagittal", "coronal", "oblique", "tilted", "unsorted"):
        series = phantom.ct_series(24, 48, 48, variant=variant)
        _, labels = phantom.ct_arrays(24, 48, 48, variant=variant)
        centers = {}
        for organ in ("LIVER", "SPLEEN", "STERNUM", "VERTEBRAE", "TRACHEA", "INTESTINE"):
            plane, row, column = (labels == phantom.Organ[organ]).nonzero()
            right, down = np.split(np.array(series[0].ImageOrientationPatient, float), 2)
            corner = np.array([ds.ImagePositionPatient for ds in series], float)[plane]
            spacing = float(series[0].PixelSpacing[0])
            points = corner + np.outer(column, right * spacing) + np.outer(row, down * spacing)
            centers[organ] = points.mean(axis=0)
        assert centers["LIVER"][0] < centers["SPLEEN"][0] - 50, variant
        assert centers["STERNUM"][1] < centers["VERTEBRAE"][1] - 80, variant
        assert centers["INTESTINE"][2] < centers["TRACHEA"][2] - 80, variant


def test_segments_have_numbers_names_and_codes():
    assert [s.number for s in phantom.SEGMENTS] == list(range(1, len(phantom.Organ) + 1))
    assert len({s.name for s in phantom.SEGMENTS}) == len(phantom.SEGMENTS)
    for segment in phantom.SEGMENTS:
        assert segment.type.scheme_designator == segment.category.scheme_designator == "SCT"
        assert (segment.laterality is not None) == segment.name.startswith(("Left", "Right"))


def test_images_without_frame_of_reference():
    for ds in (phantom.chest_xray(20, 24), phantom.ultrasound_cine(3, 20, 24)):
        assert "FrameOfReferenceUID" not in ds
        assert "ImagePositionPatient" not in ds


def test_the_heart_of_the_cine_beats():
    frames = pydicom.dcmread(io.BytesIO(encode(phantom.ultrasound_cine(11)))).pixel_array
    dark = [(frame[20:60, 40:90] < 20).sum() for frame in frames]
    assert dark[10] < 0.8 * dark[0]


def test_bones_are_bright_and_lungs_dark_in_the_projection():
    pixels = phantom.chest_xray(64, 64).pixel_array
    spine, lung, air = pixels[20, 31:33].mean(), pixels[20, 22:25].mean(), pixels[20, :3].mean()
    assert spine > 1.5 * lung
    assert lung > 5 * air + 1


def test_an_unknown_variant_is_refused():
    with pytest.raises(ik.InvalidValueError, match="variant"):
        phantom.ct_series(2, 8, 8, variant="mirrored")
