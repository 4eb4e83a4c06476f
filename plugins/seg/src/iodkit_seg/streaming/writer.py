"""Writing of segmentations whose pixels come in parts, and never are in memory as a whole."""

from __future__ import annotations

import contextvars
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from iodkit.errors import InvalidValueError, WriteError
from iodkit.io import BitmapFile, Spool, check_target
from iodkit_image.derived import (
    align_volume,
    as_sliceable,
    corner_of_region,
    cut_block,
    plane_pieces,
)
from iodkit_seg.creation.arrangement import PixelExtent, require_plane_shape
from iodkit_seg.creation.construction import begin
from iodkit_seg.encoding.bitplanes import mask_bits
from iodkit_seg.encoding.frames import pixel_type
from iodkit_seg.encoding.masks import Masks
from iodkit_seg.enums import SegmentationTypeValues
from iodkit_seg.sop import Segmentation
from iodkit_seg.streaming.arrivals import Arrivals
from iodkit_seg.streaming.output import FileLimits, SegmentationOutput
from iodkit_seg.streaming.storage import SpooledFrames

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Sequence
    from types import TracebackType
    from typing import Self, Unpack

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

    from iodkit.spatial import Volume, VolumeGeometry
    from iodkit_image.derived import PixelPiece, SourceFrames
    from iodkit_seg.creation.construction import SegmentationParameters
    from iodkit_seg.segments.description import SegmentDescription

__all__ = ["SegmentationWriter"]


class SegmentationWriter:
    """Writes a segmentation of any size in bounded memory (PS3.3 A.51).

    The file is the one that :class:`Segmentation` makes of the same pixels.  Frames wait on the
    disk, in a file without a name beside the target, until all have come; then they are put in
    order, and the file appears as a whole.  If the block is left with an exception, nothing is.

    Pixels come in any order, each place once: as planes, as regions of a total pixel matrix, or
    as a whole array that is read piece by piece.  What never comes is empty.  BINARY and
    FRACTIONAL segmentations also take the segments of a place one by one, at any time; a
    LABELMAP takes all segments of a place together, as each pixel belongs to one.

    Parameters
    ----------
    path : str | os.PathLike
        File to write.  If the segmentation is divided, ``seg.dcm`` stands for ``seg-1.dcm``,
        ``seg-2.dcm``, …; see :attr:`paths`.
    source_images : Sequence[pydicom.Dataset]
        Images that were segmented; see :class:`Segmentation`.
    segmentation_type : str | SegmentationTypeValues
        ``"BINARY"``, ``"FRACTIONAL"`` or ``"LABELMAP"``.
    segment_descriptions : Sequence[SegmentDescription]
        The segments.
    plane_shape : tuple[int, int] | None, optional
        Rows and columns of the planes, or of the total pixel matrix, where they are not those of
        the source images: with `plane_positions`, and in a pyramid.
    geometry : VolumeGeometry | None, optional
        Place of the planes where it is not that of the source images.  Its axes are those of the
        sources: slice, row, column.
    max_frames_per_file : int | None, optional
        Divides the segmentation into a concatenation of files of so many frames
        (PS3.3 C.7.6.16.2.2), which :func:`iodkit.read` takes as one.
    max_bytes_per_file : int | None, optional
        Divides the segmentation into files that are not larger, unless one frame is.
    overwrite : bool, optional
        Whether existing files are replaced.
    temporary_folder : str | os.PathLike | None, optional
        Folder on whose disk frames wait; that of `path` by default.
    **kwargs
        Further arguments of :class:`Segmentation`.  `use_extended_offset_table` may be ``None``,
        and is by default: only where the basic offset table cannot hold the offsets.  Frames are
        compressed as they come: with `workers` elsewhere while further ones come, a few at a
        time, so that memory stays bounded.  Write from one thread at a time.

    Raises
    ------
    InvalidValueError, InvalidTypeError, MissingAttributeError
        If an argument is wrong, or does not fit the others.
    GeometryError
        If the sources have no common place in space.
    WriteError
        If the file cannot be written.

    Examples
    --------
    ``with SegmentationWriter(path, images, "LABELMAP", segments) as writer:``
    ``    for index, image in enumerate(images): writer.write_planes(model(image), index)``
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        source_images: Sequence[Dataset],
        segmentation_type: str | SegmentationTypeValues,
        segment_descriptions: Sequence[SegmentDescription],
        *,
        plane_shape: tuple[int, int] | None = None,
        geometry: VolumeGeometry | None = None,
        max_frames_per_file: int | None = None,
        max_bytes_per_file: int | None = None,
        overwrite: bool = True,
        temporary_folder: str | os.PathLike[str] | None = None,
        **kwargs: Unpack[SegmentationParameters],
    ) -> None:
        limits = FileLimits(max_frames_per_file, max_bytes_per_file)
        self._path = Path(path)
        check_target(path, overwrite=overwrite)
        kwargs.setdefault("use_extended_offset_table", None)
        self._dataset = Segmentation.__new__(Segmentation)
        extent = PixelExtent(plane_shape, geometry)
        plan = self._plan = begin(
            self._dataset, source_images, extent, segmentation_type, segment_descriptions, **kwargs
        )
        require_plane_shape(extent, plan.places, is_matrix=plan.is_matrix)
        _require_axes(geometry, plan.sources)
        compress = plan.compressor()
        # Settings of a block that has ended when the file is closed still hold for it.
        self._context = contextvars.copy_context()
        self._overwrite = overwrite
        self._folder = temporary_folder or self._path.resolve().parent
        self._union: BitmapFile | None = None
        rows, columns = plan.places.rows, plan.places.columns
        dtype = pixel_type(plan.bits_allocated)
        workers = plan.options.workers
        storage = self._storage = SpooledFrames(
            Spool(self._folder), rows, columns, dtype, compress, workers
        )
        self._encoder = plan.encoder(storage)
        self._arrivals = Arrivals(plan.places.number_of_places, plan.numbers)
        self._output = SegmentationOutput(plan, self._dataset, storage, compress, limits)
        self._paths: tuple[Path, ...] | None = None
        self._is_open = True
        try:
            self._require_size()
        except BaseException:
            self.abort()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        except_type: type[BaseException] | None,
        except_value: BaseException | None,
        except_trace: TracebackType | None,
    ) -> None:
        if except_type is not None:
            self.abort()
        elif self._is_open:
            self.close()

    @property
    def number_of_places(self) -> int:
        """int: Number of planes or tiles."""
        return self._plan.places.number_of_places

    @property
    def unwritten(self) -> NDArray[np.intp]:
        """numpy.ndarray: Indices of the planes or tiles for which nothing has come yet."""
        return self._arrivals.missing

    @property
    def paths(self) -> tuple[Path, ...]:
        """tuple[pathlib.Path, ...]: The files that were written, as soon as they are."""
        if self._paths is None:
            raise WriteError("the file is not written yet", remedy="Call close() before.")
        return self._paths

    def write_planes(
        self, pixels: Any, start: int | Sequence[int] = 0, *, segment: int | None = None
    ) -> None:
        """Write one plane, or several.

        Parameters
        ----------
        pixels : array-like
            Shape (rows, columns), (planes, rows, columns), or (planes, rows, columns, segments);
            values as for :class:`Segmentation`.  Large arrays are read piece by piece.
        start : int | Sequence[int], optional
            Index of the first plane, in the order of the source frames (or of `geometry`, or
            `plane_positions`), from 0; or the index of each plane.
        segment : int | None, optional
            Number of the segment whose mask it is, of shape (rows, columns) or
            (planes, rows, columns); all segments by default.

        Raises
        ------
        InvalidValueError
            If shape or values do not fit, or something has come for a plane before.  The planes
            are not taken then (of several pieces: those of the piece, and all after it).
        OverlappingSegmentsError
            If segments of a label map overlap.  The writer cannot be used any more.
        WriteError
            If the disk is full.  The writer cannot be used any more.
        """
        self._require_open()
        array = as_sliceable(pixels)
        planes = array if array.ndim > 2 else np.asarray(array)[np.newaxis]
        size = (self._plan.places.rows, self._plan.places.columns)
        most = 4 if segment is None else 3
        if not 2 < planes.ndim <= most or tuple(planes.shape[1:3]) != size:
            raise InvalidValueError(
                "the planes have another shape",
                attribute="pixels",
                found=tuple(array.shape),
                expected=f"(planes, rows, columns) = (any, {size[0]}, {size[1]})"
                + (" and segments" if segment is None else ""),
            )
        count = planes.shape[0]
        places = np.asarray(start)
        if not places.ndim:
            places = places + np.arange(count)
        if places.shape != (count,):
            raise InvalidValueError(
                "an index for each plane is needed",
                attribute="start",
                found=places.shape,
                expected=f"({count},)",
            )
        self._arrivals.require_new(places, segment)
        self._write(plane_pieces(planes), places, segment)

    def write_region(
        self, pixels: Any, row: int, column: int, *, segment: int | None = None
    ) -> None:
        """Write a region of the total pixel matrix; with ``tile_pixel_array=True``.

        Parameters
        ----------
        pixels : array-like
            Shape (rows, columns), or (rows, columns, segments): whole tiles, but at the right and
            lower edge of the matrix.
        row, column : int
            First row and column of the region, from 0; they are those of a tile.
        segment : int | None, optional
            Number of the segment whose mask it is; all segments by default.

        Raises
        ------
        InvalidValueError
            If the region is not of whole tiles, or as :meth:`write_planes` says.
        OverlappingSegmentsError, WriteError
            As for :meth:`write_planes`.
        """
        self._require_open()
        grid: Any = self._plan.places
        if not self._plan.is_matrix:
            raise InvalidValueError(
                "planes are written as a whole",
                attribute="tile_pixel_array",
                found=False,
                remedy="Use write_planes, or pass tile_pixel_array=True to the writer.",
            )
        array = np.asarray(pixels)
        most = 3 if segment is None else 2
        if not 2 <= array.ndim <= most or not array.size:
            raise InvalidValueError(
                "wrong shape of a region",
                attribute="pixels",
                found=array.shape,
                expected="(rows, columns)" + (", or with segments" if segment is None else ""),
            )
        corner = corner_of_region(grid, (row, column), (array.shape[0], array.shape[1]))
        piece = cut_block(array, corner, grid)
        self._arrivals.require_new(piece.places, segment)
        self._write([piece], None, segment)

    def write_array(self, pixel_array: Any) -> None:
        """Write all planes, or the whole total pixel matrix.

        Parameters
        ----------
        pixel_array : array-like
            As for :class:`Segmentation`.  Arrays of dask or zarr and memory maps are read piece
            by piece, each chunk once if pieces of whole chunks are of whole tiles.

        Raises
        ------
        InvalidValueError, OverlappingSegmentsError, WriteError
            As for :meth:`write_planes`.
        """
        self._require_open()
        self._arrivals.require_new(np.arange(self.number_of_places), None)
        self._write(self._plan.pieces(pixel_array), None, None)

    def close(self) -> None:
        """Write the file, or files; they appear as a whole.

        Raises
        ------
        WriteError
            If they cannot be written; nothing is left then.
        ValidationError
            If the object has errors, and ``iodkit.defaults(validate=True)`` holds.
        """
        self._require_open()
        try:
            self._paths = self._context.run(self._finish)
        finally:
            self.abort()

    def abort(self) -> None:
        """Give up: nothing is written, and what has come is forgotten."""
        self._is_open = False
        self._storage.close()
        if self._union is not None:
            self._union.close()

    def _finish(self) -> tuple[Path, ...]:
        frames = self._plan.finish(self._encoder)
        return self._output.write(frames, self._path, overwrite=self._overwrite)

    def _write(
        self, pieces: Iterable[PixelPiece], places: NDArray[np.intp] | None, segment: int | None
    ) -> None:
        numbers = self._plan.numbers if segment is None else (segment,)
        if segment is not None and self._plan.kind is SegmentationTypeValues.LABELMAP:
            raise InvalidValueError(
                "the segments of a label map come together",
                attribute="segment",
                found=segment,
                expected="None",
                clause="PS3.3 C.8.20.2.3.3",
            )
        for piece in pieces:
            array = piece.array if segment is None else piece.array[..., np.newaxis]
            masks = Masks.from_array(array, numbers)
            if self._plan.kind is not SegmentationTypeValues.FRACTIONAL:
                masks.require_binary(self._plan.kind)
            at = piece.places if places is None else places[piece.places]
            try:
                self._encoder.add(masks, at)
                if segment is not None:
                    self._note_overlaps(masks, at)
            except BaseException:
                self.abort()
                raise
            self._arrivals.note(at, segment)
        self._require_size()

    def _note_overlaps(self, masks: Masks, places: NDArray[np.intp]) -> None:
        """Compare segments that come one by one with the union of those that came before."""
        if self._encoder.overlaps or len(self._plan.numbers) < 2:
            return
        if self._union is None:
            size = self._plan.places.rows * self._plan.places.columns
            self._union = BitmapFile((size + 7) // 8, self._folder)
        bits_of = mask_bits(masks.array)
        for plane, place in enumerate(places.tolist()):
            for frame in bits_of(plane):
                if self._union.merge(place, frame.start, frame.packed):
                    self._encoder.overlaps = True

    def _require_size(self) -> None:
        self._output.require_size(self._encoder.number_of_frames)

    def _require_open(self) -> None:
        if not self._is_open:
            raise WriteError(
                "the writer is closed",
                remedy="Make a new one; after an error nothing of what came before is kept.",
            )


def _require_axes(geometry: VolumeGeometry | None, sources: SourceFrames) -> None:
    """Raise if planes of a geometry would have to be turned to lie like the sources."""
    if geometry is None:
        return
    turned = align_volume(cast("Volume", geometry), sources)
    if not np.allclose(turned.affine, geometry.affine):
        raise InvalidValueError(
            "the planes of the geometry do not lie like those of the source images",
            attribute="geometry",
            found=tuple(geometry.spatial_shape),
            expected="axes slice, row and column as the sources have them: "
            f"{tuple(turned.spatial_shape)}",
            remedy="Turn the array and its geometry before (permute_spatial_axes, flip_spatial).",
        )
