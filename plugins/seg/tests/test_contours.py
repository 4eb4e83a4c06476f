"""Contours along the edges of voxels, and back without loss."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

import iodkit as ik
from iodkit.errors import GeometryError, InvalidValueError, NotFoundError
from iodkit.testing import phantom
from iodkit_seg import (
    LabelledVolume,
    Segmentation,
    contours_to_labelled,
    mask_to_polygons,
    polygons_to_mask,
    segmentation_to_contours,
)
from iodkit_seg.interchange.polygons import signed_area
from segments import EQUIPMENT, descriptions, organ_labels

SHAPE = (10, 40, 32)


@pytest.fixture(autouse=True)
def equipment():
    with ik.defaults(equipment=EQUIPMENT):
        yield


@given(arrays(bool, array_shapes(min_dims=2, max_dims=2, max_side=9)))
def test_masks_come_back(mask):
    polygons = mask_to_polygons(mask)
    assert np.array_equal(polygons_to_mask(polygons, mask.shape), mask)
    assert sum(map(signed_area, polygons)) == np.count_nonzero(mask)
    for polygon in polygons:
        # Corners only: each step is along one axis, and the axis changes every time.
        steps = np.roll(polygon, -1, axis=0) - polygon
        along = np.abs(steps).argmax(axis=1)
        assert (np.count_nonzero(steps, axis=1) == 1).all()
        assert (along != np.roll(along, -1)).all()


def test_the_convention_by_hand():
    """A pixel, a ring with a hole, and two pixels that touch at a corner."""
    (square,) = mask_to_polygons([[0, 0], [0, 1]])
    assert square.tolist() in [
        np.roll([[0.5, 0.5], [1.5, 0.5], [1.5, 1.5], [0.5, 1.5]], n, axis=0).tolist()
        for n in range(4)
    ]
    ring = np.ones((3, 3))
    ring[1, 1] = 0
    assert sorted(map(signed_area, mask_to_polygons(ring))) == [-1, 9]
    assert [signed_area(p) for p in mask_to_polygons(np.eye(2))] == [1, 1]


corner = st.floats(-3, 12, width=32)


@given(
    st.lists(st.lists(st.tuples(corner, corner), min_size=3, max_size=6), min_size=1, max_size=3)
)
def test_centres_inside_an_odd_number_of_polygons(polygons):
    """Against counting, pixel by pixel, the edges that a ray to the left meets."""
    found = polygons_to_mask([np.array(p) for p in polygons], (8, 9))
    for row in range(8):
        for column in range(9):
            crossings = 0
            for polygon in polygons:
                for (x0, y0), (x1, y1) in zip(polygon, polygon[1:] + polygon[:1], strict=True):
                    if (y0 <= row) != (y1 <= row):
                        (xa, ya), (xb, yb) = sorted([(x0, y0), (x1, y1)], key=lambda p: p[1])
                        crossings += xa + (row - ya) * ((xb - xa) / (yb - ya)) <= column
            assert found[row, column] == crossings % 2


@pytest.mark.parametrize(
    "polygon", [[(0, 0), (1, 1)], [(0, 0, 0)] * 3, [(0, 0), (1, np.nan), (2, 2)]]
)
def test_what_is_no_polygon(polygon):
    with pytest.raises(InvalidValueError):
        polygons_to_mask([polygon], (4, 4))
    with pytest.raises(InvalidValueError):
        mask_to_polygons(np.zeros((2, 2, 2)))


@pytest.mark.parametrize("variant", ["axial", "oblique", "sagittal"])
@pytest.mark.parametrize("kind", ["BINARY", "LABELMAP"])
def test_segments_come_back_through_space(variant, kind):
    series = phantom.ct_series(*SHAPE, variant=variant)
    seg = Segmentation(series, organ_labels(*SHAPE), kind, descriptions())
    contours = segmentation_to_contours(seg)
    points = {number: [c.points for c in found] for number, found in contours.items()}
    geometry = seg.get_volume_geometry()
    # Whatever programs write: single precision, and the last point as the first again.
    points[2] = [np.vstack([p, p[:1]]).astype(np.float32) for p in points[2]]
    read = contours_to_labelled(geometry, points, seg.segment_descriptions)
    assert np.array_equal(read.volume.array, seg.get_volume().array != 0)
    again = read.to_segmentation(series)
    assert np.array_equal(again.get_volume().array, read.volume.array)
    assert {c.slice_index for c in contours[1]} == set(
        np.flatnonzero(read.volume.array[..., 0].any(axis=(1, 2)))
    )


def test_contours_of_some_segments(ct_series):
    labels = np.zeros((12, 48, 40), np.uint8)
    labels[3, 4:9, 5:10] = 1
    labels[3, 5:8, 6:9] = 2
    seg = Segmentation(ct_series, labels, "BINARY", descriptions(2))
    assert list(segmentation_to_contours(seg, [2])) == [2]
    holes = [c.is_hole for c in segmentation_to_contours(seg)[1]]
    assert sorted(holes) == [False, True]
    labelled = LabelledVolume.from_segmentation(seg)
    assert list(segmentation_to_contours(labelled, [1])) == [1]
    with pytest.raises(NotFoundError):
        segmentation_to_contours(labelled, [5])


def test_contours_that_lie_in_no_slice_are_refused(ct_series):
    geometry = ik.get_volume_from_series(ct_series).get_geometry()
    triangle = np.array([(0, 0, 0), (0, 9, 0), (0, 0, 9)], float)

    def fill(indices, **options):
        points = geometry.map_indices_to_reference(indices)
        return contours_to_labelled(geometry, {1: [points]}, descriptions(1), **options)

    assert fill(triangle).volume.array[0].any()
    near = fill(triangle + np.array([0.3, 0, 0]), tolerance=0.4)
    assert np.array_equal(near.volume.array, fill(triangle).volume.array)
    for change in ((0.3, 0, 0), (12, 0, 0), (-1, 0, 0), np.diag([0.5, 0, 0])):
        with pytest.raises(GeometryError, match=r"contours\[1\]\[0\]"):
            fill(triangle + change)
    with pytest.raises(InvalidValueError, match="no description"):
        contours_to_labelled(geometry, {2: [triangle]}, descriptions(1))
    with pytest.raises(InvalidValueError, match="three corners"):
        contours_to_labelled(geometry, {1: [triangle[:2]]}, descriptions(1))
