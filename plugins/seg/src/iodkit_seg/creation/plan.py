"""Making a segmentation: all that it consists of is worked out before anything is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from pydicom.charset import default_encoding
from pydicom.dataset import Dataset

from iodkit.dataset import ContributingEquipment
from iodkit.elements import check_type
from iodkit.frames import attach_sequences, encoding_of
from iodkit.io import encode_items
from iodkit.spatial import Volume
from iodkit_image.derived import (
    FrameArrangement,
    PixelPiece,
    SourceFrames,
    TileGrid,
    as_sliceable,
    lossy_compression_of,
    matrix_pieces,
    plane_pieces,
    require_identified,
    require_shape,
    write_referenced_series,
)
from iodkit_seg.creation import modules
from iodkit_seg.creation.arrangement import PixelExtent, PlaneOverrides, Tiling, arrange, fit_volume
from iodkit_seg.creation.timed import has_times, planes_in_time
from iodkit_seg.encoding.encapsulation import frame_compressor, write_pixel_data
from iodkit_seg.encoding.encoder import FrameEncoder
from iodkit_seg.encoding.frames import FramesInMemory
from iodkit_seg.encoding.masks import Masks, require_dimensions
from iodkit_seg.encoding.syntaxes import bits_of, require_syntax
from iodkit_seg.enums import SegmentationFractionalTypeValues, SegmentationTypeValues
from iodkit_seg.segments.colors import with_colors
from iodkit_seg.segments.description import (
    SegmentDescription,
    background_description,
    check_descriptions,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Executor

    from numpy.typing import NDArray

    from iodkit.standard.enums import DimensionOrganizationTypeValues
    from iodkit_seg.encoding.frames import EncodedFrames, FrameStorage
    from iodkit_seg.segments.palette import LabelPalette

__all__ = ["SegmentationOptions", "SegmentationPlan"]

_SEGMENT_SEQUENCE = 0x00620002


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
    use_extended_offset_table: bool | None
    transfer_syntax_uid: str
    workers: int | Executor = 0
    palette: LabelPalette | None = None


@dataclass(frozen=True, slots=True, eq=False)
class SegmentationPlan:
    """All that a segmentation consists of, apart from its pixels and what identifies it.

    Parameters
    ----------
    sources : SourceFrames
        Frames of the source images.
    further_sources : tuple[pydicom.Dataset, ...]
        Other images that were used.
    places : FrameArrangement
        Places of the segmentation.
    kind : SegmentationTypeValues
        Its type.
    descriptions : tuple[SegmentDescription, ...]
        Its segments, the background of a label map included.
    is_matrix : bool
        Whether its pixels come as a total pixel matrix.
    options : SegmentationOptions
        How it is stored and described.
    """

    sources: SourceFrames
    further_sources: tuple[Dataset, ...]
    places: FrameArrangement
    kind: SegmentationTypeValues
    descriptions: tuple[SegmentDescription, ...]
    is_matrix: bool
    options: SegmentationOptions

    @classmethod
    def make(
        cls,
        source_images: Sequence[Dataset],
        extent: PixelExtent,
        kind: SegmentationTypeValues,
        segment_descriptions: Sequence[SegmentDescription],
        *,
        further_source_images: Sequence[Dataset] | None,
        overrides: PlaneOverrides,
        tiling: Tiling,
        options: SegmentationOptions,
    ) -> SegmentationPlan:
        """Check all that the caller gives, but the pixels.

        Parameters
        ----------
        source_images : Sequence[pydicom.Dataset]
            Images that were segmented.
        extent : PixelExtent
            How far the pixels extend.
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
        return cls(
            sources=sources,
            further_sources=_check_further(further_source_images),
            places=arrange(extent, sources, overrides, tiling),
            kind=kind,
            descriptions=descriptions,
            is_matrix=tiling.tile_pixel_array,
            options=options,
        )

    @property
    def numbers(self) -> tuple[int, ...]:
        """tuple[int, ...]: Numbers of the segments, without that of the background."""
        return tuple(n for d in self.descriptions if (n := int(d.SegmentNumber)) != 0)

    @property
    def bits_allocated(self) -> int:
        """int: Bits of a pixel."""
        return bits_of(self.kind, self.numbers)

    def compressor(self) -> Callable[[NDArray[Any]], bytes] | None:
        """Make what compresses a frame; ``None`` if frames are native."""
        meaning = "MONOCHROME2" if self.options.palette is None else "PALETTE COLOR"
        return frame_compressor(self.options.transfer_syntax_uid, self.bits_allocated, meaning)

    def encoder(self, storage: FrameStorage) -> FrameEncoder:
        """Make what turns planes into frames.

        Parameters
        ----------
        storage : FrameStorage
            Where frames are kept.

        Returns
        -------
        FrameEncoder
            The encoder, without any frame.
        """
        return FrameEncoder(self.kind, self.numbers, self.options.max_fractional_value, storage)

    def finish(self, encoder: FrameEncoder) -> EncodedFrames:
        """Put the frames of an encoder into the order in which they are stored."""
        return encoder.finish(self.places.order, omit_empty=self.options.omit_empty_frames)

    def encode(self, pixel_array: Any) -> EncodedFrames:
        """Make the frames of an array, piece by piece.

        Parameters
        ----------
        pixel_array : array-like | Volume
            Pixels of all segments at all places.

        Returns
        -------
        EncodedFrames
            The frames, in the order in which they are stored.
        """
        given = pixel_array.array if isinstance(pixel_array, Volume) else pixel_array
        storage = FramesInMemory(given)
        encoder = self.encoder(storage)
        for piece in self.pieces(pixel_array):
            masks, places = Masks.from_array(piece.array, self.numbers), piece.places
            if self.kind is SegmentationTypeValues.LABELMAP and storage.shares_memory(masks.array):
                # One copy of all planes that are kept takes less than one of each.
                filled = masks.filled_planes()
                masks, places = masks.take(filled), places[filled]
            encoder.add(masks, places)
        return self.finish(encoder)

    def pieces(self, pixel_array: Any) -> Iterator[PixelPiece]:
        """Divide an array into pieces that are read one after the other.

        Parameters
        ----------
        pixel_array : array-like | Volume
            Pixels of all segments at all places.

        Yields
        ------
        PixelPiece
            Pixels of some places.

        Raises
        ------
        InvalidValueError
            If the shape of the array does not fit the places.
        """
        if isinstance(pixel_array, Volume):
            if has_times(pixel_array):
                pixel_array = planes_in_time(pixel_array, self.sources, self.places)
            else:
                pixel_array = fit_volume(pixel_array, self.sources).array
        pixels = as_sliceable(pixel_array)
        if self.is_matrix:
            yield from matrix_pieces(pixels, cast("TileGrid", self.places))
            return
        shape = require_dimensions(tuple(pixels.shape))
        require_shape(self.places, (shape[0], shape[1], shape[2]))
        yield from plane_pieces(pixels if pixels.ndim > 2 else np.asarray(pixels)[np.newaxis])

    @property
    def study(self) -> Dataset:
        """pydicom.Dataset: Image that patient and study are taken from."""
        return self.sources.images[0]

    def write(self, dataset: Dataset, frames: EncodedFrames) -> None:
        """Write the modules of the segmentation, with its pixels.

        Parameters
        ----------
        dataset : pydicom.Dataset
            The new object, with its identification.
        frames : EncodedFrames
            Its frames.
        """
        self.write_modules(dataset, frames)
        options = self.options
        write_pixel_data(
            dataset,
            frames,
            (self.places.rows, self.places.columns),
            use_extended_offset_table=options.use_extended_offset_table,
            workers=options.workers,
        )

    def write_modules(self, dataset: Dataset, frames: EncodedFrames) -> None:
        """Write all modules of the segmentation but the values of its pixels.

        Parameters
        ----------
        dataset : pydicom.Dataset
            The new object, with its identification.
        frames : EncodedFrames
            Its frames.
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
            dataset, self.kind, self.places.rows, self.places.columns, frames.bits_allocated
        )
        if options.palette is not None:
            options.palette.write(dataset)
        modules.write_segmentation_type(
            dataset,
            self.kind,
            fractional_type=options.fractional_type,
            max_fractional_value=options.max_fractional_value,
            overlaps=frames.overlaps,
        )
        modules.write_dimensions(dataset, self.places, frames, options.organization_type)
        self._write_segments(dataset)
        groups = modules.functional_groups(dataset, self.places, frames, self.sources)
        groups.attach(dataset)

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
        return with_colors(self.descriptions)


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
