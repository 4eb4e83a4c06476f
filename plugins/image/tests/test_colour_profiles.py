"""Colour profiles: littlecms asked directly, and equations where a profile is written by hand."""

import io
import struct

import numpy as np
import pytest
from PIL import Image as Picture
from PIL import ImageCms
from pydicom import dcmread
from pydicom.data import get_palette_files

from iodkit.errors import InvalidValueError
from iodkit.testing import phantom
from iodkit_image import ColorManager, Image
from transformed import image_of, profile_bytes

# Primaries of sRGB, adapted to D50, and two curves, as tags of ICC.1.
RED, GREEN, BLUE = (
    (0.43607, 0.22249, 0.01392),
    (0.38515, 0.71687, 0.09708),
    (0.14307, 0.0606, 0.7141),
)
WHITE = (0.9642, 1.0, 0.82491)
LINEAR, SQUARE = struct.pack(">4s4xI", b"curv", 0), struct.pack(">4s4xIH", b"curv", 1, 2 << 8)


def fixed(numbers):
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(n * 65536) for n in numbers))


def written(curve=LINEAR, primaries=(RED, GREEN, BLUE), space=b"RGB ", kind=b"scnr", intent=0):
    """A profile of three primaries and a curve (ICC.1 7, 8.3.2), or of grey (8.3.4)."""
    tags = {b"wtpt": fixed(WHITE)}
    if space == b"GRAY":
        tags[b"kTRC"] = curve
    else:
        for name, primary in zip((b"r", b"g", b"b"), primaries, strict=True):
            tags |= {name + b"XYZ": fixed(primary), name + b"TRC": curve}
    place, table, content = 128 + 4 + 12 * len(tags), b"", b""
    for name, data in tags.items():
        table += name + struct.pack(">2I", place + len(content), len(data))
        content += data + bytes(-len(data) % 4)
    size = place + len(content)
    header = struct.pack(">I4xI4s4s4s12x4s", size, 0x02400000, kind, space, b"XYZ ", b"acsp")
    header = header.ljust(64, b"\0") + struct.pack(">I", intent) + fixed(WHITE)[8:]
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + content


def to_srgb(light):
    """The curve of sRGB (IEC 61966-2-1)."""
    return 255 * np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


COLOURS = np.random.default_rng(5).integers(0, 256, (16, 16, 3), np.uint8)


@pytest.mark.parametrize(("curve", "power"), [(LINEAR, 1), (SQUARE, 2)])
@pytest.mark.parametrize("kind", [b"scnr", b"mntr"])
def test_colours_by_equations(curve, power, kind):
    """Primaries are those of sRGB, so that only the curve changes."""
    found = ColorManager(written(curve, kind=kind)).transform_frame(COLOURS)
    np.testing.assert_allclose(found, to_srgb((COLOURS / 255) ** power), atol=2)
    assert (found != COLOURS).mean() > 0.9


def test_primaries_by_equations():
    """A device whose red and blue are exchanged."""
    found = ColorManager(written(primaries=(BLUE, GREEN, RED))).transform_frame(COLOURS)
    np.testing.assert_allclose(found, to_srgb(COLOURS[..., ::-1] / 255), atol=2)


def directly(profile, frame, intent):
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    target = ImageCms.createProfile("sRGB")
    picture = Picture.fromarray(frame)
    return np.asarray(
        ImageCms.profileToProfile(picture, source, target, renderingIntent=intent, outputMode="RGB")
    )


def real_profiles():
    """What pydicom's palettes carry."""
    return {bytes(dcmread(path, force=True).ICCProfile) for path in get_palette_files("*.dcm")}


@pytest.mark.parametrize("intent", [0, 1, 2])
def test_every_intent_beside_littlecms(intent):
    """Profiles of primaries and curves give each relative intent the same (ICC.1 8.3.2)."""
    real = real_profiles()
    assert real
    for profile in (*real, profile_bytes(), written(SQUARE, intent=intent)):
        found = ColorManager(profile).transform_frame(COLOURS)
        np.testing.assert_allclose(found, directly(profile, COLOURS, intent), atol=1)


def test_frames_go_through_their_profile():
    dataset = phantom.slide_image(64, 64, 32)
    stored = Image.from_dataset(dataset).get_stored_frame(1)
    dataset.OpticalPathSequence[0].ICCProfile = written(SQUARE)
    image = Image.from_dataset(dataset)
    wanted = to_srgb((stored / 255) ** 2)
    np.testing.assert_allclose(image.get_frame(1, dtype=np.uint8), wanted, atol=2)
    plain = image.get_frame(1, dtype=np.uint8, apply_icc_profile=False)
    np.testing.assert_array_equal(plain, stored)


def test_palettes_go_through_their_profile():
    dataset = image_of(
        np.array([[0, 1]], np.uint8),
        PhotometricInterpretation="PALETTE COLOR",
        RescaleSlope=None,
        RescaleIntercept=None,
        RescaleType=None,
    )
    for color, entry in (("Red", 200), ("Green", 100), ("Blue", 50)):
        setattr(dataset, f"{color}PaletteColorLookupTableDescriptor", [2, 0, 8])
        setattr(dataset, f"{color}PaletteColorLookupTableData", bytes([0, entry]))
    dataset.ICCProfile = written(LINEAR)
    found = Image.from_dataset(dataset).get_frame(1, dtype=np.uint8)
    wanted = to_srgb(np.array([[0, 0, 0], [200, 100, 50]]) / 255)
    np.testing.assert_allclose(found[0], wanted, atol=2)


@pytest.mark.parametrize(
    ("profile", "found"),
    [
        (written(space=b"GRAY"), "colour space GRAY"),
        (profile_bytes("LAB"), "colour space Lab"),
        (profile_bytes("XYZ"), "colour space XYZ"),
        (written(kind=b"link"), ""),
        (written(kind=b"abst"), "class abst"),
        (written()[:-40], ""),
        (written()[:100], ""),
        (written().replace(b"acsp", b"abcd"), ""),
        (written().replace(b"rTRC", b"xTRC"), ""),
        (written().replace(b"curv", b"none"), ""),
        (b"\0" * 3000, ""),
    ],
)
def test_what_is_no_profile_of_a_device(profile, found):
    with pytest.raises(InvalidValueError, match=rf"icc_profile.*{found}.*C\.11\.15"):
        ColorManager(profile)


def test_broken_profiles_do_not_hide_pixels():
    dataset = phantom.slide_image(64, 64, 32)
    dataset.OpticalPathSequence[0].ICCProfile = written()[:100]
    image = Image.from_dataset(dataset)
    with pytest.raises(InvalidValueError, match="ICC"):
        image.get_frame(1, apply_icc_profile=True)
    assert image.get_frame(1, apply_icc_profile=False).shape == (32, 32, 3)
