"""Which transform the callers' switches mean for an image, or for the instances of a series."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydicom.tag import BaseTag

from iodkit_image.transforms.facts import is_inverse, photometric_of
from iodkit_image.transforms.pipeline import FrameTransforms
from iodkit_image.transforms.rescaling import Rescaling

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

    from iodkit.frames import FrameTable
    from iodkit_image.assembly import FrameTransform
    from iodkit_image.transforms.options import TransformOptions

__all__ = ["InstanceTransforms", "linear_transform", "transform_of"]

_REAL_WORLD = BaseTag(0x00409096)
_MODALITY_LUT = BaseTag(0x00283000)
_REAL_WORLD_GROUP = "RealWorldValueMappingSequence"
_ICC_PROFILE, _OPTICAL_PATHS = BaseTag(0x00282000), BaseTag(0x00480105)


class InstanceTransforms:
    """The transformations of single-frame instances; a frame is an instance.

    Parameters
    ----------
    datasets : Sequence[pydicom.Dataset]
        The instances.
    options : TransformOptions
        What the caller wants.
    """

    def __init__(self, datasets: Sequence[Dataset], options: TransformOptions) -> None:
        self._datasets = datasets
        self._options = options

    @property
    def dtype(self) -> np.dtype[Any]:
        """numpy.dtype: Type of the output."""
        return self._options.output_dtype

    def apply(self, stored: NDArray[Any], frame_index: int) -> NDArray[Any]:
        """Transform stored values of an instance; see :meth:`FrameTransforms.apply`."""
        return FrameTransforms(self._datasets[frame_index], self._options).apply(stored, 0)

    def write(self, stored: NDArray[Any], frame_index: int, out: NDArray[Any]) -> None:
        """Transform stored values of an instance into an array; see :meth:`apply`."""
        out[...] = self.apply(stored, frame_index)


def linear_transform(
    datasets: Sequence[Dataset], table: FrameTable, options: TransformOptions
) -> Rescaling | None:
    """Make the transform of images of which nothing but rescaling is asked.

    Parameters
    ----------
    datasets : Sequence[pydicom.Dataset]
        One image, or the instances of a series.
    table : FrameTable
        Their frames.
    options : TransformOptions
        What the caller wants.

    Returns
    -------
    Rescaling | None
        The transform; ``None`` if more is asked.
    """
    if options.apply_voi_transform is not False or options.apply_real_world_transform:
        return None
    if options.apply_palette_color_lut or options.apply_icc_profile:
        return None
    if not all(_is_linear(dataset, options) for dataset in datasets):
        return None
    if _wants_real_world(options) and _maps_real_world(table):
        return None
    is_grey = photometric_of(datasets[0]).startswith("MONOCHROME")
    modality = options.apply_modality_transform if is_grey else False
    return Rescaling.of(table, options.output_dtype, modality)


def _wants_real_world(options: TransformOptions) -> bool:
    """Tell whether mappings to the real world are applied where they are there."""
    return options.apply_real_world_transform is None and not options.apply_modality_transform


def _maps_real_world(table: FrameTable) -> bool:
    """Tell whether functional groups map values to the real world (PS3.3 C.7.6.16.2.11)."""
    names = ("LUTLabel", "RealWorldValueSlope")
    return any(table.column(f"{_REAL_WORLD_GROUP}.{name}").valid.any() for name in names)


def _is_linear(dataset: Dataset, options: TransformOptions) -> bool:
    """Tell whether an image has nothing but slope and intercept."""
    if _wants_real_world(options) and _REAL_WORLD in dataset:
        return False
    meaning = photometric_of(dataset)
    if meaning.startswith("MONOCHROME"):
        has_table = options.apply_modality_transform is not False and _MODALITY_LUT in dataset
        return not has_table and not (options.apply_presentation_lut and is_inverse(dataset))
    if options.apply_modality_transform:
        return False
    if meaning == "PALETTE COLOR" and options.apply_palette_color_lut is not False:
        return False
    return options.apply_icc_profile is False or not _has_profile(dataset)


def _has_profile(dataset: Dataset) -> bool:
    """Tell whether an image, or an optical path of it, has an ICC profile (PS3.3 C.11.15)."""
    paths = dataset.get(_OPTICAL_PATHS)
    return any(_ICC_PROFILE in item for item in (dataset, *(paths.value if paths else ())))


def transform_of(
    datasets: Sequence[Dataset], table: FrameTable, options: TransformOptions
) -> FrameTransform:
    """Make the transform that switches mean.

    Parameters
    ----------
    datasets : Sequence[pydicom.Dataset]
        One image, or the instances of a series.
    table : FrameTable
        Their frames.
    options : TransformOptions
        What the caller wants.

    Returns
    -------
    FrameTransform
        The transform.

    Raises
    ------
    InvalidValueError
        If an image is not of a kind that has what is wanted.
    MissingAttributeError
        If an image lacks what is wanted.
    """
    linear = linear_transform(datasets, table, options)
    if linear is not None:
        return linear
    if len(datasets) == 1:
        return FrameTransforms(datasets[0], options)
    return InstanceTransforms(datasets, options)
