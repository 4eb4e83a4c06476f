"""Frames of images that have no place in space: photographs, projections, cines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from iodkit.dataset import copy_attributes

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

    from iodkit.frames import FunctionalGroups
    from iodkit.standard.enums import DimensionOrganizationTypeValues
    from iodkit_image.derived.sources import SourceFrames

__all__ = ["UnplacedFrames"]

_CONTENT = "FrameContentSequence"
_TIME_KEYWORDS = ("FrameTime", "FrameTimeVector")


@dataclass(frozen=True, slots=True, eq=False)
class UnplacedFrames:
    """Frames that are told apart by their number, or by their time.

    Parameters
    ----------
    rows, columns : int
        Size of each frame.
    number_of_places : int
        Number of source frames.
    pixel_spacing : numpy.ndarray | None
        Distance between rows and between columns in mm, shape (2,), if all frames share one.
    in_time : bool
        Whether the frames follow each other in time.
    """

    rows: int
    columns: int
    number_of_places: int
    pixel_spacing: NDArray[np.float64] | None
    in_time: bool

    coordinate_system = None
    frame_of_reference_uid = None
    on_source_grid = True

    @classmethod
    def from_sources(cls, sources: SourceFrames) -> UnplacedFrames:
        """Take each source frame, in the order in which they are given.

        Parameters
        ----------
        sources : SourceFrames
            Frames without a frame of reference.

        Returns
        -------
        UnplacedFrames
            One place for each frame.
        """
        spacings = sources.table.pixel_spacings
        shared = not np.isnan(spacings).any() and bool((spacings == spacings[0]).all())
        return cls(
            rows=sources.rows,
            columns=sources.columns,
            number_of_places=sources.number_of_frames,
            pixel_spacing=spacings[0] if shared else None,
            in_time=len(sources.images) == 1
            and any(keyword in sources.images[0] for keyword in _TIME_KEYWORDS),
        )

    @property
    def sources(self) -> NDArray[np.intp]:
        """numpy.ndarray: Index of each place's source frame."""
        return np.arange(self.number_of_places)

    @property
    def order(self) -> NDArray[np.intp]:
        """numpy.ndarray: Indices of the places in the order in which frames are stored."""
        return np.arange(self.number_of_places)

    @property
    def dimensions(self) -> tuple[tuple[str, str], ...]:
        """tuple: The attribute that tells frames apart: time if there is one, else a label."""
        keyword = "TemporalPositionIndex" if self.in_time else "FrameLabel"
        return ((keyword, _CONTENT),)

    @property
    def dimension_values(self) -> NDArray[np.int64]:
        """numpy.ndarray: Dimension index values, shape (places, 1)."""
        return np.arange(1, self.number_of_places + 1)[:, np.newaxis]

    def organization(
        self, places: NDArray[np.intp], frames_per_place: int
    ) -> DimensionOrganizationTypeValues | None:
        """Tell which organization frames have: none, since they have no place."""
        del places, frames_per_place
        return None

    def set_groups(self, groups: FunctionalGroups, places: NDArray[np.intp]) -> None:
        """Set the spacing of the pixels, and what tells frames apart.

        Parameters
        ----------
        groups : FunctionalGroups
            Groups of the derived image.
        places : numpy.ndarray
            Place of each frame.
        """
        if self.pixel_spacing is not None:
            groups.set_constant("PixelMeasuresSequence.PixelSpacing", self.pixel_spacing)
        if self.in_time:
            groups.set(f"{_CONTENT}.TemporalPositionIndex", places + 1)
        else:
            width = len(str(self.number_of_places))
            labels = [f"Frame {place:0{width}}" for place in (places + 1).tolist()]
            groups.set(f"{_CONTENT}.FrameLabel", labels)

    def write_modules(self, dataset: Dataset, source: Dataset) -> None:
        """Write how the patient lies in the frames (PS3.3 C.7.6.1.1.1), which may be unknown.

        Parameters
        ----------
        dataset : pydicom.Dataset
            The derived image.
        source : pydicom.Dataset
            Its first source image.
        """
        dataset.PatientOrientation = None
        copy_attributes(source, dataset, ["PatientOrientation"])
