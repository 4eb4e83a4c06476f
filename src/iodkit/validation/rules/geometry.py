"""Geometry: directions, spacings, and positions that agree (PS3.3 C.7.6.2, 10.7.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.attributes import Fault, Severity
from iodkit.attributes.findings import join_path
from iodkit.elements.tolerances import ORIENTATION_TOLERANCE, SPACING_TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from iodkit.validation.subject import Subject

__all__ = [
    "check_orientations",
    "check_position_reference",
    "check_slice_spacing",
    "check_spacings",
    "orthonormality_error",
]

_ORIENTATIONS = ("ImageOrientationPatient", "ImageOrientationSlide")
_SPACINGS = ("PixelSpacing", "ImagerPixelSpacing", "SpacingBetweenSlices")
_ROUNDING = 1e-4
_INDICATOR, _SLIDE = "PositionReferenceIndicator", "SLIDE_CORNER"
# What only images in the coordinate system of a slide have (PS3.3 C.8.12.2.1).
_ON_SLIDES = (
    "ImageOrientationSlide",
    "PlanePositionSlideSequence",
    "ImageCenterPointCoordinatesSequence",
)


def orthonormality_error(cosines: NDArray[np.float64]) -> float:
    """Measure how far two directions are from unit length and from a right angle.

    Parameters
    ----------
    cosines : numpy.ndarray
        Direction cosines of a row and a column, shape ``(6,)``.

    Returns
    -------
    float
        The largest error.
    """
    pair = cosines.reshape(2, 3)
    return float(np.abs(pair @ pair.T - np.eye(2)).max())


def check_position_reference(subject: Subject) -> Iterator[Fault]:
    """Find frames of reference of slides that do not say so.

    Parameters
    ----------
    subject : Subject
        The object.

    Yields
    ------
    Fault
        At most one; an absent indicator is what the tables find.
    """
    if _INDICATOR not in subject.dataset or not subject.get("FrameOfReferenceUID"):
        return
    stated = subject.get(_INDICATOR)
    on_slide = any(subject.get(name, item) for _, item in subject.items for name in _ON_SLIDES)
    if on_slide and stated != _SLIDE:
        yield Fault(_INDICATOR, stated, f"{_SLIDE}, as the image is placed on a slide")


def check_orientations(subject: Subject) -> Iterator[Fault]:
    """Find directions that are not at right angles, or not of unit length.

    Parameters
    ----------
    subject : Subject
        The object.

    Yields
    ------
    Fault
        One for each orientation; a warning where rounding explains it.
    """
    for path, item in subject.items:
        for name in _ORIENTATIONS:
            cosines = numbers(subject.get(name, item))
            if cosines is None:
                continue
            where = join_path(path, name)
            if len(cosines) != 6:
                yield Fault(where, cosines.tolist(), "six direction cosines")
                continue
            error = orthonormality_error(cosines)
            if not error <= _ROUNDING:
                mild = Severity.WARNING if error <= ORIENTATION_TOLERANCE else None
                expected = f"unit vectors at right angles; the error is {error:.2g}"
                yield Fault(where, cosines.tolist(), expected, severity=mild)


def check_spacings(subject: Subject) -> Iterator[Fault]:
    """Find spacings that are not above zero.

    Parameters
    ----------
    subject : Subject
        The object.

    Yields
    ------
    Fault
        One for each such attribute.
    """
    for path, item in subject.items:
        for name in _SPACINGS:
            values = numbers(subject.get(name, item))
            if values is not None and not (values > 0).all():
                where = join_path(path, name)
                yield Fault(where, values.tolist(), "numbers greater than 0, in mm")


def check_slice_spacing(subject: Subject) -> Iterator[Fault]:
    """Find frames whose positions contradict SpacingBetweenSlices.

    Parameters
    ----------
    subject : Subject
        The object.

    Yields
    ------
    Fault
        At most one.
    """
    table = subject.frame_table
    if subject.per_frame_items is None or table is None:
        return
    spacing = _common(table.numbers("PixelMeasuresSequence.SpacingBetweenSlices"))
    cosines = table.numbers("PlaneOrientationSequence.ImageOrientationPatient", 6)
    positions = table.numbers("PlanePositionSequence.ImagePositionPatient", 3)
    if spacing is None or not len(cosines) or not np.isfinite(positions).all():
        return
    if not np.isfinite(cosines).all() or np.abs(cosines - cosines[0]).max() > _ROUNDING:
        return
    normal = np.cross(cosines[0, :3], cosines[0, 3:])
    places = np.unique(np.round(positions @ normal, 4))
    steps = np.diff(places) / spacing
    # Frames may be left out, so that a gap of several spacings is as right as one of one.
    errors = np.abs(steps - np.maximum(np.round(steps), 1))
    wrong = np.flatnonzero(errors > max(SPACING_TOLERANCE, 2e-4 / spacing))
    if len(wrong):
        found = f"a gap of {steps[wrong[0]] * spacing:.6g} mm between positions"
        yield Fault("SpacingBetweenSlices", found, f"multiples of {spacing:.6g} mm")


def numbers(value: Any) -> NDArray[np.float64] | None:
    """Turn the value of an attribute into numbers.

    Parameters
    ----------
    value : Any
        A number or several, or None.

    Returns
    -------
    numpy.ndarray | None
        Shape ``(n,)``; None if there are none.
    """
    if value is None:
        return None
    try:
        return np.atleast_1d(np.asarray(value, np.float64))
    except (TypeError, ValueError):
        return None


def _common(values: NDArray[np.float64]) -> float | None:
    found = np.unique(values)
    one = len(found) == 1 and np.isfinite(found[0]) and found[0] > 0
    return float(found[0]) if one else None
