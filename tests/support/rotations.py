"""Places of grids for tests of space: random ones, and strategies for all of them."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
from hypothesis import strategies as st


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


AXIS_ORIENTATIONS = [
    np.eye(3)[:, list(order)] * signs
    for order in permutations(range(3))
    for signs in product((1.0, -1.0), repeat=3)
]
"""The 48 ways to lay three axes along those of the patient."""


@st.composite
def affines(draw: st.DrawFn) -> np.ndarray:
    """Any axis orientation, turned or not, with anisotropic spacing and any position."""
    affine = np.eye(4)
    straight = draw(st.sampled_from(AXIS_ORIENTATIONS))
    seed = draw(st.none() | st.integers(0, 2**32 - 1))
    turn = np.eye(3) if seed is None else random_rotation(np.random.default_rng(seed))
    affine[:3, :3] = turn @ straight * draw(st.tuples(*[st.floats(0.01, 20)] * 3))
    affine[:3, 3] = draw(st.tuples(*[st.floats(-500, 500)] * 3))
    return affine
