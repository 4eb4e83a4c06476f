"""Reports on planes: whether they make a regular stack, and if not, what is wrong, in numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from iodkit.spatial.affine import create_affine_matrix_from_attributes, get_normal_vector
from iodkit.spatial.conventions import VOLUME_INDEX_CONVENTION
from iodkit.spatial.errors import NotAVolumeError
from iodkit.spatial.geometry import VolumeGeometry
from iodkit.spatial.stack_kind import StackKind
from iodkit.spatial.stack_text import describe_report, remedy_for
from iodkit.standard.enums import AxisHandedness

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iodkit.spatial.tolerances import Tolerances
    from iodkit.spatial.vectors import FloatArray, IntArray
    from iodkit.standard.enums import CoordinateSystemNames

__all__ = ["Gap", "StackReport"]

_CLAUSE = "PS3.3 C.7.6.2.1.1"


@dataclass(frozen=True, slots=True)
class Gap:
    """A gap between neighbouring planes that is wider than the spacing.

    Attributes
    ----------
    before, after : int
        Indices, in the list that was given, of the planes on both sides.
    width : float
        Distance in mm between the two along the normal.
    missing : int | None
        Number of planes that are missing, or None if the gap is no whole multiple.
    """

    before: int
    after: int
    width: float
    missing: int | None


@dataclass(frozen=True, slots=True, eq=False)
class StackReport:
    """What is known about the places of planes.

    Attributes
    ----------
    kind : StackKind
        What the planes are together; the first of these that applies: mixed frames of reference,
        mixed orientation, mixed grids, single plane, several stacks, tilted, varying spacing,
        duplicates or repeated stacks, missing planes, regular.
    positions : numpy.ndarray
        Array of shape (n, 3): reference coordinates in mm of the top left pixels, as given.
    orientations : numpy.ndarray
        Array of shape (n, 6): direction cosines of each plane.
    order : numpy.ndarray
        Array of shape (n,): indices that sort the planes along `normal`; equal positions stay in
        the given order.
    normal : numpy.ndarray
        Array of shape (3,): unit vector along which planes are ordered.
    spacing : float | None
        Distance in mm between neighbouring planes of the completed stack, None if there is none.
    volume_positions : numpy.ndarray | None
        Array of shape (n,): index of each plane, in the order given, in the completed stack; None
        if there is no common spacing.
    number_of_planes : int
        Number of planes of the completed stack, or of distinct positions if there is no spacing.
    gaps : tuple[Gap, ...]
        Gaps that are wider than the spacing.
    duplicates : tuple[tuple[int, ...], ...]
        Groups of planes, by index in the list given, that share a position.
    tilt : float
        Angle in degrees between the line of the positions and the normal.
    lateral_deviation : float
        Largest displacement in mm of a plane, in plane, from the normal through the first one.
    spacing_deviation : float
        Largest difference in mm of a gap from the whole multiple of the spacing.
    spacing_range : tuple[float, float]
        Smallest and largest gap in mm between distinct positions.
    hint_fits : bool | None
        Whether the spacing hint agrees with the positions; None without a hint.
    members : numpy.ndarray
        Array of shape (n,): for each plane its index in the list that the report which was split
        described; 0 to n-1 otherwise.
    sets : tuple[numpy.ndarray, ...]
        Indices of the planes that agree in frame of reference, orientation, pixel spacing and
        size: one array for each such set, and one for all unless they are mixed.
    tolerances : Tolerances
        Limits that were applied.
    """

    kind: StackKind
    positions: FloatArray
    orientations: FloatArray
    order: IntArray
    normal: FloatArray
    spacing: float | None
    volume_positions: IntArray | None
    number_of_planes: int
    tolerances: Tolerances
    gaps: tuple[Gap, ...] = ()
    duplicates: tuple[tuple[int, ...], ...] = ()
    tilt: float = 0.0
    lateral_deviation: float = 0.0
    spacing_deviation: float = 0.0
    spacing_range: tuple[float, float] = (0.0, 0.0)
    hint_fits: bool | None = None
    members: IntArray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    sets: tuple[IntArray, ...] = ()

    @property
    def orientation(self) -> FloatArray:
        """numpy.ndarray: Direction cosines of the first plane, shape (6,)."""
        return self.orientations[0]

    @property
    def is_volume(self) -> bool:
        """bool: Whether the planes fill a regular grid, each position exactly once."""
        return self.kind in {StackKind.REGULAR, StackKind.SINGLE_PLANE}

    @property
    def has_duplicates(self) -> bool:
        """bool: Whether a position occurs more than once."""
        return bool(self.duplicates)

    @property
    def missing_positions(self) -> IntArray:
        """numpy.ndarray: Indices, in the completed stack, of planes that are not there."""
        if self.volume_positions is None:
            return np.empty(0, dtype=np.int64)
        return np.setdiff1d(np.arange(self.number_of_planes), self.volume_positions)

    @property
    def signed_spacing(self) -> float | None:
        """float | None: Spacing along the cross product of row and column direction.

        Negative where planes are ordered against that direction, as in volumes.
        """
        if self.spacing is None:
            return None
        upright = get_normal_vector(self.orientation.tolist())
        return self.spacing if float(upright @ self.normal) > 0 else -self.spacing

    def describe(self) -> str:
        """Say in one sentence what the planes are, with the numbers.

        Returns
        -------
        str
            Text for people.
        """
        return describe_report(self)

    def __str__(self) -> str:
        return f"{self.kind.value}: {self.describe()}"

    def fills_volume(
        self, *, allow_missing_positions: bool = False, allow_duplicate_positions: bool = False
    ) -> bool:
        """Tell whether the planes can be put into a regular grid.

        Parameters
        ----------
        allow_missing_positions : bool, optional
            Whether planes of the grid may be missing.
        allow_duplicate_positions : bool, optional
            Whether several planes may share a position.

        Returns
        -------
        bool
            Whether they can.
        """
        if self.volume_positions is None:
            return False
        if self.duplicates and not allow_duplicate_positions:
            return False
        return allow_missing_positions or not self.gaps

    def require_volume(
        self, *, allow_missing_positions: bool = False, allow_duplicate_positions: bool = False
    ) -> None:
        """Raise unless the planes can be put into a regular grid.

        Parameters
        ----------
        allow_missing_positions, allow_duplicate_positions
            As in `fills_volume`.

        Raises
        ------
        NotAVolumeError
            With this report as `report` and the numbers in its message.
        """
        if self.fills_volume(
            allow_missing_positions=allow_missing_positions,
            allow_duplicate_positions=allow_duplicate_positions,
        ):
            return
        raise NotAVolumeError(
            f"planes are no regular volume: {self.describe()}",
            report=self,
            clause=_CLAUSE,
            remedy=remedy_for(self),
        )

    def geometry(
        self,
        rows: int,
        columns: int,
        pixel_spacing: Sequence[float],
        coordinate_system: CoordinateSystemNames | str,
        frame_of_reference_uid: str | None = None,
        *,
        allow_missing_positions: bool = False,
        allow_duplicate_positions: bool = True,
    ) -> VolumeGeometry:
        """Make the geometry of the completed stack.

        Parameters
        ----------
        rows, columns : int
            Size of the planes.
        pixel_spacing : Sequence[float]
            Distance in mm between rows and between columns.
        coordinate_system : CoordinateSystemNames | str
            ``"PATIENT"`` or ``"SLIDE"``.
        frame_of_reference_uid : str, optional
            Frame of Reference UID, if known.
        allow_missing_positions, allow_duplicate_positions
            As in `fills_volume`.

        Returns
        -------
        VolumeGeometry
            Geometry with plane `volume_positions[i]` at the place of the given plane `i`.

        Raises
        ------
        NotAVolumeError
            If the planes are no regular volume.
        """
        self.require_volume(
            allow_missing_positions=allow_missing_positions,
            allow_duplicate_positions=allow_duplicate_positions,
        )
        upright = get_normal_vector(
            self.orientation.tolist(), VOLUME_INDEX_CONVENTION, AxisHandedness.RIGHT_HANDED
        )
        is_right_handed = float(upright @ self.normal) > 0
        affine = create_affine_matrix_from_attributes(
            self.positions[self.order[0]].tolist(),
            self.orientation.tolist(),
            pixel_spacing,
            1.0 if self.spacing is None else self.spacing,
            index_convention=VOLUME_INDEX_CONVENTION,
            slices_first=True,
            handedness="RIGHT_HANDED" if is_right_handed else "LEFT_HANDED",
        )
        shape = (self.number_of_planes, rows, columns)
        return VolumeGeometry(affine, shape, coordinate_system, frame_of_reference_uid)

    def split(self) -> tuple[StackReport, ...]:
        """Split the planes into parts that are regular volumes.

        Planes are separated by orientation, in-plane shift, repetition (the first plane at each
        position, then the second, in the order given) and at gaps that differ from the spacing of
        the planes before.  Parts of tilted stacks are single planes.

        Returns
        -------
        tuple[StackReport, ...]
            Reports on the parts, all regular or single planes; their `members` are indices into
            the list that this report describes.
        """
        from iodkit.spatial.splitting import describe_parts

        return describe_parts(self)
