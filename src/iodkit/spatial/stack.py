"""Reports on planes: whether they make a regular stack, and if not, what is wrong, in numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

from iodkit.spatial.affine import create_affine_matrix_from_attributes, get_normal_vector
from iodkit.spatial.conventions import VOLUME_INDEX_CONVENTION
from iodkit.spatial.errors import NotAVolumeError
from iodkit.spatial.geometry import VolumeGeometry
from iodkit.standard.enums import AxisHandedness

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iodkit.spatial.tolerances import Tolerances
    from iodkit.spatial.vectors import FloatArray, IntArray
    from iodkit.standard.enums import CoordinateSystemNames

__all__ = ["Gap", "StackKind", "StackReport"]

_CLAUSE = "PS3.3 C.7.6.2.1.1"


class StackKind(Enum):
    """What planes are together."""

    REGULAR = "REGULAR"
    """Equally spaced along their normal."""
    SINGLE_PLANE = "SINGLE_PLANE"
    """One plane only."""
    MISSING_PLANES = "MISSING_PLANES"
    """Equally spaced, but some gaps are whole multiples of the spacing."""
    DUPLICATES = "DUPLICATES"
    """Some positions occur more than once."""
    REPEATED_STACKS = "REPEATED_STACKS"
    """Every position occurs equally often: time points, echoes, diffusion weightings."""
    TILTED = "TILTED"
    """Shifted in plane in proportion to the distance, as by a tilted gantry."""
    SEVERAL_STACKS = "SEVERAL_STACKS"
    """Stacks beside each other: parallel planes that are shifted against each other."""
    VARYING_SPACING = "VARYING_SPACING"
    """Gaps differ and are no whole multiples of one spacing."""
    MIXED_ORIENTATION = "MIXED_ORIENTATION"
    """Planes are not parallel."""


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
        What the planes are together; the first of these that applies: mixed orientation, single
        plane, several stacks, tilted, varying spacing, duplicates or repeated stacks, missing
        planes, regular.
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
        count = len(self.positions)
        if self.kind is StackKind.MIXED_ORIENTATION:
            different = np.abs(self.orientations - self.orientation).max(axis=1)
            turned = int((different > self.tolerances.orientation).sum())
            return f"{count} planes, of which {turned} are not parallel to the first"
        texts = {
            StackKind.REGULAR: f"{count} planes {_mm(self.spacing)} apart",
            StackKind.SINGLE_PLANE: "one plane",
            StackKind.TILTED: f"{count} planes stacked at {self.tilt:.3g}° to their normal: the "
            f"last is shifted {self.lateral_deviation:.4g} mm in plane",
            StackKind.SEVERAL_STACKS: f"{count} parallel planes shifted in plane by up to "
            f"{self.lateral_deviation:.4g} mm against each other",
            StackKind.VARYING_SPACING: f"{count} planes whose gaps vary from "
            f"{self.spacing_range[0]:.6g} to {self.spacing_range[1]:.6g} mm",
        }
        text = texts.get(self.kind, f"{count} planes {_mm(self.spacing)} apart")
        return "; ".join([text, *self._irregularities()])

    def _irregularities(self) -> list[str]:
        """Texts on duplicates and gaps."""
        texts = []
        if self.duplicates:
            first = self.duplicates[0]
            texts.append(
                f"{len(self.duplicates)} positions occur more than once (first: planes "
                f"{', '.join(str(i) for i in first[:4])})"
            )
        missing = sum(gap.missing or 0 for gap in self.gaps)
        if missing:
            gap = self.gaps[0]
            noun = "plane is" if missing == 1 else "planes are"
            texts.append(
                f"{missing} {noun} missing (first gap: {gap.width:.6g} mm between planes "
                f"{gap.before} and {gap.after})"
            )
        return texts

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
            remedy=_REMEDIES.get(self.kind, "split() gives the regular parts."),
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


_REMEDIES = {
    StackKind.MISSING_PLANES: "Pass allow_missing_positions=True to leave these planes empty.",
    StackKind.DUPLICATES: "Pass allow_duplicate_positions=True, or split() the planes.",
    StackKind.REPEATED_STACKS: "split() gives one stack for each repetition.",
    StackKind.TILTED: "A volume would need interpolation; nothing is interpolated silently.",
    StackKind.VARYING_SPACING: "split() gives the regular parts; rtol and atol are parameters.",
}


def _mm(value: float | None) -> str:
    return "an unknown distance" if value is None else f"{value:.6g} mm"
