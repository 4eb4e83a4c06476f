"""Decoders that other libraries offer, each as a function from a frame's bytes to its pixels."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.encaps import encapsulate
from pydicom.pixels.decoders.base import get_decoder
from pydicom.uid import UID, JPEGExtended12Bit

from iodkit.standard.syntaxes import JPEG_XL
from iodkit_image.pixels.colors import to_rgb
from iodkit_image.pixels.families import JPEG_2000, JPEG_LOSSLESS, JPEG_LS
from iodkit_image.pixels.guard import read_header

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from iodkit_image.pixels.layout import PixelLayout

__all__ = ["Decoder", "decoders_for", "imagecodecs_packbits"]

# In pydicom's words; what it would try first by itself depends on other programs.
_PYDICOM_PLUGINS = ("pylibjpeg", "pillow", "pyjpegls")
# A damaged frame can make it end the process, so that it is asked where nothing else is installed.
_LAST_RESORT = "gdcm"


@dataclass(frozen=True, slots=True)
class Decoder:
    """A way to decode frames of some transfer syntaxes.

    Attributes
    ----------
    name : str
        For errors.
    module : str
        What must be importable.
    syntaxes : frozenset[str]
        Transfer syntaxes.
    decode : Callable
        Takes frame, layout and transfer syntax; gives the frame with RGB colour.
    """

    name: str
    module: str
    syntaxes: frozenset[str]
    decode: Callable[[bytes, PixelLayout, str], NDArray[Any]]


def decoders_for(syntax: str) -> list[Decoder]:
    """List the installed decoders for a transfer syntax.

    Parameters
    ----------
    syntax : str
        UID of a compressed transfer syntax.

    Returns
    -------
    list[Decoder]
        Decoders, the best one first.
    """
    found = [each for each in _DIRECT if syntax in each.syntaxes and find_spec(each.module)]
    try:
        available = get_decoder(UID(syntax)).available_plugins
    except NotImplementedError:
        available = ()
    found += [_through_pydicom(name) for name in _PYDICOM_PLUGINS if name in available]
    return found or [_through_pydicom(name) for name in available if name == _LAST_RESORT]


@cache
def imagecodecs_packbits() -> Callable[..., bytes | bytearray] | None:
    """Give the decoder of PackBits that imagecodecs has; None if it is not installed."""
    if find_spec("imagecodecs") is None:
        return None
    import imagecodecs

    return imagecodecs.packbits_decode


def _through_pydicom(plugin: str) -> Decoder:
    """Decode with one plugin of pydicom, whatever order it tries them in by itself."""

    def decode(data: bytes, layout: PixelLayout, syntax: str) -> NDArray[Any]:
        options: dict[str, Any] = {
            "index": 0,
            "decoding_plugin": plugin,
            "rows": layout.rows,
            "columns": layout.columns,
            "number_of_frames": 1,
            "samples_per_pixel": layout.samples_per_pixel,
            "bits_allocated": layout.bits_allocated,
            "bits_stored": layout.bits_stored,
            "pixel_representation": int(layout.is_signed),
            "photometric_interpretation": layout.photometric_interpretation,
            "planar_configuration": layout.planar_configuration,
            "pixel_keyword": "PixelData",
        }
        array, _ = get_decoder(UID(syntax)).as_array(encapsulate([data]), **options)
        return array

    return Decoder(plugin, "pydicom", frozenset(), decode)


def _imagecodecs_jpeg_ls(data: bytes, layout: PixelLayout, _syntax: str) -> NDArray[Any]:
    """JPEG-LS with CharLS."""
    import imagecodecs

    return to_rgb(_with_sign(imagecodecs.jpegls_decode(data), data, layout), layout)


def _imagecodecs_jpeg_2000(data: bytes, layout: PixelLayout, _syntax: str) -> NDArray[Any]:
    """JPEG 2000 with OpenJPEG, which undoes YBR_ICT and YBR_RCT."""
    import imagecodecs

    return to_rgb(_with_sign(imagecodecs.jpeg2k_decode(data), data, layout), layout)


def _imagecodecs_jpeg_lossless(data: bytes, layout: PixelLayout, _syntax: str) -> NDArray[Any]:
    """Lossless JPEG, which knows no sign."""
    import imagecodecs

    return to_rgb(_with_sign(imagecodecs.jpegsof3_decode(data), data, layout), layout)


def _imagecodecs_jpeg_xl(data: bytes, layout: PixelLayout, _syntax: str) -> NDArray[Any]:
    """JPEG XL with libjxl, which undoes XYB."""
    import imagecodecs

    samples: NDArray[Any] = imagecodecs.jpegxl_decode(data)
    return samples.view(f"i{samples.dtype.itemsize}") if layout.is_signed else samples


def _charls(data: bytes, layout: PixelLayout, _syntax: str) -> NDArray[Any]:
    """JPEG-LS with CharLS (pyjpegls)."""
    import jpeg_ls

    buffer, info = jpeg_ls.decode_pixel_data(data)
    cells = np.frombuffer(buffer, np.uint8 if info["bits_per_sample"] <= 8 else "<u2")
    if info["components"] > 1 and info["interleave_mode"] == 0:
        planes = cells.reshape(info["components"], info["height"], info["width"])
        samples = np.moveaxis(planes, 0, -1)
    else:
        shape = (info["height"], info["width"], info["components"])
        samples = cells.reshape(shape if info["components"] > 1 else shape[:2])
    return to_rgb(_with_sign(samples, data, layout), layout)


def _openjpeg(data: bytes, layout: PixelLayout, _syntax: str) -> NDArray[Any]:
    """JPEG 2000 with OpenJPEG (pylibjpeg-openjpeg), which undoes YBR_ICT and YBR_RCT."""
    import openjpeg

    info = openjpeg.get_parameters(data)
    precision = int(info["precision"])
    buffer = openjpeg.decode_pixel_data(data, version=2)
    size = 1 if precision <= 8 else 2 if precision <= 16 else 4
    cells = np.frombuffer(buffer, f"<{'i' if info['is_signed'] else 'u'}{size}")
    return to_rgb(_with_sign(cells.reshape(layout.frame_shape), data, layout), layout)


def _libjpeg(data: bytes, layout: PixelLayout, _syntax: str) -> NDArray[Any]:
    """JPEG, also lossless, with libjpeg (pylibjpeg-libjpeg)."""
    import libjpeg

    buffer = libjpeg.decode_pixel_data(
        data, version=2, photometric_interpretation=layout.photometric_interpretation
    )
    cells = np.frombuffer(buffer, layout.dtype.newbyteorder("<"))
    return to_rgb(cells.reshape(layout.frame_shape), layout)


def _with_sign(samples: NDArray[Any], data: bytes, layout: PixelLayout) -> NDArray[Any]:
    """Take the bits of a codestream for numbers with the sign that the layout says."""
    header = read_header(data)
    if samples.dtype.kind == layout.dtype.kind or header is None or samples.dtype.kind not in "iu":
        return samples
    cells = samples.view(f"{layout.dtype.kind}{samples.dtype.itemsize}")
    shift = 8 * samples.dtype.itemsize - header.precision
    return (cells << shift) >> shift if shift > 0 else cells


_DIRECT = (
    Decoder("imagecodecs", "imagecodecs", JPEG_LS, _imagecodecs_jpeg_ls),
    Decoder("pyjpegls", "jpeg_ls", JPEG_LS, _charls),
    Decoder("imagecodecs", "imagecodecs", JPEG_2000, _imagecodecs_jpeg_2000),
    Decoder("pylibjpeg-openjpeg", "openjpeg", JPEG_2000, _openjpeg),
    Decoder("imagecodecs", "imagecodecs", JPEG_XL, _imagecodecs_jpeg_xl),
    Decoder("pylibjpeg-libjpeg", "libjpeg", JPEG_LOSSLESS | {JPEGExtended12Bit}, _libjpeg),
    Decoder("imagecodecs", "imagecodecs", JPEG_LOSSLESS, _imagecodecs_jpeg_lossless),
)
