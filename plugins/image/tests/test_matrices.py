"""Total pixel matrices of tiled images."""

import copy

import numpy as np
import pytest

import iodkit as ik
from images import layered_slide, plain_slide, take_frames
from iodkit.errors import GeometryError, InvalidValueError, NotFoundError, OutOfRangeError
from iodkit.testing import phantom

ROWS, COLUMNS, TILE = 100, 120, 32
KINDS = ["TILED_FULL", "TILED_SPARSE"]


def _slide(organization, **options):
    return plain_slide(ROWS, COLUMNS, TILE, organization=organization, **options)


def _assembled(dataset):
    """The matrix by the standard's order of tiles, put together in another way."""
    down, across = -(-ROWS // TILE), -(-COLUMNS // TILE)
    tiles = dataset.pixel_array.reshape(down, across, TILE, TILE, -1)
    whole = tiles.swapaxes(1, 2).reshape(down * TILE, across * TILE, -1)
    return whole[:ROWS, :COLUMNS].squeeze()


@pytest.mark.parametrize("organization", KINDS)
@pytest.mark.parametrize("gray", [False, True])
def test_the_whole_matrix(organization, gray):
    dataset = _slide(organization, gray=gray)
    image = ik.from_dataset(dataset)
    assert image.is_indexable_as_total_pixel_matrix()
    matrix = image.get_total_pixel_matrix()
    assert matrix.dtype == np.float64
    assert np.array_equal(matrix, _assembled(dataset))


PARTS = [
    ({"row_start": 10, "row_end": 40}, np.s_[9:39]),
    ({"row_start": 10, "row_end": 40, "as_indices": True}, np.s_[10:40]),
    ({"row_start": -10}, np.s_[-10:]),
    ({"row_end": -1}, np.s_[:-1]),
    ({"row_end": 101}, np.s_[:]),
    ({"row_end": 100, "as_indices": True}, np.s_[:]),
    ({"row_start": 33, "row_end": 65, "column_start": 33, "column_end": 65}, np.s_[32:64, 32:64]),
    ({"row_start": 32, "row_end": 34, "column_start": 120}, np.s_[31:33, 119:]),
]


@pytest.mark.parametrize("organization", KINDS)
@pytest.mark.parametrize(("arguments", "part"), PARTS)
def test_parts(organization, arguments, part):
    dataset = _slide(organization)
    found = ik.from_dataset(dataset).get_total_pixel_matrix(dtype=np.uint8, **arguments)
    assert np.array_equal(found, _assembled(dataset)[part])


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"row_start": 0}, InvalidValueError),
        ({"row_end": 102}, OutOfRangeError),
        ({"row_end": 101, "as_indices": True}, OutOfRangeError),
        ({"column_start": 121}, OutOfRangeError),
        ({"column_start": 5, "column_end": 5}, InvalidValueError),
    ],
)
def test_parts_that_are_not_there(arguments, error):
    with pytest.raises(error, match=next(iter(arguments))):
        ik.from_dataset(_slide("TILED_FULL")).get_total_pixel_matrix(**arguments)


def test_the_order_of_sparse_tiles_means_nothing():
    dataset = _slide("TILED_SPARSE")
    order = np.random.default_rng(2).permutation(int(dataset.NumberOfFrames)).tolist()
    found = ik.from_dataset(take_frames(dataset, order)).get_total_pixel_matrix(dtype=np.uint8)
    assert np.array_equal(found, _assembled(dataset))


def test_tiles_that_are_missing():
    dataset = take_frames(_slide("TILED_SPARSE"), [i for i in range(16) if i != 5])
    image = ik.from_dataset(dataset)
    whole = _assembled(_slide("TILED_SPARSE"))
    with pytest.raises(GeometryError, match="allow_missing_positions"):
        image.get_total_pixel_matrix()
    # Tile 5 has the rows and columns 32 to 63.
    away = image.get_total_pixel_matrix(65, dtype=np.uint8)
    assert np.array_equal(away, whole[64:])
    filled = image.get_total_pixel_matrix(
        dtype=np.uint8, allow_missing_positions=True, fill_value=(255, 254, 253)
    )
    assert (filled[32:64, 32:64] == (255, 254, 253)).all()
    filled[32:64, 32:64] = whole[32:64, 32:64]
    assert np.array_equal(filled, whole)
    zeros = image.get_total_pixel_matrix(33, 65, 33, 65, allow_missing_positions=True)
    assert zeros.shape == (32, 32, 3)
    assert not zeros.any()
    volume = image.get_volume(allow_missing_positions=True, dtype=np.uint8)
    assert not volume.array[0, 32:64, 32:64].any()


def test_tiles_need_no_grid():
    dataset = _slide("TILED_SPARSE", gray=True)
    moved = dataset.PerFrameFunctionalGroupsSequence[5].PlanePositionSlideSequence[0]
    moved.RowPositionInTotalImagePixelMatrix = 30
    image = ik.from_dataset(dataset)
    with pytest.raises(GeometryError, match="missing"):
        image.get_total_pixel_matrix()
    found = image.get_total_pixel_matrix(33, 60, 33, 65, dtype=np.uint8)
    expected = _assembled(_slide("TILED_FULL", gray=True))[35:62, 32:64]
    assert np.array_equal(found, expected)


def test_several_layers_need_a_choice():
    options = {"rows": ROWS, "columns": COLUMNS, "tile": TILE}
    base = _assembled(_slide("TILED_FULL"))
    dataset = layered_slide(paths=2, focal_planes=3, **options)
    image = ik.from_dataset(dataset)
    assert image.is_indexable_as_total_pixel_matrix()
    with pytest.raises(GeometryError, match="focal plane"):
        image.get_total_pixel_matrix(select={"OpticalPathIdentifier": "1"})
    with pytest.raises(GeometryError, match="OpticalPathIdentifier"):
        image.get_total_pixel_matrix(focal_plane=2)
    for path in (1, 2):
        for plane in (1, 2, 3):
            found = image.get_total_pixel_matrix(
                11,
                90,
                dtype=np.uint8,
                select={"OpticalPathIdentifier": str(path)},
                focal_plane=plane,
            )
            assert np.array_equal(found, (base // ((path - 1) * 3 + plane))[10:89])
    with pytest.raises(OutOfRangeError, match="focal_plane"):
        image.get_total_pixel_matrix(focal_plane=4)
    with pytest.raises(NotFoundError, match="OpticalPathIdentifier"):
        image.get_total_pixel_matrix(select={"OpticalPathIdentifier": "3"})


def test_focal_planes_of_sparse_tiles_follow_their_depth():
    dataset = _slide("TILED_SPARSE", gray=True)
    both = take_frames(dataset, [*range(16), *range(16)])
    pixels = np.frombuffer(both.PixelData, np.uint8).reshape(32, -1).copy()
    pixels[:16] //= 2
    both.PixelData = pixels.tobytes()
    for number, group in enumerate(both.PerFrameFunctionalGroupsSequence):
        place = group.PlanePositionSlideSequence[0]
        # Micrometres: the tiles that come first lie above the others.
        place.ZOffsetInSlideCoordinateSystem = "4" if number < 16 else "1"
    image = ik.from_dataset(both)
    whole = _assembled(_slide("TILED_FULL", gray=True))
    assert np.array_equal(image.get_total_pixel_matrix(focal_plane=1), whole)
    assert np.array_equal(image.get_total_pixel_matrix(focal_plane=2), whole // 2)
    volume = image.get_volume(dtype=np.uint8)
    assert np.isclose(volume.spacing[0], 0.003)
    heights = volume.map_indices_to_reference(np.array([[0, 0, 0], [1, 0, 0]]))[:, 2]
    for index, height in enumerate(heights):
        assert np.array_equal(volume.array[index], whole // 2 if height > 0.002 else whole)


def test_full_tiling_needs_no_functional_groups():
    dataset = _slide("TILED_FULL")
    assert "PerFrameFunctionalGroupsSequence" not in dataset
    for keyword in ("DimensionIndexSequence", "DimensionOrganizationSequence"):
        dataset.pop(keyword, None)
    image = ik.from_dataset(dataset)
    assert np.array_equal(image.get_total_pixel_matrix(), _assembled(dataset))
    assert image.dimension_index_pointers == []


def test_what_is_not_tiled():
    image = ik.from_dataset(phantom.enhanced_ct(3, 16, 16))
    assert not image.is_tiled
    assert not image.is_indexable_as_total_pixel_matrix()
    with pytest.raises(GeometryError, match="not tiled"):
        image.get_total_pixel_matrix()


def test_tiles_without_place():
    dataset = _slide("TILED_SPARSE")
    broken = copy.deepcopy(dataset)
    del broken.PerFrameFunctionalGroupsSequence[3].PlanePositionSlideSequence
    image = ik.from_dataset(broken)
    assert not image.is_indexable_as_total_pixel_matrix()
    with pytest.raises(GeometryError, match="frame 4"):
        image.get_total_pixel_matrix()


def test_a_matrix_without_place_in_space_can_be_read():
    dataset = _slide("TILED_FULL")
    for keyword in ("TotalPixelMatrixOriginSequence", "FrameOfReferenceUID"):
        delattr(dataset, keyword)
    image = ik.from_dataset(dataset)
    assert image.get_volume_geometry() is None
    assert np.array_equal(image.get_total_pixel_matrix(), _assembled(dataset))


def test_only_tiles_of_the_part_are_read(tmp_path):
    from counted import CountedSource

    dataset = _slide("TILED_SPARSE")
    dataset.save_as(tmp_path / "a.dcm", enforce_file_format=True)
    source = CountedSource(tmp_path / "a.dcm")
    image = ik.read(source)
    image.get_total_pixel_matrix(1, 2, 1, 2)
    source.reads.clear()
    image.get_total_pixel_matrix(34, 40, 34, 40, dtype=np.uint8)
    assert source.total == 6 * TILE * 3
    source.reads.clear()
    image.get_total_pixel_matrix(31, 35, 34, 40, dtype=np.uint8)
    assert source.total == 4 * TILE * 3
