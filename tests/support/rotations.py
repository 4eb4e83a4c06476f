"""Random places of grids for tests of space."""

from __future__ import annotations

import numpy as np


def random_rotation(rng: np.random.Generator) -> np.ndarray:
    """A rotation that is uniformly distributed, and never a reflection."""
    matrix, upper = np.linalg.qr(rng.normal(size=(3, 3)))
    matrix = matrix * np.sign(np.diag(upper))
    return matrix * np.linalg.det(matrix)


def random_affine(rng: np.random.Generator) -> np.ndarray:
    """Oblique, anisotropic, left- or right-handed, with positions of both signs."""
    affine = np.eye(4)
    affine[:3, :3] = random_rotation(rng) * rng.choice([-1, 1], 3) * rng.uniform(0.1, 8, 3)
    affine[:3, 3] = rng.uniform(-400, 400, 3)
    return affine
