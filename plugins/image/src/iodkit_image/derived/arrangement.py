"""What a derived image has to know of the places of its frames, wherever these are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from iodkit.errors import InvalidValueError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from pydicom.dataset import Dataset
    from pydicom.uid import UID

    from iodkit.frames import FunctionalGroups, Ragged
    from iodkit.standard.enums import CoordinateSystemNames, DimensionOrganizationTypeValues

__all__ = ["FrameArrangement", "require_shape"]


class FrameArrangement(Protocol):
    """Places that frames of a derived image may take: planes, tiles, or just frames.

    A derived image may have several frames for one place (of several segments, say), and none
    for another.
    """

    @property
    def rows(self) -> int:
        """int: Number of rows of each frame."""
        ...

    @property
    def columns(self) -> int:
        """int: Number of columns of each frame."""
        ...

    @property
    def number_of_places(self) -> int:
        """int: Number of places."""
        ...

    @property
    def coordinate_system(self) -> CoordinateSystemNames | None:
        """CoordinateSystemNames | None: Coordinate system of the places, if they have one."""
        ...

    @property
    def frame_of_reference_uid(self) -> UID | None:
        """pydicom.uid.UID | None: Frame of reference of the places, if they have one."""
        ...

    @property
    def sources(self) -> NDArray[np.intp] | Ragged:
        """numpy.ndarray | Ragged: Index of each place's source frame, -1 for none; or indices."""
        ...

    @property
    def on_source_grid(self) -> bool:
        """bool: Whether each pixel lies where a pixel of the source frame has its indices."""
        ...

    @property
    def order(self) -> NDArray[np.intp]:
        """numpy.ndarray: Indices of the places in the order in which frames are stored."""
        ...

    @property
    def dimensions(self) -> tuple[tuple[str, str], ...]:
        """tuple: Keywords of the attributes that tell places apart, and of their groups."""
        ...

    @property
    def dimension_values(self) -> NDArray[np.int64]:
        """numpy.ndarray: Dimension index values, shape (places, dimensions)."""
        ...

    def organization(
        self, places: NDArray[np.intp], frames_per_place: int
    ) -> DimensionOrganizationTypeValues | None:
        """Tell which organization frames at some of the places have (PS3.3 C.7.6.17).

        Parameters
        ----------
        places : numpy.ndarray
            Place of each frame.
        frames_per_place : int
            How many frames a place has where it has any: 1, or the number of segments.

        Returns
        -------
        DimensionOrganizationTypeValues | None
            The strictest that fits; ``None`` if none does.
        """

    def set_groups(self, groups: FunctionalGroups, places: NDArray[np.intp]) -> None:
        """Set the functional groups that say where frames are.

        Parameters
        ----------
        groups : FunctionalGroups
            Groups of the derived image.
        places : numpy.ndarray
            Place of each frame.
        """

    def write_modules(self, dataset: Dataset, source: Dataset) -> None:
        """Write the modules that say where frames are.

        Parameters
        ----------
        dataset : pydicom.Dataset
            The derived image.
        source : pydicom.Dataset
            Its first source image.
        """


def require_shape(places: FrameArrangement, shape: tuple[int, int, int]) -> None:
    """Raise if pixels do not fit the places.

    Parameters
    ----------
    places : FrameArrangement
        Places of frames.
    shape : tuple[int, int, int]
        Number of planes, rows and columns of the pixels.

    Raises
    ------
    InvalidValueError
        If they differ.
    """
    expected = (places.number_of_places, places.rows, places.columns)
    if shape != expected:
        raise InvalidValueError(
            "pixel_array does not fit the planes",
            attribute="pixel_array",
            found=shape,
            expected=f"(planes, rows, columns) = {expected}",
            remedy="Pass one plane for each source frame, or a Volume, which knows its place.",
        )
