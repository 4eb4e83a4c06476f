"""Transformers from the voxels of one volume to those of another one in the same space."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iodkit.spatial.mapping import inside_indices
from iodkit.spatial.point_transformer import PointTransformer

if TYPE_CHECKING:
    import numpy as np

    from iodkit.spatial.geometry import VolumeGeometry
    from iodkit.spatial.volume import Volume

__all__ = ["VolumeToVolumeTransformer"]


class VolumeToVolumeTransformer(PointTransformer):
    """Transformation of indices of one volume to indices of another.

    Parameters
    ----------
    volume_from : Volume | VolumeGeometry
        Volume that the indices to transform belong to.
    volume_to : Volume | VolumeGeometry
        Volume that the result belongs to.
    round_output : bool, optional
        Whether results are rounded to the nearest voxel.
    check_bounds : bool, optional
        Whether results outside `volume_to` are an error.

    Raises
    ------
    GeometryMismatchError
        If the two lie in different coordinate systems or frames of reference.
    """

    _input_dimensions = 3
    _input_name = "indices"

    def __init__(
        self,
        volume_from: Volume | VolumeGeometry,
        volume_to: Volume | VolumeGeometry,
        round_output: bool = False,
        check_bounds: bool = False,
    ) -> None:
        volume_to._require_same_reference(volume_from)
        self._affine = volume_to.inverse_affine @ volume_from.affine
        self._shape = volume_to.spatial_shape
        self._round_output = round_output
        self._check_bounds = check_bounds

    def __call__(self, indices: np.ndarray) -> np.ndarray:
        """Transform indices.

        Parameters
        ----------
        indices : numpy.ndarray
            Array of shape (n, 3): indices of `volume_from`.

        Returns
        -------
        numpy.ndarray
            Array of shape (n, 3): indices of `volume_to`, of float64, or of int64 if rounded.

        Raises
        ------
        GeometryMismatchError
            If a result lies outside and bounds are checked.
        """
        if self._check_bounds:
            mapped = self._map(indices)
            return inside_indices(mapped, self._shape, round_output=self._round_output)
        return self._map_rounded(indices) if self._round_output else self._map(indices)
