"""The view: pixels that are shown, which image they are of, and where they lie in space."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from iodkit.errors import GeometryError, InvalidValueError
from iodkit.spatial import GeometryMismatchError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iodkit.spatial import VolumeGeometry

__all__ = ["View"]

_CLAUSE = "PS3.3 C.7.4.1"


@dataclass(frozen=True, slots=True)
class View:
    """Pixels that are shown: a frame, a total pixel matrix, or a plane through a volume.

    Parameters
    ----------
    shape : tuple[int, int]
        Rows and columns.
    geometry : VolumeGeometry | None, optional
        Place of the pixels in space: one plane, of shape (1, rows, columns), whose first spacing
        is the thickness that the view stands for.  None if the image has no place.
    instance_uid : str | None, optional
        SOP Instance UID of the image; None for a plane through a volume.
    frame_number : int | None, optional
        Number of its frame, from 1; None if the view is of the total pixel matrix.
    offset : tuple[float, float], optional
        x and y, in pixels of the image, of the corner of the view in the frame or matrix.
    step : tuple[float, float], optional
        Width and height of a pixel of the view, in pixels of the image.

    Raises
    ------
    InvalidValueError
        If the geometry is not that of one plane of this shape.
    """

    shape: tuple[int, int]
    geometry: VolumeGeometry | None = None
    instance_uid: str | None = None
    frame_number: int | None = None
    offset: tuple[float, float] = (0.0, 0.0)
    step: tuple[float, float] = (1.0, 1.0)

    def __post_init__(self) -> None:
        if self.geometry is not None and self.geometry.spatial_shape != (1, *self.shape):
            raise InvalidValueError(
                "the geometry is not that of the view",
                attribute="geometry",
                found=self.geometry.spatial_shape,
                expected=f"shape {(1, *self.shape)}",
            )

    def shows(self, instance_uid: str, frame_number: int | None = None) -> bool:
        """Tell whether the view is of an image, or of one of its frames.

        Parameters
        ----------
        instance_uid : str
            SOP Instance UID.
        frame_number : int | None, optional
            Number of the frame, from 1; any frame if not given.

        Returns
        -------
        bool
            Whether that is so.
        """
        if self.instance_uid is None or str(self.instance_uid) != str(instance_uid):
            return False
        return frame_number is None or self.frame_number == frame_number

    def require_geometry(
        self, frame_of_reference_uid: str | None, *, what: str = "the overlay"
    ) -> VolumeGeometry:
        """Return where the view lies, for an overlay whose place is known in space.

        Parameters
        ----------
        frame_of_reference_uid : str | None
            Frame of Reference UID of the overlay.
        what : str, optional
            What the overlay is called in the error.

        Returns
        -------
        VolumeGeometry
            Geometry of the view.

        Raises
        ------
        GeometryError
            If the view has no place in space.
        GeometryMismatchError
            If the two lie in different frames of reference, or one of them is not known.
        """
        if self.geometry is None:
            raise GeometryError(
                f"the image has no place in space, so {what} cannot be put on it",
                attribute="FrameOfReferenceUID",
                clause=_CLAUSE,
                remedy="Show it on an image that it refers to.",
            )
        mine = self.geometry.frame_of_reference_uid
        if not mine or not frame_of_reference_uid or mine != frame_of_reference_uid:
            raise GeometryMismatchError(
                f"{what} lies in another frame of reference than the image",
                attribute="FrameOfReferenceUID",
                found=str(frame_of_reference_uid or "none"),
                expected=str(mine or "the one of the image, which has none"),
                clause=_CLAUSE,
                remedy="Register the two first; nothing is matched by the order of frames.",
            )
        return self.geometry

    def project(
        self, points: NDArray[np.floating]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Map points in space to the view.

        Parameters
        ----------
        points : numpy.ndarray
            Reference coordinates in mm, shape (n, 3).

        Returns
        -------
        places : numpy.ndarray
            x and y in pixels of the view, with (0, 0) at the corner of the first pixel; (n, 2).
        distances : numpy.ndarray
            Distance from the plane in mm, with its sign; (n,).

        Raises
        ------
        GeometryError
            If the view has no place in space.
        """
        if self.geometry is None:
            raise GeometryError("the image has no place in space", clause=_CLAUSE)
        indices = self.geometry.map_reference_to_indices(np.asarray(points, np.float64))
        return indices[:, [2, 1]] + 0.5, indices[:, 0] * self.geometry.spacing[0]

    @property
    def thickness(self) -> float | None:
        """float | None: Distance in mm across the plane that the view stands for."""
        return None if self.geometry is None else self.geometry.spacing[0]

    def from_image(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """Map points of the image to the view.

        Parameters
        ----------
        points : numpy.ndarray
            x and y in pixels of the frame or total pixel matrix, with (0, 0) at the corner of
            the first pixel (PS3.3 C.10.5); shape (n, 2).

        Returns
        -------
        numpy.ndarray
            x and y in pixels of the view, shape (n, 2).
        """
        return (np.asarray(points, np.float64) - self.offset) / self.step
