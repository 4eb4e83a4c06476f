"""Damaged images, and whether reading their pixels ends in pixels or in our error."""

from __future__ import annotations

import functools
import struct
from pathlib import Path
from typing import TYPE_CHECKING

import pydicom.data

import iodkit as ik
from iodkit.errors import IodkitError

if TYPE_CHECKING:
    import random

# One or two files for each way of storing pixels.
NAMES = (
    "CT_small.dcm",
    "MR_small_RLE.dcm",
    "MR_small_bigendian.dcm",
    "MR_small_jpeg_ls_lossless.dcm",
    "SC_rgb_rle.dcm",
    "SC_rgb_small_odd.dcm",
    "SC_rgb_jpeg_lossy_gdcm.dcm",
    "JPGExtended.dcm",
    "GDCMJ2K_TextGBR.dcm",
    "examples_jpeg2k.dcm",
    "examples_palette.dcm",
    "liver_1frame.dcm",
    "rtdose_1frame.dcm",
    "image_dfl.dcm",
)
LIES = (0, 1, 7, 8, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
LIMIT = 1 << 26


@functools.cache
def originals() -> dict[str, bytes]:
    """Give the files by name; those that are not installed are left out."""
    folder = Path(pydicom.data.__file__).parent / "test_files"
    return {name: (folder / name).read_bytes() for name in NAMES if (folder / name).is_file()}


def damage(data: bytes, rng: random.Random) -> bytes:
    """Damage a file in one to three places, near its start, before or within its pixels."""
    broken = bytearray(data)
    pixels = max(data.rfind(b"\xe0\x7f\x10\x00"), 132)
    for _ in range(rng.randint(1, 3)):
        low, high = rng.choice(((132, pixels), (max(pixels - 400, 132), pixels + 200)))
        place = rng.randrange(low, max(min(high, len(broken) - 4), low + 1))
        kind = rng.randrange(4)
        if kind == 0:
            broken[min(place, len(broken) - 1)] ^= 1 << rng.randrange(8)
        elif kind == 1:
            del broken[max(place, 200) :]
        elif kind == 2:
            broken[place : place + 4] = struct.pack("<I", rng.choice(LIES))
        else:
            broken[place : place + 2] = struct.pack("<H", rng.choice(LIES) & 0xFFFF)
    return bytes(broken)


def attempt(data: bytes) -> str:
    """Read the pixels; tell ``"pixels"``, ``"error"``, or which foreign error came."""
    try:
        with ik.defaults(max_frame_bytes=LIMIT):
            image = ik.read(data)
            if not isinstance(image, ik.Image):
                return "error"
            image.get_frame(1)
            image.get_frame(1, apply_voi_transform=None)
    except IodkitError:
        return "error"
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        return f"{type(error).__name__}: {error}"
    return "pixels"
