"""Frames and total pixel matrices as arrays that are read where they are indexed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import InvalidTypeError, OutOfRangeError
from iodkit_image.assembly import assemble
from iodkit_image.placement import place_frames

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iodkit_image.assembly import FrameTransform
    from iodkit_image.frames import ImageFrames
    from iodkit_image.placement import TileGrid
    from iodkit_image.transforms import TransformOptions

__all__ = ["FrameArray", "LazyArray", "MatrixArray"]


class LazyArray(ABC):
    """An array whose elements stay in the file until they are asked for; it can be pickled.

    Parameters
    ----------
    image : Image
        The image.
    options : TransformOptions | None
        Transforms of stored values; none for stored values themselves.
    """

    def __init__(self, image: ImageFrames, options: TransformOptions | None) -> None:
        self._image = image
        self._options = options
        self._made: FrameTransform | None = None
        sample = self._transform.apply(image.frame_store.blank_pixel, 0)
        self.dtype: np.dtype[Any] = sample.dtype
        self._samples: tuple[int, ...] = sample.shape[2:]

    @property
    def _transform(self) -> FrameTransform:
        if self._made is None:
            image = self._image
            self._made = image.make_transform(image.frame_table, self._options)
        return self._made

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_made": None}

    @property
    @abstractmethod
    def shape(self) -> tuple[int, ...]:
        """tuple[int, ...]: Length of each axis."""

    @property
    def ndim(self) -> int:
        """int: Number of axes."""
        return len(self.shape)

    def __len__(self) -> int:
        return self.shape[0]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        del copy
        return np.asarray(self[...], dtype)

    def __getitem__(self, key: Any) -> NDArray[Any]:
        """Read a part: whole numbers and slices along each axis."""
        places = [np.arange(n)[k] for n, k in zip(self.shape, self._keys(key), strict=True)]
        if any(place.size == 0 for place in places):
            lengths = [place.shape for place in places]
            return np.empty([n for length in lengths for n in length], self.dtype)
        out = self._read([np.atleast_1d(place) for place in places])
        # What is left to do: steps along axes that were read without, and single positions.
        index = tuple(0 if place.ndim == 0 else slice(None) for place in places)
        return out[index]

    def _keys(self, key: Any) -> list[Any]:
        keys = list(key) if isinstance(key, tuple) else [key]
        if Ellipsis in keys:
            at = keys.index(Ellipsis)
            keys[at : at + 1] = [slice(None)] * (self.ndim - len(keys) + 1)
        if len(keys) > self.ndim:
            raise OutOfRangeError("too many indices", found=len(keys), expected=f"{self.ndim}")
        for one in keys:
            if not isinstance(one, int | np.integer | slice):
                raise InvalidTypeError(
                    "only whole numbers and slices are indices",
                    found=type(one).__name__,
                    remedy="Convert it with numpy.asarray first.",
                )
        return keys + [slice(None)] * (self.ndim - len(keys))

    @abstractmethod
    def _read(self, places: list[NDArray[np.intp]]) -> NDArray[Any]:
        """Read the elements at positions along each axis."""


def _window(places: NDArray[np.intp]) -> slice:
    return slice(int(places.min()), int(places.max()) + 1)


class FrameArray(LazyArray):
    """The frames of an image: shape (frames, rows, columns), or with samples of colour."""

    @property
    def shape(self) -> tuple[int, ...]:
        """tuple[int, ...]: Length of each axis."""
        layout = self._image.frame_store.layout
        return (layout.number_of_frames, layout.rows, layout.columns, *self._samples)

    def _read(self, places: list[NDArray[np.intp]]) -> NDArray[Any]:
        frames, rows, columns, *samples = places
        window = (_window(rows), _window(columns))
        corners = np.zeros((len(frames), 2), np.int64)
        shape = (self.shape[1], self.shape[2])
        slots = np.arange(len(frames))
        placement = place_frames(frames, slots, corners, shape, len(frames), window)
        with self._image.frame_store.held() as store:
            out = assemble(store, placement, self._transform, np.empty(0, np.intp))
        return _pick(out, [slots, rows - window[0].start, columns - window[1].start, *samples])


class MatrixArray(LazyArray):
    """The total pixel matrix of a tiled image: shape (rows, columns), or with samples of colour.

    Parameters
    ----------
    image : Image
        Tiled image.
    options : TransformOptions | None
        Transforms of stored values; none for stored values themselves.
    grid : TileGrid
        Tiles of one matrix.
    fill_value : array_like, optional
        Value of places without a tile.
    """

    def __init__(
        self,
        image: ImageFrames,
        options: TransformOptions | None,
        grid: TileGrid,
        fill_value: Any = 0,
    ) -> None:
        super().__init__(image, options)
        self._grid = grid
        self._fill_value = fill_value

    @property
    def shape(self) -> tuple[int, ...]:
        """tuple[int, ...]: Length of each axis."""
        return (*self._grid.matrix_shape, *self._samples)

    def _read(self, places: list[NDArray[np.intp]]) -> NDArray[Any]:
        rows, columns, *samples = places
        window = (_window(rows), _window(columns))
        placement = self._grid.place(window)
        gaps = placement.find_gaps()
        with self._image.frame_store.held() as store:
            out = assemble(store, placement, self._transform, gaps, self._fill_value)
        return _pick(out[0], [rows - window[0].start, columns - window[1].start, *samples])


def _pick(array: NDArray[Any], places: list[NDArray[np.intp]]) -> NDArray[Any]:
    """Pick positions along each axis; all of them costs nothing."""
    for axis, place in enumerate(places):
        if len(place) != array.shape[axis] or (np.diff(place) != 1).any():
            array = array.take(place, axis)
    return array
