"""The frames of an image: raw, as stored, and transformed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from iodkit.dataset import SOPClass
from iodkit.errors import OutOfRangeError, PixelDataError
from iodkit.standard.enums import CoordinateSystemNames
from iodkit_image.pixels import FrameStore, number_of_frames
from iodkit_image.stores import KEPT, kept_store
from iodkit_image.transforms.choice import transform_of
from iodkit_image.transforms.options import TransformOptions
from iodkit_image.transforms.pipeline import FrameTransforms
from iodkit_image.transforms.rescaling import Rescaling

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Unpack

    from numpy.typing import DTypeLike, NDArray
    from pydicom.sr.coding import Code

    from iodkit.coding import CodedConcept
    from iodkit.frames import FrameTable
    from iodkit_image.assembly import FrameTransform
    from iodkit_image.transforms import TransformKeywords, VOILUTTransformation

__all__ = ["ImageFrames"]


class ImageFrames(SOPClass):
    """What an image is before it is understood in space: its frames."""

    _shared_by_copies: ClassVar[frozenset[str]] = (
        SOPClass._shared_by_copies | {KEPT}  # noqa: SLF001  # the attribute that it extends
    )

    @property
    def frame_store(self) -> FrameStore:
        """FrameStore: The frames as they are stored, in memory or still in the file."""
        return kept_store(self)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in super().__getstate__().items() if name != KEPT}

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
        if np.isnan(self.frame_table.positions).all():
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

    def get_video_stream(self) -> bytes:
        """Return the stream of an image that is a video.

        Returns
        -------
        bytes
            MPEG-2, MPEG-4 AVC or HEVC, as players and decoders read it.

        Raises
        ------
        PixelDataError
            If the image is no video.
        """
        store = self.frame_store
        if not store.is_video:
            raise PixelDataError(
                "the image is no video", attribute="TransferSyntaxUID", found=store.syntax.name
            )
        return store.stream()

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
        *,
        dtype: DTypeLike = np.float64,
        apply_real_world_transform: bool | None = None,
        real_world_value_map_selector: int | str | Code | CodedConcept = 0,
        apply_modality_transform: bool | None = None,
        apply_voi_transform: bool | None = False,
        voi_transform_selector: int | str | VOILUTTransformation = 0,
        voi_output_range: tuple[float, float] = (0.0, 1.0),
        apply_presentation_lut: bool = True,
        apply_palette_color_lut: bool | None = None,
        apply_icc_profile: bool | None = None,
    ) -> NDArray[Any]:
        """Return a frame with its transformations.

        Parameters
        ----------
        frame_number : int
            Number of the frame, from 1.
        as_index : bool, optional
            Whether `frame_number` counts from 0.
        dtype : numpy.dtype, optional
            Type of the output.
        apply_real_world_transform : bool | None, optional
            Mapping to real-world values (PS3.3 C.7.6.16.2.11), in place of all that follow.
            Of each transformation, ``True`` means that it must be there, ``None`` that it is
            applied where it is there, and ``False`` that it is not applied.
        real_world_value_map_selector : int | str | Code | CodedConcept, optional
            Which mapping: its number from 0, its label, or its unit.
        apply_modality_transform : bool | None, optional
            Rescaling, or a look-up table (PS3.3 C.11.1).
        apply_voi_transform : bool | None, optional
            Window, or a look-up table (PS3.3 C.11.2).
        voi_transform_selector : int | str | VOILUTTransformation, optional
            Which of them: its number from 0, its explanation, or one that the image does not have.
        voi_output_range : tuple[float, float], optional
            What the ends of the window become.
        apply_presentation_lut : bool, optional
            Whether images whose low values are bright are inverted (PS3.3 C.7.6.3.1.2, C.11.6).
        apply_palette_color_lut : bool | None, optional
            Palette (PS3.3 C.7.9).
        apply_icc_profile : bool | None, optional
            Colour management (PS3.3 C.11.15), to sRGB.

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
        transforms = FrameTransforms(self, TransformOptions.from_arguments(locals()))
        index = self._index(frame_number, as_index)
        out = transforms.apply(self.frame_store.view(index), index)
        return out if out.flags.writeable and out.flags.owndata else np.array(out, order="C")

    def get_frames(
        self,
        frame_numbers: Iterable[int] | None = None,
        as_indices: bool = False,
        *,
        dtype: DTypeLike = np.float64,
        apply_real_world_transform: bool | None = None,
        real_world_value_map_selector: int | str | Code | CodedConcept = 0,
        apply_modality_transform: bool | None = None,
        apply_voi_transform: bool | None = False,
        voi_transform_selector: int | str | VOILUTTransformation = 0,
        voi_output_range: tuple[float, float] = (0.0, 1.0),
        apply_presentation_lut: bool = True,
        apply_palette_color_lut: bool | None = None,
        apply_icc_profile: bool | None = None,
    ) -> NDArray[Any]:
        """Return several frames with their transformations.

        Parameters
        ----------
        frame_numbers : Iterable[int] | None, optional
            Numbers of the frames, from 1; all by default.
        as_indices : bool, optional
            Whether `frame_numbers` count from 0.
        dtype, apply_real_world_transform, real_world_value_map_selector : optional
            As in :meth:`get_frame`.
        apply_modality_transform, apply_voi_transform, voi_transform_selector : optional
            As in :meth:`get_frame`.
        voi_output_range, apply_presentation_lut, apply_palette_color_lut : optional
            As in :meth:`get_frame`.
        apply_icc_profile : bool | None, optional
            As in :meth:`get_frame`.

        Returns
        -------
        numpy.ndarray
            Shape (frames, rows, columns), or (frames, rows, columns, 3).
        """
        transforms = FrameTransforms(self, TransformOptions.from_arguments(locals()))
        indices = self._indices(frame_numbers, as_indices)
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
        return FrameTransforms(self, TransformOptions(**kwargs))

    @property
    def pixel_array(self) -> NDArray[Any]:
        """numpy.ndarray: Stored values of all frames; of a single one without a frame axis."""
        frames = self.get_stored_frames()
        return frames[0] if len(frames) == 1 else frames

    def make_transform(self, table: FrameTable, options: TransformOptions | None) -> FrameTransform:
        """Make what turns stored values of this image into those that a caller wants.

        Parameters
        ----------
        table : FrameTable
            Frames of this image.
        options : TransformOptions | None
            What the caller wants; ``None`` for stored values.

        Returns
        -------
        FrameTransform
            The transform.
        """
        if options is None:
            return Rescaling.of(table, self.frame_store.layout.dtype, False)
        return transform_of([self], table, options)
