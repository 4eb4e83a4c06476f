"""Making a segmentation: all that it consists of is worked out before anything is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.charset import default_encoding
from pydicom.dataset import Dataset

from iodkit.dataset import ContributingEquipment
from iodkit.elements import check_type
from iodkit.errors import InvalidValueError
from iodkit.frames import attach_sequences, encoding_of
from iodkit.io import encode_items
from iodkit.spatial import Volume
from iodkit.standard.enums import CoordinateSystemNames, DimensionOrganizationTypeValues
from iodkit_image.derived import (
    FrameArrangement,
    PlaneStack,
    SourceFrames,
    TileGrid,
    UnplacedFrames,
    align_volume,
    cut_tiles,
    lossy_compression_of,
    require_identified,
    require_shape,
    write_referenced_series,
)
from iodkit_seg import modules
from iodkit_seg.colors import with_color
from iodkit_seg.description import SegmentDescription, background_description, check_descriptions
from iodkit_seg.encapsulation import write_pixel_data
from iodkit_seg.encoding import EncodedFrames, encode_frames
from iodkit_seg.enums import SegmentationFractionalTypeValues, SegmentationTypeValues
from iodkit_seg.masks import Masks
from iodkit_seg.syntaxes import bits_of, require_syntax

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor

    from iodkit.content import (
        PixelMeasuresSequence,
        PlaneOrientationSequence,
        PlanePositionSequence,
    )
    from iodkit_seg.palette import LabelPalette

__all__ = ["PlaneOverrides", "SegmentationOptions", "SegmentationPlan", "Tiling"]

_SEGMENT_SEQUENCE = 0x00620002


@dataclass(frozen=True, slots=True)
class PlaneOverrides:
    """Geometry that the caller gives in place of that of the sources."""

    pixel_measures: PixelMeasuresSequence | None = None
    plane_orientation: PlaneOrientationSequence | None = None
    plane_positions: Sequence[PlanePositionSequence] | None = None


@dataclass(frozen=True, slots=True)
class Tiling:
    """Whether the pixels are a total pixel matrix, and into which tiles it is cut."""

    tile_pixel_array: bool = False
    tile_size: Sequence[int] | None = None
    resampled: bool = False

    @property
    def is_asked_for(self) -> bool:
        """bool: Whether any of it differs from the default."""
        return self != Tiling()


@dataclass(frozen=True, slots=True)
class SegmentationOptions:
    """How a segmentation is stored and described, apart from its pixels and segments."""

    pyramid: modules.PyramidLevel
    content: modules.ContentIdentification
    fractional_type: str | SegmentationFractionalTypeValues | None
    max_fractional_value: int
    omit_empty_frames: bool
    organization_type: DimensionOrganizationTypeValues | str | None
    contributing_equipment: Sequence[ContributingEquipment] | None
    use_extended_offset_table: bool
    transfer_syntax_uid: str
    workers: int | Executor = 0
    palette: LabelPalette | None = None


@dataclass(frozen=True, slots=True, eq=False)
class SegmentationPlan:
    """All that a segmentation consists of, apart from what identifies it.

    Parameters
    ----------
    sources : SourceFrames
        Frames of the source images.
    further_sources : tuple[pydicom.Dataset, ...]
        Other images that were used.
    places : FrameArrangement
        Places of the segmentation.
    frames : EncodedFrames
        Its frames.
    kind : SegmentationTypeValues
        Its type.
    descriptions : tuple[SegmentDescription, ...]
        Its segments, the background of a label map included.
    overlaps : bool
        Whether segments share pixels.
    options : SegmentationOptions
        How it is stored and described.
    """

    sources: SourceFrames
    further_sources: tuple[Dataset, ...]
    places: FrameArrangement
    frames: EncodedFrames
    kind: SegmentationTypeValues
    descriptions: tuple[SegmentDescription, ...]
    overlaps: bool
    options: SegmentationOptions

    @classmethod
    def make(
        cls,
        source_images: Sequence[Dataset],
        pixel_array: object,
        kind: SegmentationTypeValues,
        segment_descriptions: Sequence[SegmentDescription],
        *,
        further_source_images: Sequence[Dataset] | None,
        overrides: PlaneOverrides,
        tiling: Tiling,
        options: SegmentationOptions,
    ) -> SegmentationPlan:
        """Check all that the caller gives, and make the frames.

        Parameters
        ----------
        source_images : Sequence[pydicom.Dataset]
            Images that were segmented.
        pixel_array : numpy.ndarray | Volume
            Pixels of the segments.
        kind : SegmentationTypeValues
            Type of the segmentation.
        segment_descriptions : Sequence[SegmentDescription]
            The segments.
        further_source_images : Sequence[pydicom.Dataset] | None
            Other images that were used.
        overrides : PlaneOverrides
            Geometry in place of that of the sources.
        tiling : Tiling
            Whether the pixels are a total pixel matrix, to be cut into tiles.
        options : SegmentationOptions
            How it is stored and described.

        Returns
        -------
        SegmentationPlan
            All that the segmentation consists of.

        Raises
        ------
        IodkitError
            If anything does not fit.
        """
        sources = SourceFrames.from_images(source_images)
        is_labelmap = kind is SegmentationTypeValues.LABELMAP
        descriptions = tuple(segment_descriptions)
        numbers = check_descriptions(descriptions, consecutive=not is_labelmap)
        if options.palette is not None:
            options.palette.check(descriptions)
        require_syntax(options.transfer_syntax_uid, bits_of(kind, numbers))
        if is_labelmap and 0 not in numbers:
            descriptions = (background_description(), *descriptions)
        places, pixels = _place(pixel_array, sources, overrides, tiling)
        masks = Masks.from_array(pixels, numbers)
        require_shape(places, masks.shape)
        frames = encode_frames(
            masks,
            kind,
            places.order,
            omit_empty=options.omit_empty_frames,
            max_fractional_value=options.max_fractional_value,
        )
        return cls(
            sources=sources,
            further_sources=_check_further(further_source_images),
            places=places,
            frames=frames,
            kind=kind,
            descriptions=descriptions,
            overlaps=masks.overlaps(),
            options=options,
        )

    @property
    def study(self) -> Dataset:
        """pydicom.Dataset: Image that patient and study are taken from."""
        return self.sources.images[0]

    def write(self, dataset: Dataset) -> None:
        """Write the modules of the segmentation.

        Parameters
        ----------
        dataset : pydicom.Dataset
            The new object, with its identification.
        """
        images, options = self.sources.images, self.options
        dataset.ImageType = ["DERIVED", "PRIMARY"]
        options.content.write(dataset)
        options.pyramid.write(dataset)
        _write_equipment(dataset, images[0], options.contributing_equipment)
        self.places.write_modules(dataset, images[0])
        write_referenced_series(dataset, [*images, *self.further_sources])
        for keyword, value in lossy_compression_of(images).items():
            setattr(dataset, keyword, value)
        modules.write_pixel_description(
            dataset, self.kind, self.places.rows, self.places.columns, self.frames.bits_allocated
        )
        if options.palette is not None:
            options.palette.write(dataset)
        modules.write_segmentation_type(
            dataset,
            self.kind,
            fractional_type=options.fractional_type,
            max_fractional_value=options.max_fractional_value,
            overlaps=self.overlaps,
        )
        modules.write_dimensions(dataset, self.places, self.frames, options.organization_type)
        self._write_segments(dataset)
        groups = modules.functional_groups(dataset, self.places, self.frames, self.sources)
        groups.attach(dataset)
        write_pixel_data(
            dataset,
            self.frames,
            use_extended_offset_table=options.use_extended_offset_table,
            workers=options.workers,
        )

    def _write_segments(self, dataset: Dataset) -> None:
        """Write the descriptions encoded, which leaves the caller's objects their own."""
        encoding = encoding_of(dataset)
        value = encode_items(
            self._colored_descriptions(),
            implicit_vr=encoding.implicit_vr,
            little_endian=encoding.little_endian,
            parent_encoding=list(encoding.encodings) or default_encoding,
        )
        attach_sequences(dataset, {_SEGMENT_SEQUENCE: value}, encoding)

    def _colored_descriptions(self) -> list[SegmentDescription]:
        """Descriptions with a colour each, unless the palette says the colours."""
        if self.options.palette is not None:
            return list(self.descriptions)
        return [with_color(description) for description in self.descriptions]


def _place(
    pixel_array: Any, sources: SourceFrames, overrides: PlaneOverrides, tiling: Tiling
) -> tuple[FrameArrangement, object]:
    """Find where the pixels lie: a volume says it, an array follows the source frames."""
    overridden = overrides != PlaneOverrides()
    slide = sources.coordinate_system is CoordinateSystemNames.SLIDE
    if overridden and (slide or sources.coordinate_system is None):
        raise InvalidValueError(
            "only planes in the patient coordinate system can be given another geometry",
            attribute="plane_positions",
            expected="no pixel_measures, plane_orientation or plane_positions",
        )
    if tiling.is_asked_for and not slide:
        raise InvalidValueError(
            "the source image has no total pixel matrix",
            attribute="tile_pixel_array",
            found=str(sources.coordinate_system),
            expected="one tiled image",
        )
    if isinstance(pixel_array, Volume):
        return _place_volume(pixel_array, sources, overridden)
    if slide:
        return _place_tiles(pixel_array, sources, tiling)
    if sources.coordinate_system is None:
        return UnplacedFrames.from_sources(sources), pixel_array
    stack = PlaneStack.from_sources(sources).with_overrides(
        overrides.pixel_measures, overrides.plane_orientation, overrides.plane_positions
    )
    if overrides.plane_positions is not None:
        shape: tuple[int, ...] = np.shape(pixel_array)
        first = 1 if len(shape) == 4 else len(shape) - 2
        rows, columns = shape[first], shape[first + 1]
        stack = stack.resized(rows, columns)
    return stack, pixel_array


def _place_volume(
    volume: Volume, sources: SourceFrames, overridden: bool
) -> tuple[FrameArrangement, object]:
    if overridden:
        raise InvalidValueError(
            "a Volume has a geometry of its own",
            attribute="pixel_array",
            expected="no pixel_measures, plane_orientation or plane_positions beside it",
        )
    if sources.coordinate_system is not CoordinateSystemNames.PATIENT:
        raise InvalidValueError(
            "a Volume needs source images in the patient coordinate system",
            attribute="pixel_array",
            found=f"sources in {sources.coordinate_system or 'no coordinate system'}",
            expected="an array with a plane for each source frame",
        )
    aligned = align_volume(volume, sources)
    return PlaneStack.from_volume(aligned, sources), aligned.array


def _place_tiles(
    pixel_array: object, sources: SourceFrames, tiling: Tiling
) -> tuple[FrameArrangement, object]:
    if not tiling.tile_pixel_array:
        if tiling.tile_size is not None:
            raise InvalidValueError(
                "the size of tiles is that of the source's",
                attribute="tile_size",
                found=tiling.tile_size,
                remedy="Pass tile_pixel_array=True, and the total pixel matrix as pixel_array.",
            )
        return TileGrid.from_sources(sources), pixel_array
    matrix = np.asarray(pixel_array)
    grid = TileGrid.of_matrix(sources, tiling.tile_size)
    if tiling.resampled and matrix.ndim >= 2:
        first = 0 if matrix.ndim == 2 else 1
        grid = grid.resampled((matrix.shape[first], matrix.shape[first + 1]))
    return grid, cut_tiles(matrix, grid)


def _check_further(images: Sequence[Dataset] | None) -> tuple[Dataset, ...]:
    items = tuple(images or ())
    for item in items:
        check_type(item, Dataset, "further_source_images")
        require_identified(item, what="further source image")
    return items


def _write_equipment(
    dataset: Dataset, source: Dataset, contributing: Sequence[ContributingEquipment] | None
) -> None:
    """Write which equipment contributed: that of the source, and what the caller names."""
    items = [
        check_type(i, ContributingEquipment, "contributing_equipment") for i in contributing or ()
    ]
    if source.get("Manufacturer"):
        items.insert(0, ContributingEquipment.for_image_acquisition(source))
    if items:
        dataset.ContributingEquipmentSequence = items
