"""Where the frames of an image lie in space: the planes they belong to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np

from iodkit.elements.slide import MICROMETRES
from iodkit.elements.tolerances import EQUAL_VALUES
from iodkit.errors import GeometryError
from iodkit.frames import common_values, require_known
from iodkit.spatial import ImagePlane, describe_positions, read_plane
from iodkit.standard.enums import CoordinateSystemNames

if TYPE_CHECKING:
    from typing import Unpack

    from numpy.typing import NDArray

    from iodkit.frames import FrameTable
    from iodkit.spatial import StackReport, VolumeGeometry
    from iodkit_image.frames import ImageFrames

__all__ = ["FramePlaces", "ToleranceOptions", "frame_places", "stacked_places", "tile_corners"]


class ToleranceOptions(TypedDict, total=False):
    """Tolerances for planes; see :func:`iodkit.spatial.describe_positions`."""

    rtol: float | None
    atol: float | None
    perpendicular_tol: float | None
    orientation_tol: float | None


@dataclass(frozen=True, slots=True, eq=False)
class FramePlaces:
    """The planes that frames lie in.

    Attributes
    ----------
    positions : numpy.ndarray
        Shape (planes, 3): reference coordinates in mm of the centre of the top left pixel of each
        plane.  A frame is a plane; of tiles, the total pixel matrix at each depth is one.
    orientations : numpy.ndarray
        Shape (planes, 6): direction cosines of rows and columns.
    plane_of_frame : numpy.ndarray
        Shape (frames,): index of the plane that each frame belongs to.
    pixel_spacings : numpy.ndarray
        Shape (planes, 2): distance in mm between rows and between columns.
    plane_shape : tuple[int, int]
        Rows and columns of a plane.
    corners : numpy.ndarray
        Shape (frames, 2): row and column, from 0, of each frame's first pixel in its plane.
    coordinate_system : CoordinateSystemNames
        What the positions refer to.
    frame_of_reference_uid : str
        Frame of reference of the positions.
    spacing_hint : float | None
        Distance in mm between planes that the image states.
    """

    positions: NDArray[np.float64]
    orientations: NDArray[np.float64]
    plane_of_frame: NDArray[np.intp]
    pixel_spacings: NDArray[np.float64]
    plane_shape: tuple[int, int]
    corners: NDArray[np.int64]
    coordinate_system: CoordinateSystemNames
    frame_of_reference_uid: str
    spacing_hint: float | None = None

    def take(self, planes: NDArray[np.intp]) -> FramePlaces:
        """Keep some of the planes; frames still count all of them.

        Parameters
        ----------
        planes : numpy.ndarray
            Indices of the planes to keep.

        Returns
        -------
        FramePlaces
            Places of these planes.
        """
        return replace(
            self,
            positions=self.positions[planes],
            orientations=self.orientations[planes],
            pixel_spacings=self.pixel_spacings[planes],
        )

    def part(self, plane: int, row: float = 0, column: float = 0) -> ImagePlane:
        """Return where the part of a plane lies that begins at a pixel.

        Parameters
        ----------
        plane : int
            Index of the plane.
        row, column : float, optional
            Row and column, from 0, of the part's first pixel; fractions lie between centres.

        Returns
        -------
        ImagePlane
            Its place.
        """
        orientation = self.orientations[plane]
        right, down = orientation.reshape(2, 3)
        height, width = self.pixel_spacings[plane].tolist()
        x, y, z = (self.positions[plane] + row * height * down + column * width * right).tolist()
        return ImagePlane(
            (x, y, z), tuple(orientation.tolist()), (height, width), self.spacing_hint
        )

    def describe(self, **tolerances: Unpack[ToleranceOptions]) -> StackReport:
        """Describe how the planes lie.

        Parameters
        ----------
        **tolerances : Unpack[ToleranceOptions]
            Tolerances; see :func:`iodkit.spatial.describe_positions`.

        Returns
        -------
        StackReport
            Whether the planes make a regular volume, and if not, why.
        """
        return describe_positions(
            self.positions,
            self.orientations,
            pixel_spacing=self.pixel_spacings,
            spacing_hint=self.spacing_hint,
            **tolerances,
        )

    def geometry(
        self,
        report: StackReport,
        *,
        allow_missing_positions: bool = False,
        allow_duplicate_positions: bool = True,
    ) -> VolumeGeometry:
        """Make the geometry of the volume that the planes fill.

        Parameters
        ----------
        report : StackReport
            How the planes lie.
        allow_missing_positions, allow_duplicate_positions : bool, optional
            What the report may say.

        Returns
        -------
        VolumeGeometry
            Geometry with the axes slice, row and column.

        Raises
        ------
        NotAVolumeError
            If the planes make no regular volume; the error has the report.
        """
        return report.geometry(
            *self.plane_shape,
            self.pixel_spacings[0].tolist(),
            self.coordinate_system,
            self.frame_of_reference_uid,
            allow_missing_positions=allow_missing_positions,
            allow_duplicate_positions=allow_duplicate_positions,
        )


def frame_places(image: ImageFrames, table: FrameTable) -> FramePlaces:
    """Find out where the frames of an image lie.

    Parameters
    ----------
    image : Image
        Image of any kind.
    table : FrameTable
        Its frames.

    Returns
    -------
    FramePlaces
        The planes of its frames.

    Raises
    ------
    GeometryError
        If the image has no frame of reference, or a frame no position.
    """
    uid = image.get("FrameOfReferenceUID")
    if not uid:
        raise GeometryError(
            "the image has no frame of reference",
            attribute="FrameOfReferenceUID",
            clause="PS3.3 C.7.4.1",
            remedy="Pass the geometry, if you know where the frames lie.",
        )
    shape = (int(image.Rows), int(image.Columns))
    if image.is_tiled:
        return _tiled_places(image, table, str(uid))
    positions = table.positions
    if image.get("GridFrameOffsetVector") and np.isnan(positions).any():
        positions = _grid_positions(image)
    return stacked_places(table, positions, shape, str(uid))


def stacked_places(
    table: FrameTable,
    positions: NDArray[np.float64],
    shape: tuple[int, int],
    frame_of_reference_uid: str,
    noun: str = "frame",
) -> FramePlaces:
    """Make the places of frames that are planes each.

    Parameters
    ----------
    table : FrameTable
        Frames.
    positions : numpy.ndarray
        ImagePositionPatient of each, shape (frames, 3).
    shape : tuple[int, int]
        Rows and columns of a frame.
    frame_of_reference_uid : str
        Frame of reference.
    noun : str, optional
        What a row of the table is called in messages.

    Returns
    -------
    FramePlaces
        The places.

    Raises
    ------
    GeometryError
        If position, orientation or spacing is missing.
    """
    for keyword, values in (
        ("ImagePositionPatient", positions),
        ("ImageOrientationPatient", table.orientations),
        ("PixelSpacing", table.pixel_spacings),
    ):
        require_known(values, keyword, what=noun)
    return FramePlaces(
        positions=positions,
        orientations=table.orientations,
        plane_of_frame=np.arange(len(positions)),
        pixel_spacings=table.pixel_spacings,
        plane_shape=shape,
        corners=np.zeros((len(positions), 2), np.int64),
        coordinate_system=CoordinateSystemNames.PATIENT,
        frame_of_reference_uid=frame_of_reference_uid,
        spacing_hint=_spacing_hint(table),
    )


def _spacing_hint(table: FrameTable) -> float | None:
    """Spacing between slices, where frames agree on one; its sign may give a direction."""
    stated = np.abs(table.spacing_between_slices)
    if np.isnan(stated).any() or not np.allclose(stated, stated[0], rtol=EQUAL_VALUES, atol=0):
        return None
    return float(stated[0]) or None


def _grid_positions(image: ImageFrames) -> NDArray[np.float64]:
    """Positions of the planes of a dose (PS3.3 C.8.8.3.2)."""
    planes = [read_plane(image, number + 1).position for number in range(image.number_of_frames)]
    return np.array(planes)


def tile_corners(image: ImageFrames, table: FrameTable) -> NDArray[np.int64]:
    """Return the places of tiles in the total pixel matrix.

    Parameters
    ----------
    image : Image
        Tiled image.
    table : FrameTable
        Its frames.

    Returns
    -------
    numpy.ndarray
        Shape (frames, 2): row and column, from 0, of each frame's first pixel.

    Raises
    ------
    GeometryError
        If the image is not tiled, or the place of a tile is missing.
    """
    if not image.is_tiled:
        raise GeometryError(
            "the image is not tiled: it has no total pixel matrix",
            attribute="TotalPixelMatrixRows",
            clause="PS3.3 C.8.12.4",
            remedy="Use get_frames, or get_volume.",
        )
    found = table.matrix_positions
    if found.size and found.min() < 1:
        missing: Any = (found < 1).any(axis=1)
        raise GeometryError(
            f"{int(missing.sum())} of {len(found)} tiles have no place in the total pixel matrix",
            attribute="RowPositionInTotalImagePixelMatrix",
            found=f"no value in frame {int(missing.argmax()) + 1}",
            clause="PS3.3 C.8.12.6.1",
        )
    return found - 1


def _tiled_places(image: ImageFrames, table: FrameTable, uid: str) -> FramePlaces:
    """Places of tiles: their planes are total pixel matrices at different depths."""
    corners = tile_corners(image, table)
    spacings, orientations = table.pixel_spacings, table.orientations
    require_known(spacings, "PixelSpacing", what="tile")
    require_known(orientations, "ImageOrientationSlide", what="tile")
    axes = orientations.reshape(-1, 2, 3)
    steps = corners[:, ::-1, np.newaxis] * spacings[:, ::-1, np.newaxis] * axes
    positions = table.slide_positions - steps.sum(axis=1)
    origin = _matrix_origin(image)
    if origin is not None:
        # Positions of tiles are rounded; the origin says where the matrix begins, whichever
        # tiles there are.
        positions[:, :2] = origin[:2]
        positions[np.isnan(positions[:, 2]), 2] = origin[2]
    require_known(positions, "SlidePosition" if origin is None else "depth", what="tile")
    # What tiles of one depth say of it differs by rounding only.
    _, first, plane = np.unique(positions[:, 2].round(9), return_index=True, return_inverse=True)
    return FramePlaces(
        positions=positions[first],
        orientations=orientations[first],
        plane_of_frame=plane.reshape(-1),
        pixel_spacings=np.tile(common_values(table, "PixelSpacing", what="tile"), (len(first), 1)),
        plane_shape=(int(image.TotalPixelMatrixRows), int(image.TotalPixelMatrixColumns)),
        corners=corners,
        coordinate_system=CoordinateSystemNames.SLIDE,
        frame_of_reference_uid=uid,
        spacing_hint=_spacing_hint(table),
    )


def _matrix_origin(image: ImageFrames) -> tuple[float, float, float] | None:
    """Origin of the total pixel matrix in mm, if the image states it (PS3.3 C.8.12.4)."""
    for item in image.get("TotalPixelMatrixOriginSequence") or ():
        x, y = (item.get(f"{axis}OffsetInSlideCoordinateSystem") for axis in "XY")
        if x is None or y is None:
            return None
        depth = float(item.get("ZOffsetInSlideCoordinateSystem") or 0)
        return float(x), float(y), depth / MICROMETRES
    return None
