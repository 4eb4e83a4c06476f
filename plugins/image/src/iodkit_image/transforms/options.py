"""Which transformations a caller wants between stored and returned values."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np

from iodkit.errors import InvalidValueError
from iodkit_image.transforms.functions import check_output_range

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from numpy.typing import DTypeLike
    from pydicom.sr.coding import Code

    from iodkit.coding import CodedConcept
    from iodkit_image.transforms.voi import VOILUTTransformation

__all__ = ["TransformKeywords", "TransformOptions"]


class TransformKeywords(TypedDict, total=False):
    """Keyword arguments of everything that returns pixels; see :class:`TransformOptions`."""

    dtype: DTypeLike
    apply_real_world_transform: bool | None
    real_world_value_map_selector: int | str | Code | CodedConcept
    apply_modality_transform: bool | None
    apply_voi_transform: bool | None
    voi_transform_selector: int | str | VOILUTTransformation
    voi_output_range: tuple[float, float]
    apply_presentation_lut: bool
    apply_palette_color_lut: bool | None
    apply_icc_profile: bool | None


@dataclass(frozen=True, slots=True)
class TransformOptions:
    """Transformations between stored and returned values.

    Of each transformation, ``True`` means that it must be there, ``None`` that it is applied
    where it is there, and ``False`` that it is not applied.

    Parameters
    ----------
    dtype : numpy.dtype, optional
        Type of the output.
    apply_real_world_transform : bool | None, optional
        Mapping to real-world values (PS3.3 C.7.6.16.2.11), in place of all that follow.
    real_world_value_map_selector : int | str | Code | CodedConcept, optional
        Which mapping: its number from 0, its label, or its unit.
    apply_modality_transform : bool | None, optional
        Rescaling, or a look-up table (PS3.3 C.11.1).
    apply_voi_transform : bool | None, optional
        Window, or a look-up table (PS3.3 C.11.2).
    voi_transform_selector : int | str | VOILUTTransformation, optional
        Which of them: its number from 0, its explanation, or one that the image does not have.
    voi_output_range : tuple[float, float], optional
        What the ends of the window become.
    apply_presentation_lut : bool, optional
        Whether images whose low values are bright are inverted (PS3.3 C.7.6.3.1.2, C.11.6).
    apply_palette_color_lut : bool | None, optional
        Palette (PS3.3 C.7.9).
    apply_icc_profile : bool | None, optional
        Colour management (PS3.3 C.11.15), to sRGB.

    Raises
    ------
    InvalidValueError
        If they contradict each other.
    """

    dtype: DTypeLike = np.float64
    apply_real_world_transform: bool | None = None
    real_world_value_map_selector: Any = 0
    apply_modality_transform: bool | None = None
    apply_voi_transform: bool | None = False
    voi_transform_selector: Any = 0
    voi_output_range: tuple[float, float] = (0.0, 1.0)
    apply_presentation_lut: bool = True
    apply_palette_color_lut: bool | None = None
    apply_icc_profile: bool | None = None

    @classmethod
    def from_arguments(cls, arguments: Mapping[str, Any]) -> Self:
        """Take the transformations out of the arguments of a function that has all of them.

        Public signatures spell them out, as the published interface does.  Bodies pass on
        ``locals()``, so that what is behind those parameters exists once.

        Parameters
        ----------
        arguments : Mapping[str, Any]
            Arguments by name; others are left aside.

        Returns
        -------
        TransformOptions
            The transformations.

        Raises
        ------
        KeyError
            If the function lacks one of the parameters.
        """
        return cls(**{field.name: arguments[field.name] for field in fields(cls)})

    def __post_init__(self) -> None:
        if self.apply_real_world_transform and self.apply_modality_transform:
            raise InvalidValueError(
                "real-world values take the place of modality values",
                attribute="apply_modality_transform",
                found=True,
                expected="None or False beside apply_real_world_transform=True",
            )
        if self.apply_voi_transform and self.apply_real_world_transform:
            raise InvalidValueError(
                "a window is for modality values, not for real-world values",
                attribute="apply_voi_transform",
                found=True,
                expected="None or False beside apply_real_world_transform=True",
                clause="PS3.3 C.11.2",
            )
        if self.apply_voi_transform and self.apply_modality_transform is False:
            raise InvalidValueError(
                "a window is for modality values",
                attribute="apply_modality_transform",
                found=False,
                expected="None or True beside apply_voi_transform=True",
                clause="PS3.3 C.11.2",
            )
        check_output_range(self.voi_output_range)
        self._check_type()

    def _check_type(self) -> None:
        kind = np.dtype(self.dtype).kind
        if kind not in "uif":
            raise InvalidValueError(
                "not a type for pixels",
                attribute="dtype",
                found=str(np.dtype(self.dtype)),
                expected="an integer or floating-point type",
            )
        if self.apply_voi_transform and kind != "f":
            raise InvalidValueError(
                "values of interest are fractions",
                attribute="dtype",
                found=str(np.dtype(self.dtype)),
                expected="a floating-point type beside apply_voi_transform=True",
            )

    @property
    def output_dtype(self) -> np.dtype[Any]:
        """numpy.dtype: Type of the output."""
        return np.dtype(self.dtype)
