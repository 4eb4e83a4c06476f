"""What can be drawn: the protocols of overlays and of what they lie on, the view, the marks.

Families whose objects can be shown on images (segments, annotations, regions, maps) implement
`Overlay`; those that can be shown as images without being of the image family, `Showable`.  Who
draws needs to know none of them.
"""

from iodkit.overlays.marks import ColorMark, ColorScale, Mark, MaskMark, ShapeMark, TextMark
from iodkit.overlays.protocol import Overlay, marks_of
from iodkit.overlays.showable import Showable, Shown
from iodkit.overlays.view import View

__all__ = [
    "ColorMark",
    "ColorScale",
    "Mark",
    "MaskMark",
    "Overlay",
    "ShapeMark",
    "Showable",
    "Shown",
    "TextMark",
    "View",
    "marks_of",
]
