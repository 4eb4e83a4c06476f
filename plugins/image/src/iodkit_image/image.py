"""Any DICOM image as one class: its frames, and where they lie in space."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.tag import BaseTag

from iodkit.dataset import SOPClass, require
from iodkit.errors import GeometryError, InvalidTypeError, OutOfRangeError
from iodkit.frames import describe_stack
from iodkit.standard.enums import CoordinateSystemNames
from iodkit_image.pixels import FrameStore, number_of_frames

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Sequence
    from typing import BinaryIO, Unpack

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset
    from pydicom.uid import UID

    from iodkit.frames import FrameTable
    from iodkit.spatial import StackReport, VolumeGeometry
    from iodkit_image.transforms import FrameTransforms, TransformKeywords

__all__ = ["Image", "imread"]

_TILED_FULL = "TILED_FULL"


class Image(SOPClass):
    """Any image: single-frame, multi-frame or tiled.

    Objects are made by :func:`imread`, :meth:`from_file`, :meth:`from_dataset` or
    :func:`iodkit.read`.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        del args, kwargs
        raise InvalidTypeError(
            f"{type(self).__name__} has no constructor",
            remedy="Use iodkit.imread(path), or from_dataset(dataset) of the class.",
        )

    @classmethod
    def _check_dataset(cls, dataset: Dataset) -> None:
        for keyword in ("Rows", "Columns"):
            require(dataset, keyword, clause="PS3.3 C.7.6.3", what="image")

    @property
    def frame_store(self) -> FrameStore:
        """FrameStore: The frames as they are stored, in memory or still in the file."""
        located = self.deferred_pixel_data
        return FrameStore.from_dataset(self, None if located is None else located[0])

    @property
    def frames(self) -> FrameTable:
        """FrameTable: The frames as a table, one column per fact; see :mod:`iodkit.frames`."""
        return self.frame_table

    @property
    def number_of_frames(self) -> int:
        """int: Number of frames."""
        return number_of_frames(self)

    @property
    def is_tiled(self) -> bool:
        """bool: Whether frames are tiles of a total pixel matrix (PS3.3 C.8.12.4)."""
        return "TotalPixelMatrixRows" in self and "TotalPixelMatrixColumns" in self

    @property
    def coordinate_system(self) -> CoordinateSystemNames | None:
        """CoordinateSystemNames | None: Coordinate system of the frames, if they have one."""
        if not self.get("FrameOfReferenceUID"):
            return None
        if "ImageOrientationSlide" in self or "TotalPixelMatrixOriginSequence" in self:
            return CoordinateSystemNames.SLIDE
        if np.isnan(self.frames.positions).all():
            return None
        return CoordinateSystemNames.PATIENT

    def _index(self, frame_number: int, as_index: bool) -> int:
        """Turn a frame number, from 1, into an index, from 0."""
        index = frame_number if as_index else frame_number - 1
        if not 0 <= index < self.number_of_frames:
            raise OutOfRangeError(
                "there is no such frame",
                attribute="frame_number",
                found=frame_number,
                expected=f"{0 if as_index else 1} to {self.number_of_frames - as_index}",
            )
        return index

    def _indices(self, frame_numbers: Iterable[int] | None, as_indices: bool) -> list[int]:
        if frame_numbers is None:
            return list(range(self.number_of_frames))
        return [self._index(int(number), as_indices) for number in frame_numbers]

    def get_raw_frame(self, frame_number: int, as_index: bool = False) -> bytes:
        """Return the encoded bytes of a frame.

        Parameters
        ----------
        frame_number : int
            Number of the frame, from 1.
        as_index : bool, optional
            Whether `frame_number` counts from 0.

        Returns
        -------
        bytes
            Bytes as they are stored, fragments joined.

        Raises
        ------
        OutOfRangeError
            If there is no such frame.
        """
        return self.frame_store.raw(self._index(frame_number, as_index))

    def get_stored_frame(self, frame_number: int, as_index: bool = False) -> NDArray[Any]:
        """Return the stored values of a frame.

        Parameters
        ----------
        frame_number : int
            Number of the frame, from 1.
        as_index : bool, optional
            Whether `frame_number` counts from 0.

        Returns
        -------
        numpy.ndarray
            Shape (rows, columns), or (rows, columns, samples) of colour images.

        Raises
        ------
        OutOfRangeError
            If there is no such frame.
        PixelDataError
            If it cannot be decoded.
        """
        return self.frame_store.read(self._index(frame_number, as_index))

    def get_stored_frames(
        self, frame_numbers: Iterable[int] | None = None, as_indices: bool = False
    ) -> NDArray[Any]:
        """Return the stored values of several frames.

        Parameters
        ----------
        frame_numbers : Iterable[int] | None, optional
            Numbers of the frames, from 1; all by default.
        as_indices : bool, optional
            Whether `frame_numbers` count from 0.

        Returns
        -------
        numpy.ndarray
            Shape (frames, rows, columns), or (frames, rows, columns, samples).
        """
        return self.frame_store.read_many(self._indices(frame_numbers, as_indices))

    def get_frame(
        self,
        frame_number: int,
        as_index: bool = False,
        **kwargs: Unpack[TransformKeywords],
    ) -> NDArray[Any]:
        """Return a frame with its transformations.

        Parameters
        ----------
        frame_number : int
            Number of the frame, from 1.
        as_index : bool, optional
            Whether `frame_number` counts from 0.
        **kwargs
            Type of the output and transformations; see
            :class:`iodkit_image.transforms.TransformOptions`.

        Returns
        -------
        numpy.ndarray
            Shape (rows, columns), or (rows, columns, 3) of colour images and palettes.

        Raises
        ------
        OutOfRangeError
            If there is no such frame.
        PixelDataError
            If it cannot be decoded.
        MissingAttributeError, InvalidValueError
            If the image lacks a transformation that is wanted, or they contradict each other.
        """
        index = self._index(frame_number, as_index)
        transforms = self.frame_transforms(**kwargs)
        out = transforms.apply(self.frame_store.view(index), index)
        return out if out.flags.writeable and out.flags.owndata else np.array(out, order="C")

    def get_frames(
        self,
        frame_numbers: Iterable[int] | None = None,
        as_indices: bool = False,
        **kwargs: Unpack[TransformKeywords],
    ) -> NDArray[Any]:
        """Return several frames with their transformations.

        Parameters
        ----------
        frame_numbers : Iterable[int] | None, optional
            Numbers of the frames, from 1; all by default.
        as_indices : bool, optional
            Whether `frame_numbers` count from 0.
        **kwargs
            As for :meth:`get_frame`.

        Returns
        -------
        numpy.ndarray
            Shape (frames, rows, columns), or (frames, rows, columns, 3).
        """
        indices = self._indices(frame_numbers, as_indices)
        transforms = self.frame_transforms(**kwargs)
        out: NDArray[Any] | None = None
        for place, index in enumerate(indices):
            frame = transforms.apply(self.frame_store.view(index), index)
            if out is None:
                out = np.empty((len(indices), *frame.shape), frame.dtype)
            out[place] = frame
        return self.get_stored_frames([]) if out is None else out

    def frame_transforms(self, **kwargs: Unpack[TransformKeywords]) -> FrameTransforms:
        """Return what turns stored values into those of :meth:`get_frame`.

        Parameters
        ----------
        **kwargs
            As for :meth:`get_frame`.

        Returns
        -------
        FrameTransforms
            A transformation for each frame.
        """
        from iodkit_image.transforms import FrameTransforms, TransformOptions

        return FrameTransforms(self, TransformOptions(**kwargs))

    @property
    def pixel_array(self) -> NDArray[Any]:
        """numpy.ndarray: Stored values of all frames; of a single one without a frame axis."""
        frames = self.get_stored_frames()
        return frames[0] if len(frames) == 1 else frames

    @property
    def dimension_index_pointers(self) -> list[BaseTag]:
        """list[pydicom.tag.BaseTag]: Attributes that the dimension indices point to."""
        return [BaseTag(tag) for tag in self.frames.dimension_index_pointers]

    def are_dimension_indices_unique(
        self, dimension_index_pointers: Sequence[int | BaseTag | str]
    ) -> bool:
        """Tell whether dimension indices identify frames.

        Parameters
        ----------
        dimension_index_pointers : Sequence[int | pydicom.tag.BaseTag | str]
            Tags or keywords of some of the attributes that the dimension indices point to.

        Returns
        -------
        bool
            Whether no two frames have the same values of these indices.

        Raises
        ------
        NotFoundError
            If the image has no such dimension.
        """
        table = self.frames
        return table.is_unique(*[table.dimension(each) for each in dimension_index_pointers])

    def get_source_image_uids(self) -> list[tuple[UID, UID, UID]]:
        """List the images that the frames refer to as their sources.

        Returns
        -------
        list[tuple[pydicom.uid.UID, pydicom.uid.UID, pydicom.uid.UID]]
            Study, series and SOP instance UID of each.
        """
        from iodkit_image.queries import referenced_instances

        return referenced_instances(self)

    def is_indexable_as_total_pixel_matrix(self) -> bool:
        """Tell whether the frames are tiles whose places in one matrix are known.

        Returns
        -------
        bool
            Whether that is so.
        """
        if not self.is_tiled:
            return False
        if self.get("DimensionOrganizationType") == _TILED_FULL:
            return True
        return bool((self.frames.matrix_positions > 0).all())

    def describe_frames(
        self,
        *,
        rtol: float | None = None,
        atol: float | None = None,
        perpendicular_tol: float | None = None,
    ) -> StackReport:
        """Describe how the frames lie in the patient coordinate system.

        Parameters
        ----------
        rtol, atol, perpendicular_tol : float | None, optional
            Tolerances; see :func:`iodkit.spatial.describe_positions`.

        Returns
        -------
        StackReport
            Whether the frames make a regular volume, and if not, why.

        Raises
        ------
        GeometryError
            If the image has no frame of reference, or a frame has no position.
        """
        if not self.get("FrameOfReferenceUID"):
            raise GeometryError(
                "the image has no frame of reference",
                attribute="FrameOfReferenceUID",
                clause="PS3.3 C.7.4.1",
            )
        return describe_stack(
            self.frames, rtol=rtol, atol=atol, perpendicular_tol=perpendicular_tol
        )

    def geometry_of(
        self,
        report: StackReport,
        *,
        allow_missing_positions: bool = False,
        allow_duplicate_positions: bool = True,
    ) -> VolumeGeometry:
        """Make the geometry of the volume that the frames fill.

        Parameters
        ----------
        report : StackReport
            How the frames lie; see :meth:`describe_frames`.
        allow_missing_positions : bool, optional
            Whether planes may be missing.
        allow_duplicate_positions : bool, optional
            Whether several frames may lie in one plane.

        Returns
        -------
        VolumeGeometry
            Geometry with the axes slice, row and column.

        Raises
        ------
        NotAVolumeError
            If the frames make no regular volume; the error has the report.
        """
        return report.geometry(
            int(self.Rows),
            int(self.Columns),
            self.frames.pixel_spacings[0].tolist(),
            CoordinateSystemNames.PATIENT,
            str(self.FrameOfReferenceUID),
            allow_missing_positions=allow_missing_positions,
            allow_duplicate_positions=allow_duplicate_positions,
        )

    def get_volume_geometry(
        self,
        *,
        rtol: float | None = None,
        atol: float | None = None,
        perpendicular_tol: float | None = None,
        allow_missing_positions: bool = False,
        allow_duplicate_positions: bool = True,
    ) -> VolumeGeometry | None:
        """Return the geometry of the volume that the frames fill.

        Parameters
        ----------
        rtol, atol, perpendicular_tol : float | None, optional
            Tolerances; see :func:`iodkit.spatial.describe_positions`.
        allow_missing_positions : bool, optional
            Whether planes may be missing.
        allow_duplicate_positions : bool, optional
            Whether several frames may lie in one plane.

        Returns
        -------
        VolumeGeometry | None
            Geometry with the axes slice, row and column; ``None`` if the frames make no regular
            volume.  :meth:`describe_frames` says why.
        """
        try:
            report = self.describe_frames(rtol=rtol, atol=atol, perpendicular_tol=perpendicular_tol)
            return self.geometry_of(
                report,
                allow_missing_positions=allow_missing_positions,
                allow_duplicate_positions=allow_duplicate_positions,
            )
        except GeometryError:
            return None


def imread(
    fp: str | bytes | os.PathLike[str] | BinaryIO, lazy_frame_retrieval: bool = False
) -> Image:
    """Read an image.

    Parameters
    ----------
    fp : str | bytes | os.PathLike | BinaryIO
        Path, URL, content, or open file of a DICOM file.
    lazy_frame_retrieval : bool, optional
        Whether pixel data stay in the file until they are asked for.

    Returns
    -------
    Image
        The image.

    Raises
    ------
    ReadError
        If the file cannot be read.
    MissingAttributeError
        If it holds no image.
    """
    return Image.from_file(fp, lazy_frame_retrieval)
