"""The anatomy of the phantom as a function of the place in the patient."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iodkit.testing.phantom.organs import paint_abdomen, paint_chest
from iodkit.testing.phantom.segments import Organ
from iodkit.testing.phantom.shapes import Canvas, FloatArray, Points, ellipsoid, waves
from iodkit.testing.phantom.skeleton import paint_ribs, paint_spine, paint_sternum

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["sample"]

_LOWEST, _HIGHEST = -1024.0, 3071.0


def sample(
    points: Points, *, edge: float = 2.0, noise: float = 9.0, seed: int = 0
) -> tuple[NDArray[np.int16], NDArray[np.uint8]]:
    """Evaluate the anatomy.

    Parameters
    ----------
    points : Points
        Where, in the patient's coordinate system.
    edge : float, optional
        Width in mm over which tissues blend, about the size of a voxel.
    noise : float, optional
        Standard deviation of the noise in Hounsfield units.
    seed : int, optional
        Seed of the noise; the anatomy does not depend on it.

    Returns
    -------
    hu : numpy.ndarray
        Attenuation in Hounsfield units, ``int16``, of the points' shape.
    labels : numpy.ndarray
        Organ numbers, ``uint8``.
    """
    canvas = Canvas(points, edge)
    _paint_table(canvas, points)
    bent = _bent(points)
    cavity = _paint_wall(canvas, bent)
    paint_chest(canvas, bent, cavity)
    paint_abdomen(canvas, bent, cavity)
    paint_spine(canvas, bent)
    paint_ribs(canvas, bent, cavity)
    paint_sternum(canvas, bent)
    hu = canvas.hu + _grain(points.shape, noise, seed)
    return np.clip(np.rint(hu), _LOWEST, _HIGHEST).astype(np.int16), canvas.labels


def _bent(points: Points) -> Points:
    """Displace the points a little, so that nothing is a perfect ellipsoid."""
    return points.shifted(
        2.6 * waves(points, 11, 95.0),
        2.2 * waves(points, 12, 85.0),
        2.6 * waves(points, 13, 90.0),
    )


def _paint_table(canvas: Canvas, points: Points) -> None:
    """Paint the couch of the scanner: a thin shell around foam."""
    sag = points.y - (146 - points.x * points.x * np.float32(1 / 2200))
    outer = np.maximum(np.abs(sag) - 9, np.abs(points.x) - 190)
    canvas.paint(outer, -780.0)
    canvas.paint(outer + 3, -955.0)


def _paint_wall(canvas: Canvas, points: Points) -> FloatArray:
    """Paint skin, fat and muscle; return the signed distance to the trunk's cavity."""
    skin = _trunk(points)
    canvas.paint(skin, 15.0, Organ.SKIN)
    canvas.paint(skin + 2.6, -105 + 5 * canvas.coarse, Organ.FAT)
    depth = 12 + 3.5 * waves(points, 22, 120.0, 3) - 5 * np.clip(points.y / 100, -1, 1)
    muscle = skin + depth
    canvas.paint(muscle, 54 + 4 * canvas.fine + 4 * canvas.coarse, Organ.MUSCLE)
    # Thin sheets of fat part the layers of the wall and the muscles of the back.
    sheets = np.abs(waves(points, 24, 55.0)) * 9 - 1.0
    canvas.paint(np.maximum(sheets, muscle + 3), -70.0, Organ.FAT)
    return _cavity(points)


def _trunk(points: Points) -> FloatArray:
    """Signed distance to the outline of the trunk, flat at the back and grooved there."""
    height = np.clip(points.z / 130, -1.2, 1.2)
    half_width = 162 + 7 * height * height - 5 * np.exp(-(((points.z + 70) / 45) ** 2))
    half_depth = 113 + 4 * np.cos(height * 2)
    x = np.abs(points.x) / half_width
    y = np.abs(points.y - 10) / half_depth
    outline = (x**2.5 + y**2.5) ** np.float32(0.4)
    groove = 9 * np.exp(-((points.x / 17) ** 2)) * np.clip((points.y - 60) / 50, 0, 1)
    distance: FloatArray = (outline - 1) * np.float32(115) + groove
    return distance.astype(np.float32, copy=False)


def _cavity(points: Points) -> FloatArray:
    """Signed distance to the inner wall of ribs and belly."""
    taper = 1 - 0.24 * np.clip((points.z - 70) / 110, 0, 1.5) ** 2
    x = np.abs(points.x) / (131 * taper)
    y = np.abs(points.y - 6) / (86 * taper)
    wall = ((x**2.3 + y**2.3) ** np.float32(1 / 2.3) - 1) * np.float32(90)
    # The spine bulges into it from behind.
    spine = ellipsoid(points, (0.0, 84.0, 0.0), (33.0, 34.0, float("inf")))
    distance: FloatArray = np.maximum(wall, -spine)
    return distance.astype(np.float32, copy=False)


def _grain(shape: tuple[int, ...], deviation: float, seed: int) -> FloatArray:
    """Noise with the fine correlation in plane that reconstruction kernels leave."""
    if deviation == 0:
        return np.zeros(shape, np.float32)
    white = np.random.default_rng((seed, 4711)).standard_normal(shape, np.float32)
    smooth = white + 0.6 * np.roll(white, 1, -1) + 0.6 * np.roll(white, 1, -2)
    grain: FloatArray = smooth * np.float32(deviation / 1.31)
    return grain
