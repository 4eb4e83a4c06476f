"""Palettes of label maps: what they must cover, and what is written (PS3.3 C.7.9, C.8.20.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iodkit.elements import check_type
from iodkit.errors import InvalidValueError
from iodkit_image.transforms import ColorManager, PaletteColorLUTTransformation
from iodkit_image.transforms.profiles import srgb_input_profile
from iodkit_seg.enums import SegmentationTypeValues

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydicom.dataset import Dataset

    from iodkit_seg.segments.description import SegmentDescription

__all__ = ["LabelPalette"]


@dataclass(frozen=True, slots=True, eq=False)
class LabelPalette:
    """The palette of a label map, and the colour profile of its entries.

    Parameters
    ----------
    transformation : PaletteColorLUTTransformation
        The palette.
    icc_profile : bytes
        Profile of an input device for RGB colours (PS3.3 C.11.15.1.1).
    """

    transformation: PaletteColorLUTTransformation
    icc_profile: bytes

    @classmethod
    def of(
        cls,
        transformation: PaletteColorLUTTransformation | None,
        icc_profile: bytes | None,
        kind: SegmentationTypeValues,
    ) -> LabelPalette | None:
        """Check what a caller gives.

        Parameters
        ----------
        transformation : PaletteColorLUTTransformation | None
            Palette, if there is one.
        icc_profile : bytes | None
            Profile of the palette; sRGB by default.
        kind : SegmentationTypeValues
            Type of the segmentation.

        Returns
        -------
        LabelPalette | None
            The palette, or ``None`` if there is none.

        Raises
        ------
        InvalidTypeError, InvalidValueError
            If the segmentation can have no palette, there is a profile without one, or the
            profile is not of an input device.
        """
        if transformation is None:
            if icc_profile is not None:
                raise InvalidValueError(
                    "a colour profile without a palette",
                    attribute="icc_profile",
                    expected="palette_color_lut_transformation beside it",
                    clause="PS3.3 A.51.3",
                )
            return None
        check_type(
            transformation, PaletteColorLUTTransformation, "palette_color_lut_transformation"
        )
        if kind is not SegmentationTypeValues.LABELMAP:
            raise InvalidValueError(
                f"a {kind.value} segmentation has no palette",
                attribute="palette_color_lut_transformation",
                found=kind.value,
                expected="segmentation_type LABELMAP",
                clause="PS3.3 C.8.20.2.1",
            )
        if icc_profile is None:
            return cls(transformation, srgb_input_profile())
        ColorManager(icc_profile)
        if icc_profile[12:16] not in {b"scnr", b"spac"}:
            raise InvalidValueError(
                "the profile is not of an input device",
                attribute="icc_profile",
                found=icc_profile[12:16].decode("ascii", "replace"),
                expected="class scnr",
                clause="PS3.3 C.11.15.1.1",
            )
        return cls(transformation, icc_profile)

    def check(self, descriptions: Sequence[SegmentDescription]) -> None:
        """Raise unless segments fit the palette.

        Parameters
        ----------
        descriptions : Sequence[SegmentDescription]
            Segments of the label map.

        Raises
        ------
        InvalidValueError
            If a number has no entry, or a segment a colour of its own.
        """
        first = self.transformation.first_mapped_value
        end = first + self.transformation.number_of_entries
        missing = [
            n for n in (0, *(d.segment_number for d in descriptions)) if not first <= n < end
        ]
        if missing:
            raise InvalidValueError(
                "the palette has no entries for some labels",
                attribute="palette_color_lut_transformation",
                found=missing[:10],
                expected=f"an entry for the background, 0, and each segment; there are those for "
                f"{first} to {end - 1}",
                clause="PS3.3 C.7.6.3.1.5",
            )
        colored = [d.segment_number for d in descriptions if d.display_color is not None]
        if colored:
            raise InvalidValueError(
                "segments have colours besides those of the palette",
                attribute="display_color",
                found=f"segments {colored[:10]}",
                expected="none, with a palette",
                clause="PS3.3 C.8.20.2",
                remedy="Put the colours into the palette, or leave it out.",
            )

    def write(self, dataset: Dataset) -> None:
        """Write the Palette Color Lookup Table and ICC Profile modules.

        Parameters
        ----------
        dataset : pydicom.Dataset
            Dataset that receives the attributes, with those of its pixels.
        """
        dataset.PhotometricInterpretation = "PALETTE COLOR"
        dataset.pop("PresentationLUTShape", None)
        for element in self.transformation:
            dataset[element.tag] = element
        dataset.ICCProfile = self.icc_profile + b"\0" * (len(self.icc_profile) % 2)
