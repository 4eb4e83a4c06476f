"""Signed distances, smooth noise and the canvas that the phantom's organs are painted on."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iodkit.testing.phantom.segments import Organ

__all__ = ["Canvas", "FloatArray", "Points", "capsule", "ellipsoid", "tube", "waves"]

FloatArray: TypeAlias = "NDArray[np.floating[Any]]"
Triple: TypeAlias = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Points:
    """Sample points in the patient's coordinate system, in mm (LPS, PS3.3 C.7.6.2.1.1).

    Parameters
    ----------
    x, y, z : numpy.ndarray
        Coordinates towards the left, the back and the head, of one shape.
    """

    x: FloatArray
    y: FloatArray
    z: FloatArray

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the coordinate arrays."""
        return self.x.shape

    def shifted(self, dx: FloatArray, dy: FloatArray, dz: FloatArray) -> Points:
        """Return the points displaced by as many mm.

        Parameters
        ----------
        dx, dy, dz : numpy.ndarray
            Displacements.

        Returns
        -------
        Points
            The displaced points.
        """
        return Points(self.x + dx, self.y + dy, self.z + dz)


def ellipsoid(points: Points, center: Triple, radii: Triple) -> FloatArray:
    """Approximate the signed distance to an ellipsoid.

    Parameters
    ----------
    points : Points
        Where to evaluate.
    center, radii : tuple[float, float, float]
        In mm; an infinite radius makes a cylinder.

    Returns
    -------
    numpy.ndarray
        Distances in mm, negative inside.
    """
    total = np.zeros(points.shape, np.float32)
    for coordinate, middle, radius in zip(
        (points.x, points.y, points.z), center, radii, strict=True
    ):
        if np.isfinite(radius):
            scaled = (coordinate - np.float32(middle)) * np.float32(1 / radius)
            total += scaled * scaled
    return (np.sqrt(total) - np.float32(1)) * np.float32(min(radii))


def capsule(points: Points, start: Triple, end: Triple, radius: float) -> FloatArray:
    """Signed distance to a straight tube with round ends.

    Parameters
    ----------
    points : Points
        Where to evaluate.
    start, end : tuple[float, float, float]
        Ends of the tube's axis in mm.
    radius : float
        In mm.

    Returns
    -------
    numpy.ndarray
        Distances in mm, negative inside.
    """
    axis = np.subtract(end, start).astype(np.float32)
    length = np.float32(np.dot(axis, axis))
    px = points.x - np.float32(start[0])
    py = points.y - np.float32(start[1])
    pz = points.z - np.float32(start[2])
    along = np.clip((px * axis[0] + py * axis[1] + pz * axis[2]) / length, 0, 1)
    px -= along * axis[0]
    py -= along * axis[1]
    pz -= along * axis[2]
    distance: FloatArray = np.sqrt(px * px + py * py + pz * pz) - np.float32(radius)
    return distance


def tube(points: Points, path: tuple[Triple, ...], radius: float) -> FloatArray:
    """Signed distance to a tube along a path of straight pieces.

    Parameters
    ----------
    points : Points
        Where to evaluate.
    path : tuple[tuple[float, float, float], ...]
        Corners of the tube's axis in mm, at least two.
    radius : float
        In mm.

    Returns
    -------
    numpy.ndarray
        Distances in mm, negative inside.
    """
    distance = capsule(points, path[0], path[1], radius)
    for start, end in itertools.pairwise(path):
        distance = np.minimum(distance, capsule(points, start, end, radius))
    return distance


def waves(points: Points, seed: int, wavelength: float, count: int = 5) -> FloatArray:
    """Smooth noise that is a function of the place: a sum of plane waves.

    Parameters
    ----------
    points : Points
        Where to evaluate.
    seed : int
        Chooses directions and phases.
    wavelength : float
        Typical size of the structures in mm.
    count : int, optional
        Number of waves.

    Returns
    -------
    numpy.ndarray
        Values around zero with a standard deviation of about one.
    """
    generator = np.random.default_rng(seed)
    directions = generator.normal(size=(count, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    numbers = 2 * np.pi / (wavelength * generator.uniform(0.7, 1.4, count))
    phases = generator.uniform(0, 2 * np.pi, count).astype(np.float32)
    total = np.zeros(points.shape, np.float32)
    for direction, number, phase in zip(directions, numbers, phases, strict=True):
        kx, ky, kz = (direction * number).astype(np.float32)
        total += np.cos(points.x * kx + points.y * ky + points.z * kz + phase)
    return total * np.float32(np.sqrt(2 / count))


class Canvas:
    """Attenuation and label of every sample point, painted organ over organ.

    Parameters
    ----------
    points : Points
        The sample points.
    edge : float
        Width in mm over which one tissue blends into the next.

    Attributes
    ----------
    hu : numpy.ndarray
        Attenuation in Hounsfield units, ``float32``.
    labels : numpy.ndarray
        Organ numbers, ``uint8``.
    fine, coarse : numpy.ndarray
        Textures that all tissues share: smooth noise around zero, of 9 and 24 mm.
    """

    def __init__(self, points: Points, edge: float) -> None:
        self.hu: FloatArray = np.full(points.shape, -1000, np.float32)
        self.labels: NDArray[np.uint8] = np.zeros(points.shape, np.uint8)
        self.fine = waves(points, 1, 9.0, 12)
        self.coarse = waves(points, 2, 24.0, 8)
        self._scale = np.float32(1 / edge)

    def paint(
        self, distance: FloatArray, hu: float | FloatArray, organ: Organ | None = None
    ) -> None:
        """Paint the inside of a shape.

        Parameters
        ----------
        distance : numpy.ndarray
            Signed distance to the shape in mm.
        hu : float | numpy.ndarray
            Attenuation of the tissue in Hounsfield units.
        organ : Organ, optional
            Label that the inside gets; without one the labels stay.
        """
        weight = np.clip(np.float32(0.5) - distance * self._scale, 0, 1)
        if not weight.any():
            return
        self.hu += weight * (hu - self.hu)
        if organ is not None:
            self.labels[distance < 0] = organ
