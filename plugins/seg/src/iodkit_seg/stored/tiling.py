"""Tiles that lie by their order, and tiles that say where they lie, in one segmentation."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.elements.slide import MICROMETRES
from iodkit_seg.stored.frames import StoredFrames
from iodkit_seg.stored.successor import Successor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from iodkit_seg.sop import Segmentation

__all__ = ["tiled_alike"]

_SLIDE = "PlanePositionSlideSequence"
_ORGANIZATION = (
    "DimensionOrganizationType",
    "DimensionOrganizationSequence",
    "DimensionIndexSequence",
)


def tiled_alike(parts: Sequence[Segmentation]) -> tuple[list[Segmentation], dict[str, Any]]:
    """Have the tiles of all segmentations say their places, if those of some do.

    Parameters
    ----------
    parts : Sequence[Segmentation]
        Segmentations; they are not changed.

    Returns
    -------
    parts : list[Segmentation]
        The same; or, for those that are TILED_FULL beside others that are not, the same tiles
        with their places (PS3.3 C.7.6.17.3).
    attributes : dict[str, object]
        Attributes of the organisation that they share then; none if nothing had to be done.
    """
    like = next((part for part in parts if not _is_full(part)), None)
    if like is None or not any(map(_is_full, parts)):
        return list(parts), {}
    attributes = {keyword: deepcopy(like.get(keyword)) for keyword in _ORGANIZATION}
    made = [_with_places(part, attributes) if _is_full(part) else part for part in parts]
    return made, attributes


def _is_full(part: Segmentation) -> bool:
    return part.get("DimensionOrganizationType") == "TILED_FULL"


def _with_places(part: Segmentation, attributes: dict[str, Any]) -> Segmentation:
    """The same tiles, each with its place; never written itself."""
    return Successor(
        (part,),
        "Tiles say their places",
        part.segment_descriptions,
        StoredFrames.of(part),
        attributes=attributes,
        columns=_places(part),
        reindexed=True,
    ).make()


def _places(part: Segmentation) -> dict[str, NDArray[Any]]:
    table = part.frame_table
    columns: dict[str, NDArray[Any]] = {
        f"{_SLIDE}.{axis}PositionInTotalImagePixelMatrix": table.matrix_positions[:, at]
        for at, axis in enumerate(("Row", "Column"))
    }
    offsets = table.slide_positions * [1, 1, MICROMETRES]
    if not np.isnan(offsets).any():
        for axis, values in zip("XYZ", offsets.T, strict=True):
            columns[f"{_SLIDE}.{axis}OffsetInSlideCoordinateSystem"] = values
    return columns
