"""Every combination in which a segmentation is written: type, transfer syntax, kind of source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

import iodkit as ik
from iodkit.standard.syntaxes import syntax_name
from iodkit.testing import phantom
from iodkit_image.transforms import PaletteColorLUTTransformation
from iodkit_seg import Segmentation
from iodkit_seg.encoding.syntaxes import SYNTAXES
from segments import EQUIPMENT, descriptions

# Frames of single bits end within a byte; JPEG 2000 of pylibjpeg wants 32 rows and columns.
PLANES, ROWS, COLUMNS = 3, 33, 35
TILE = 33


@dataclass(frozen=True)
class Kind:
    """A type of segmentation with what else decides how its pixels are stored."""

    name: str
    type: str
    bits: int
    fractional_type: str = "PROBABILITY"
    has_palette: bool = False

    @property
    def numbers(self) -> tuple[int, ...]:
        """Numbers of the two segments; they say how many bits a label map has."""
        return (1, 300) if self.bits == 16 else (1, 2)


KINDS = (
    Kind("BINARY", "BINARY", 1),
    Kind("FRACTIONAL, probability", "FRACTIONAL", 8),
    Kind("FRACTIONAL, occupancy", "FRACTIONAL", 8, "OCCUPANCY"),
    Kind("LABELMAP, 8 bit", "LABELMAP", 8),
    Kind("LABELMAP, 16 bit", "LABELMAP", 16),
    Kind("LABELMAP with palette, 8 bit", "LABELMAP", 8, has_palette=True),
    Kind("LABELMAP with palette, 16 bit", "LABELMAP", 16, has_palette=True),
)
SOURCES = (
    "series",
    "multi-frame",
    "volume",
    "projection",
    "slide, TILED_FULL",
    "slide, TILED_SPARSE",
)


@dataclass(frozen=True)
class Combination:
    """What one file is."""

    kind: Kind
    syntax: str
    source: str

    def __str__(self) -> str:
        return f"{self.kind.name} / {syntax_name(self.syntax)} / {self.source}"

    @property
    def is_slide(self) -> bool:
        """Whether the pixels are tiles of a slide."""
        return self.source.startswith("slide")


def combinations(source: str) -> list[Combination]:
    """All that the standard allows for a kind of source."""
    return [
        Combination(kind, str(syntax), source)
        for kind in KINDS
        for syntax, rule in SYNTAXES.items()
        if kind.bits in rule.bits
    ]


@cache
def source_images(source: str) -> list[Any]:
    """Images of a kind of source; shared, as nothing changes them."""
    if source in ("series", "volume"):
        return phantom.ct_series(PLANES, ROWS, COLUMNS, variant="oblique")
    if source == "multi-frame":
        return [phantom.enhanced_ct(PLANES, ROWS, COLUMNS)]
    if source == "projection":
        return [phantom.chest_xray(ROWS, COLUMNS)]
    return [phantom.slide_image(2 * TILE, 2 * TILE + 4, TILE)]


def labels(source: str) -> np.ndarray:
    """Labels 0, 1 and 2 in the order of the source frames; every plane or tile holds some."""
    planes, rows, columns = PLANES, ROWS, COLUMNS
    if source == "projection":
        planes = 1
    elif source.startswith("slide"):
        planes, rows, columns = 1, 2 * TILE, 2 * TILE + 4
    out = np.zeros((planes, rows, columns), np.uint8)
    for plane in range(planes):
        out[plane, 3 + plane : rows - 9, 2 : columns - 4 - plane] = 1
        out[plane, 20 - plane : rows - 2, columns // 2 : columns - 2] = 2
        out[plane, 0, -1] = 2
    if source == "slide, TILED_SPARSE":
        out[:, :TILE, :TILE] = 0
    return out


def stored_shares(combination: Combination) -> np.ndarray:
    """Stored values of each segment, in the order of the source frames, segments last.

    Those of fractions lie anywhere between 0 and 255, those of the other types are 0 and 1.
    """
    found = labels(combination.source)
    masks = np.stack([found == number for number in (1, 2)], axis=-1).astype(np.uint8)
    if combination.kind.type != "FRACTIONAL":
        return masks
    ramp = 1 + np.arange(masks.size, dtype=np.int64).reshape(masks.shape) % 255
    return (masks * ramp).astype(np.uint8)


def write(combination: Combination) -> Segmentation:
    """Make the segmentation of a combination."""
    kind, source = combination.kind, combination.source
    pixels: Any = np.array([0, *kind.numbers], np.uint16)[labels(source)]
    if kind.type == "FRACTIONAL":
        pixels = stored_shares(combination) / 255
    arguments: dict[str, Any] = {}
    if source == "volume":
        pixels = _as_volume(pixels)
    if combination.is_slide:
        full = source == "slide, TILED_FULL"
        arguments["tile_pixel_array"] = True
        arguments["omit_empty_frames"] = not full
        arguments["dimension_organization_type"] = "TILED_FULL" if full else "TILED_SPARSE"
    segments = descriptions(2)
    for item, number in zip(segments, kind.numbers, strict=True):
        item.SegmentNumber = number
    if kind.has_palette:
        colors = np.zeros((kind.numbers[-1] + 1, 3), np.uint8)
        colors[list(kind.numbers)] = (255, 0, 0), (0, 128, 255)
        arguments["palette_color_lut_transformation"] = (
            PaletteColorLUTTransformation.from_combined_lut(colors)
        )
    with ik.defaults(equipment=EQUIPMENT):
        return Segmentation(
            source_images(source),
            pixels,
            kind.type,
            segments,
            fractional_type=kind.fractional_type,
            transfer_syntax_uid=combination.syntax,
            **arguments,
        )


def _as_volume(pixels: np.ndarray) -> ik.Volume:
    """Planes of the series as a volume, which has them in the order of their places."""
    images = source_images("series")
    volume = ik.get_volume_from_series(images)
    places = np.array([ds.ImagePositionPatient for ds in images], float)
    order = np.rint(volume.map_reference_to_indices(places)[:, 0]).astype(int)
    ordered = np.empty_like(pixels)
    ordered[order] = pixels
    channels = {"ReferencedSegmentNumber": [1, 2]} if pixels.ndim == 4 else None
    return volume.with_array(ordered, channels=channels)
