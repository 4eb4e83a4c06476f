"""Images as objects of other libraries: numpy, dask, xarray, Pillow."""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import MissingDependencyError, NotFoundError, UnsupportedError
from iodkit_image.arrays import FrameArray, LazyArray, MatrixArray
from iodkit_image.sourced import IndexedImage
from iodkit_image.tiles import find_tiles, plan_matrix
from iodkit_image.times import frame_times
from iodkit_image.transforms.options import TransformOptions
from iodkit_image.volumes import WHOLE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Unpack

    import dask.array
    import PIL.Image
    import xarray
    from numpy.typing import NDArray

    from iodkit_image.frames import ImageFrames
    from iodkit_image.transforms import TransformKeywords

__all__ = ["ViewableImage"]


class ViewableImage(IndexedImage):
    """An image that other libraries can take."""

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        """Give the stored values of all frames, as :attr:`pixel_array` does.

        Parameters
        ----------
        dtype : numpy.dtype, optional
            Type that numpy asks for.
        copy : bool | None, optional
            Whether numpy wants an array of its own: it always is.

        Returns
        -------
        numpy.ndarray
            Stored values.
        """
        del copy
        return np.asarray(self.pixel_array, dtype)

    def to_lazy_array(
        self, *, stored: bool = False, **transforms: Unpack[TransformKeywords]
    ) -> FrameArray:
        """Return all frames as an array that is read where it is indexed.

        Parameters
        ----------
        stored : bool, optional
            Whether values stay as they are stored.
        **transforms : Unpack[TransformKeywords]
            As in :meth:`get_frame`.

        Returns
        -------
        FrameArray
            Shape (frames, rows, columns), or (frames, rows, columns, 3) of colour images.
        """
        return FrameArray(self, _options(stored, transforms))

    def to_dask(
        self,
        *,
        total_pixel_matrix: bool = False,
        stored: bool = False,
        select: Mapping[str, Any] | None = None,
        focal_plane: int | None = None,
        allow_missing_positions: bool = False,
        **transforms: Unpack[TransformKeywords],
    ) -> dask.array.Array:
        """Return frames, or the total pixel matrix, as an array of dask.

        Parameters
        ----------
        total_pixel_matrix : bool, optional
            Whether the array is the total pixel matrix, one chunk for each tile; otherwise there
            is one chunk for each frame.
        stored : bool, optional
            Whether values stay as they are stored.
        select : Mapping[str, Any] | None, optional
            Attributes of the tiles to use; see :meth:`get_total_pixel_matrix`.
        focal_plane : int | None, optional
            Number of the focal plane, from 1, where there are several.
        allow_missing_positions : bool, optional
            Whether places without a tile are zeros.
        **transforms : Unpack[TransformKeywords]
            As in :meth:`get_frame`.

        Returns
        -------
        dask.array.Array
            Shape (frames, rows, columns) or (rows, columns), then samples of colour.  It can be
            pickled if the image can: it reads from the image's source.

        Raises
        ------
        MissingDependencyError
            If dask is not installed.
        GeometryError
            If the image is not tiled, or tiles are missing or ambiguous.
        """
        dask_array = _library("dask.array", "iodkit-image[dask]")
        options = _options(stored, transforms)
        array: LazyArray
        chunks: tuple[int, ...]
        if total_pixel_matrix:
            table = self.frame_table
            grid = find_tiles(self, table, select=select, focal_plane=focal_plane)
            plan_matrix(
                self,
                table,
                grid,
                (WHOLE[1], WHOLE[2]),
                allow_missing_positions=allow_missing_positions,
            )
            array = MatrixArray(self, options, grid)
            chunks = grid.tile_shape
        else:
            array = FrameArray(self, options)
            chunks = (1, *array.shape[1:3])
        whole = (*chunks, *array.shape[len(chunks) :])
        made: dask.array.Array = dask_array.from_array(array, chunks=whole, name=False)
        return made

    def to_xarray(
        self, *, stored: bool = False, **transforms: Unpack[TransformKeywords]
    ) -> xarray.DataArray:
        """Return all frames as a labelled array of xarray, with physical coordinates.

        Frames that fill a volume are best converted as one: ``get_volume().to_xarray()``.

        Parameters
        ----------
        stored : bool, optional
            Whether values stay as they are stored.
        **transforms : Unpack[TransformKeywords]
            As in :meth:`get_frame`.

        Returns
        -------
        xarray.DataArray
            Axes ``frame`` (numbers from 1), ``row``, ``column`` (distances in mm from the first
            pixel where the spacing is known, else indices), then ``sample``; with the coordinate
            ``time`` (milliseconds since the first frame) where times are known.

        Raises
        ------
        MissingDependencyError
            If xarray is not installed.
        """
        library = _library("xarray", "iodkit-image[xarray]")
        values = np.asarray(FrameArray(self, _options(stored, transforms)))
        table = self.frame_table
        spacing = _pixel_spacing(self, table.pixel_spacings)
        down, across = (1.0, 1.0) if spacing is None else spacing
        coordinates: dict[str, Any] = {
            "frame": np.arange(1, len(values) + 1),
            "row": np.arange(values.shape[1]) * down,
            "column": np.arange(values.shape[2]) * across,
        }
        axes = ["frame", "row", "column"]
        if values.ndim > 3:
            axes.append("sample")
            coordinates["sample"] = list("RGB")[: values.shape[3]]
        with suppress(NotFoundError):
            coordinates["time"] = ("frame", frame_times(table, self))
        attributes = {
            "units": "pixel" if spacing is None else "mm",
            "sop_instance_uid": str(self.get("SOPInstanceUID", "")),
        }
        made: xarray.DataArray = library.DataArray(
            values, coords=coordinates, dims=tuple(axes), attrs=attributes
        )
        return made

    def to_pil(self, frame_number: int = 1, as_index: bool = False) -> PIL.Image.Image:
        """Return a frame as a picture of 8 bits, as a viewer would show it at first.

        Grey values go through the window or table that the image names first, or else through
        one from the 1st to the 99th percentile of the frame; :func:`iodkit.render` draws more.

        Parameters
        ----------
        frame_number : int, optional
            Number of the frame, from 1.
        as_index : bool, optional
            Whether `frame_number` counts from 0.

        Returns
        -------
        PIL.Image.Image
            Picture of mode ``L`` or ``RGB``, one pixel for each of the frame.
        """
        from iodkit_image.rendering.levels import frame_rgb, window_for

        index, table = self._index(frame_number, as_index), self.frame_table
        (window,) = window_for(self, table, [index], None)
        return _picture(self, frame_rgb(self, table, index, window))

    def thumbnail(self, size: int = 256) -> PIL.Image.Image:
        """Return a small picture of the image: its middle frame, or the whole of a tiled image.

        Tiles are read one by one and shrunk, so that a large slide takes little memory.

        Parameters
        ----------
        size : int, optional
            Length in pixels of the longer side.

        Returns
        -------
        PIL.Image.Image
            Picture of mode ``L`` or ``RGB`` with square pixels.
        """
        if self.is_indexable_as_total_pixel_matrix():
            from iodkit_image.rendering.overview import plate_of_matrix

            return _picture(self, plate_of_matrix(self, size).rgb)
        middle = self.to_pil((self.number_of_frames - 1) // 2, as_index=True)
        spacing = _pixel_spacing(self, self.frame_table.pixel_spacings)
        down, across = (1.0, 1.0) if spacing is None else spacing
        height, width = middle.height * down, middle.width * across
        scale = size / max(height, width)
        return middle.resize((max(1, round(width * scale)), max(1, round(height * scale))))


def _picture(image: ImageFrames, rgb: NDArray[np.uint8]) -> PIL.Image.Image:
    """Make a picture, with one sample for each pixel of a grey image."""
    from PIL.Image import fromarray

    from iodkit_image.rendering.levels import is_colorful

    return fromarray(rgb if is_colorful(image) else np.ascontiguousarray(rgb[..., 0]))


def _options(stored: bool, transforms: TransformKeywords) -> TransformOptions | None:
    if not stored:
        return TransformOptions(**transforms)
    if transforms:
        raise UnsupportedError(
            "stored values are not transformed",
            attribute="stored",
            found=sorted(transforms),
            expected="no transforms",
        )
    return None


def _library(module: str, distribution: str) -> Any:
    try:
        return import_module(module)
    except ImportError as error:
        raise MissingDependencyError(
            f"this view needs {module}", remedy=f"Run: pip install '{distribution}'"
        ) from error


def _pixel_spacing(
    image: IndexedImage, spacings: NDArray[np.float64]
) -> tuple[float, float] | None:
    """Distance in mm between rows and columns, in space or else on the detector."""
    if not np.isnan(spacings).any() and (spacings == spacings[0]).all():
        down, across = spacings[0].tolist()
        return down, across
    for keyword in ("ImagerPixelSpacing", "NominalScannedPixelSpacing"):
        stated = image.get(keyword)
        if stated:
            return float(stated[0]), float(stated[1])
    return None
