"""What transformers of points have in common: an affine matrix and checks of points."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from iodkit.errors import InvalidTypeError
from iodkit.spatial.mapping import apply_affine, apply_affine_rounded
from iodkit.spatial.vectors import FloatArray, NumberArray, as_numbers

__all__ = ["PointTransformer"]


class PointTransformer:
    """An affine matrix that is applied to points."""

    _input_dimensions: ClassVar[int]
    _input_name: ClassVar[str]
    _needs_integers: ClassVar[bool] = False

    _output_dimensions: ClassVar[int] = 3

    _affine: FloatArray

    @property
    def affine(self) -> FloatArray:
        """numpy.ndarray: Matrix of shape (4, 4) that is applied; a copy."""
        return self._affine.copy()

    def _map(self, points: np.ndarray) -> FloatArray:
        """Check points and apply the matrix."""
        return apply_affine(self._affine, self._checked(points), self._output_dimensions)

    def _map_rounded(self, points: np.ndarray) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Check points, apply the matrix and round."""
        return apply_affine_rounded(self._affine, self._checked(points), self._output_dimensions)

    def _checked(self, points: np.ndarray) -> NumberArray:
        """Return points as an array that can be mapped."""
        name = self._input_name
        if self._needs_integers and np.asarray(points).dtype.kind not in "iu":
            raise InvalidTypeError(
                "pixel indices are integers",
                attribute=name,
                found=str(np.asarray(points).dtype),
                expected="an array of integers",
                remedy="Use the transformers of image coordinates for places between pixels.",
            )
        return as_numbers(points, self._input_dimensions, name)
