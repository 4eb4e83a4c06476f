"""From stored to displayed values: modality, real-world, window, palette and colour profile."""

from iodkit_image.transforms.color_tables import PaletteColorLUT, SegmentedPaletteColorLUT
from iodkit_image.transforms.functions import apply_lut, apply_voi_window
from iodkit_image.transforms.luts import LUT, VOILUT, ModalityLUT, PresentationLUT
from iodkit_image.transforms.modality import ModalityLUTTransformation
from iodkit_image.transforms.options import TransformKeywords, TransformOptions
from iodkit_image.transforms.palettes import PaletteColorLUTTransformation
from iodkit_image.transforms.pipeline import FrameTransforms
from iodkit_image.transforms.profiles import ColorManager
from iodkit_image.transforms.voi import PresentationLUTTransformation, VOILUTTransformation

__all__ = [
    "LUT",
    "VOILUT",
    "ColorManager",
    "FrameTransforms",
    "ModalityLUT",
    "ModalityLUTTransformation",
    "PaletteColorLUT",
    "PaletteColorLUTTransformation",
    "PresentationLUT",
    "PresentationLUTTransformation",
    "SegmentedPaletteColorLUT",
    "TransformKeywords",
    "TransformOptions",
    "VOILUTTransformation",
    "apply_lut",
    "apply_voi_window",
]
