"""Every kind of image opens, and says what it is even where pixels cannot be had."""

import io

import numpy as np
import pytest
from pydicom.encaps import encapsulate
from pydicom.uid import UID, UID_dictionary

import iodkit as ik
from iodkit.errors import MissingAttributeError, PixelDataError, UnsupportedError
from iodkit.testing import phantom
from iodkit_image._sop_classes import SOP_CLASSES

# Families of their own register these, so that their classes come first.
DERIVED = {"Segmentation Storage", "Parametric Map Storage"}


def _names():
    """Names of storage SOP classes in PS3.6 that are images by name."""
    known = {
        uid: name
        for uid, (name, kind, *_) in UID_dictionary.items()
        if kind == "SOP Class" and "Image" in name and "Storage" in name
    }
    return {uid: name for uid, name in known.items() if name not in DERIVED}


def test_no_image_is_forgotten():
    registered = {uid for uid, _, _ in SOP_CLASSES}
    assert set(_names()) <= registered
    assert "1.2.840.10008.5.1.4.1.1.481.2" in registered  # a dose is an image too


@pytest.mark.parametrize("uid", [uid for uid, _, _ in SOP_CLASSES], ids=lambda uid: UID(uid).name)
def test_every_storage_class_opens_as_an_image(uid):
    dataset = phantom.chest_xray(8, 9)
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = uid
    buffer = io.BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    image = ik.read(buffer.getvalue())
    assert type(image) is ik.Image
    assert np.array_equal(image.get_stored_frame(1), dataset.pixel_array)
    assert image.coordinate_system is None
    assert image.number_of_frames == 1


def _video(syntax, parts):
    dataset = phantom.ultrasound_cine(5, 24, 32)
    dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.77.1.1.1"
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.PixelData = encapsulate(parts, has_bot=False)
    dataset["PixelData"].is_undefined_length = True
    buffer = io.BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


@pytest.mark.parametrize("last", ["100", "101", "102", "104", "105.1", "107", "108"])
@pytest.mark.parametrize("parts", [[b"stream"], [b"stream", b" in ", b"parts!"]])
def test_a_video_gives_its_stream(last, parts):
    image = ik.read(_video(f"1.2.840.10008.1.2.4.{last}", parts))
    assert image.get_video_stream().rstrip(b"\0") == b"".join(parts)
    assert image.number_of_frames == 5
    assert image.PatientName == "Phantom^Synthetic"
    for ask in (image.get_stored_frame, image.get_raw_frame):
        with pytest.raises(UnsupportedError, match="get_video_stream"):
            ask(2)
    with pytest.raises(UnsupportedError, match="video"):
        np.asarray(image)
    with pytest.raises(PixelDataError, match="no video"):
        ik.from_dataset(phantom.enhanced_ct(2, 8, 8)).get_video_stream()


def test_metadata_without_pixels():
    dataset = phantom.enhanced_ct(3, 16, 12)
    del dataset.PixelData
    image = ik.from_dataset(dataset)
    assert image.number_of_frames == 3
    assert image.get_volume_geometry().spatial_shape == (3, 16, 12)
    assert len(image.frame_table) == 3
    for ask in (image.get_volume, image.thumbnail, image.to_dask, image.get_stored_frames):
        with pytest.raises(MissingAttributeError, match="no pixel data"):
            ask()
