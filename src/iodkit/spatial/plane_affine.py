"""Matrices of image planes: from pixel indices and image coordinates to reference coordinates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iodkit.spatial.affine import create_affine_matrix_from_attributes, invert_affine
from iodkit.spatial.vectors import FloatArray, as_vector

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["FROM_HALF_PIXEL", "HALF_PIXEL", "plane_affine"]

# Image coordinates count from the corner of the top left pixel, indices from its centre.
HALF_PIXEL = np.array(
    [[1.0, 0.0, 0.0, -0.5], [0.0, 1.0, 0.0, -0.5], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
)
FROM_HALF_PIXEL = invert_affine(HALF_PIXEL)


def plane_affine(
    image_position: Sequence[float],
    image_orientation: Sequence[float],
    pixel_spacing: Sequence[float],
    spacing_between_slices: float = 1.0,
    *,
    spacing_name: str = "pixel_spacing",
) -> FloatArray:
    """Make the matrix from (column, row, slice) to reference coordinates; spacings are two."""
    spacing = as_vector(pixel_spacing, 2, spacing_name).tolist()
    return create_affine_matrix_from_attributes(
        image_position, image_orientation, spacing, spacing_between_slices
    )
