"""Segmentations of slides: every tile is where its pixels are, whatever is left out."""

import numpy as np
import pytest

import iodkit as ik
from iodkit.errors import InvalidValueError
from iodkit.spatial import PixelToReferenceTransformer
from iodkit.testing import phantom
from iodkit_seg import Segmentation, create_segmentation_pyramid, segread
from referees import assert_valid
from segments import EQUIPMENT, descriptions

TYPES = ["BINARY", "LABELMAP", "FRACTIONAL"]
ROWS, COLUMNS, TILE = 100, 120, 32


@pytest.fixture(autouse=True)
def equipment():
    with ik.defaults(equipment=EQUIPMENT):
        yield


@pytest.fixture(params=["TILED_FULL", "TILED_SPARSE"])
def slide(request):
    return phantom.slide_image(ROWS, COLUMNS, TILE, organization=request.param)


@pytest.fixture
def matrix():
    """Two segments; the first tile is empty, the last row and column are not."""
    out = np.zeros((1, ROWS, COLUMNS), np.uint8)
    out[0, 40:70, 20:90] = 1
    out[0, 80:, 100:] = 2
    return out


def mosaic(seg):
    """Label map put together from stored frames and what the attributes say of each."""
    rows, columns = int(seg.TotalPixelMatrixRows), int(seg.TotalPixelMatrixColumns)
    out = np.zeros((rows + seg.Rows, columns + seg.Columns), np.uint8)
    numbers = seg.frame_table.segment_numbers
    for index, (row, column) in enumerate((seg.frame_table.matrix_positions - 1).tolist()):
        frame = seg.get_stored_frame(index, as_index=True)
        part = out[row : row + seg.Rows, column : column + seg.Columns]
        label = frame if seg.SegmentationType == "LABELMAP" else (frame != 0) * numbers[index]
        part[label != 0] = label[label != 0]
    return out[:rows, :columns]


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("tile_size", [None, (16, 24), (64, 64), (100, 120)])
def test_a_matrix_is_cut_into_tiles(kind, tile_size, slide, matrix, tmp_path):
    seg = Segmentation(
        [slide], matrix, kind, descriptions(2), tile_pixel_array=True, tile_size=tile_size
    )
    seg.save_as(tmp_path / "seg.dcm")
    back = segread(tmp_path / "seg.dcm")
    assert (back.Rows, back.Columns) == (tile_size or (TILE, TILE))
    assert back.DimensionOrganizationType == "TILED_SPARSE"
    assert np.array_equal(mosaic(back), matrix[0])
    assert back.is_indexable_as_total_pixel_matrix()


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("tile_size", [(32, 32), (64, 128), (100, 121), (128, 128)])
def test_a_part_of_one_tile_is_no_whole_tile(kind, tile_size, slide, matrix, tmp_path):
    matrix[0, :40, :30] = 2
    seg = Segmentation(
        [slide], matrix, kind, descriptions(2), tile_pixel_array=True, tile_size=tile_size
    )
    seg.save_as(tmp_path / "seg.dcm")
    back = segread(tmp_path / "seg.dcm")
    for rows, columns in [(13, 21), (64, 100), (ROWS, COLUMNS)]:
        wanted = {"row_end": rows, "column_end": columns, "as_indices": True}
        labels = back.get_total_pixel_matrix(combine_segments=True, **wanted)
        assert np.array_equal(labels, matrix[0, :rows, :columns])
        masks = back.get_total_pixel_matrix(**wanted)
        assert np.array_equal(masks[..., 1] != 0, labels == 2)


@pytest.mark.parametrize("kind", TYPES)
def test_all_tiles_in_order_may_be_called_full(kind, slide, matrix):
    seg = Segmentation(
        [slide],
        matrix,
        kind,
        descriptions(2),
        tile_pixel_array=True,
        omit_empty_frames=False,
        dimension_organization_type="TILED_FULL",
    )
    assert "DimensionIndexSequence" not in seg
    assert seg.NumberOfFrames == 4 * 4 * (1 if kind == "LABELMAP" else 2)
    assert np.array_equal(mosaic(seg), matrix[0])


def test_what_is_not_full_is_not_called_so(slide, matrix):
    with pytest.raises(InvalidValueError, match="omit_empty_frames"):
        Segmentation(
            [slide],
            matrix,
            "BINARY",
            descriptions(2),
            tile_pixel_array=True,
            dimension_organization_type="TILED_FULL",
        )


@pytest.mark.parametrize("kind", TYPES)
def test_frames_follow_the_source_tiles(kind, slide, matrix):
    down, across = -(-ROWS // TILE), -(-COLUMNS // TILE)
    padded = np.zeros((down * TILE, across * TILE), np.uint8)
    padded[:ROWS, :COLUMNS] = matrix[0]
    corners = [(r * TILE, c * TILE) for r in range(down) for c in range(across)]
    frames = np.stack([padded[r : r + TILE, c : c + TILE] for r, c in corners])
    seg = Segmentation([slide], frames, kind, descriptions(2))
    assert np.array_equal(mosaic(seg), matrix[0])
    for item in seg.PerFrameFunctionalGroupsSequence:
        (source,) = item.DerivationImageSequence[0].SourceImageSequence
        assert source.SpatialLocationsPreserved == "YES"


def test_every_tile_is_where_its_pixels_are_on_the_slide(slide, matrix):
    seg = Segmentation(
        [slide], matrix, "BINARY", descriptions(2), tile_pixel_array=True, tile_size=(16, 24)
    )
    to_slide = PixelToReferenceTransformer.for_image(slide, for_total_pixel_matrix=True)
    expected = to_slide(seg.frame_table.matrix_positions[:, ::-1] - 1)
    np.testing.assert_allclose(seg.frame_table.slide_positions, expected, atol=1e-6)
    origin = seg.TotalPixelMatrixOriginSequence[0]
    assert origin == slide.TotalPixelMatrixOriginSequence[0]


def test_tiles_refer_to_the_source_tiles_that_they_touch(slide, matrix):
    same = Segmentation([slide], matrix, "LABELMAP", descriptions(2), tile_pixel_array=True)
    for item, (row, column) in zip(
        same.PerFrameFunctionalGroupsSequence,
        same.frame_table.matrix_positions.tolist(),
        strict=True,
    ):
        (source,) = item.DerivationImageSequence[0].SourceImageSequence
        assert source.SpatialLocationsPreserved == "YES"
        assert source.ReferencedFrameNumber == (row // TILE) * 4 + column // TILE + 1
    other = Segmentation(
        [slide], matrix, "LABELMAP", descriptions(2), tile_pixel_array=True, tile_size=(48, 48)
    )
    for item, (row, column) in zip(
        other.PerFrameFunctionalGroupsSequence,
        other.frame_table.matrix_positions.tolist(),
        strict=True,
    ):
        sources = item.DerivationImageSequence[0].SourceImageSequence
        assert {source.SpatialLocationsPreserved for source in sources} == {"NO"}
        expected = {
            r * 4 + c + 1
            for r in range((row - 1) // TILE, min((row + 46) // TILE, 3) + 1)
            for c in range((column - 1) // TILE, min((column + 46) // TILE, 3) + 1)
        }
        assert {source.ReferencedFrameNumber for source in sources} == expected


@pytest.mark.referee
@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("full", [False, True])
def test_referees_agree(kind, full, slide, matrix, tmp_path):
    import highdicom

    seg = Segmentation(
        [slide],
        matrix,
        kind,
        descriptions(2),
        tile_pixel_array=True,
        omit_empty_frames=not full,
        dimension_organization_type="TILED_FULL" if full else None,
    )
    seg.save_as(tmp_path / "seg.dcm")
    assert_valid(tmp_path / "seg.dcm")
    theirs = highdicom.seg.segread(tmp_path / "seg.dcm")
    found = theirs.get_total_pixel_matrix(combine_segments=True)
    assert np.array_equal(found, matrix[0])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"tile_size": (16, 16)}, "tile_size"),
        ({"tile_pixel_array": True, "tile_size": (0, 16)}, "tile_size"),
        ({"tile_pixel_array": True, "pixels": np.zeros((1, 50, 60), np.uint8)}, "pixel_array"),
        ({"tile_pixel_array": True, "pyramid_label": "x"}, "pyramid_label"),
    ],
)
def test_wrong_calls(arguments, said, slide, matrix):
    arguments = {**arguments}
    pixels = arguments.pop("pixels", matrix)
    with pytest.raises(InvalidValueError, match=said):
        Segmentation([slide], pixels, "BINARY", descriptions(2), **arguments)


def test_only_slides_have_a_matrix(ct_series):
    with pytest.raises(InvalidValueError, match="total pixel matrix"):
        Segmentation(
            ct_series[:1],
            np.ones((1, 48, 40), np.uint8),
            "BINARY",
            descriptions(1),
            tile_pixel_array=True,
        )


def test_a_pyramid_from_one_matrix(slide, matrix):
    levels = create_segmentation_pyramid(
        [slide], [matrix], "BINARY", descriptions(2), downsample_factors=[2, 4], pyramid_label="P"
    )
    assert [(s.TotalPixelMatrixRows, s.TotalPixelMatrixColumns) for s in levels] == [
        (100, 120),
        (50, 60),
        (25, 30),
    ]
    assert len({s.PyramidUID for s in levels}) == len({s.SeriesInstanceUID for s in levels}) == 1
    assert len({s.SOPInstanceUID for s in levels}) == 3
    for level, step in zip(levels, (1, 2, 4), strict=True):
        assert np.array_equal(mosaic(level), matrix[0, step // 2 :: step, step // 2 :: step])


def test_the_levels_of_a_pyramid_cover_the_same_area(slide, matrix):
    first, second = create_segmentation_pyramid(
        [slide], [matrix], "LABELMAP", descriptions(2), downsample_factors=[2]
    )
    corners = []
    for level in (first, second):
        table = level.frame_table
        spacing = table.pixel_spacings[0]
        cosines = table.orientations[0]
        row, column = table.matrix_positions[0] - 1.5
        corners.append(
            table.slide_positions[0]
            - (column + 1) * spacing[1] * cosines[:3]
            - (row + 1) * spacing[0] * cosines[3:]
        )
        np.testing.assert_allclose(
            spacing * (level.TotalPixelMatrixRows, level.TotalPixelMatrixColumns),
            table.pixel_spacings[0] * 0
            + np.array([100, 120]) * first.frame_table.pixel_spacings[0],
        )
    np.testing.assert_allclose(corners[0], corners[1], atol=1e-9)


@pytest.mark.parametrize(
    ("arrays", "arguments", "said"),
    [
        ([(100, 120)], {"downsample_factors": [2, 2]}, "downsample_factors"),
        ([(100, 120)], {"downsample_factors": [0.5]}, "downsample_factors"),
        ([(100, 120), (50, 60)], {"downsample_factors": [2]}, "downsample_factors"),
        ([(100, 120), (100, 60)], {}, "pixel_arrays"),
        ([(100, 120)], {"downsample_factors": [2], "sop_instance_uids": ["1.2"]}, "sop_instance"),
        ([], {}, "source image and an array"),
    ],
)
def test_what_is_no_pyramid(arrays, arguments, said, slide):
    pixels = [np.ones((1, *shape), np.uint8) for shape in arrays]
    with pytest.raises(InvalidValueError, match=said):
        create_segmentation_pyramid([slide], pixels, "BINARY", descriptions(1), **arguments)
