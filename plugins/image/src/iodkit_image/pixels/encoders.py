"""Encoders that other libraries offer, each as a function from pixels to a frame's bytes."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from importlib.util import find_spec
from threading import Lock
from typing import TYPE_CHECKING, Any

from PIL import Image
from pydicom.pixels.encoders.base import get_encoder
from pydicom.uid import (
    JPEG2000,
    UID,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
)

from iodkit.standard.syntaxes import JPEG_XL_LOSSLESS
from iodkit_image.pixels.families import HTJ2K_LOSSLESS, JPEG_LOSSLESS, JPEG_XL_LOSSY

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["Encoder", "EncodingTask", "encoders_for"]

_JPEG_QUALITY = 95
# Root of the mean square error that JPEG 2000 with loss may have, in stored units.
_ERROR = 0.5
# Effort of JPEG XL: beyond it, label maps take ten times as long and become little smaller.
_EFFORT = 3
_THUMBNAIL = 64
# The encoder of pylibjpeg-openjpeg crashes if two threads use it.
_ONE_AT_A_TIME = Lock()


@dataclass(frozen=True, slots=True, eq=False)
class EncodingTask:
    """A frame and what its attributes say of it.

    Attributes
    ----------
    frame : numpy.ndarray
        Shape (rows, columns), or (rows, columns, samples); C-contiguous.
    syntax : pydicom.uid.UID
        Transfer syntax.
    bits_allocated, bits_stored : int
        Bits allocated and stored for each sample.
    is_signed : bool
        Whether samples are two's complement.
    color : str
        Photometric interpretation; of YBR_FULL_422, YBR_ICT, YBR_RCT and XYB the frame has RGB,
        and the encoder converts it.
    """

    frame: NDArray[Any]
    syntax: UID
    bits_allocated: int
    bits_stored: int
    is_signed: bool
    color: str

    @property
    def signal_to_noise(self) -> float:
        """float: Peak signal to noise ratio in dB at which values err by half a stored unit."""
        return 20 * math.log10(((1 << self.bits_stored) - 1) / _ERROR)


@dataclass(frozen=True, slots=True)
class Encoder:
    """A way to encode frames in some transfer syntaxes.

    Attributes
    ----------
    name : str
        For errors.
    module : str
        What must be importable.
    syntaxes : frozenset[str]
        Transfer syntaxes.
    encode : Callable
        Gives the encoded frame.
    """

    name: str
    module: str
    syntaxes: frozenset[str]
    encode: Callable[[EncodingTask], bytes]


def encoders_for(syntax: UID) -> list[Encoder]:
    """List the installed encoders for a transfer syntax.

    Parameters
    ----------
    syntax : pydicom.uid.UID
        A compressed transfer syntax.

    Returns
    -------
    list[Encoder]
        Encoders, the best one first.
    """
    found = [each for each in _DIRECT if syntax in each.syntaxes and find_spec(each.module)]
    try:
        available = get_encoder(syntax).is_available
    except NotImplementedError:
        available = False
    return [*found, Encoder("pydicom", "pydicom", frozenset(), _pydicom)] if available else found


def _pillow_jpeg(task: EncodingTask) -> bytes:
    """JPEG of 8 bits; colour with half as many columns of chrominance."""
    buffer = io.BytesIO()
    options = {} if task.frame.ndim == 2 else {"subsampling": "4:2:2"}
    Image.fromarray(task.frame).save(buffer, "JPEG", quality=_JPEG_QUALITY, **options)
    return buffer.getvalue()


def _imagecodecs_jpeg_2000(task: EncodingTask) -> bytes:
    import imagecodecs

    reversible = task.syntax == JPEG2000Lossless
    return bytes(
        imagecodecs.jpeg2k_encode(
            task.frame,
            None if reversible else round(task.signal_to_noise),
            codecformat="j2k",
            bitspersample=task.bits_stored,
            reversible=reversible,
            mct=task.color in {"YBR_RCT", "YBR_ICT"},
        )
    )


def _imagecodecs_jpeg_lossless(task: EncodingTask) -> bytes:
    """Lossless JPEG; prediction from the pixel to the left (selection value 1)."""
    import imagecodecs

    return bytes(
        imagecodecs.jpeg8_encode(
            task.frame, lossless=True, predictor=1, bitspersample=task.bits_stored
        )
    )


def _imagecodecs_htj2k(task: EncodingTask) -> bytes:
    """HT-J2K with OpenJPH, whose progression is RPCL, as one of the two syntaxes wants.

    The lowest resolution fits into 64 pixels (PS3.5 10.18).
    """
    import imagecodecs

    halvings = max(5, math.ceil(math.log2(max(task.frame.shape[:2]) / _THUMBNAIL)))
    return bytes(
        imagecodecs.htj2k_encode(
            task.frame,
            reversible=True,
            tlm=True,
            resolutions=halvings + 1,
            rgb=task.color == "YBR_RCT",
        )
    )


def _imagecodecs_jpeg_xl(task: EncodingTask) -> bytes:
    import imagecodecs

    lossless = task.syntax == JPEG_XL_LOSSLESS
    options: dict[str, Any] = {"lossless": True} if lossless else {"distance": 1.0}
    options |= {"effort": _EFFORT, "numthreads": 1}
    return bytes(
        imagecodecs.jpegxl_encode(
            task.frame, usecontainer=False, bitspersample=task.bits_stored, **options
        )
    )


def _pydicom(task: EncodingTask) -> bytes:
    """Whatever pydicom finds."""
    frame = task.frame
    options: dict[str, Any] = {
        "rows": frame.shape[0],
        "columns": frame.shape[1],
        "samples_per_pixel": 1 if frame.ndim == 2 else frame.shape[2],
        "number_of_frames": 1,
        # Its pixels are whole bytes; the codestream has the bits that are stored.
        "bits_allocated": max(task.bits_allocated, 8),
        "bits_stored": task.bits_stored,
        "pixel_representation": int(task.is_signed),
        "photometric_interpretation": task.color,
    }
    if frame.ndim == 3:
        options["planar_configuration"] = 0
    if task.syntax == JPEG2000:
        options["j2k_psnr"] = [task.signal_to_noise]
    with _ONE_AT_A_TIME:
        return get_encoder(task.syntax).encode(frame.tobytes(), index=0, **options)


_DIRECT = (
    Encoder("imagecodecs", "imagecodecs", HTJ2K_LOSSLESS, _imagecodecs_htj2k),
    Encoder("pillow", "PIL", frozenset((JPEGBaseline8Bit,)), _pillow_jpeg),
    Encoder(
        "imagecodecs",
        "imagecodecs",
        frozenset((JPEG2000Lossless, JPEG2000)),
        _imagecodecs_jpeg_2000,
    ),
    Encoder("imagecodecs", "imagecodecs", JPEG_LOSSLESS, _imagecodecs_jpeg_lossless),
    Encoder(
        "imagecodecs",
        "imagecodecs",
        frozenset((JPEG_XL_LOSSLESS, JPEG_XL_LOSSY)),
        _imagecodecs_jpeg_xl,
    ),
)
