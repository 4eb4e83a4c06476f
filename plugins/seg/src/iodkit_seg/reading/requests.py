"""What callers ask of pixels of segments: which segments, in which form, of which type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import InvalidValueError
from iodkit_seg.enums import SegmentationTypeValues

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import DTypeLike

    from iodkit_seg.reading.queries import SegmentQueries

__all__ = ["SegmentOptions", "SegmentRequest", "selected_numbers"]


@dataclass(frozen=True, slots=True)
class SegmentOptions:
    """What all methods that give pixels of segments have in common, as the caller says it.

    Parameters
    ----------
    segment_numbers : Sequence[int] | None
        Segments that are wanted; all by default.
    combine_segments : bool
        Whether one label map is returned; otherwise there is a mask for each segment.
    relabel : bool
        Whether labels count from 1 in the order of `segment_numbers`.
    rescale_fractional : bool
        Whether fractions are given between 0.0 and 1.0.
    skip_overlap_checks : bool
        Whether segments may overlap in a label map; the highest label wins then.
    dtype : numpy.dtype | None
        Type of the output.
    apply_palette_color_lut : bool
        Whether colours of the palette are returned in place of labels.
    apply_icc_profile : bool | None
        Whether these colours are brought to sRGB; by default where there is a profile.
    """

    segment_numbers: Sequence[int] | None = None
    combine_segments: bool = False
    relabel: bool = False
    rescale_fractional: bool = True
    skip_overlap_checks: bool = False
    dtype: DTypeLike | None = None
    apply_palette_color_lut: bool = False
    apply_icc_profile: bool | None = None

    def request(self, segmentation: SegmentQueries) -> SegmentRequest:
        """Check what is wanted against the segments that there are.

        Parameters
        ----------
        segmentation : SegmentQueries
            The segmentation.

        Returns
        -------
        SegmentRequest
            What is wanted.

        Raises
        ------
        InvalidValueError
            If there is no such segment, or no palette.
        """
        kind = segmentation.segmentation_type
        fractional = kind is SegmentationTypeValues.FRACTIONAL
        if self.apply_palette_color_lut:
            self._check_palette(segmentation)
        elif self.apply_icc_profile:
            raise InvalidValueError(
                "a colour profile is for the colours of a palette",
                attribute="apply_icc_profile",
                found=True,
                expected="None or False unless apply_palette_color_lut=True",
                clause="PS3.3 C.11.15",
            )
        return SegmentRequest(
            numbers=selected_numbers(self.segment_numbers, segmentation.segment_numbers),
            combine=self.combine_segments,
            relabel=self.relabel,
            skip_overlap_checks=self.skip_overlap_checks,
            max_fractional_value=(int(segmentation.MaximumFractionalValue) if fractional else None),
            rescale_fractional=self.rescale_fractional,
        )

    def _check_palette(self, segmentation: SegmentQueries) -> None:
        if str(segmentation.PhotometricInterpretation) != "PALETTE COLOR":
            raise InvalidValueError(
                "the segmentation has no palette",
                attribute="apply_palette_color_lut",
                found=str(segmentation.PhotometricInterpretation),
                expected="a LABELMAP with PALETTE COLOR",
                clause="PS3.3 C.7.9",
            )
        if not self.combine_segments or self.relabel:
            raise InvalidValueError(
                "the palette is for labels as they are stored",
                attribute="apply_palette_color_lut",
                found=True,
                expected="combine_segments=True and relabel=False",
                clause="PS3.3 C.7.9",
            )


@dataclass(frozen=True, slots=True)
class SegmentRequest:
    """What is wanted of the segments, checked.

    Parameters
    ----------
    numbers : tuple[int, ...]
        Numbers of the segments, in the order of the output.
    combine : bool
        Whether the output is one label map, or one mask for each segment.
    relabel : bool
        Whether labels count from 1 in the order of `numbers`; else they are the numbers.
    skip_overlap_checks : bool
        Whether segments may overlap in a label map; the highest label wins then.
    max_fractional_value : int | None
        Value that stands for 1.0, of a FRACTIONAL segmentation.
    rescale_fractional : bool
        Whether fractions are given between 0.0 and 1.0.
    """

    numbers: tuple[int, ...]
    combine: bool = False
    relabel: bool = False
    skip_overlap_checks: bool = False
    max_fractional_value: int | None = None
    rescale_fractional: bool = True

    @property
    def labels(self) -> tuple[int, ...]:
        """tuple[int, ...]: Label of each segment in a combined output."""
        return tuple(range(1, len(self.numbers) + 1)) if self.relabel else self.numbers

    @property
    def highest_value(self) -> int:
        """int: Highest value that the output can have."""
        if self.combine:
            return max(self.labels)
        if self.max_fractional_value is not None and not self.rescale_fractional:
            return self.max_fractional_value
        return 1

    def output_dtype(self, dtype: DTypeLike | None) -> np.dtype[Any]:
        """Choose and check the type of the output.

        Parameters
        ----------
        dtype : numpy.dtype | None
            What the caller asks for; by default the smallest type that holds the output.

        Returns
        -------
        numpy.dtype
            The type.

        Raises
        ------
        InvalidValueError
            If the type cannot hold the highest value.
        """
        fractions = self.max_fractional_value is not None and not self.combine
        if dtype is None:
            if fractions and self.rescale_fractional:
                return np.dtype(np.float32)
            return np.min_scalar_type(self.highest_value)
        chosen = np.dtype(dtype)
        if fractions and self.rescale_fractional:
            if chosen.kind != "f":
                raise _wrong_type(chosen, "a floating-point type: the output has fractions")
            return chosen
        if chosen.kind not in "buif":
            raise _wrong_type(chosen, "a boolean, integer or floating-point type")
        if self.highest_value > _limit(chosen):
            raise _wrong_type(chosen, f"a type that holds {self.highest_value}")
        return chosen


def _limit(dtype: np.dtype[Any]) -> int:
    if dtype.kind == "b":
        return 1
    return int(np.iinfo(dtype).max if dtype.kind in "ui" else np.finfo(dtype).max)


def _wrong_type(found: np.dtype[Any], expected: str) -> InvalidValueError:
    return InvalidValueError(
        "the type cannot hold the output", attribute="dtype", found=str(found), expected=expected
    )


def selected_numbers(wanted: Sequence[int] | None, known: Sequence[int]) -> tuple[int, ...]:
    """Check numbers of segments that a caller asks for.

    Parameters
    ----------
    wanted : Sequence[int] | None
        Numbers, or ``None`` for all.
    known : Sequence[int]
        Numbers of the segments that are described.

    Returns
    -------
    tuple[int, ...]
        The numbers.

    Raises
    ------
    InvalidValueError
        If there is none, or one that is not described.
    """
    if wanted is None:
        return tuple(known)
    numbers = tuple(int(number) for number in wanted)
    unknown = sorted(set(numbers) - set(known))
    if unknown or not numbers:
        raise InvalidValueError(
            "no such segments" if unknown else "no segment is asked for",
            attribute="segment_numbers",
            found=unknown or numbers,
            expected=f"some of {list(known)}",
        )
    return numbers
