"""Where the planes of the phantom's images lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import InvalidValueError
from iodkit.testing.phantom.shapes import Points

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["VARIANTS", "PhantomStack", "make_stack"]

VARIANTS = (
    "axial",
    "sagittal",
    "coronal",
    "oblique",
    "tilted",
    "gapped",
    "duplicated",
    "unsorted",
)
"""Kinds of series: how planes are oriented, and what is irregular about them."""

_FIELD_OF_VIEW = 400.0
_LENGTH = 260.0
_CENTER = np.array([0.0, 0.0, -10.0])
_GANTRY_TILT = 15.0
_COSINES = {
    "sagittal": ((0.0, 1.0, 0.0), (0.0, 0.0, -1.0)),
    "coronal": ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0)),
}


@dataclass(frozen=True, slots=True, eq=False)
class PhantomStack:
    """Planes of an image.

    Parameters
    ----------
    positions : numpy.ndarray
        Position of the first pixel of each plane in mm, shape (planes, 3), in the order of the
        instances.
    orientation : numpy.ndarray
        Direction cosines of rows and columns, shape (6,).
    rows, columns : int
        Size of each plane.
    pixel_spacing : float
        Distance between pixels in mm.
    slice_spacing : float
        Distance between planes in mm, where nothing is missing.
    gantry_tilt : float
        Angle of the gantry in degrees.
    """

    positions: NDArray[np.float64]
    orientation: NDArray[np.float64]
    rows: int
    columns: int
    pixel_spacing: float
    slice_spacing: float
    gantry_tilt: float = 0.0

    def points(self) -> Points:
        """Give the place of each pixel, with coordinates of shape (planes, rows, columns)."""
        right, down = self.orientation[:3], self.orientation[3:]
        row = np.arange(self.rows)[:, np.newaxis, np.newaxis] * self.pixel_spacing * down
        column = np.arange(self.columns)[:, np.newaxis] * self.pixel_spacing * right
        places = self.positions[:, np.newaxis, np.newaxis, :] + row + column
        x, y, z = np.moveaxis(places.astype(np.float32), -1, 0)
        return Points(x, y, z)


def make_stack(variant: str, planes: int, rows: int, columns: int) -> PhantomStack:
    """Lay planes through the phantom.

    Parameters
    ----------
    variant : str
        One of :data:`VARIANTS`.
    planes, rows, columns : int
        Number and size of the planes.

    Returns
    -------
    PhantomStack
        The planes.

    Raises
    ------
    InvalidValueError
        If there is no such variant.
    """
    if variant not in VARIANTS:
        raise InvalidValueError(
            "there is no such variant",
            attribute="variant",
            found=variant,
            expected=f"one of {list(VARIANTS)}",
        )
    right, down = _directions(variant)
    normal = np.cross(right, down)
    pixel = round(_FIELD_OF_VIEW / max(rows, columns), 4)
    spacing = round((_LENGTH if abs(normal[2]) > 0.7 else _FIELD_OF_VIEW * 0.7) / planes, 2)
    along = (np.arange(planes) - (planes - 1) / 2) * spacing
    corner = _CENTER - right * pixel * (columns - 1) / 2 - down * pixel * (rows - 1) / 2
    tilt = _GANTRY_TILT if variant == "tilted" else 0.0
    step = normal + (down * np.tan(np.radians(tilt)) if tilt else 0.0)
    positions: Any = np.round(corner + along[:, np.newaxis] * step, 4)
    return PhantomStack(
        positions=_disturb(positions, variant),
        orientation=np.round(np.concatenate([right, down]), 9),
        rows=rows,
        columns=columns,
        pixel_spacing=pixel,
        slice_spacing=spacing,
        gantry_tilt=tilt,
    )


def _directions(variant: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if variant in _COSINES:
        right, down = _COSINES[variant]
        return np.array(right), np.array(down)
    if variant != "oblique":
        return np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])
    around_x, around_z = np.radians(20.0), np.radians(-12.0)
    turn_x = np.array(
        [
            [1, 0, 0],
            [0, np.cos(around_x), -np.sin(around_x)],
            [0, np.sin(around_x), np.cos(around_x)],
        ]
    )
    turn_z = np.array(
        [
            [np.cos(around_z), -np.sin(around_z), 0],
            [np.sin(around_z), np.cos(around_z), 0],
            [0, 0, 1],
        ]
    )
    rotation = turn_x @ turn_z
    return rotation[:, 0], rotation[:, 1]


def _disturb(positions: NDArray[np.float64], variant: str) -> NDArray[np.float64]:
    middle = len(positions) // 2
    if variant == "gapped":
        return np.delete(positions, middle, axis=0)
    if variant == "duplicated":
        return np.concatenate([positions, positions])
    if variant == "unsorted":
        return positions[np.random.default_rng(7).permutation(len(positions))]
    return positions
