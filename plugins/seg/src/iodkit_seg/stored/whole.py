"""The base of the mixins of `Segmentation`, which work on the whole object."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from iodkit_seg.reading.queries import SegmentQueries

if TYPE_CHECKING:
    from iodkit_seg.sop import Segmentation

__all__ = ["SegmentationPart"]


class SegmentationPart(SegmentQueries):
    """A part of what `Segmentation` offers; nothing else inherits from it."""

    @property
    def _whole(self) -> Segmentation:
        return cast("Segmentation", self)
