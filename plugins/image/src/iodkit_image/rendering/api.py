"""Pictures of images and volumes: one, several, and the three planes of the patient."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from pydicom.dataset import Dataset

from iodkit.dataset import from_dataset, read
from iodkit.errors import InvalidTypeError, InvalidValueError, OutOfRangeError, UnsupportedError
from iodkit.overlays import Overlay, Showable
from iodkit.spatial import Volume
from iodkit_image.image import Image
from iodkit_image.rendering.framed import plates_of_frames
from iodkit_image.rendering.layout import as_grid, finished
from iodkit_image.rendering.overview import plate_of_matrix
from iodkit_image.rendering.sequence import plates_of_images
from iodkit_image.rendering.shown import plates_of_showable
from iodkit_image.rendering.style import Style, StyleOptions
from iodkit_image.rendering.volumetric import orthogonal_plates, plates_of_slices

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Unpack

    from numpy.typing import NDArray
    from PIL import Image as Picture

    from iodkit_image.rendering.plate import Plate

__all__ = ["Renderable", "montage", "multiplanar", "render", "render_array"]

Renderable: TypeAlias = "Image | Volume | Showable | Dataset | str | os.PathLike[str]"
"""What can be drawn: images, volumes, and what gives its own frames; datasets and files of them."""

_Opened: TypeAlias = "Image | Volume | Showable"

_MONTAGE = StyleOptions(size=192, letters=False, scale_bar=False)
_TILES = 20


def render(
    image: Renderable,
    frame: int | None = None,
    overlays: Iterable[Overlay] = (),
    *,
    window: tuple[float, float] | None = None,
    **style: Unpack[StyleOptions],
) -> Picture.Image:
    """Draw an image.

    Grey images are shown in `window`, else in the first window or VOI LUT that they name, else
    from the 1st to the 99th percentile of the frame; the caption says which.

    Parameters
    ----------
    image : Image | Volume | Showable | pydicom.Dataset | str | os.PathLike
        Image, volume, file, or an object of any family that can be shown.  One that is itself an
        overlay, such as a segmentation, is drawn on black.
    frame : int | None, optional
        Number of the frame, or of the slice of a volume, from 1.  By default the whole total
        pixel matrix of a tiled image, else the frame in the middle of the list.
    overlays : Iterable[Overlay], optional
        Objects to draw on it, the lowest first.  They are placed by their position in space, or
        by their reference to the image; never by the order of frames.
    window : tuple[float, float] | None, optional
        Centre and width of the range of values from black to white (PS3.3 C.11.2.1.2).
    **style
        Arguments of `Style`: ``size`` (512), ``opacity`` (0.4), ``outline``, ``smooth``,
        ``legend``, ``letters``, ``scale_bar``, ``captions``.

    Returns
    -------
    PIL.Image.Image
        RGB picture, with square pixels.

    Raises
    ------
    OutOfRangeError
        If there is no such frame.
    GeometryError
        If an overlay cannot be placed on the image.
    PixelDataError
        If the frame cannot be decoded.
    UnsupportedError
        If the object holds no image.
    """
    chosen = Style.of(**style)
    source = as_renderable(image)
    plate = _one_plate(source, frame, window, chosen)
    layers, chosen = _with_itself(source, overlays, chosen)
    return finished(plate.draw(layers, chosen), chosen)


def render_array(
    image: Renderable,
    frame: int | None = None,
    overlays: Iterable[Overlay] = (),
    *,
    window: tuple[float, float] | None = None,
    **style: Unpack[StyleOptions],
) -> NDArray[np.uint8]:
    """Draw an image into an array; by default one pixel for each of the image, nothing written.

    Parameters
    ----------
    image, frame, overlays, window, **style
        As in `render`; ``size`` is None and legend, letters, scale bar and captions are off
        unless given.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns, 3), 8-bit.
    """
    plain = StyleOptions(size=None, legend=False, letters=False, scale_bar=False, captions=False)
    plain.update(style)
    picture = render(image, frame, overlays, window=window, **plain)
    return np.array(picture)


def montage(
    image: Renderable | Sequence[Renderable],
    frames: Iterable[int] | None = None,
    overlays: Iterable[Overlay] = (),
    *,
    columns: int | None = None,
    window: tuple[float, float] | None = None,
    **style: Unpack[StyleOptions],
) -> Picture.Image:
    """Draw several frames, slices or images beside each other.

    Parameters
    ----------
    image : Image | Volume | Showable | pydicom.Dataset | str | os.PathLike | Sequence
        Multi-frame image, volume, or several images.  Images of one frame of reference are sorted
        by their place; others stay in the order given.
    frames : Iterable[int] | None, optional
        Numbers of the frames, slices or (sorted) images, from 1; by default up to 20 of them,
        evenly spread.
    overlays : Iterable[Overlay], optional
        Objects to draw, as in `render`.
    columns : int | None, optional
        Number of columns; by default the sheet gets about square.
    window : tuple[float, float] | None, optional
        Centre and width; where the images name none, all frames share one.
    **style
        As in `render`; ``size`` is 192, letters and scale bar are off unless given.

    Returns
    -------
    PIL.Image.Image
        RGB picture with one legend.

    Raises
    ------
    OutOfRangeError, GeometryError, PixelDataError, UnsupportedError
        As in `render`.
    """
    if columns is not None and columns < 1:
        raise InvalidValueError("no number of columns", attribute="columns", found=columns)
    options = _MONTAGE.copy()
    options.update(style)
    chosen = Style.of(**options)
    source: Any
    if isinstance(image, list | tuple):
        source = [as_renderable(each) for each in image]
        plates = _plates_of_list(source, frames, window)
    else:
        source = as_renderable(image)  # type: ignore[arg-type]
        plates = _plates(source, frames, window)
    layers, chosen = _with_itself(source, overlays, chosen)
    return as_grid([plate.draw(layers, chosen) for plate in plates], columns, chosen)


def multiplanar(
    volume: Volume,
    overlays: Iterable[Overlay] = (),
    *,
    at: Sequence[float] | None = None,
    window: tuple[float, float] | None = None,
    **style: Unpack[StyleOptions],
) -> Picture.Image:
    """Draw the axial, coronal and sagittal planes of a volume, at one scale.

    Nothing is interpolated across planes: of an oblique volume, the planes of its own grid that
    come closest to these are shown, and their letters say how they lie.

    Parameters
    ----------
    volume : Volume
        Volume in a patient.
    overlays : Iterable[Overlay], optional
        Objects to draw, as in `render`.
    at : Sequence[float] | None, optional
        Reference coordinates, in mm, of the point where the planes meet; the middle by default.
    window : tuple[float, float] | None, optional
        Centre and width; by default the 1st to 99th percentile of the volume.
    **style
        As in `render`; ``size`` is that of the longest side of all three.

    Returns
    -------
    PIL.Image.Image
        RGB picture: three views from left to right.

    Raises
    ------
    OutOfRangeError
        If the point lies outside the volume.
    UnsupportedError
        If the volume lies on a slide, or has channels that are no colours.
    GeometryError
        If an overlay cannot be placed in the volume.
    """
    if not isinstance(volume, Volume):
        raise InvalidTypeError(
            "not a volume",
            attribute="volume",
            found=type(volume).__name__,
            expected="a Volume",
            remedy="Use get_volume() of an image, or get_volume_from_series().",
        )
    chosen = Style.of(**style)
    plates = orthogonal_plates(volume, at, window)
    longest = max(plate.extent for plate in plates)
    unit = min(volume.spacing) if chosen.size is None else longest / chosen.size
    layers = tuple(overlays)
    tiles = [
        plate.draw(layers, replace(chosen, size=max(8, round(plate.extent / unit))))
        for plate in plates
    ]
    return as_grid(tiles, 3, chosen)


def as_renderable(image: Renderable) -> _Opened:
    """Open what can be drawn.

    Parameters
    ----------
    image : Image | Volume | Showable | pydicom.Dataset | str | os.PathLike
        Image, volume, object that can be shown, dataset, or path.

    Returns
    -------
    Image | Volume | Showable
        The object.

    Raises
    ------
    UnsupportedError
        If the object holds no image.
    InvalidTypeError
        If it is nothing of these.
    """
    if isinstance(image, Image | Volume | Showable):
        return image
    if isinstance(image, str | os.PathLike):
        opened = read(image)
    elif isinstance(image, Dataset):
        opened = from_dataset(image, copy=False)
    else:
        raise InvalidTypeError(
            "nothing that can be drawn",
            attribute="image",
            found=type(image).__name__,
            expected="an image, a volume, an object with number_of_frames and "
            "show_frames(numbers, window), a dataset, or the path of a file",
        )
    if not isinstance(opened, Image | Showable):
        if "Rows" in opened and "Columns" in opened:
            return Image.from_dataset(opened, copy=False)
        name = opened.get("SOPClassUID")
        raise UnsupportedError(
            "the object holds no image",
            attribute="SOPClassUID",
            found=getattr(name, "name", name),
            remedy="Draw it on an image that it refers to, if it is an overlay.",
        )
    return opened


def _one_plate(
    source: _Opened, frame: int | None, window: tuple[float, float] | None, style: Style
) -> Plate:
    if frame is None and isinstance(source, Image) and source.is_tiled:
        return plate_of_matrix(source, style.size, window)
    count = _count(source)
    number = (count + 1) // 2 if frame is None else frame
    return _plates(source, [number], window)[0]


def _plates(
    source: _Opened, frames: Iterable[int] | None, window: tuple[float, float] | None
) -> list[Plate]:
    indices = _choose(frames, _count(source), "frames")
    if isinstance(source, Volume):
        return plates_of_slices(source, indices, window)
    if isinstance(source, Image):
        return plates_of_frames(source, indices, window)
    return plates_of_showable(source, indices, window)


def _plates_of_list(
    sources: Sequence[_Opened], frames: Iterable[int] | None, window: tuple[float, float] | None
) -> list[Plate]:
    """Plates of images by their places; of other objects one after the other."""
    images = [each for each in sources if isinstance(each, Image)]
    if images and len(images) == len(sources):
        return plates_of_images(images, lambda count: _choose(frames, count, "images"), window)
    if not sources or any(isinstance(each, Volume) for each in sources):
        raise InvalidTypeError(
            "not a list of images",
            attribute="image",
            found=[type(each).__name__ for each in sources][:5],
            expected="one image or more",
        )
    places = [(each, index) for each in sources for index in range(_count(each))]
    chosen = [places[place] for place in _choose(frames, len(places), "images")]
    return [_plates(each, [index + 1], window)[0] for each, index in chosen]


def _count(source: _Opened) -> int:
    return source.spatial_shape[0] if isinstance(source, Volume) else source.number_of_frames


def _choose(frames: Iterable[int] | None, count: int, noun: str) -> list[int]:
    """Indices, from 0, of what is drawn."""
    if frames is None:
        return np.unique(np.linspace(0, count - 1, min(count, _TILES)).round().astype(int)).tolist()
    numbers = [int(number) for number in frames]
    if not numbers:
        raise InvalidValueError(f"no {noun} to draw", attribute="frames", found=[])
    for number in numbers:
        if not 1 <= number <= count:
            raise OutOfRangeError(
                "there is no such frame",
                attribute="frame",
                found=number,
                expected=f"1 to {count}",
            )
    return [number - 1 for number in numbers]


def _with_itself(
    source: Any, overlays: Iterable[Overlay], style: Style
) -> tuple[tuple[Overlay, ...], Style]:
    """Add images that are overlays themselves; on black they need not be transparent."""
    given = tuple(overlays)
    if isinstance(source, Image) and isinstance(source, Overlay):
        return (source, *given), replace(style, opacity=max(style.opacity, 0.75))
    return given, style
