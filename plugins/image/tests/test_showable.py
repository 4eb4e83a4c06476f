"""Pictures of objects that are no images and show their own frames."""

import numpy as np
import pytest

import iodkit as ik
from iodkit.errors import InvalidTypeError, InvalidValueError, OutOfRangeError
from iodkit.overlays import MaskMark, Shown, View
from iodkit.spatial import VolumeGeometry
from iodkit.testing import phantom


class Stripes:
    """Three frames of another family than images: not even a dataset."""

    number_of_frames = 3

    def __init__(self, geometry=None, **changes):
        self.geometry, self.changes, self.asked = geometry, changes, []

    def show_frames(self, numbers, window=None):
        self.asked.append((list(numbers), window))
        pixels = np.zeros((16, 24, 3), np.uint8)
        pixels[:, ::2] = (10, 20, 30)
        view = View((16, 24), None if self.geometry is None else self.geometry[:1])
        return [Shown(pixels * number, view, **self.changes) for number in numbers]


def place(shape=(1, 16, 24)):
    affine = np.diag([1.0, 2.0, 0.5, 1.0])
    return VolumeGeometry(affine, shape, "PATIENT", "1.2.3")


def test_what_shows_itself():
    stripes = Stripes()
    pixels = ik.image.render_array(stripes, 2, window=(40, 400))
    assert pixels[3, 4].tolist() == [20, 40, 60]
    assert pixels[3, 5].tolist() == [0, 0, 0]
    assert stripes.asked == [([2], (40, 400))]
    assert ik.render(stripes, size=48).size == (48, 32)
    with pytest.raises(OutOfRangeError, match="1 to 3"):
        ik.render(stripes, 4)
    with pytest.raises(InvalidTypeError, match="show_frames"):
        ik.render(object())


def test_what_shows_itself_lies_in_space():
    """Pixels are square by the spacing of the place; overlays find it; letters are written."""
    assert ik.render(Stripes(place()), size=64).size == (24, 64)
    assert ik.render(Stripes(pixel_spacing=(2.0, 0.5)), size=64).size == (24, 64)
    asked = []

    class Spot:
        def overlay_marks(self, view):
            asked.append(view.require_geometry("1.2.3").spacing)
            mask = np.zeros(view.shape, np.bool_)
            mask[5, 6] = True
            return [MaskMark(mask, (255, 0, 0), "Spot")]

    plain = ik.image.render_array(Stripes(place()), 1, size=64)
    shown = ik.image.render_array(Stripes(place()), 1, [Spot()], size=64)
    assert asked == [(1.0, 2.0, 0.5)]
    assert (plain != shown).any()
    lettered = ik.image.render_array(Stripes(place()), 1, size=64, letters=True)
    assert (plain != lettered).any()


def test_sheets_of_what_shows_itself():
    stripes = Stripes()
    sheet = ik.montage(stripes, columns=3, size=24)
    assert stripes.asked == [([1, 2, 3], None)]
    assert sheet.width > 3 * 24 - 1
    mixed = ik.montage([stripes, phantom.ct_series(1, 16, 16)[0]], size=24)
    assert mixed.width >= 2 * 24
    with pytest.raises(InvalidTypeError, match="not a list of images"):
        ik.montage([])


def test_what_does_not_show_what_it_promises():
    class Lazy(Stripes):
        def show_frames(self, numbers, window=None):
            return super().show_frames(numbers)[1:]

    class Bare(Stripes):
        def show_frames(self, numbers, window=None):
            return [each.pixels for each in super().show_frames(numbers)]

    with pytest.raises(InvalidValueError, match="show_frames"):
        ik.render(Lazy())
    with pytest.raises(InvalidTypeError, match="show_frames"):
        ik.render(Bare())
    for pixels in (np.zeros((16, 24), np.uint8), np.zeros((16, 24, 3))):
        with pytest.raises(InvalidValueError, match="not the pixels of the view"):
            Shown(pixels, View((16, 24)))
