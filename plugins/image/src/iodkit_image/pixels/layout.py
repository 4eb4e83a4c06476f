"""How the pixels of an image are laid out: sizes, sample types, colour (PS3.3 C.7.6.3, PS3.5 8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import InvalidValueError, MissingAttributeError, UnsupportedError

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

__all__ = ["PIXEL_KEYWORDS", "PixelLayout", "number_of_frames"]

PIXEL_KEYWORDS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
_FLOAT_BITS = {"FloatPixelData": 32, "DoubleFloatPixelData": 64}
_SUBSAMPLED = frozenset(("YBR_FULL_422", "YBR_PARTIAL_422"))
_CLAUSE = "PS3.3 C.7.6.3"


@dataclass(frozen=True, slots=True)
class PixelLayout:
    """The attributes of the Image Pixel module that say how pixels are stored.

    Parameters
    ----------
    rows, columns : int
        Size of a frame in pixels.
    samples_per_pixel : int
        1, or 3 for colour.
    bits_allocated, bits_stored, high_bit : int
        Where the bits of a sample are within its cell.
    is_signed : bool
        Whether samples are two's complement.
    photometric_interpretation : str
        Meaning of the samples.
    planar_configuration : int
        0 for colour by pixel, 1 for colour by plane.
    number_of_frames : int
        Number of frames.
    keyword : str
        ``"PixelData"``, ``"FloatPixelData"`` or ``"DoubleFloatPixelData"``.
    """

    rows: int
    columns: int
    samples_per_pixel: int
    bits_allocated: int
    bits_stored: int
    high_bit: int
    is_signed: bool
    photometric_interpretation: str
    planar_configuration: int = 0
    number_of_frames: int = 1
    keyword: str = "PixelData"

    def __post_init__(self) -> None:
        for name, value in (("Rows", self.rows), ("Columns", self.columns)):
            if not 1 <= value <= 65535:
                raise InvalidValueError(
                    "an image has at least one pixel",
                    attribute=name,
                    found=value,
                    expected="1 to 65535",
                    clause=_CLAUSE,
                )
        if self.samples_per_pixel not in {1, 2, 3, 4}:
            raise InvalidValueError(
                "wrong number of samples",
                attribute="SamplesPerPixel",
                found=self.samples_per_pixel,
                expected="1 or 3",
                clause="PS3.3 C.7.6.3.1.1",
            )
        self._check_bits()

    def _check_bits(self) -> None:
        if self.bits_allocated not in {1, 8, 16, 32, 64}:
            raise UnsupportedError(
                "cells of this size cannot be read",
                attribute="BitsAllocated",
                found=self.bits_allocated,
                expected="1, 8, 16, 32 or 64",
                clause="PS3.5 8.1.1",
            )
        expected = _FLOAT_BITS.get(self.keyword, self.bits_allocated)
        if self.bits_allocated != expected:
            raise InvalidValueError(
                "floating-point numbers do not have this size",
                attribute="BitsAllocated",
                found=self.bits_allocated,
                expected=f"{expected} for {self.keyword}",
                clause="PS3.3 C.7.6.24, C.7.6.25",
            )
        if not 1 <= self.bits_stored <= self.high_bit + 1 <= self.bits_allocated:
            raise InvalidValueError(
                "the bits of a sample do not lie within its cell",
                attribute="BitsStored",
                found=f"BitsStored {self.bits_stored}, HighBit {self.high_bit}",
                expected=f"at most BitsAllocated, {self.bits_allocated}",
                clause="PS3.5 8.1.1",
            )

    @classmethod
    def from_dataset(cls, dataset: Dataset) -> PixelLayout:
        """Read the layout from a dataset.

        Parameters
        ----------
        dataset : pydicom.Dataset
            Dataset of an image; its pixel data is not touched.

        Returns
        -------
        PixelLayout
            The layout.

        Raises
        ------
        MissingAttributeError
            If Rows, Columns, or Bits Allocated is missing.
        InvalidValueError
            If values contradict each other.
        """
        keyword = next((name for name in PIXEL_KEYWORDS if name in dataset), PIXEL_KEYWORDS[0])
        samples = _whole_number(dataset, "SamplesPerPixel", 1)
        default = _FLOAT_BITS.get(keyword)
        allocated = _whole_number(dataset, "BitsAllocated", default)
        stored = _whole_number(dataset, "BitsStored", allocated)
        meaning = str(dataset.get("PhotometricInterpretation") or "").strip()
        return cls(
            rows=_whole_number(dataset, "Rows"),
            columns=_whole_number(dataset, "Columns"),
            samples_per_pixel=samples,
            bits_allocated=allocated,
            bits_stored=allocated if default else stored,
            high_bit=allocated - 1 if default else _whole_number(dataset, "HighBit", stored - 1),
            is_signed=bool(_whole_number(dataset, "PixelRepresentation", 0)),
            photometric_interpretation=meaning or ("RGB" if samples > 1 else "MONOCHROME2"),
            planar_configuration=_whole_number(dataset, "PlanarConfiguration", 0),
            number_of_frames=number_of_frames(dataset),
            keyword=keyword,
        )

    @property
    def is_float(self) -> bool:
        """Whether samples are floating point numbers."""
        return self.keyword != "PixelData"

    @property
    def is_color(self) -> bool:
        """Whether a pixel has several samples."""
        return self.samples_per_pixel > 1

    @property
    def dtype(self) -> np.dtype[Any]:
        """numpy.dtype: Type of a decoded sample, in native byte order; uint8 for single bits."""
        if self.is_float:
            return np.dtype(f"f{self.bits_allocated // 8}")
        kind = "i" if self.is_signed and self.bits_allocated > 1 else "u"
        return np.dtype(f"{kind}{max(self.bits_allocated // 8, 1)}")

    @property
    def frame_shape(self) -> tuple[int, ...]:
        """Shape of a decoded frame: (rows, columns), or (rows, columns, samples) for colour."""
        shape = (self.rows, self.columns)
        return (*shape, self.samples_per_pixel) if self.is_color else shape

    @property
    def frame_samples(self) -> int:
        """Number of samples of a decoded frame."""
        return self.rows * self.columns * self.samples_per_pixel

    @property
    def is_subsampled(self) -> bool:
        """Whether native frames hold two chrominance samples for two pixels (C.7.6.3.1.2)."""
        return self.photometric_interpretation in _SUBSAMPLED and self.samples_per_pixel == 3

    @property
    def native_frame_bits(self) -> int:
        """Number of bits of a frame in a native transfer syntax, without padding."""
        if self.is_subsampled:
            return self.rows * self.columns * 2 * self.bits_allocated
        return self.frame_samples * self.bits_allocated

    @property
    def value_range(self) -> tuple[int, int]:
        """Smallest and largest integer that Bits Stored can hold."""
        if self.is_signed:
            return -(1 << (self.bits_stored - 1)), (1 << (self.bits_stored - 1)) - 1
        return 0, (1 << self.bits_stored) - 1


def number_of_frames(dataset: Dataset) -> int:
    """Read the number of frames of an image, 1 if it is not given (PS3.3 C.7.6.6.1.1).

    Parameters
    ----------
    dataset : pydicom.Dataset
        Dataset of an image.

    Returns
    -------
    int
        Number of frames.

    Raises
    ------
    InvalidValueError
        If Number of Frames is no number above 0.
    """
    count = _whole_number(dataset, "NumberOfFrames", 1)
    if count < 1:
        raise InvalidValueError(
            "there are no frames", attribute="NumberOfFrames", found=count, expected="1 or more"
        )
    return count


def _whole_number(dataset: Dataset, keyword: str, default: int | None = None) -> int:
    try:
        value = dataset.get(keyword)
        if value is None or value == "":
            if default is None:
                raise MissingAttributeError(
                    "the image lacks an attribute that its pixels need",
                    attribute=keyword,
                    clause=_CLAUSE,
                )
            return default
        return int(value)
    except (TypeError, ValueError) as error:
        if isinstance(error, MissingAttributeError):
            raise
        raise InvalidValueError(
            f"no whole number: {error}", attribute=keyword, clause=_CLAUSE
        ) from error
