"""Decoders of compressed frames: which are installed, and the best one for each call."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.encaps import encapsulate
from pydicom.pixels.decoders.base import get_decoder
from pydicom.pixels.processing import convert_color_space
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    UID,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from iodkit.errors import (
    CorruptDataError,
    IodkitError,
    MissingDependencyError,
    PixelDataError,
    UnsupportedError,
)
from iodkit.standard.syntaxes import DEFLATED_IMAGE_FRAME
from iodkit_image.pixels import extras
from iodkit_image.pixels.guard import require_size
from iodkit_image.pixels.native import arrange_samples, trim_unused_bits
from iodkit_image.pixels.rle import decode_rle

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from iodkit_image.pixels.layout import PixelLayout

__all__ = ["decode_compressed", "to_rgb"]


_JPEG_LS = frozenset((JPEGLSLossless, JPEGLSNearLossless))
_JPEG_2000 = frozenset((JPEG2000Lossless, JPEG2000, HTJ2K, HTJ2KLossless, HTJ2KLosslessRPCL))
_JPEG = frozenset((JPEGBaseline8Bit, JPEGExtended12Bit, JPEGLossless, JPEGLosslessSV1))
_PYDICOM_PLUGINS = ("pylibjpeg", "gdcm", "pillow", "pyjpegls")
_REMEDY = {
    **dict.fromkeys(_JPEG_LS, "Run: pip install pyjpegls"),
    **dict.fromkeys(_JPEG_2000, "Run: pip install iodkit-image[jpeg2000]"),
    **dict.fromkeys(_JPEG, "Run: pip install iodkit-image[jpeg]"),
    **dict.fromkeys(extras.DECODED, "Run: pip install iodkit-image[codecs]"),
}
_YBR = frozenset(("YBR_FULL", "YBR_FULL_422"))


@dataclass(frozen=True, slots=True)
class _Decoder:
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


def decode_compressed(data: bytes, layout: PixelLayout, syntax: str) -> NDArray[Any]:
    """Decode a frame with the best decoder that is installed.

    Parameters
    ----------
    data : bytes
        The encoded frame.
    layout : PixelLayout
        Layout of its pixels.
    syntax : str
        UID of a compressed transfer syntax (PS3.5 A.4).

    Returns
    -------
    numpy.ndarray
        Frame of the layout's shape and type; colour as RGB.

    Raises
    ------
    MissingDependencyError
        If no decoder for the transfer syntax is installed.
    PixelDataError
        If all installed decoders fail, or the frame would be larger than allowed.
    UnsupportedError
        If the transfer syntax is unknown.
    """
    require_size(data, layout)
    own = _OWN.get(syntax)
    if own is not None:
        return own(data, layout)
    failures: list[str] = []
    for name, decode in _candidates(syntax):
        try:
            frame = decode(data, layout, syntax)
        except Exception as error:  # noqa: BLE001 - each library raises exceptions of its own
            failures.append(f"{name}: {error}")
            continue
        if frame.shape == layout.frame_shape:
            return frame.astype(layout.dtype, copy=False)
        failures.append(f"{name}: gave shape {frame.shape}, not {layout.frame_shape}")
    raise _failure(UID(syntax), failures)


def _candidates(
    syntax: str,
) -> list[tuple[str, Callable[[bytes, PixelLayout, str], NDArray[Any]]]]:
    """Installed decoders for a transfer syntax, the best one first."""
    found = [(d.name, d.decode) for d in _DIRECT if syntax in d.syntaxes and find_spec(d.module)]
    try:
        available = get_decoder(UID(syntax)).available_plugins
    except NotImplementedError:
        available = ()
    plugins = [plugin for plugin in _PYDICOM_PLUGINS if plugin in available]
    return found + [(plugin, _through_pydicom(plugin)) for plugin in plugins]


def _failure(syntax: UID, failures: list[str]) -> IodkitError:
    """Say why no decoder gave a frame."""
    if failures:
        return PixelDataError(
            f"a frame in transfer syntax {syntax.name} cannot be decoded: {'; '.join(failures)}",
            attribute="PixelData",
        )
    if syntax in _REMEDY:
        return MissingDependencyError(
            f"no decoder for transfer syntax {syntax.name} is installed", remedy=_REMEDY[syntax]
        )
    return UnsupportedError(
        "frames in this transfer syntax cannot be decoded",
        attribute="TransferSyntaxUID",
        found=f"{syntax} ({syntax.name})",
    )


def _through_pydicom(plugin: str) -> Callable[[bytes, PixelLayout, str], NDArray[Any]]:
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

    return decode


def _decode_charls(data: bytes, layout: PixelLayout, _syntax: str) -> NDArray[Any]:
    """JPEG-LS with CharLS (pyjpegls)."""
    import jpeg_ls

    buffer, info = jpeg_ls.decode_pixel_data(data)
    precision = int(info["bits_per_sample"])
    cells = np.frombuffer(buffer, np.uint8 if precision <= 8 else "<u2")
    if info["components"] > 1 and info["interleave_mode"] == 0:
        planes = cells.reshape(info["components"], info["height"], info["width"])
        samples = np.moveaxis(planes, 0, -1)
    else:
        shape = (info["height"], info["width"], info["components"])
        samples = cells.reshape(shape if info["components"] > 1 else shape[:2])
    # JPEG-LS knows no sign: the codestream's bits are those of two's complement.
    return to_rgb(_as_signed(samples, precision, layout), layout)


def _decode_openjpeg(data: bytes, layout: PixelLayout, _syntax: str) -> NDArray[Any]:
    """JPEG 2000 with OpenJPEG (pylibjpeg-openjpeg), which undoes YBR_ICT and YBR_RCT."""
    import openjpeg

    info = openjpeg.get_parameters(data)
    precision = int(info["precision"])
    buffer = openjpeg.decode_pixel_data(data, version=2)
    size = 1 if precision <= 8 else 2 if precision <= 16 else 4
    signed = bool(info["is_signed"])
    cells = np.frombuffer(buffer, f"<{'i' if signed else 'u'}{size}")
    samples = cells.reshape(layout.frame_shape)
    if signed != layout.is_signed:
        samples = _as_signed(samples, precision, layout)
    return to_rgb(samples, layout)


def _decode_libjpeg(data: bytes, layout: PixelLayout, _syntax: str) -> NDArray[Any]:
    """JPEG, also lossless, with libjpeg (pylibjpeg-libjpeg)."""
    import libjpeg

    buffer = libjpeg.decode_pixel_data(
        data, version=2, photometric_interpretation=layout.photometric_interpretation
    )
    cells = np.frombuffer(buffer, layout.dtype.newbyteorder("<"))
    return to_rgb(cells.reshape(layout.frame_shape), layout)


def _as_signed(samples: NDArray[Any], precision: int, layout: PixelLayout) -> NDArray[Any]:
    """Take the bits of a codestream for numbers with the sign that the layout says."""
    kind = "i" if layout.is_signed else "u"
    cells = samples.view(f"{kind}{samples.dtype.itemsize}")
    shift = 8 * samples.dtype.itemsize - precision
    return (cells << shift) >> shift if shift else cells


def _decode_deflated(data: bytes, layout: PixelLayout) -> NDArray[Any]:
    """Deflated Image Frame Compression (PS3.5 A.4.13)."""
    try:
        # No more than the frame needs: a few bytes may stand for very many.
        wanted = -(-layout.native_frame_bits // 8) + 1
        inflated = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, wanted)
    except zlib.error as error:
        raise CorruptDataError(
            f"a deflated frame is broken: {error}", attribute="PixelData", clause="PS3.5 A.4.13"
        ) from error
    if len(inflated) * 8 < layout.native_frame_bits:
        raise CorruptDataError(
            "a deflated frame is too short",
            attribute="PixelData",
            found=f"{len(inflated)} bytes",
            expected=f"{layout.native_frame_bits} bits",
            clause="PS3.5 A.4.13",
        )
    if layout.bits_allocated == 1:
        bits = np.unpackbits(np.frombuffer(inflated, np.uint8), bitorder="little")
        return bits[: layout.frame_samples].reshape(layout.frame_shape)
    cells = np.frombuffer(inflated, layout.dtype.newbyteorder("<"), layout.frame_samples)
    return to_rgb(trim_unused_bits(arrange_samples(cells, layout)[0], layout), layout)


def _decode_rle(data: bytes, layout: PixelLayout) -> NDArray[Any]:
    return to_rgb(trim_unused_bits(decode_rle(data, layout), layout, in_place=True), layout)


def to_rgb(frame: NDArray[Any], layout: PixelLayout) -> NDArray[Any]:
    """Convert luminance and chrominance to RGB (PS3.3 C.7.6.3.1.2); other frames stay.

    Parameters
    ----------
    frame : numpy.ndarray
        One or several frames, colour last.
    layout : PixelLayout
        Layout of the pixels, whose photometric interpretation counts.

    Returns
    -------
    numpy.ndarray
        The same frames with RGB colour.
    """
    if layout.photometric_interpretation in _YBR and layout.samples_per_pixel == 3:
        return convert_color_space(frame, "YBR_FULL", "RGB")
    return frame


_OWN: dict[str, Callable[[bytes, PixelLayout], NDArray[Any]]] = {
    RLELossless: _decode_rle,
    DEFLATED_IMAGE_FRAME: _decode_deflated,
}
_DIRECT = (
    _Decoder("pyjpegls", "jpeg_ls", _JPEG_LS, _decode_charls),
    _Decoder("pylibjpeg-openjpeg", "openjpeg", _JPEG_2000, _decode_openjpeg),
    _Decoder(
        "pylibjpeg-libjpeg",
        "libjpeg",
        frozenset((JPEGExtended12Bit, JPEGLossless, JPEGLosslessSV1)),
        _decode_libjpeg,
    ),
    _Decoder("imagecodecs", extras.MODULE, extras.DECODED, extras.decode_extra),
)
