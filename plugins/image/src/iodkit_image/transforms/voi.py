"""Transformations to values of interest and to presentation values (PS3.3 C.11.2, C.11.6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.elements import (
    DicomItem,
    DicomSequence,
    check_text,
    check_type,
    coerce_enum,
    to_decimal_string,
)
from iodkit.errors import (
    CorruptDataError,
    InvalidTypeError,
    InvalidValueError,
    NotFoundError,
    OutOfRangeError,
)
from iodkit.standard.enums import PresentationLUTShapeValues, VOILUTFunctionValues
from iodkit_image.transforms.functions import apply_lut, apply_voi_window, float_dtype
from iodkit_image.transforms.luts import VOILUT, PresentationLUT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import DTypeLike, NDArray
    from pydicom.dataset import Dataset

__all__ = ["PresentationLUTTransformation", "VOILUTTransformation", "Window", "windows_of"]


@dataclass(frozen=True, slots=True)
class Window:
    """A window: its centre, width and function, and what it is for."""

    center: float
    width: float
    function: VOILUTFunctionValues = VOILUTFunctionValues.LINEAR
    explanation: str | None = None


class VOILUTTransformation(DicomItem):
    """Windows and look-up tables to choose from (PS3.3 C.11.2).

    Parameters
    ----------
    window_center, window_width : float | Sequence[float] | None, optional
        Windows.
    window_explanation : str | Sequence[str] | None, optional
        What each window is for.
    voi_lut_function : VOILUTFunctionValues | str | None, optional
        How windows are applied; linearly by default.
    voi_luts : Sequence[VOILUT] | None, optional
        Look-up tables.

    Raises
    ------
    InvalidValueError
        If there is neither a window nor a table, or the windows' values do not fit together.
    """

    def __init__(
        self,
        window_center: float | Sequence[float] | None = None,
        window_width: float | Sequence[float] | None = None,
        window_explanation: str | Sequence[str] | None = None,
        voi_lut_function: VOILUTFunctionValues | str | None = None,
        voi_luts: Sequence[VOILUT] | None = None,
    ) -> None:
        super().__init__()
        if window_center is None and voi_luts is None:
            raise InvalidValueError(
                "there is neither a window nor a look-up table",
                attribute="window_center",
                clause="PS3.3 C.11.2",
            )
        self._write_windows(window_center, window_width, window_explanation, voi_lut_function)
        if voi_luts is not None:
            luts = [check_type(lut, VOILUT, "voi_luts") for lut in voi_luts]
            if not luts:
                raise InvalidValueError("there is no look-up table", attribute="voi_luts", found=[])
            self.VOILUTSequence = DicomSequence(luts)

    def _write_windows(
        self,
        center: float | Sequence[float] | None,
        width: float | Sequence[float] | None,
        explanation: str | Sequence[str] | None,
        function: VOILUTFunctionValues | str | None,
    ) -> None:
        if center is None:
            for name, value in (
                ("window_width", width),
                ("window_explanation", explanation),
                ("voi_lut_function", function),
            ):
                if value is not None:
                    raise InvalidValueError(
                        "belongs to a window, and there is none",
                        attribute=name,
                        found=value,
                        remedy="Pass window_center as well.",
                    )
            return
        centers, widths = _numbers(center, "window_center"), _numbers(width, "window_width")
        if len(centers) != len(widths):
            raise InvalidValueError(
                "windows need a centre and a width each",
                attribute="window_width",
                found=len(widths),
                expected=str(len(centers)),
                clause="PS3.3 C.11.2.1.2",
            )
        chosen = coerce_enum(function or "LINEAR", VOILUTFunctionValues, "voi_lut_function")
        least = 1.0 if chosen is VOILUTFunctionValues.LINEAR else 0.0
        for each in widths:
            if each < least or each <= 0:
                raise InvalidValueError(
                    "not the width of a window",
                    attribute="window_width",
                    found=each,
                    expected="at least 1" if least else "more than 0",
                    clause="PS3.3 C.11.2.1.2",
                )
        self.WindowCenter = [to_decimal_string(v) for v in centers]
        self.WindowWidth = [to_decimal_string(v) for v in widths]
        if function is not None:
            self.VOILUTFunction = chosen.value
        if explanation is not None:
            texts = [explanation] if isinstance(explanation, str) else list(explanation)
            if len(texts) != len(centers):
                raise InvalidValueError(
                    "windows need an explanation each",
                    attribute="window_explanation",
                    found=len(texts),
                    expected=str(len(centers)),
                )
            self.WindowCenterWidthExplanation = [
                check_text(text, "LO", "WindowCenterWidthExplanation") for text in texts
            ]

    def has_lut(self) -> bool:
        """Tell whether there is a look-up table.

        Returns
        -------
        bool
            Whether there is.
        """
        return "VOILUTSequence" in self

    def has_window(self) -> bool:
        """Tell whether there is a window.

        Returns
        -------
        bool
            Whether there is.
        """
        return "WindowCenter" in self

    def select(self, selector: int | str = 0, prefer_lut: bool = False) -> Window | VOILUT:
        """Choose a window or a look-up table.

        Parameters
        ----------
        selector : int | str, optional
            Number, from 0 and negative from the end, or explanation.
        prefer_lut : bool, optional
            Whether a table is chosen where there are both.

        Returns
        -------
        Window | VOILUT
            The chosen one.

        Raises
        ------
        OutOfRangeError
            If there is none of this number.
        NotFoundError
            If there is none with this explanation.
        """
        windows: list[Window] = windows_of(self)
        luts: list[VOILUT] = [
            VOILUT.from_dataset(item, copy=False) for item in self.get("VOILUTSequence") or ()
        ]
        if luts and (prefer_lut or not windows):
            return luts[_place(selector, [lut.get("LUTExplanation") for lut in luts])]
        return windows[_place(selector, [window.explanation for window in windows])]

    def apply(
        self,
        array: NDArray[Any],
        output_range: tuple[float, float] = (0.0, 1.0),
        voi_transform_selector: int | str = 0,
        dtype: DTypeLike | None = None,
        invert: bool = False,
        prefer_lut: bool = False,
    ) -> NDArray[Any]:
        """Turn modality values into values of interest.

        Parameters
        ----------
        array : numpy.ndarray
            Modality values of any shape; whole numbers where a look-up table is applied.
        output_range : tuple[float, float], optional
            What the ends of the window become.
        voi_transform_selector : int | str, optional
            Number, from 0 and negative from the end, or explanation of a window or table.
        dtype : numpy.dtype | None, optional
            Floating-point type of the output; float64 by default.
        invert : bool, optional
            Whether the ends of the range are exchanged.
        prefer_lut : bool, optional
            Whether a table is applied where there are windows too.

        Returns
        -------
        numpy.ndarray
            Values between the ends of the range.

        Raises
        ------
        OutOfRangeError, NotFoundError
            If there is no such window or table.
        """
        chosen = self.select(voi_transform_selector, prefer_lut)
        return apply_choice(chosen, array, output_range, dtype, invert=invert)


def apply_choice(
    chosen: Window | VOILUT,
    array: NDArray[Any],
    output_range: tuple[float, float],
    dtype: DTypeLike | None,
    *,
    invert: bool = False,
) -> NDArray[Any]:
    """Apply a window or a look-up table.

    Parameters
    ----------
    chosen : Window | VOILUT
        What to apply.
    array : numpy.ndarray
        Modality values.
    output_range : tuple[float, float]
        What the ends become.
    dtype : numpy.dtype | None
        Floating-point type of the output.
    invert : bool, optional
        Whether the ends of the range are exchanged.

    Returns
    -------
    numpy.ndarray
        Values between the ends of the range.
    """
    if isinstance(chosen, Window):
        return apply_voi_window(
            array,
            chosen.center,
            chosen.width,
            chosen.function,
            output_range,
            float_dtype(dtype),
            invert,
        )
    values = np.asarray(array)
    if values.dtype.kind == "f":
        if not np.array_equal(values, np.rint(values)):
            raise InvalidTypeError(
                "a look-up table maps whole numbers only",
                attribute="array",
                found="fractions",
                clause="PS3.3 C.11.2.1.1",
            )
        values = values.astype(np.int64)
    scaled = chosen.get_scaled_lut_data(output_range, dtype, invert)
    return apply_lut(values, scaled, chosen.first_mapped_value)


def windows_of(dataset: Dataset) -> list[Window]:
    """Read the windows of a dataset or an item.

    Parameters
    ----------
    dataset : pydicom.Dataset
        What may have windows.

    Returns
    -------
    list[Window]
        The windows, in their order.
    """
    if dataset.get("WindowCenter") in (None, "") or dataset.get("WindowWidth") in (None, ""):
        return []
    centers, widths = _decimals(dataset, "WindowCenter"), _decimals(dataset, "WindowWidth")
    texts = dataset.get("WindowCenterWidthExplanation") or []
    explanations = [texts] if isinstance(texts, str) else list(texts)
    explanations += [None] * (len(centers) - len(explanations))
    function = coerce_enum(
        dataset.get("VOILUTFunction") or "LINEAR", VOILUTFunctionValues, "VOILUTFunction"
    )
    return [
        Window(center, width, function, text)
        for center, width, text in zip(centers, widths, explanations, strict=False)
    ]


def _decimals(dataset: Dataset, keyword: str) -> list[float]:
    value = dataset[keyword].value
    try:
        return list(np.atleast_1d(np.array(value, float)).tolist())
    except ValueError as error:
        raise CorruptDataError(
            "not a decimal number", attribute=keyword, found=str(value), clause="PS3.5 6.2"
        ) from error


def _numbers(value: float | Sequence[float] | None, attribute: str) -> list[float]:
    if value is None:
        return []
    numbers = np.atleast_1d(np.asarray(value, float)).tolist()
    if not numbers or not np.isfinite(numbers).all():
        raise InvalidValueError("not a number", attribute=attribute, found=value)
    return list(numbers)


def _place(selector: int | str, explanations: list[str | None]) -> int:
    if isinstance(selector, str):
        if selector not in explanations:
            raise NotFoundError(
                "no window or table has this explanation",
                attribute="voi_transform_selector",
                found=selector,
                expected=f"one of {[text for text in explanations if text is not None]}",
            )
        return explanations.index(selector)
    count = len(explanations)
    if not -count <= selector < count:
        raise OutOfRangeError(
            "there is no such window or table",
            attribute="voi_transform_selector",
            found=selector,
            expected=f"{-count} to {count - 1}" if count else "an image with windows or tables",
        )
    return selector


class PresentationLUTTransformation(DicomItem):
    """A look-up table to perceptual values, or its shape (PS3.3 C.11.6).

    Parameters
    ----------
    presentation_lut_shape : PresentationLUTShapeValues | str | None, optional
        ``"IDENTITY"`` or ``"INVERSE"``.
    presentation_lut : PresentationLUT | None, optional
        The table.

    Raises
    ------
    InvalidValueError
        If both or neither are given.
    """

    def __init__(
        self,
        presentation_lut_shape: PresentationLUTShapeValues | str | None = None,
        presentation_lut: PresentationLUT | None = None,
    ) -> None:
        super().__init__()
        if (presentation_lut_shape is None) == (presentation_lut is None):
            raise InvalidValueError(
                "either a shape or a look-up table is needed",
                attribute="presentation_lut",
                found="neither" if presentation_lut is None else "both",
                clause="PS3.3 C.11.6",
            )
        if presentation_lut is not None:
            lut = check_type(presentation_lut, PresentationLUT, "presentation_lut")
            self.PresentationLUTSequence = DicomSequence([lut])
        else:
            self.PresentationLUTShape = coerce_enum(
                presentation_lut_shape, PresentationLUTShapeValues, "presentation_lut_shape"
            ).value
