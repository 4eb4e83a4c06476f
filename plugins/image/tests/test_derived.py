"""What derived images know of tiles and planes, against counting by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iodkit.errors import GeometryError
from iodkit_image.derived.matching import match_heights
from iodkit_image.derived.overlaps import TileSize, overlapping_tiles

sizes = st.builds(TileSize, st.integers(1, 6), st.integers(1, 6))
corners = st.lists(st.tuples(st.integers(0, 15), st.integers(0, 15)), min_size=1, max_size=8)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(corners, sizes, corners, sizes)
def test_overlapping_tiles_share_a_painted_pixel(
    mine: list[tuple[int, int]],
    size: TileSize,
    others: list[tuple[int, int]],
    other_size: TileSize,
) -> None:
    found = overlapping_tiles(np.array(mine), size, np.array(others), other_size)
    for tile, (row, column) in enumerate(mine):
        painted = np.zeros((24, 24), bool)
        painted[row : row + size.rows, column : column + size.columns] = True
        expected = [
            index
            for index, (down, right) in enumerate(others)
            if painted[down : down + other_size.rows, right : right + other_size.columns].any()
        ]
        assert found[tile].tolist() == expected


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.permutations(range(6)), st.lists(st.integers(-3, 9), min_size=1, max_size=8))
def test_planes_match_the_source_at_their_height(order: list[int], planes: list[int]) -> None:
    matched = match_heights(np.array(planes) * 2.5, np.array(order) * 2.5)
    expected = [order.index(plane) if plane in order else -1 for plane in planes]
    assert matched.tolist() == expected


def test_a_plane_between_two_sources_matches_neither() -> None:
    assert match_heights(np.array([1.25, 2.5]), np.array([0.0, 2.5, 5.0])).tolist() == [-1, 1]


def test_two_sources_in_one_plane_are_refused() -> None:
    with pytest.raises(GeometryError, match="3 frames in 2 planes"):
        match_heights(np.array([0.0]), np.array([0.0, 2.5, 0.0]))
