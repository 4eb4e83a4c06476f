"""The bones of the phantom: vertebrae with their canal, ribs and sternum."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iodkit.testing.phantom.segments import Organ
from iodkit.testing.phantom.shapes import ellipsoid

if TYPE_CHECKING:
    from iodkit.testing.phantom.shapes import Canvas, FloatArray, Points

__all__ = ["paint_ribs", "paint_spine", "paint_sternum"]

_INFINITE = float("inf")
_VERTEBRA_PITCH = 30.0
_RIB_PITCH = 25.0


def _sawtooth(values: FloatArray, pitch: float) -> FloatArray:
    """Distance to the nearest multiple of the pitch, with its sign."""
    return values - np.float32(pitch) * np.rint(values / np.float32(pitch))


def _bone(canvas: Canvas, distance: FloatArray, marrow: FloatArray, organ: Organ) -> None:
    """Paint a bone: a dense cortex around marrow."""
    canvas.paint(distance, 620.0, organ)
    canvas.paint(distance + 2.4, marrow)


def paint_spine(canvas: Canvas, points: Points) -> None:
    """Paint vertebral bodies, discs, arches, processes and the canal with the cord.

    Parameters
    ----------
    canvas : Canvas
        What to paint on.
    points : Points
        Where its points lie.
    """
    level = _sawtooth(points.z, _VERTEBRA_PITCH)
    waist = 1 - 0.10 * np.cos(level * np.float32(2 * np.pi / _VERTEBRA_PITCH))
    column = ellipsoid(points, (0.0, 64.0, 0.0), (21.0, 16.0, _INFINITE)) + 4 * (waist - 1)
    canvas.paint(column, 82 + 4 * canvas.fine, Organ.VERTEBRAE)
    marrow = 190 + 30 * canvas.fine
    _bone(canvas, np.maximum(column, np.abs(level) - 12.5), marrow, Organ.VERTEBRAE)

    ring = ellipsoid(points, (0.0, 87.0, 0.0), (15.5, 14.0, _INFINITE))
    arch = np.maximum(ring, np.abs(level + 2) - 9)
    lamina = np.abs(points.y - 89 - 0.18 * np.abs(points.x)) - 4.5
    transverse = np.maximum(np.maximum(lamina, np.abs(points.x) - 35), np.abs(level) - 6.5)
    blade = np.maximum(np.abs(points.x) - 3.6, np.abs(points.y - 106) - 13)
    spinous = np.maximum(blade, np.abs(level + 7 + (points.y - 95) * 0.35) - 7.5)
    for part in (arch, transverse, spinous):
        _bone(canvas, part, marrow + 60, Organ.VERTEBRAE)

    canal = ellipsoid(points, (0.0, 85.5, 0.0), (10.0, 8.5, _INFINITE))
    canvas.paint(canal, 8.0, Organ.CANAL)
    canvas.paint(ellipsoid(points, (0.0, 85.0, 0.0), (6.0, 5.0, _INFINITE)), 42.0)


def paint_ribs(canvas: Canvas, points: Points, cavity: FloatArray) -> None:
    """Paint ribs that run downwards from the spine to the front, around the cavity.

    Parameters
    ----------
    canvas : Canvas
        What to paint on.
    points : Points
        Where its points lie.
    cavity : numpy.ndarray
        Signed distance to the trunk's cavity in mm.
    """
    drop = points.z - 0.42 * points.y + 0.0009 * points.x * points.x
    across = _sawtooth(drop, _RIB_PITCH)
    shell = np.abs(cavity - 6.5)
    rib = np.sqrt((shell / 3.9) ** 2 + (across / 6.2) ** 2) * 4.2 - 4.2
    # The costal margin rises to the front, where cartilage takes over.
    margin = -62 - 0.85 * np.minimum(points.y, 40)
    rib = np.maximum(rib, margin - points.z)
    rib = np.maximum(rib, 21 - np.abs(points.x))
    front = np.clip((-62 - points.y) / 12, 0, 1)
    marrow = 230 + 30 * canvas.fine
    canvas.paint(rib, 560 - 430 * front, Organ.RIBS)
    canvas.paint(rib + 2.2, marrow - 110 * front)


def paint_sternum(canvas: Canvas, points: Points) -> None:
    """Paint the breastbone.

    Parameters
    ----------
    canvas : Canvas
        What to paint on.
    points : Points
        Where its points lie.
    """
    half_width = 13 + 5 * np.clip((points.z - 70) / 60, -0.6, 1)
    plate = np.maximum(np.abs(points.y + 84 - 0.06 * points.z) - 5.5, np.abs(points.x) - half_width)
    inside = np.maximum(np.maximum(plate, 6 - points.z), points.z - 150)
    _bone(canvas, inside, 170 + 30 * canvas.fine, Organ.STERNUM)
