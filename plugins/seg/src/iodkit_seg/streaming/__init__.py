"""Segmentations that are larger than the memory: written as their pixels come."""

from iodkit_seg.streaming.writer import SegmentationWriter

__all__ = ["SegmentationWriter"]
