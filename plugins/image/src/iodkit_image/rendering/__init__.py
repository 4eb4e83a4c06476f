"""Pictures of images, with overlays placed by their geometry."""

from iodkit_image.rendering.api import montage, multiplanar, render, render_array
from iodkit_image.rendering.style import Style, StyleOptions

__all__ = ["Style", "StyleOptions", "montage", "multiplanar", "render", "render_array"]
