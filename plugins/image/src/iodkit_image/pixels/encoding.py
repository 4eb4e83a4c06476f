"""Encoding of frames, checked by what each transfer syntax allows (PS3.5 8.2, A.4)."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.uid import (
    JPEG2000,
    UID,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from iodkit.elements import coerce_enum
from iodkit.errors import (
    InvalidTypeError,
    InvalidValueError,
    MissingDependencyError,
    PixelDataError,
    UnsupportedError,
)
from iodkit.standard.enums import PhotometricInterpretationValues, PixelRepresentationValues
from iodkit.standard.syntaxes import (
    DEFLATED_IMAGE_FRAME,
    JPEG_XL_LOSSLESS,
    is_compressed,
    syntax_name,
)
from iodkit_image.pixels.encoders import EncodingTask, encoders_for
from iodkit_image.pixels.families import (
    HTJ2K_LOSSLESS,
    JPEG_LOSSLESS,
    JPEG_XL_LOSSY,
    how_to_install,
)
from iodkit_image.pixels.rle import encode_rle

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iodkit.standard.enums import PlanarConfigurationValues

__all__ = ["encode_frame", "encode_frames"]

_GREY = frozenset(("MONOCHROME1", "MONOCHROME2"))
_INDEXED = _GREY | {"PALETTE COLOR"}


@dataclass(frozen=True, slots=True)
class _Allowed:
    """Attributes of the Image Pixel module that go with a transfer syntax.

    Attributes
    ----------
    bits : frozenset[int]
        Bits allocated.
    grey, color : frozenset[str]
        Photometric interpretations of frames with one sample, and with three.
    signed : bool
        Whether samples may be signed.
    clause : str
        Where the standard says so.
    """

    bits: frozenset[int]
    grey: frozenset[str]
    color: frozenset[str]
    signed: bool
    clause: str


def _allowed(bits: tuple[int, ...], grey: frozenset[str], *color: str, **others: Any) -> _Allowed:
    others.setdefault("signed", True)
    return _Allowed(frozenset(bits), grey, frozenset(color), **others)


_BYTES = (8, 16)
_NATIVE = _allowed((1, 8, 16, 32, 64), _INDEXED, "RGB", "YBR_FULL", clause="PS3.5 8.2")
_RULES: dict[str, _Allowed] = {
    JPEGBaseline8Bit: _allowed((8,), _GREY, "YBR_FULL_422", signed=False, clause="PS3.5 8.2.1"),
    **dict.fromkeys(
        JPEG_LOSSLESS, _allowed(_BYTES, _INDEXED, "RGB", signed=False, clause="PS3.5 8.2.1")
    ),
    **dict.fromkeys(
        HTJ2K_LOSSLESS, _allowed(_BYTES, _INDEXED, "RGB", "YBR_RCT", clause="PS3.5 8.2.14")
    ),
    RLELossless: _allowed((8, 16, 32), _INDEXED, "RGB", "YBR_FULL", clause="PS3.5 8.2.2"),
    JPEGLSLossless: _allowed(_BYTES, _INDEXED, "RGB", "YBR_FULL", clause="PS3.5 8.2.3"),
    JPEGLSNearLossless: _allowed(_BYTES, _GREY, "RGB", "YBR_FULL", clause="PS3.5 8.2.3"),
    JPEG2000Lossless: _allowed(
        (1, *_BYTES), _INDEXED, "RGB", "YBR_FULL", "YBR_RCT", clause="PS3.5 8.2.4"
    ),
    JPEG2000: _allowed(_BYTES, _GREY, "RGB", "YBR_FULL", "YBR_ICT", clause="PS3.5 8.2.4"),
    JPEG_XL_LOSSLESS: _allowed(_BYTES, _INDEXED, "RGB", signed=False, clause="PS3.5 8.2.15"),
    JPEG_XL_LOSSY: _allowed(_BYTES, _GREY, "XYB", signed=False, clause="PS3.5 8.2.15"),
    DEFLATED_IMAGE_FRAME: _NATIVE,
}


def encode_frame(
    array: NDArray[Any],
    transfer_syntax_uid: str,
    bits_allocated: int,
    bits_stored: int,
    photometric_interpretation: PhotometricInterpretationValues | str,
    pixel_representation: PixelRepresentationValues | int = 0,
    planar_configuration: PlanarConfigurationValues | int | None = None,
) -> bytes:
    """Encode the pixels of one frame.

    Parameters
    ----------
    array : numpy.ndarray
        Shape (rows, columns), or (rows, columns, samples).
    transfer_syntax_uid : str
        Transfer syntax.
    bits_allocated, bits_stored : int
        Bits allocated and stored for each sample.
    photometric_interpretation : PhotometricInterpretationValues | str
        Photometric interpretation of the pixels.
    pixel_representation : PixelRepresentationValues | int, optional
        0 for unsigned, 1 for signed samples.
    planar_configuration : PlanarConfigurationValues | int | None, optional
        0 if the samples of a pixel follow each other, 1 if planes do.

    Returns
    -------
    bytes
        Native bytes, or the encoded frame without fragment headers.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If the array does not fit the attributes, or these the transfer syntax.
    MissingDependencyError
        If no encoder for the transfer syntax is installed; the error says what to install.
    UnsupportedError
        If no encoder for the transfer syntax is known.

    Notes
    -----
    Of YBR_FULL_422 (JPEG), YBR_RCT and YBR_ICT (JPEG 2000) and XYB (JPEG XL) the array has RGB
    values; the encoder converts them, and :func:`decode_frame` gives RGB again.  With loss, JPEG
    has quality 95 of 100, JPEG 2000 errs by half a stored unit in the mean, near-lossless JPEG-LS
    by nothing, and JPEG XL has distance 1.  What is written needs the attributes of
    :func:`get_lossy_compression_attributes`.
    """
    frames = np.asarray(array)[np.newaxis]
    (encoded,) = encode_frames(
        frames,
        transfer_syntax_uid,
        bits_allocated,
        bits_stored,
        photometric_interpretation,
        pixel_representation,
        planar_configuration,
    )
    return encoded


def encode_frames(
    arrays: NDArray[Any],
    transfer_syntax_uid: str,
    bits_allocated: int,
    bits_stored: int,
    photometric_interpretation: PhotometricInterpretationValues | str,
    pixel_representation: PixelRepresentationValues | int = 0,
    planar_configuration: PlanarConfigurationValues | int | None = None,
) -> list[bytes]:
    """Encode the pixels of frames of one kind.

    Parameters
    ----------
    arrays : numpy.ndarray
        Shape (frames, rows, columns), or (frames, rows, columns, samples).
    transfer_syntax_uid, bits_allocated, bits_stored, photometric_interpretation,\
    pixel_representation, planar_configuration
        As those of :func:`encode_frame`.

    Returns
    -------
    list[bytes]
        What :func:`encode_frame` returns of each frame.

    Raises
    ------
    IodkitError
        As :func:`encode_frame` does.
    """
    syntax = UID(transfer_syntax_uid)
    color = coerce_enum(
        photometric_interpretation, PhotometricInterpretationValues, "photometric_interpretation"
    ).value
    signed = int(PixelRepresentationValues(pixel_representation).value)
    planar = getattr(planar_configuration, "value", planar_configuration)
    _check_array(arrays, bits_allocated, signed)
    compressed = is_compressed(syntax)
    rule = _RULES.get(syntax) if compressed else _NATIVE
    if rule is None:
        raise UnsupportedError(
            "frames cannot be encoded in this transfer syntax",
            attribute="transfer_syntax_uid",
            found=f"{syntax} ({syntax_name(syntax)})",
            expected=", ".join(sorted(syntax_name(UID(uid)) for uid in _RULES)),
        )
    shape = arrays.shape[1:]
    _check_attributes(rule, syntax, shape, bits_allocated, bits_stored, color, bool(signed))
    if not compressed:
        little = bool(syntax.is_little_endian)
        return [_native(f, bits_allocated, planar, little_endian=little) for f in arrays]
    if syntax == DEFLATED_IMAGE_FRAME:
        return [_deflate(_native(frame, bits_allocated, planar)) for frame in arrays]
    if syntax == RLELossless:
        return encode_rle(arrays)
    tasks = (
        EncodingTask(
            frame=np.ascontiguousarray(frame),
            syntax=syntax,
            bits_allocated=bits_allocated,
            bits_stored=bits_stored,
            is_signed=bool(signed),
            color=color,
        )
        for frame in arrays
    )
    return [_by_library(task) for task in tasks]


def _native(
    frame: NDArray[Any], bits_allocated: int, planar: object, *, little_endian: bool = True
) -> bytes:
    if bits_allocated == 1:
        return np.packbits(frame.reshape(-1) != 0, bitorder="little").tobytes()
    ordered = frame.transpose(2, 0, 1) if planar == 1 and frame.ndim == 3 else frame
    return ordered.astype(ordered.dtype.newbyteorder("<" if little_endian else ">")).tobytes()


def _deflate(native: bytes) -> bytes:
    """Compress a native frame, without header or checksum, to an even length (PS3.5 A.4.13)."""
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    data = compressor.compress(native) + compressor.flush()
    return data + b"\0" * (len(data) % 2)


def _check_array(frames: NDArray[Any], bits_allocated: int, signed: int) -> None:
    if frames.ndim not in (3, 4):
        raise InvalidValueError(
            "a frame has two dimensions, or three with samples",
            attribute="array",
            found=frames.shape[1:],
        )
    expected = np.dtype(
        np.uint8 if bits_allocated == 1 else f"{'i' if signed else 'u'}{bits_allocated // 8}"
    )
    if frames.dtype == bool and bits_allocated == 1:
        return
    if frames.dtype != expected:
        raise InvalidTypeError(
            "the type of the array does not fit the attributes",
            attribute="array",
            found=str(frames.dtype),
            expected=f"{expected} for {bits_allocated} bits allocated",
        )


def _check_attributes(
    rule: _Allowed,
    syntax: UID,
    shape: tuple[int, ...],
    bits_allocated: int,
    bits_stored: int,
    color: str,
    signed: bool,
) -> None:
    """Raise unless the transfer syntax allows what attributes say."""
    colors = rule.grey if len(shape) == 2 else rule.color
    checks = (
        ("bits_allocated", bits_allocated, rule.bits),
        ("bits_stored", bits_stored, range(1, bits_allocated + 1)),
        ("photometric_interpretation", color, colors),
        ("pixel_representation", int(signed), (0, 1) if rule.signed else (0,)),
    )
    for attribute, found, expected in checks:
        if found not in expected:
            shown = f"1 to {bits_allocated}" if attribute == "bits_stored" else sorted(expected)
            raise InvalidValueError(
                f"not allowed for frames of shape {shape} in {syntax_name(syntax)}",
                attribute=attribute,
                found=found,
                expected=shown if isinstance(shown, str) else " or ".join(map(str, shown)),
                clause=rule.clause,
            )


def _by_library(task: EncodingTask) -> bytes:
    """Encode with the best encoder that is installed, and go on to the next if it fails."""
    failures: list[str] = []
    for encoder in encoders_for(task.syntax):
        try:
            data = encoder.encode(task)
        except Exception as error:  # noqa: BLE001 - each library raises exceptions of its own
            failures.append(f"{encoder.name}: {error}")
            continue
        return data + b"\0" * (len(data) % 2)
    if failures:
        raise PixelDataError(
            f"the frame cannot be encoded as {syntax_name(task.syntax)}: {'; '.join(failures)}",
            attribute="PixelData",
        )
    raise MissingDependencyError(
        f"no encoder for {syntax_name(task.syntax)} is installed",
        remedy=how_to_install(task.syntax, encoder=True),
    )
