"""Where a frame lies: pixel measures, plane orientation and plane position."""

from __future__ import annotations

from operator import index
from typing import TYPE_CHECKING, ClassVar

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as PydicomSequence

from iodkit.content.macros import ItemSequence, finite_numbers, is_empty, require_attributes
from iodkit.elements import coerce_enum, to_decimal_string
from iodkit.elements.slide import MICROMETRES, SLIDE_OFFSETS
from iodkit.elements.tolerances import ORIENTATION_TOLERANCE
from iodkit.errors import GeometryError, InvalidTypeError, InvalidValueError
from iodkit.standard.enums import CoordinateSystemNames

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    _Values: TypeAlias = tuple[object, ...] | None

__all__ = ["PixelMeasuresSequence", "PlaneOrientationSequence", "PlanePositionSequence"]

_MATRIX_POSITIONS = ("ColumnPositionInTotalImagePixelMatrix", "RowPositionInTotalImagePixelMatrix")
_LARGEST_SL = 2**31 - 1


class _ComparedByValue(ItemSequence):
    """A sequence of one item that equals any sequence whose item has the same values."""

    @classmethod
    def _values(cls, item: Dataset) -> _Values:
        """Return what counts in a comparison, or ``None`` if the item is of another kind."""
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PydicomSequence):
            return NotImplemented
        if len(self) != 1 or len(other) != 1:
            return len(self) == len(other) == 0
        mine = self._values(self[0])
        return mine is not None and mine == self._values(other[0])

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # type: ignore[assignment]  # items can be changed


class PixelMeasuresSequence(_ComparedByValue):
    """Pixel Measures functional group (PS3.3 C.7.6.16.2.1).

    Two of them are equal if spacings and thickness are.

    Parameters
    ----------
    pixel_spacing : Sequence[float]
        Distance in millimetres between the centres of adjacent rows, then of adjacent columns.
    slice_thickness : float | None
        Thickness of the slice in millimetres; ``None`` if it does not apply.
    spacing_between_slices : float | None, optional
        Distance in millimetres between the centres of adjacent slices, along their normal.

    Raises
    ------
    InvalidTypeError
        If the values are no numbers.
    InvalidValueError
        If a pixel spacing is not positive, another length is negative, or one is not finite.
    """

    _required: ClassVar[tuple[str, ...]] = ("PixelSpacing",)
    _clause: ClassVar[str | None] = "PS3.3 C.7.6.16.2.1"

    def __init__(
        self,
        pixel_spacing: Sequence[float],
        slice_thickness: float | None,
        spacing_between_slices: float | None = None,
    ) -> None:
        item = Dataset()
        spacing = finite_numbers(pixel_spacing, 2, "PixelSpacing")
        if min(spacing) <= 0:
            raise InvalidValueError(
                "a pixel spacing is not positive",
                attribute="PixelSpacing",
                found=spacing,
                expected="two positive lengths in mm",
                clause="PS3.3 10.7.1.3",
            )
        item.PixelSpacing = [to_decimal_string(value) for value in spacing]
        for keyword, value in (
            ("SliceThickness", slice_thickness),
            ("SpacingBetweenSlices", spacing_between_slices),
        ):
            if value is not None:
                setattr(item, keyword, to_decimal_string(self._length(value, keyword)))
        super().__init__([item])

    @classmethod
    def _length(cls, value: float, keyword: str) -> float:
        (number,) = finite_numbers((value,), 1, keyword)
        if number < 0:
            raise InvalidValueError(
                "the length is negative",
                attribute=keyword,
                found=number,
                expected="a length in mm",
                clause=cls._clause,
            )
        return number

    @property
    def pixel_spacing(self) -> tuple[float, float]:
        """Spacing between rows and between columns in millimetres."""
        rows, columns = self[0].PixelSpacing
        return float(rows), float(columns)

    @property
    def slice_thickness(self) -> float | None:
        """Thickness of the slice in millimetres, if one is given."""
        return _optional_number(self[0], "SliceThickness")

    @property
    def spacing_between_slices(self) -> float | None:
        """Distance between adjacent slices in millimetres, if one is given."""
        return _optional_number(self[0], "SpacingBetweenSlices")

    @classmethod
    def _values(cls, item: Dataset) -> _Values:
        if is_empty(item, "PixelSpacing"):
            return None
        return (
            *map(float, item.PixelSpacing),
            _optional_number(item, "SliceThickness"),
            _optional_number(item, "SpacingBetweenSlices"),
        )


class PlaneOrientationSequence(_ComparedByValue):
    """Plane Orientation functional group (PS3.3 C.7.6.16.2.4), or its like for slides.

    Two of them are equal if coordinate system and cosines are.

    Parameters
    ----------
    coordinate_system : str | CoordinateSystemNames
        ``"PATIENT"`` or ``"SLIDE"``.
    image_orientation : Sequence[float]
        Direction cosines of the rows (pointing along increasing column index), then of the
        columns (pointing along increasing row index).

    Raises
    ------
    InvalidTypeError
        If the cosines are no numbers.
    InvalidValueError
        If there are not six finite ones, or the coordinate system is unknown.
    GeometryError
        If lengths or scalar product of the two vectors miss 1, 1 and 0 by more than 0.002
        (PS3.3 C.7.6.2.1.1).
    """

    _clause: ClassVar[str | None] = "PS3.3 C.7.6.16.2.4"

    def __init__(
        self,
        coordinate_system: str | CoordinateSystemNames,
        image_orientation: Sequence[float],
    ) -> None:
        system = coerce_enum(coordinate_system, CoordinateSystemNames, "coordinate_system")
        cosines = finite_numbers(image_orientation, 6, "image_orientation")
        _check_orthonormal(cosines)
        item = Dataset()
        setattr(item, _ORIENTATION[system], [to_decimal_string(value) for value in cosines])
        super().__init__([item])

    def _check_item(self, item: Dataset) -> None:
        if all(is_empty(item, keyword) for keyword in _ORIENTATION.values()):
            require_attributes(
                item, ("ImageOrientationPatient",), type(self).__name__, self._clause
            )

    @property
    def coordinate_system(self) -> CoordinateSystemNames:
        """Coordinate system that the cosines refer to."""
        slide = is_empty(self[0], "ImageOrientationPatient")
        return CoordinateSystemNames.SLIDE if slide else CoordinateSystemNames.PATIENT

    @property
    def cosines(self) -> tuple[float, float, float, float, float, float]:
        """Direction cosines of the rows, then of the columns."""
        values = self[0][_ORIENTATION[self.coordinate_system]].value
        a, b, c, d, e, f = map(float, values)
        return a, b, c, d, e, f

    @classmethod
    def _values(cls, item: Dataset) -> _Values:
        for keyword in _ORIENTATION.values():
            if not is_empty(item, keyword):
                return (keyword, *map(float, item[keyword].value))
        return None


class PlanePositionSequence(_ComparedByValue):
    """Plane Position functional group (PS3.3 C.7.6.16.2.3, for slides C.8.12.6.1).

    Two of them are equal if coordinate system and all values are, exactly.

    Parameters
    ----------
    coordinate_system : str | CoordinateSystemNames
        ``"PATIENT"`` or ``"SLIDE"``.
    image_position : Sequence[float]
        X, Y and Z in millimetres of the centre of the frame's upper left pixel.  The Z offset of
        a slide is stored in micrometres, as C.8.12.6.1 has it.
    pixel_matrix_position : tuple[int, int] | None, optional
        Column, then row, counted from 1, of that pixel in the total pixel matrix.  Slides need
        it; it does not apply to the patient's coordinate system, where it is left out.

    Raises
    ------
    InvalidTypeError
        If the position is missing for a slide, or values are no numbers.
    InvalidValueError
        If there are not three finite coordinates, or column and row are not positive.
    """

    _clause: ClassVar[str | None] = "PS3.3 C.7.6.16.2.3"

    def __init__(
        self,
        coordinate_system: str | CoordinateSystemNames,
        image_position: Sequence[float],
        pixel_matrix_position: tuple[int, int] | None = None,
    ) -> None:
        system = coerce_enum(coordinate_system, CoordinateSystemNames, "coordinate_system")
        position = finite_numbers(image_position, 3, "image_position")
        item = Dataset()
        if system is CoordinateSystemNames.PATIENT:
            item.ImagePositionPatient = [to_decimal_string(value) for value in position]
        else:
            matrix_position = _check_matrix_position(pixel_matrix_position)
            x, y, z = position
            for keyword, offset in zip(SLIDE_OFFSETS, (x, y, z * MICROMETRES), strict=True):
                setattr(item, keyword, to_decimal_string(offset))
            for keyword, number in zip(_MATRIX_POSITIONS, matrix_position, strict=True):
                setattr(item, keyword, number)
        super().__init__([item])

    def _check_item(self, item: Dataset) -> None:
        if is_empty(item, "ImagePositionPatient"):
            slide = any(keyword in item for keyword in (*SLIDE_OFFSETS, *_MATRIX_POSITIONS))
            needed = (*_MATRIX_POSITIONS, *SLIDE_OFFSETS) if slide else ("ImagePositionPatient",)
            require_attributes(
                item,
                needed,
                type(self).__name__,
                "PS3.3 C.8.12.6.1" if slide else self._clause,
            )

    @property
    def coordinate_system(self) -> CoordinateSystemNames:
        """Coordinate system that the position refers to."""
        slide = is_empty(self[0], "ImagePositionPatient")
        return CoordinateSystemNames.SLIDE if slide else CoordinateSystemNames.PATIENT

    @property
    def image_position(self) -> tuple[float, float, float]:
        """X, Y and Z in millimetres of the centre of the upper left pixel."""
        item = self[0]
        if self.coordinate_system is CoordinateSystemNames.PATIENT:
            x, y, z = map(float, item.ImagePositionPatient)
            return x, y, z
        x, y, z = (float(item[keyword].value) for keyword in SLIDE_OFFSETS)
        return x, y, z / MICROMETRES

    @property
    def pixel_matrix_position(self) -> tuple[int, int] | None:
        """Column and row in the total pixel matrix, counted from 1; ``None`` for patients."""
        if self.coordinate_system is CoordinateSystemNames.PATIENT:
            return None
        column, row = (int(self[0][keyword].value) for keyword in _MATRIX_POSITIONS)
        return column, row

    @classmethod
    def _values(cls, item: Dataset) -> _Values:
        if not is_empty(item, "ImagePositionPatient"):
            return tuple(map(float, item.ImagePositionPatient))
        keywords = (*SLIDE_OFFSETS, *_MATRIX_POSITIONS)
        if any(is_empty(item, keyword) for keyword in keywords):
            return None
        return tuple(float(item[keyword].value) for keyword in keywords)


_ORIENTATION = {
    CoordinateSystemNames.PATIENT: "ImageOrientationPatient",
    CoordinateSystemNames.SLIDE: "ImageOrientationSlide",
}


def _optional_number(item: Dataset, keyword: str) -> float | None:
    return None if is_empty(item, keyword) else float(item[keyword].value)


def _check_orthonormal(cosines: tuple[float, ...]) -> None:
    row, column = cosines[:3], cosines[3:]
    lengths = [sum(value * value for value in vector) ** 0.5 for vector in (row, column)]
    product = sum(a * b for a, b in zip(row, column, strict=True))
    # Lengths are judged by their squares, exactly as transformers and volumes judge them.
    misses = [abs(length**2 - 1) / 2 for length in lengths] + [abs(product)]
    if max(misses) > ORIENTATION_TOLERANCE:
        raise GeometryError(
            f"the vectors have lengths {lengths[0]:.6g} and {lengths[1]:.6g} and the scalar "
            f"product {product:.6g}",
            attribute="image_orientation",
            found=cosines,
            expected=f"two orthogonal unit vectors, within {ORIENTATION_TOLERANCE:g}",
            clause="PS3.3 C.7.6.2.1.1",
        )


def _check_matrix_position(position: tuple[int, int] | None) -> tuple[int, int]:
    expected = "column and row, two positive integers"
    if position is None:
        raise InvalidTypeError(
            "a frame of a slide needs its position in the total pixel matrix",
            attribute="pixel_matrix_position",
            expected=expected,
            clause="PS3.3 C.8.12.6.1",
        )
    try:
        column, row = (index(value) for value in position)
    except (TypeError, ValueError) as error:
        raise InvalidTypeError(
            "this is no position",
            attribute="pixel_matrix_position",
            found=position,
            expected=expected,
        ) from error
    if not (1 <= column <= _LARGEST_SL and 1 <= row <= _LARGEST_SL):
        raise InvalidValueError(
            "the position lies outside the matrix, whose first column and row are 1",
            attribute="pixel_matrix_position",
            found=(column, row),
            expected=expected,
            clause="PS3.3 C.8.12.6.1",
        )
    return column, row
