"""What an image says of its pixel values, for all frames or for each."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.dataset import SOPClass
from iodkit.elements import peek_number, peek_text
from iodkit.errors import MissingAttributeError
from iodkit.frames import FrameTable
from iodkit_image.pixels import PixelLayout
from iodkit_image.transforms.luts import ModalityLUT
from iodkit_image.transforms.palettes import PaletteColorLUTTransformation
from iodkit_image.transforms.profiles import ColorManager
from iodkit_image.transforms.voi import VOILUTTransformation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydicom.dataset import Dataset

__all__ = ["ImageFacts", "is_inverse", "photometric_of"]

_WINDOW = "FrameVOILUTSequence"
_MAPPING = "RealWorldValueMappingSequence"


def photometric_of(image: Dataset) -> str:
    """Return how an image's values are meant (PS3.3 C.7.6.3.1.2).

    Parameters
    ----------
    image : pydicom.Dataset
        The image.

    Returns
    -------
    str
        Photometric Interpretation; of images that state none and have one sample, the usual one.
    """
    stated = peek_text(image, "PhotometricInterpretation")
    if stated:
        return stated
    return "MONOCHROME2" if (peek_number(image, "SamplesPerPixel") or 1) == 1 else ""


def is_inverse(image: Dataset) -> bool:
    """Tell whether low values of an image are bright (PS3.3 C.7.6.3.1.2, C.11.6).

    Parameters
    ----------
    image : pydicom.Dataset
        The image.

    Returns
    -------
    bool
        Whether they are.
    """
    shape = peek_text(image, "PresentationLUTShape")
    return shape == "INVERSE" if shape else photometric_of(image) == "MONOCHROME1"


class ImageFacts:
    """What an image says of its pixel values.

    Parameters
    ----------
    image : pydicom.Dataset
        The image, of our classes or not.
    """

    def __init__(self, image: Dataset) -> None:
        self._image = image
        self.photometric = photometric_of(image)
        self._vois: dict[int, VOILUTTransformation | None] = {}
        self._managers: dict[bytes, ColorManager] = {}

    @property
    def is_monochrome(self) -> bool:
        """bool: Whether pixels are grey."""
        return self.photometric.startswith("MONOCHROME")

    @property
    def is_palette(self) -> bool:
        """bool: Whether pixels are numbers of colours."""
        return self.photometric == "PALETTE COLOR"

    @cached_property
    def _table(self) -> FrameTable:
        image = self._image
        return image.frame_table if isinstance(image, SOPClass) else FrameTable.from_dataset(image)

    @cached_property
    def is_inverse(self) -> bool:
        """bool: Whether low values are bright."""
        return is_inverse(self._image)

    @cached_property
    def stored_range(self) -> tuple[int, int]:
        """tuple[int, int]: Lowest and highest value that can be stored."""
        layout = PixelLayout.from_dataset(self._image)
        bits = layout.bits_stored
        if layout.is_signed:
            return -(1 << (bits - 1)), (1 << (bits - 1)) - 1
        return 0, (1 << bits) - 1

    def modality(self, frame: int) -> ModalityLUT | tuple[float, float] | None:
        """Return the modality transformation of a frame.

        Parameters
        ----------
        frame : int
            Index of the frame, from 0.

        Returns
        -------
        ModalityLUT | tuple[float, float] | None
            Table, or slope and intercept; ``None`` if there is neither.
        """
        if self._modality_lut is not None:
            return self._modality_lut
        slopes, intercepts = self._rescale
        slope, intercept = slopes[frame], intercepts[frame]
        if np.isnan(slope) and np.isnan(intercept):
            return None
        # An empty slope leaves values as they are.
        return (
            1.0 if np.isnan(slope) else float(slope),
            0.0 if np.isnan(intercept) else float(intercept),
        )

    @cached_property
    def _modality_lut(self) -> ModalityLUT | None:
        items = self._image.get("ModalityLUTSequence")
        return ModalityLUT.from_dataset(items[0], copy=False) if items else None

    @cached_property
    def _rescale(self) -> tuple[Any, Any]:
        table = self._table
        return table.rescale_slopes, table.rescale_intercepts

    def voi(self, frame: int) -> VOILUTTransformation | None:
        """Return the windows and tables of a frame.

        Parameters
        ----------
        frame : int
            Index of the frame, from 0.

        Returns
        -------
        VOILUTTransformation | None
            ``None`` if there are none.
        """
        if frame not in self._vois:
            item: Dataset = self._image
            if "VOILUTSequence" not in item and not item.get("WindowCenter"):
                group = self._table.functional_group(_WINDOW, frame)
                item = group[0] if group else item
            known = "VOILUTSequence" in item or item.get("WindowCenter") not in (None, "")
            self._vois[frame] = (
                VOILUTTransformation.from_dataset(item, copy=False) if known else None
            )
        return self._vois[frame]

    def real_world_items(self, frame: int) -> Sequence[Dataset]:
        """Return the mappings of a frame to real-world values.

        Parameters
        ----------
        frame : int
            Index of the frame, from 0.

        Returns
        -------
        Sequence[pydicom.Dataset]
            Items of the sequence; none if there is none.
        """
        items: Sequence[Dataset] = self._image.get(_MAPPING) or ()
        return items or self._table.functional_group(_MAPPING, frame)

    @cached_property
    def palette(self) -> PaletteColorLUTTransformation:
        """PaletteColorLUTTransformation: The palette.

        Raises
        ------
        MissingAttributeError
            If the image has none.
        """
        return PaletteColorLUTTransformation.extract_from_dataset(self._image)

    def color_manager(self, frame: int, *, required: bool) -> ColorManager | None:
        """Return what transforms the colours of a frame to sRGB.

        Parameters
        ----------
        frame : int
            Index of the frame, from 0.
        required : bool
            Whether it must be there.

        Returns
        -------
        ColorManager | None
            ``None`` if there is no profile.

        Raises
        ------
        MissingAttributeError
            If there is no profile, and it must be there.
        """
        profile = self._image.get("ICCProfile") or self._path_profile(frame)
        if profile is None:
            if required:
                raise MissingAttributeError(
                    "the image has no colour profile",
                    attribute="ICCProfile",
                    clause="PS3.3 C.11.15",
                )
            return None
        if profile not in self._managers:
            self._managers[profile] = ColorManager(bytes(profile))
        return self._managers[profile]

    def _path_profile(self, frame: int) -> bytes | None:
        """Profile of the optical path of a frame (PS3.3 C.8.12.5)."""
        paths = self._image.get("OpticalPathSequence") or ()
        if len(paths) > 1:
            wanted = self._table.optical_paths[frame]
            paths = [path for path in paths if path.get("OpticalPathIdentifier") == wanted]
        profile: bytes | None = paths[0].get("ICCProfile") if paths else None
        return profile
