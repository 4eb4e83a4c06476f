"""Stored pixels: where frames are, how they are decoded and encoded."""

from iodkit_image.pixels.layout import PIXEL_KEYWORDS, PixelLayout, number_of_frames
from iodkit_image.pixels.store import FrameStore, pixel_element

__all__ = ["PIXEL_KEYWORDS", "FrameStore", "PixelLayout", "number_of_frames", "pixel_element"]
