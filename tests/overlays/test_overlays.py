import numpy as np
import pytest

from iodkit.errors import GeometryError, InvalidTypeError, InvalidValueError
from iodkit.overlays import ColorMark, MaskMark, Overlay, ShapeMark, TextMark, View, marks_of
from iodkit.spatial import GeometryMismatchError, VolumeGeometry

AFFINE = np.array([[0.0, 0, 2, 10], [0, 3, 0, 20], [-5, 0, 0, 30], [0, 0, 0, 1]])
GEOMETRY = VolumeGeometry(AFFINE, (1, 4, 6), "PATIENT", "1.2.3")


class Marked:
    def __init__(self, *marks):
        self.marks = marks

    def overlay_marks(self, view):
        return self.marks


def test_any_class_with_the_method_is_an_overlay():
    assert isinstance(Marked(), Overlay)
    assert not isinstance("text", Overlay)
    view = View((4, 6))
    mark = TextMark("a", (0, 0), (1, 2, 3))
    assert marks_of(Marked(mark), view) == (mark,)
    with pytest.raises(InvalidTypeError, match=r"overlay_marks\(view\)"):
        marks_of("text", view)
    with pytest.raises(InvalidTypeError, match="overlay_marks"):
        marks_of(Marked(3), view)
    with pytest.raises(GeometryError, match="4 rows and 6 columns"):
        marks_of(Marked(MaskMark(np.zeros((6, 4), bool), (0, 0, 0))), view)


def test_points_in_space_get_places_in_the_view():
    view = View((4, 6), GEOMETRY)
    places, distances = view.project(np.array([[10.0, 20, 30], [14, 29, 30], [10, 20, 35]]))
    assert places.tolist() == [[0.5, 0.5], [2.5, 3.5], [0.5, 0.5]]
    assert distances.tolist() == [0, 0, -5]
    assert view.thickness == 5
    assert View((4, 6)).thickness is None
    with pytest.raises(GeometryError, match="no place"):
        View((4, 6)).project(np.zeros((1, 3)))


def test_points_of_the_image_get_places_in_a_part_of_it():
    view = View((4, 6), offset=(10, 20), step=(2, 4))
    assert view.from_image(np.array([[10, 20], [22.0, 36]])).tolist() == [[0, 0], [6, 4]]


def test_a_view_is_of_an_image():
    view = View((4, 6), instance_uid="1.2", frame_number=3)
    assert view.shows("1.2")
    assert view.shows("1.2", 3)
    assert not view.shows("1.2", 2)
    assert not view.shows("1.3")
    assert not View((4, 6)).shows("1.2")
    with pytest.raises(InvalidValueError, match="geometry"):
        View((4, 5), GEOMETRY)


def test_frames_of_reference_must_be_the_same_and_known():
    view = View((4, 6), GEOMETRY)
    assert view.require_geometry("1.2.3") is GEOMETRY
    unknown = View((4, 6), VolumeGeometry(AFFINE, (1, 4, 6), "PATIENT"))
    for each, uid in ((view, "1.2.4"), (view, None), (unknown, "1.2.3"), (unknown, None)):
        with pytest.raises(GeometryMismatchError, match="the map lies in another frame"):
            each.require_geometry(uid, what="the map")
    with pytest.raises(GeometryError, match="no place in space"):
        View((4, 6)).require_geometry("1.2.3")


@pytest.mark.parametrize(
    "make",
    [
        lambda: MaskMark(np.zeros((2, 2)), (0, 0, 300)),
        lambda: MaskMark(np.zeros((2, 2)), (0, 0)),
        lambda: MaskMark(np.full((2, 2), 1.5), (0, 0, 0)),
        lambda: MaskMark(np.full((2, 2), np.nan), (0, 0, 0)),
        lambda: MaskMark(np.zeros(3), (0, 0, 0)),
        lambda: ColorMark(np.zeros((2, 2, 3)), np.ones((2, 2))),
        lambda: ColorMark(np.zeros((2, 3, 3), np.uint8), np.ones((2, 2))),
        lambda: ShapeMark((np.zeros((2, 3)),), "POINTS", (0, 0, 0)),
        lambda: ShapeMark((np.full((2, 2), np.nan),), "POINTS", (0, 0, 0)),
        lambda: ShapeMark((np.zeros((2, 2)),), "CIRCLE", (0, 0, 0)),
        lambda: TextMark("a", (0, 0), (-1, 0, 0)),
    ],
)
def test_marks_that_are_none(make):
    with pytest.raises(InvalidValueError):
        make()
