"""Segments on images: at their physical place, or refused."""

import numpy as np
import pytest
from pydicom.uid import generate_uid

import iodkit as ik
from iodkit.errors import GeometryError
from iodkit.overlays import Overlay, View
from iodkit.spatial import GeometryMismatchError
from iodkit.testing import phantom
from iodkit_seg import Segmentation
from segments import EQUIPMENT, descriptions, organ_labels

SHAPE = (12, 40, 36)


@pytest.fixture(autouse=True)
def equipment():
    with ik.defaults(equipment=EQUIPMENT):
        yield


def view_of(geometry):
    return View(geometry.spatial_shape[1:], geometry)


def masks(seg, view):
    """Mask of each segment by its label."""
    return {mark.label: mark.mask for mark in seg.overlay_marks(view)}


def true_labels(volume, geometry):
    """Label of the voxel that each pixel's centre lies in, computed point by point."""
    _, rows, columns = geometry.spatial_shape
    grid = np.stack(np.meshgrid([0], range(rows), range(columns), indexing="ij"), -1)
    points = geometry.map_indices_to_reference(grid.reshape(-1, 3).astype(float))
    there = np.floor(volume.map_reference_to_indices(points) + 0.5).astype(int)
    inside = ((there >= 0) & (there < volume.spatial_shape)).all(axis=1)
    found = np.zeros(len(points), int)
    found[inside] = volume.array[tuple(there[inside].T)]
    return found.reshape(rows, columns)


def assert_shows(seg, geometry, expected):
    found = masks(seg, view_of(geometry))
    for number in (1, 2, 3):
        mask = found.get(f"Segment {number}", np.zeros(expected.shape, bool))
        assert np.array_equal(mask > 0, expected == number), number


@pytest.mark.parametrize("variant", ["axial", "oblique", "sagittal", "unsorted"])
@pytest.mark.parametrize("kind", ["BINARY", "LABELMAP", "FRACTIONAL"])
def test_segments_lie_on_their_sources(variant, kind):
    series = phantom.ct_series(*SHAPE, variant=variant)
    labels = organ_labels(*SHAPE, variant=variant)
    seg = Segmentation(series, labels, kind, descriptions())
    assert isinstance(seg, Overlay)
    for index in range(len(series)):
        found = masks(seg, _view_of_image(series[index]))
        for number in (1, 2, 3):
            truth = labels[index] == number
            assert np.array_equal(found.get(f"Segment {number}", np.zeros_like(truth)) > 0, truth)


def _view_of_image(dataset, frame=None):
    class Seen:
        def overlay_marks(self, view):
            self.view = view
            return ()

    seen = Seen()
    ik.render(dataset, frame, [seen], size=64)
    return seen.view


@pytest.fixture(scope="module")
def scene():
    with ik.defaults(equipment=EQUIPMENT):
        series = phantom.ct_series(*SHAPE, variant="oblique")
        labels = organ_labels(*SHAPE, variant="oblique")
        seg = Segmentation(series, labels, "BINARY", descriptions())
        return seg, seg.get_volume(combine_segments=True)


@pytest.mark.parametrize("flips", [[], [1], [0, 2], [0, 1, 2]])
def test_a_turned_grid_of_the_same_place_shows_the_same(scene, flips):
    seg, volume = scene
    turned = volume.flip_spatial(flips) if flips else volume
    turned = turned.permute_spatial_axes([0, 2, 1])
    for index in (2, 6, 9):
        plane = turned[index : index + 1]
        assert_shows(seg, plane.get_geometry(), plane.array[0])


def test_planes_across_the_stack_are_cut_out_of_it(scene):
    seg, volume = scene
    for axes in ([1, 0, 2], [2, 0, 1], [2, 1, 0]):
        turned = volume.permute_spatial_axes(axes)
        index = turned.spatial_shape[0] // 2
        plane = turned[index : index + 1]
        assert plane.array.any()
        assert_shows(seg, plane.get_geometry(), plane.array[0])


def test_another_grid_is_matched_by_physical_position(scene):
    seg, volume = scene
    finer = volume.get_geometry()
    affine = finer.affine.copy()
    affine[:3, 1] /= 1.7
    affine[:3, 2] /= 2.3
    shift = finer.affine[:3, :3] @ [4.3, 5.2, 3.4]
    affine[:3, 3] += shift
    grid = ik.VolumeGeometry(affine, (1, 61, 53), "PATIENT", finer.frame_of_reference_uid)
    expected = true_labels(volume, grid)
    assert expected.any()
    assert_shows(seg, grid, expected)


def test_a_plane_of_any_angle(scene):
    seg, volume = scene
    center = np.array(volume.center_position)
    angle = np.radians(37)
    right = np.array([np.cos(angle), 0, np.sin(angle)])
    down = np.array([0.0, 1.0, 0.0])
    affine = np.eye(4)
    affine[:3, 0] = 3 * np.cross(down, right)
    affine[:3, 1] = 5 * down
    affine[:3, 2] = 5 * right
    # A little beside the centre, where no pixel lies right between two voxels.
    affine[:3, 3] = center - 100.3 * down - 100.2 * right + 0.4
    grid = ik.VolumeGeometry(affine, (1, 41, 41), "PATIENT", volume.frame_of_reference_uid)
    expected = true_labels(volume, grid)
    assert expected.any()
    assert_shows(seg, grid, expected)


def test_beside_the_stack_there_is_nothing(scene):
    seg, volume = scene
    geometry = volume[0:1].get_geometry()
    affine = geometry.affine.copy()
    affine[:3, 3] -= 0.6 * affine[:3, 0]
    away = ik.VolumeGeometry(
        affine, geometry.spatial_shape, "PATIENT", volume.frame_of_reference_uid
    )
    assert seg.overlay_marks(view_of(away)) == []


def test_another_frame_of_reference_is_refused(scene):
    seg, volume = scene
    plane = volume[3:4]
    for uid in (generate_uid(), None):
        other = ik.VolumeGeometry(plane.affine, plane.spatial_shape, "PATIENT", uid)
        with pytest.raises(GeometryMismatchError, match="frame of reference"):
            seg.overlay_marks(view_of(other))
    with pytest.raises(GeometryError, match="no reference to the image"):
        seg.overlay_marks(View((40, 36), None, "1.2.3", 1))


def test_without_a_place_the_reference_decides():
    image = phantom.chest_xray(32, 40)
    mask = np.zeros((1, 32, 40), np.uint8)
    mask[0, 4:9, 3:30] = 1
    seg = Segmentation([image], mask, "BINARY", descriptions(1))
    view = _view_of_image(image)
    assert np.array_equal(masks(seg, view)["Segment 1"], mask[0] == 1)
    other = phantom.chest_xray(32, 40)
    other.SOPInstanceUID = generate_uid()
    with pytest.raises(GeometryError, match="no reference to the image"):
        ik.render(other, overlays=[seg])
    image.Rows, image.Columns = 40, 32
    with pytest.raises(GeometryMismatchError, match="another grid"):
        ik.render(image, overlays=[seg])


def test_frames_of_a_cine_get_their_own_segments():
    cine = phantom.ultrasound_cine(4, 24, 32)
    mask = np.zeros((4, 24, 32), np.uint8)
    for frame in range(4):
        mask[frame, frame : frame + 3, 2:9] = 1
    mask[2] = 0
    seg = Segmentation([cine], mask, "BINARY", descriptions(1))
    image = ik.from_dataset(cine)
    for frame in range(4):
        found = masks(seg, _view_of_image(image, frame + 1))
        assert np.array_equal(found.get("Segment 1", np.zeros((24, 32))) > 0, mask[frame] > 0)


def test_segments_of_a_slide():
    slide = phantom.slide_image(96, 128, 32)
    image = ik.from_dataset(slide)
    matrix = image.get_total_pixel_matrix(dtype=np.uint8, apply_icc_profile=False)
    purple = matrix[..., 1] < 120
    assert purple.any()
    tiles = [
        purple[row : row + 32, column : column + 32]
        for row in range(0, 96, 32)
        for column in range(0, 128, 32)
    ]
    seg = Segmentation([slide], np.stack(tiles).astype(np.uint8), "BINARY", descriptions(1))
    drawn = ik.render_array(image, overlays=[seg], opacity=1.0, outline=False)
    plain = ik.render_array(image)
    changed = (drawn != plain).any(axis=2)
    assert np.array_equal(changed, purple)
    tile = ik.render_array(image, 6, [seg], opacity=1.0, outline=False)
    assert np.array_equal((tile != plain[32:64, 32:64]).any(axis=2), purple[32:64, 32:64])


def test_colours_are_those_of_the_segments(scene):
    seg, volume = scene
    marks = seg.overlay_marks(view_of(volume[6:7].get_geometry()))
    assert {mark.color for mark in marks} <= {
        item.display_color.to_rgb(clip=True) for item in seg.segment_descriptions
    }
    assert len({mark.color for mark in marks}) == len(marks)


def test_a_segmentation_is_drawn_on_black():
    series = phantom.ct_series(*SHAPE)
    seg = Segmentation(series, organ_labels(*SHAPE), "BINARY", descriptions())
    frame = int(np.flatnonzero(seg.frame_table.segment_numbers == 3)[4])
    picture = ik.render_array(seg, frame + 1, outline=False)
    truth = seg.get_stored_frame(frame + 1) > 0
    assert picture[truth].any(axis=1).all()
    assert seg._repr_png_().startswith(b"\x89PNG")
    assert "Segment 3" in ik.summaries.summarise(seg).__str__()
