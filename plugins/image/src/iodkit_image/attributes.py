"""What tells frames apart besides their place: attributes of frames as columns by keyword."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.datadict import keyword_for_tag

from iodkit.errors import InvalidTypeError, InvalidValueError, NotFoundError
from iodkit.frames import known_macros
from iodkit.spatial import ChannelDescriptor
from iodkit_image.times import frame_times

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

    from iodkit.frames import FrameTable

__all__ = ["FRAME_NUMBER", "TIME", "FrameAttribute", "frame_attribute", "select_frames"]

TIME = ChannelDescriptor("ElapsedTime", is_custom=True, value_type=float)
"""Milliseconds since the first frame."""
FRAME_NUMBER = ChannelDescriptor("FrameNumber", is_custom=True, value_type=int)
"""Number of the frame in its instance, from 1."""

# What follows from the order of frames in TILED_FULL images too.
_DERIVED = {
    "OpticalPathIdentifier": "optical_paths",
    "ReferencedSegmentNumber": "segment_numbers",
}


@dataclass(frozen=True, slots=True, eq=False)
class FrameAttribute:
    """One attribute with one value in each frame.

    Attributes
    ----------
    descriptor : ChannelDescriptor
        What it is.
    values : numpy.ndarray
        Value of each frame, shape (frames,).
    known : numpy.ndarray
        Which frames have a value, shape (frames,).
    """

    descriptor: ChannelDescriptor
    values: NDArray[Any]
    known: NDArray[np.bool_]

    @property
    def name(self) -> str:
        """str: Keyword of the attribute."""
        return self.descriptor.keyword

    def is_any_of(self, wanted: Any) -> NDArray[np.bool_]:
        """Tell which frames have one of some values.

        Parameters
        ----------
        wanted
            A value, or a sequence of values.

        Returns
        -------
        numpy.ndarray
            Shape (frames,).

        Raises
        ------
        NotFoundError
            If no frame has one of the values.
        """
        is_single = isinstance(wanted, str | bytes) or np.ndim(wanted) == 0
        mask = np.zeros(len(self.values), np.bool_)
        for value in [wanted] if is_single else wanted:
            found = self.known & self._equals(self.descriptor.coerce(value))
            if not found.any():
                raise NotFoundError(
                    f"no frame has this {self.name}",
                    attribute="select",
                    found=value,
                    expected=f"one of {self.distinct(self.known)[:10]}",
                )
            mask |= found
        return mask

    def _equals(self, value: Any) -> NDArray[np.bool_]:
        if self.values.dtype.kind == "f":
            return np.isclose(self.values, value, rtol=1e-6, atol=0)
        return np.asarray(self.values == value)

    def distinct(self, frames: NDArray[Any]) -> list[Any]:
        """List the values that some frames have, ascending.

        Parameters
        ----------
        frames : numpy.ndarray
            Indices or mask of frames.

        Returns
        -------
        list
            Each value once.
        """
        return sorted(set(self.values[frames].tolist()))


def frame_attribute(table: FrameTable, name: str | int, dataset: Dataset) -> FrameAttribute:
    """Find an attribute of frames.

    Parameters
    ----------
    table : FrameTable
        Frames.
    name : str | int
        Keyword or tag of an attribute of a functional group (of an instance, in single-frame
        images), path to it, ``"ElapsedTime"`` or ``"FrameNumber"``.
    dataset : pydicom.Dataset
        The image, or the first of several instances.

    Returns
    -------
    FrameAttribute
        The attribute.

    Raises
    ------
    NotFoundError
        If no frame has a value of it.
    InvalidValueError
        If there is no such attribute, or frames have several values.
    """
    if name == TIME.keyword:
        times = frame_times(table, dataset)
        return FrameAttribute(TIME, times, ~np.isnan(times))
    if name == FRAME_NUMBER.keyword:
        numbers = table.frame_numbers
        return FrameAttribute(FRAME_NUMBER, numbers, np.ones(len(numbers), np.bool_))
    if not isinstance(name, str | int):
        raise InvalidTypeError("no keyword or tag", attribute="channels", found=type(name).__name__)
    keyword = name if isinstance(name, str) else keyword_for_tag(name)
    descriptor = ChannelDescriptor(keyword.rpartition(".")[2])
    if descriptor.keyword in _DERIVED:
        values = getattr(table, _DERIVED[descriptor.keyword])
        known = values != None if values.dtype == object else values != -1  # noqa: E711
        if known.any():
            return FrameAttribute(descriptor, values, np.asarray(known))
    return _from_groups(table, keyword, descriptor)


def _from_groups(table: FrameTable, keyword: str, descriptor: ChannelDescriptor) -> FrameAttribute:
    for path in _paths(keyword):
        column = table.column(path)
        if not column.valid.any():
            continue
        if column.data.counts.max() > 1:
            raise InvalidValueError(
                "frames have several values",
                attribute=path,
                found=column.data.counts.max(),
                expected="an attribute with one value in each frame",
            )
        return FrameAttribute(descriptor, column.array(1), column.valid)
    raise NotFoundError(
        "no frame has a value",
        attribute=keyword,
        expected="an attribute of the functional groups, ElapsedTime or FrameNumber",
    )


def _paths(keyword: str) -> list[str]:
    """Paths under which an attribute may stand."""
    if "." in keyword:
        return [keyword]
    fields = (field.path for macro in known_macros() for field in macro.fields)
    inside = [path for path in fields if path.rpartition(".")[2] == keyword]
    return inside or [keyword]


def select_frames(
    table: FrameTable, dataset: Dataset, select: Mapping[str, Any] | None
) -> NDArray[np.bool_]:
    """Choose frames by their attributes.

    Parameters
    ----------
    table : FrameTable
        Frames.
    dataset : pydicom.Dataset
        The image, or the first of several instances.
    select : Mapping[str, Any] | None
        Keyword of each attribute, and the value, or values, that frames may have.

    Returns
    -------
    numpy.ndarray
        Mask of shape (frames,).

    Raises
    ------
    NotFoundError
        If no frame has such a value, or no frame meets all conditions.
    """
    mask = np.ones(len(table), np.bool_)
    for name, wanted in (select or {}).items():
        mask &= frame_attribute(table, name, dataset).is_any_of(wanted)
    if not mask.any():
        raise NotFoundError("no frame meets all conditions", attribute="select", found=select)
    return mask


def varying_attributes(
    table: FrameTable, dataset: Dataset, frames: Sequence[int] | NDArray[Any]
) -> list[str]:
    """Name what some frames differ in, among what dimension indices point to.

    Parameters
    ----------
    table : FrameTable
        Frames.
    dataset : pydicom.Dataset
        The image, or the first of several instances.
    frames : Sequence[int]
        Indices of the frames.

    Returns
    -------
    list[str]
        Keywords whose values together tell the frames apart, none of them for nothing; the number
        of the frame, or the UID of its instance, if nothing else does.
    """
    pointers = [keyword_for_tag(pointer) for pointer in table.dimension_index_pointers]
    chosen = np.asarray(frames)
    found: list[str] = []
    groups = np.zeros(len(chosen), np.intp)
    for name in dict.fromkeys([*pointers, *_TELLING, FRAME_NUMBER.keyword, "SOPInstanceUID"]):
        try:
            attribute = frame_attribute(table, name, dataset)
        except (NotFoundError, InvalidValueError, InvalidTypeError):
            continue
        if not attribute.known[chosen].all():
            continue
        values = np.unique(attribute.values[chosen], return_inverse=True)[1].reshape(-1)
        finer = np.unique(np.stack((groups, values)), axis=1, return_inverse=True)[1].reshape(-1)
        if finer.max() > groups.max():
            found, groups = [*found, attribute.name], finer
        if groups.max() == len(chosen) - 1:
            break
    return found or [FRAME_NUMBER.keyword]


# From what images are usually sorted by to what differs with it; the second half is of single-frame
# images, where the same stands in other attributes.
_TELLING = (
    "TemporalPositionIndex",
    "OpticalPathIdentifier",
    "ReferencedSegmentNumber",
    "StackID",
    "DiffusionBValue",
    "EffectiveEchoTime",
    "NominalCardiacTriggerDelayTime",
    "NominalPercentageOfCardiacPhase",
    "TemporalPositionIdentifier",
    "EchoTime",
    "InversionTime",
    "TriggerTime",
    "FrameReferenceTime",
    "FlipAngle",
    "RepetitionTime",
    "EchoNumbers",
    "ImageType",
    "ComplexImageComponent",
    "EnergyWindowNumber",
    "DetectorNumber",
    "PhaseNumber",
    "AcquisitionNumber",
    "ConvolutionKernel",
    "AcquisitionDateTime",
    "AcquisitionTime",
    "ContentTime",
)
