"""The transformation from stored to modality values (PS3.3 C.11.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.elements import DicomItem, DicomSequence, check_type, to_decimal_string
from iodkit.errors import InvalidValueError, MissingAttributeError
from iodkit_image.transforms.luts import ModalityLUT, rescale_type
from iodkit_image.transforms.rescaling import rescale_into

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray

    from iodkit.standard.enums import RescaleTypeValues

__all__ = ["ModalityLUTTransformation", "rescale"]


class ModalityLUTTransformation(DicomItem):
    """Rescale slope and intercept, or a look-up table.

    Parameters
    ----------
    rescale_intercept, rescale_slope : float | None, optional
        ``output = stored * slope + intercept``.
    rescale_type : RescaleTypeValues | str | None, optional
        Unit of the output.
    modality_lut : ModalityLUT | None, optional
        Look-up table in place of slope and intercept.

    Raises
    ------
    InvalidValueError
        If both or neither are given.
    MissingAttributeError
        If slope, intercept or type is missing beside the others.
    """

    def __init__(
        self,
        rescale_intercept: float | None = None,
        rescale_slope: float | None = None,
        rescale_type: RescaleTypeValues | str | None = None,
        modality_lut: ModalityLUT | None = None,
    ) -> None:
        super().__init__()
        linear = {
            "rescale_intercept": rescale_intercept,
            "rescale_slope": rescale_slope,
            "rescale_type": rescale_type,
        }
        given = [name for name, value in linear.items() if value is not None]
        if (modality_lut is None) == (not given):
            raise InvalidValueError(
                "either slope and intercept or a look-up table is needed",
                attribute="modality_lut",
                found="both" if given else "neither",
                clause="PS3.3 C.11.1",
            )
        if modality_lut is not None:
            lut = check_type(modality_lut, ModalityLUT, "modality_lut")
            self.ModalityLUTSequence = DicomSequence([lut])
            return
        for name, value in linear.items():
            if value is None:
                raise MissingAttributeError(
                    "slope, intercept and type belong together",
                    attribute=name,
                    clause="PS3.3 C.11.1",
                )
        assert rescale_intercept is not None
        assert rescale_slope is not None
        self.RescaleIntercept = to_decimal_string(rescale_intercept)
        self.RescaleSlope = to_decimal_string(rescale_slope)
        self.RescaleType = _type(rescale_type)

    def has_lut(self) -> bool:
        """Tell whether there is a look-up table.

        Returns
        -------
        bool
            Otherwise there are slope and intercept.
        """
        return "ModalityLUTSequence" in self

    def apply(self, array: NDArray[Any], dtype: DTypeLike | None = None) -> NDArray[Any]:
        """Turn stored values into modality values.

        Parameters
        ----------
        array : numpy.ndarray
            Stored values of any shape; integers where there is a look-up table.
        dtype : numpy.dtype | None, optional
            Type of the output; by default that of the table's entries, or float64.

        Returns
        -------
        numpy.ndarray
            Modality values.
        """
        if self.has_lut():
            lut = ModalityLUT.from_dataset(self.ModalityLUTSequence[0], copy=False)
            return lut.apply(array, dtype)
        return rescale(array, float(self.RescaleSlope), float(self.RescaleIntercept), dtype)


def _type(value: Any) -> str:
    return rescale_type(value, "rescale_type")


def rescale(
    array: NDArray[Any], slope: float, intercept: float, dtype: DTypeLike | None = None
) -> NDArray[Any]:
    """Multiply by a slope and add an intercept, in the type of the output.

    Parameters
    ----------
    array : numpy.ndarray
        Values of any shape.
    slope, intercept : float
        The numbers.
    dtype : numpy.dtype | None, optional
        Type of the output; float64 by default.

    Returns
    -------
    numpy.ndarray
        ``array * slope + intercept``, a new array.

    Raises
    ------
    InvalidValueError
        If the type cannot hold the output.
    """
    values = np.asarray(array)
    out = np.empty(values.shape, np.float64 if dtype is None else dtype)
    rescale_into(values, slope, intercept, out)
    return out
