"""Letters for the sides of a picture: where the patient's left, back and head are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from iodkit.standard.enums import CoordinateSystemNames

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydicom.dataset import Dataset

    from iodkit.spatial import VolumeGeometry

__all__ = ["Sides", "direction_letters", "sides_of_geometry", "sides_of_image"]

_LETTERS = (("L", "R"), ("P", "A"), ("H", "F"))
_OPPOSITE = {one: other for pair in _LETTERS for one, other in (pair, pair[::-1])}
_OPPOSITE |= {"LE": "RT", "RT": "LE", "D": "V", "V": "D", "CR": "CD", "CD": "CR"}

# Six degrees: a plane that is tilted less is called by its main direction only.
_SMALLEST_PART = 0.1


@dataclass(frozen=True, slots=True)
class Sides:
    """Letters at the sides of a picture; empty where nothing is known."""

    left: str = ""
    right: str = ""
    top: str = ""
    bottom: str = ""


def direction_letters(direction: Sequence[float]) -> str:
    """Name a direction in the patient by its parts, the greatest first (PS3.3 C.7.6.1.1.1).

    Parameters
    ----------
    direction : Sequence[float]
        Vector x, y, z in the patient-based coordinate system of a biped.

    Returns
    -------
    str
        For example ``"L"``, or ``"LP"`` for a direction between left and back.
    """
    vector = np.asarray(direction, np.float64)
    vector = vector / np.linalg.norm(vector)
    # A stable sort keeps the order left, posterior, head among equal parts.
    order = np.argsort(-np.round(np.abs(vector), 6), kind="stable").tolist()
    return "".join(
        _LETTERS[axis][0 if vector[axis] > 0 else 1]
        for axis in order
        if abs(vector[axis]) >= _SMALLEST_PART
    )


def sides_of_geometry(geometry: VolumeGeometry | None) -> Sides:
    """Name the sides of a plane whose rows and columns are the last two axes of a geometry.

    Parameters
    ----------
    geometry : VolumeGeometry | None
        Geometry of shape (1, rows, columns).

    Returns
    -------
    Sides
        Letters; empty ones on a slide.
    """
    if geometry is None or geometry.coordinate_system is not CoordinateSystemNames.PATIENT:
        return Sides()
    _, down, right = geometry.direction.T
    return Sides(
        direction_letters(-right),
        direction_letters(right),
        direction_letters(-down),
        direction_letters(down),
    )


def sides_of_image(image: Dataset, geometry: VolumeGeometry | None) -> Sides:
    """Name the sides of a frame: from its place, else from what the image says of itself.

    Parameters
    ----------
    image : pydicom.Dataset
        Image.
    geometry : VolumeGeometry | None
        Place of the frame, if it has one.

    Returns
    -------
    Sides
        Letters.  Those of quadrupeds come from PatientOrientation only: what axes are called
        depends on the part of the body (PS3.3 C.7.6.2.1.1).
    """
    if image.get("AnatomicalOrientationType") != "QUADRUPED" and geometry is not None:
        return sides_of_geometry(geometry)
    words = image.get("PatientOrientation") or ()
    if isinstance(words, str) or len(words) != 2 or not all(words):
        return Sides()
    right, bottom = (str(word) for word in words)
    return Sides(_opposite(right), right, _opposite(bottom), bottom)


def _opposite(word: str) -> str:
    """The opposite of a value of PatientOrientation; empty if a part of it has none."""
    if word in _OPPOSITE:
        return _OPPOSITE[word]
    opposites = [_OPPOSITE.get(letter, "") for letter in word]
    return "".join(opposites) if all(opposites) else ""
