"""Every DICOM image, opened lazily and understood in space: the image family of iodkit."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iodkit_image.image import Image, imread
    from iodkit_image.pixels.encoding import encode_frame
    from iodkit_image.pixels.reader import ImageFileReader
    from iodkit_image.pixels.single import decode_frame, get_lossy_compression_attributes
    from iodkit_image.rendering import montage, multiplanar, render, render_array
    from iodkit_image.series import get_volume_from_series
    from iodkit_image.transforms import (
        LUT,
        VOILUT,
        ColorManager,
        ModalityLUT,
        ModalityLUTTransformation,
        PaletteColorLUT,
        PaletteColorLUTTransformation,
        PresentationLUT,
        PresentationLUTTransformation,
        SegmentedPaletteColorLUT,
        VOILUTTransformation,
        apply_lut,
        apply_voi_window,
    )

__all__ = [
    "LUT",
    "VOILUT",
    "ColorManager",
    "Image",
    "ImageFileReader",
    "ModalityLUT",
    "ModalityLUTTransformation",
    "PaletteColorLUT",
    "PaletteColorLUTTransformation",
    "PresentationLUT",
    "PresentationLUTTransformation",
    "SegmentedPaletteColorLUT",
    "VOILUTTransformation",
    "apply_lut",
    "apply_voi_window",
    "decode_frame",
    "encode_frame",
    "get_lossy_compression_attributes",
    "get_volume_from_series",
    "imread",
    "montage",
    "multiplanar",
    "render",
    "render_array",
]

# The registry imports this package when it looks for plugins, so nothing is imported until used.
_HOMES = {
    "image": ("Image", "imread"),
    "pixels.encoding": ("encode_frame",),
    "pixels.reader": ("ImageFileReader",),
    "pixels.single": ("decode_frame", "get_lossy_compression_attributes"),
    "rendering": ("montage", "multiplanar", "render", "render_array"),
    "series": ("get_volume_from_series",),
    "transforms": (
        "LUT",
        "VOILUT",
        "ColorManager",
        "ModalityLUT",
        "ModalityLUTTransformation",
        "PaletteColorLUT",
        "PaletteColorLUTTransformation",
        "PresentationLUT",
        "PresentationLUTTransformation",
        "SegmentedPaletteColorLUT",
        "VOILUTTransformation",
        "apply_lut",
        "apply_voi_window",
    ),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Import a public name from its module on first use (PEP 562)."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names too, imported or not."""
    return sorted({*globals(), *__all__})
