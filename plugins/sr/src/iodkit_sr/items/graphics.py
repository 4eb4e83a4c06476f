"""What coordinates have to be for each graphic type (PS3.3 C.18.6.1.2, C.18.9.1.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import GeometryError, InvalidTypeError, InvalidValueError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["as_points", "check_graphic"]

# What the graphic types want: fewest and most points.
_COUNTS: dict[str, tuple[int, int | None]] = {
    "POINT": (1, 1),
    "MULTIPOINT": (1, None),
    "POLYLINE": (2, None),
    "POLYGON": (4, None),
    "CIRCLE": (2, 2),
    "ELLIPSE": (4, 4),
    "ELLIPSOID": (6, 6),
}
# Axes and planes of coordinates with 32 bits are never exact.
_RELATIVE = 1e-3


def as_points(values: object, dimensions: int) -> NDArray[np.float64]:
    """Check that an array holds points.

    Parameters
    ----------
    values : array-like
        Points, of shape (points, dimensions); one point may be of shape (dimensions,).
    dimensions : int
        2 for columns and rows of an image, 3 for millimetres.

    Returns
    -------
    numpy.ndarray
        The points, of shape (points, dimensions).

    Raises
    ------
    InvalidTypeError
        If these are no numbers.
    InvalidValueError
        If the shape is wrong, or a number is not finite.
    """
    try:
        points = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidTypeError(
            "these are no coordinates", attribute="graphic_data", found=values, expected="an array"
        ) from error
    if points.ndim == 1 and points.shape[0] == dimensions:
        points = points[np.newaxis]
    if points.ndim != 2 or points.shape[1] != dimensions or not np.isfinite(points).all():
        raise InvalidValueError(
            "these are no coordinates",
            attribute="graphic_data",
            found=f"an array of shape {np.shape(points)}",
            expected=f"finite numbers, in an array of shape (points, {dimensions})",
            clause="PS3.3 C.18.6" if dimensions == 2 else "PS3.3 C.18.9",
        )
    return points


def check_graphic(kind: str, points: NDArray[np.float64]) -> None:
    """Check that points make a graphic of a type.

    Parameters
    ----------
    kind : str
        Graphic type.
    points : numpy.ndarray
        Points of shape (points, 2 or 3).

    Raises
    ------
    InvalidValueError
        If there are too many or too few points.
    GeometryError
        If a polygon is open or not flat, or axes are no axes.
    """
    fewest, most = _COUNTS[kind]
    count = len(points)
    if count < fewest or (most is not None and count > most):
        raise InvalidValueError(
            f"a graphic of type {kind} has another number of points",
            attribute="graphic_data",
            found=f"{count} points",
            expected=f"{fewest} points" if most == fewest else f"at least {fewest} points",
            clause=_clause(points),
        )
    if kind == "POLYGON":
        _check_polygon(points)
    elif kind == "CIRCLE" and (points[0] == points[1]).all():
        raise _geometry("the circle has no radius", "a center and a point on the circle", points)
    elif kind in {"ELLIPSE", "ELLIPSOID"}:
        _check_axes(kind, points)


def _check_polygon(points: NDArray[np.float64]) -> None:
    if not np.array_equal(points[0], points[-1]):
        raise _geometry("the polygon is not closed", "a last point equal to the first", points)
    if not _are_coplanar(points):
        raise _geometry("the points of the polygon are not in a plane", "coplanar points", points)


def _are_coplanar(points: NDArray[np.float64]) -> bool:
    centered = points - points.mean(axis=0)
    size = float(np.abs(centered).max())
    if size == 0 or len(points) < 4:
        return True
    _, _, axes = np.linalg.svd(centered, full_matrices=False)
    return float(np.abs(centered @ axes[-1]).max()) <= _RELATIVE * size


def _check_axes(kind: str, points: NDArray[np.float64]) -> None:
    """Check that pairs of points are axes: not empty, one center, perpendicular."""
    pairs = points.reshape(-1, 2, points.shape[1])
    axes = pairs[:, 1] - pairs[:, 0]
    lengths = np.linalg.norm(axes, axis=1)
    size = float(lengths.max())
    if float(lengths.min()) == 0:
        raise _geometry(f"an axis of the {kind.lower()} has no length", "axes", points)
    centers = pairs.mean(axis=1)
    # Coordinates within an image may be whole pixels: they are off by half a pixel each.
    slack = max(_RELATIVE * size, 1.0 if points.shape[1] == 2 else 0.0)
    if float(np.abs(centers - centers[0]).max()) > slack:
        raise _geometry(
            f"the axes of the {kind.lower()} have no common center",
            "both ends of the major axis, then both ends of the minor axis",
            points,
        )
    unit = axes / lengths[:, np.newaxis]
    products = np.abs(unit @ unit.T - np.eye(len(unit)))
    if float((products * np.minimum.outer(lengths, lengths)).max()) > 2 * slack:
        raise _geometry(
            f"the axes of the {kind.lower()} are not perpendicular",
            "perpendicular axes",
            points,
        )


def _clause(points: NDArray[Any]) -> str:
    return "PS3.3 C.18.6.1.2" if points.shape[1] == 2 else "PS3.3 C.18.9.1.2"


def _geometry(message: str, expected: str, points: NDArray[np.float64]) -> GeometryError:
    shown = np.array2string(points, threshold=8, precision=4).replace("\n", "")
    return GeometryError(
        message,
        attribute="graphic_data",
        found=shown,
        expected=expected,
        clause=_clause(points),
    )
