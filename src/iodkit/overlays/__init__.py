"""What can be drawn on an image: the protocol of overlays, the view, and the marks.

Families whose objects can be shown on images (segments, annotations, regions, maps) implement
`Overlay`; who draws needs to know none of them.
"""

from iodkit.overlays.marks import ColorMark, ColorScale, Mark, MaskMark, ShapeMark, TextMark
from iodkit.overlays.protocol import Overlay, marks_of
from iodkit.overlays.view import View

__all__ = [
    "ColorMark",
    "ColorScale",
    "Mark",
    "MaskMark",
    "Overlay",
    "ShapeMark",
    "TextMark",
    "View",
    "marks_of",
]
