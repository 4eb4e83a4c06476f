"""From stored values to what a caller wants: one transformation for each frame of an image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import InvalidTypeError, InvalidValueError, MissingAttributeError
from iodkit_image.transforms.facts import ImageFacts
from iodkit_image.transforms.functions import apply_lut
from iodkit_image.transforms.luts import ModalityLUT
from iodkit_image.transforms.modality import rescale
from iodkit_image.transforms.real_world import RealWorldMap, select_map
from iodkit_image.transforms.voi import VOILUTTransformation, apply_choice

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

    from iodkit_image.transforms.options import TransformOptions

__all__ = ["FrameTransforms"]


class FrameTransforms:
    """The transformations of the frames of one image, as a caller wants them.

    Parameters
    ----------
    image : pydicom.Dataset
        The image, of our classes or not.
    options : TransformOptions
        What the caller wants.

    Raises
    ------
    InvalidValueError
        If the image is not of a kind that has what is wanted.
    MissingAttributeError
        If the image lacks what is wanted.
    """

    def __init__(self, image: Dataset, options: TransformOptions) -> None:
        self._facts = ImageFacts(image)
        self._options = options
        self._real_world: dict[int, RealWorldMap] = {}
        self._check_kind()

    @property
    def dtype(self) -> np.dtype[Any]:
        """numpy.dtype: Type of the output."""
        return self._options.output_dtype

    def apply(self, stored: NDArray[Any], frame_index: int) -> NDArray[Any]:
        """Transform stored values of a frame, or of a part of it.

        Parameters
        ----------
        stored : numpy.ndarray
            Shape (rows, columns), or (rows, columns, samples); colour as RGB.  Not changed.
        frame_index : int
            Index of the frame, from 0.

        Returns
        -------
        numpy.ndarray
            Values of the output's type; of palettes (rows, columns, 3).  It may be `stored`
            itself where there is nothing to do.

        Raises
        ------
        MissingAttributeError
            If the frame lacks what is wanted.
        InvalidValueError
            If the type cannot hold the output.
        """
        if self._facts.is_monochrome:
            return self._apply_grey(stored, frame_index)
        return self._apply_color(stored, frame_index)

    def write(self, stored: NDArray[Any], frame_index: int, out: NDArray[Any]) -> None:
        """Transform stored values of a frame into an array; see :meth:`apply`."""
        out[...] = self.apply(stored, frame_index)

    def _check_kind(self) -> None:
        options, facts = self._options, self._facts
        monochrome = (
            "apply_real_world_transform",
            "apply_modality_transform",
            "apply_voi_transform",
        )
        wanted = [name for name in monochrome if getattr(options, name)]
        if wanted and not facts.is_monochrome:
            raise _wrong_kind(wanted[0], "a monochrome image", facts.photometric)
        if options.apply_palette_color_lut and not facts.is_palette:
            raise _wrong_kind(
                "apply_palette_color_lut", "an image with a palette", facts.photometric
            )
        if options.apply_icc_profile:
            if facts.is_monochrome or (
                facts.is_palette and options.apply_palette_color_lut is False
            ):
                raise _wrong_kind("apply_icc_profile", "a colour image", facts.photometric)
            facts.color_manager(0, required=True)

    def _apply_grey(self, stored: NDArray[Any], frame: int) -> NDArray[Any]:
        mapping = self._find_map(frame)
        if mapping is not None:
            return mapping.apply(stored, self.dtype)
        options = self._options
        modality: Any = None
        if options.apply_modality_transform is not False:
            modality = self._facts.modality(frame)
            if modality is None and options.apply_modality_transform:
                raise _missing("RescaleSlope", "modality transformation", "PS3.3 C.11.1")
        inverse = options.apply_presentation_lut and self._facts.is_inverse
        voi = None if options.apply_modality_transform is False else self._choose_voi(frame)
        if voi is None:
            return self._modality_values(stored, modality, inverse)
        # Tables map whole numbers, which float64 holds whatever the output is.
        values = _apply_modality(stored, modality, np.dtype(np.float64))
        return apply_choice(voi, values, options.voi_output_range, self.dtype, invert=inverse)

    def _find_map(self, frame: int) -> RealWorldMap | None:
        options = self._options
        if options.apply_real_world_transform is False or (
            options.apply_real_world_transform is None and options.apply_modality_transform
        ):
            return None
        if frame in self._real_world:
            return self._real_world[frame]
        items = self._facts.real_world_items(frame)
        if not items:
            if options.apply_real_world_transform:
                raise _missing(
                    "RealWorldValueMappingSequence",
                    "mapping to real-world values",
                    "PS3.3 C.7.6.16.2.11",
                )
            return None
        if options.apply_voi_transform:
            raise InvalidValueError(
                "the image has real-world values, and a window is for modality values",
                attribute="apply_voi_transform",
                found=True,
                remedy="Pass apply_real_world_transform=False.",
            )
        mapping = select_map(items, options.real_world_value_map_selector)
        self._real_world[frame] = mapping
        return mapping

    def _choose_voi(self, frame: int) -> Any:
        options = self._options
        if options.apply_voi_transform is False or self.dtype.kind != "f":
            return None
        selector = options.voi_transform_selector
        if isinstance(selector, VOILUTTransformation):
            return selector.select(0)
        found = self._facts.voi(frame)
        if found is None:
            if options.apply_voi_transform:
                raise _missing("WindowCenter", "window and no table", "PS3.3 C.11.2")
            return None
        return found.select(selector, prefer_lut=True)

    def _modality_values(self, stored: NDArray[Any], modality: Any, inverse: bool) -> NDArray[Any]:
        if not inverse:
            return _apply_modality(stored, modality, self.dtype)
        if stored.dtype.kind == "f":
            return _apply_modality(stored, modality, self.dtype)
        # The darkest value that can be becomes the brightest, and the other way round.
        if isinstance(modality, ModalityLUT):
            mirrored = modality.get_inverted_lut_data()
            _check_cast(mirrored.dtype, self.dtype)
            return apply_lut(stored, mirrored, modality.first_mapped_value, self.dtype)
        low, high = self._facts.stored_range
        flipped = (low + high) - stored.astype(np.int64)
        return _apply_modality(flipped.astype(stored.dtype), modality, self.dtype)

    def _apply_color(self, stored: NDArray[Any], frame: int) -> NDArray[Any]:
        options, facts = self._options, self._facts
        colors = stored
        if facts.is_palette:
            if options.apply_palette_color_lut is False:
                return _cast(stored, self.dtype)
            colors = facts.palette.apply(stored)
        if options.apply_icc_profile is not False:
            manager = facts.color_manager(frame, required=bool(options.apply_icc_profile))
            if manager is not None:
                colors = manager.transform_frame(colors)
        _check_cast(colors.dtype, self.dtype)
        return colors.astype(self.dtype, copy=False)


def _apply_modality(stored: NDArray[Any], modality: Any, dtype: np.dtype[Any]) -> NDArray[Any]:
    if modality is None:
        return _cast(stored, dtype)
    if isinstance(modality, ModalityLUT):
        _check_cast(modality.lut_data.dtype, dtype)
        return modality.apply(stored, dtype)
    slope, intercept = modality
    return rescale(stored, slope, intercept, dtype)


def _cast(stored: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Change the type, if it holds the values that are there."""
    return stored if stored.dtype == dtype else rescale(stored, 1, 0, dtype)


def _check_cast(source: np.dtype[Any], target: np.dtype[Any]) -> None:
    if not np.can_cast(source, target):
        raise InvalidTypeError(
            "the type cannot hold the entries of the look-up table",
            attribute="dtype",
            found=str(target),
            expected=f"a type that holds all of {source}",
        )


def _wrong_kind(attribute: str, expected: str, found: str) -> InvalidValueError:
    return InvalidValueError(
        "the image is of another kind", attribute=attribute, found=found, expected=expected
    )


def _missing(keyword: str, what: str, clause: str) -> MissingAttributeError:
    return MissingAttributeError(f"the image has no {what}", attribute=keyword, clause=clause)
