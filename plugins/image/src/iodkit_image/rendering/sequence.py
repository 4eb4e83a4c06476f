"""Plates of several images, in the order of their places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iodkit.errors import IodkitError
from iodkit.frames import FrameTable
from iodkit.spatial import describe_positions
from iodkit_image.rendering.framed import plates_of_frames
from iodkit_image.rendering.levels import Window, frame_values, is_colorful, named_window

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from iodkit_image.image import Image
    from iodkit_image.rendering.plate import Plate

__all__ = ["plates_of_images", "sorted_by_place"]


def plates_of_images(
    images: Sequence[Image],
    choose: Callable[[int], list[int]],
    window: tuple[float, float] | Window | None,
) -> list[Plate]:
    """Make plates of all frames of several images.

    Parameters
    ----------
    images : Sequence[Image]
        Images.
    choose : Callable[[int], list[int]]
        Chooses among so many frames: gives their indices in the sorted list.
    window : tuple[float, float] | None
        Centre and width; where the images name none, all share one.

    Returns
    -------
    list[Plate]
        Plates.
    """
    places = [(image, index) for image in sorted_by_place(images) for index in range(_count(image))]
    chosen = [places[place] for place in choose(len(places))]
    if window is None and not any(_has_window(image, index) for image, index in chosen):
        grey = [each for each in chosen if not is_colorful(each[0])]
        window = Window.of_values(
            frame_values(image, image.frame_table, index) for image, index in grey
        )
    return [plates_of_frames(image, [index], window)[0] for image, index in chosen]


def sorted_by_place(images: Sequence[Image]) -> list[Image]:
    """Sort single-frame images along their normal, if they lie in parallel planes.

    Parameters
    ----------
    images : Sequence[Image]
        Images.

    Returns
    -------
    list[Image]
        Sorted images; in the order given if they have no common order in space.
    """
    references = {image.get("FrameOfReferenceUID") for image in images}
    if len(images) < 2 or len(references) > 1 or any(_count(image) > 1 for image in images):
        return list(images)
    try:
        table = FrameTable.from_instances(images)
        report = describe_positions(
            table.positions, table.orientations, pixel_spacing=table.pixel_spacings[0]
        )
    except IodkitError:
        return list(images)
    return [images[index] for index in report.order.tolist()]


def _count(image: Image) -> int:
    return image.number_of_frames


def _has_window(image: Image, index: int) -> bool:
    if image.get("VOILUTSequence"):
        return True
    return named_window(image, image.frame_table, index) is not None
