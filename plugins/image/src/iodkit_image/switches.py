"""Which transform the callers' switches mean for an image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np
from pydicom.tag import BaseTag

from iodkit.elements import peek_number, peek_text
from iodkit.errors import UnsupportedError
from iodkit_image.rescaling import Rescaling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import DTypeLike
    from pydicom.dataset import Dataset

    from iodkit.frames import FrameTable
    from iodkit_image.assembly import FrameTransform

__all__ = [
    "DEFAULT_SWITCHES",
    "TransformOptions",
    "TransformSwitches",
    "linear_transform",
    "transform_of",
]

_REAL_WORLD = BaseTag(0x00409096)
_MODALITY_LUT = BaseTag(0x00283000)
_REAL_WORLD_GROUP = "RealWorldValueMappingSequence"
_ICC_PROFILE, _OPTICAL_PATHS = BaseTag(0x00282000), BaseTag(0x00480105)


class TransformSwitches(TypedDict):
    """Switches of pixel transforms, as in :meth:`Image.get_frame`."""

    dtype: DTypeLike
    apply_real_world_transform: bool | None
    real_world_value_map_selector: Any
    apply_modality_transform: bool | None
    apply_voi_transform: bool | None
    voi_transform_selector: Any
    voi_output_range: tuple[float, float]
    apply_presentation_lut: bool
    apply_palette_color_lut: bool | None
    apply_icc_profile: bool | None


class TransformOptions(TypedDict, total=False):
    """The same switches, each of them optional."""

    dtype: DTypeLike
    apply_real_world_transform: bool | None
    real_world_value_map_selector: Any
    apply_modality_transform: bool | None
    apply_voi_transform: bool | None
    voi_transform_selector: Any
    voi_output_range: tuple[float, float]
    apply_presentation_lut: bool
    apply_palette_color_lut: bool | None
    apply_icc_profile: bool | None


DEFAULT_SWITCHES = TransformSwitches(
    dtype=np.float64,
    apply_real_world_transform=None,
    real_world_value_map_selector=0,
    apply_modality_transform=None,
    apply_voi_transform=False,
    voi_transform_selector=0,
    voi_output_range=(0.0, 1.0),
    apply_presentation_lut=True,
    apply_palette_color_lut=None,
    apply_icc_profile=None,
)


def linear_transform(
    datasets: Sequence[Dataset], table: FrameTable, switches: TransformSwitches
) -> Rescaling | None:
    """Make the transform of images of which nothing but rescaling is asked.

    Parameters
    ----------
    datasets : Sequence[pydicom.Dataset]
        One image, or the instances of a series.
    table : FrameTable
        Their frames.
    switches : TransformSwitches
        What the caller wants.

    Returns
    -------
    Rescaling | None
        The transform; ``None`` if more is asked.
    """
    if switches["apply_voi_transform"] is not False or switches["apply_real_world_transform"]:
        return None
    if switches["apply_palette_color_lut"] or switches["apply_icc_profile"]:
        return None
    if not all(_is_linear(dataset, switches) for dataset in datasets):
        return None
    if switches["apply_real_world_transform"] is None and _maps_real_world(table):
        return None
    is_color = (peek_number(datasets[0], "SamplesPerPixel") or 1) > 1
    modality = False if is_color else switches["apply_modality_transform"]
    return Rescaling.of(table, np.dtype(switches["dtype"]), modality)


def _maps_real_world(table: FrameTable) -> bool:
    """Tell whether functional groups map values to the real world (PS3.3 C.7.6.16.2.11)."""
    names = ("LUTLabel", "RealWorldValueSlope")
    return any(table.column(f"{_REAL_WORLD_GROUP}.{name}").valid.any() for name in names)


def _is_linear(dataset: Dataset, switches: TransformSwitches) -> bool:
    """Tell whether an image has nothing but slope and intercept."""
    if switches["apply_real_world_transform"] is None and _REAL_WORLD in dataset:
        return False
    if switches["apply_modality_transform"] is not False and _MODALITY_LUT in dataset:
        return False
    meaning = peek_text(dataset, "PhotometricInterpretation")
    if meaning == "PALETTE COLOR" and switches["apply_palette_color_lut"] is not False:
        return False
    if meaning in {"MONOCHROME1", "MONOCHROME2", None}:
        return True
    return switches["apply_icc_profile"] is False or not _has_profile(dataset)


def _has_profile(dataset: Dataset) -> bool:
    """Tell whether an image, or an optical path of it, has an ICC profile (PS3.3 C.11.15)."""
    paths = dataset.get(_OPTICAL_PATHS)
    return any(_ICC_PROFILE in item for item in (dataset, *(paths.value if paths else ())))


def transform_of(
    datasets: Sequence[Dataset], table: FrameTable, switches: TransformSwitches
) -> FrameTransform:
    """Make the transform that switches mean.

    Parameters
    ----------
    datasets : Sequence[pydicom.Dataset]
        One image, or the instances of a series.
    table : FrameTable
        Their frames.
    switches : TransformSwitches
        What the caller wants.

    Returns
    -------
    FrameTransform
        The transform.

    Raises
    ------
    UnsupportedError
        If more than rescaling is asked.
    """
    linear = linear_transform(datasets, table, switches)
    if linear is None:
        asked = [name for name, value in switches.items() if name.startswith("apply") and value]
        raise UnsupportedError(
            "only rescaling is supported yet",
            attribute=", ".join(asked) or "pixel transforms",
            remedy="Pass False for the other transforms.",
        )
    return linear
