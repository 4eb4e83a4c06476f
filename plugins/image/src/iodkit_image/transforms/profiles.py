"""Colour management with ICC profiles (PS3.3 C.11.15), through littlecms."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image as PillowImage
from PIL import ImageCms

from iodkit.elements import check_type
from iodkit.errors import InvalidTypeError, InvalidValueError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["ColorManager", "srgb_input_profile"]

_CLASSES = ("scnr", "mntr", "prtr", "spac")


class ColorManager:
    """Transforms colours of one device to sRGB.

    Parameters
    ----------
    icc_profile : bytes
        ICC profile of the device that the colours are of.

    Raises
    ------
    InvalidValueError
        If it is no profile for RGB colours.
    """

    def __init__(self, icc_profile: bytes) -> None:
        self._icc_profile = check_type(icc_profile, bytes, "icc_profile")
        self._transform = _build(icc_profile)

    def __reduce__(self) -> tuple[type[ColorManager], tuple[bytes]]:
        return type(self), (self._icc_profile,)

    def transform_frame(self, array: NDArray[Any]) -> NDArray[np.uint8]:
        """Transform the colours of a frame.

        Parameters
        ----------
        array : numpy.ndarray
            Shape (rows, columns, 3), of type uint8.

        Returns
        -------
        numpy.ndarray
            sRGB colours of the same shape.

        Raises
        ------
        InvalidTypeError, InvalidValueError
            If the array is not of this type and shape.
        """
        frame = np.asarray(array)
        if frame.dtype != np.uint8:
            raise InvalidTypeError(
                "colours of 8 bits are needed",
                attribute="array",
                found=str(frame.dtype),
                expected="uint8",
            )
        if frame.ndim != 3 or frame.shape[2] != 3:
            raise InvalidValueError(
                "not a colour frame",
                attribute="array",
                found=frame.shape,
                expected="(rows, columns, 3)",
            )
        picture = PillowImage.fromarray(np.ascontiguousarray(frame))
        return np.array(ImageCms.applyTransform(picture, self._transform))


def srgb_input_profile() -> bytes:
    """Make an sRGB profile of the class that images have (PS3.3 C.11.15.1.1).

    Returns
    -------
    bytes
        Always the same profile, of even length.
    """
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[12:16] = b"scnr"
    profile[24:36] = bytes(12)  # date and time of its making (ICC.1 7.2.1)
    return bytes(profile) + b"\0" * (len(profile) % 2)


def _build(icc_profile: bytes) -> ImageCms.ImageCmsTransform:
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(icc_profile))
        described: Any = profile.profile
        space = described.xcolor_space.strip()
        if space != "RGB" or described.device_class not in _CLASSES:
            raise InvalidValueError(
                "not a profile for RGB colours of a device",
                attribute="icc_profile",
                found=f"colour space {space}, class {described.device_class}",
                clause="PS3.3 C.11.15.1.1",
            )
        return ImageCms.buildTransform(
            inputProfile=profile,
            inMode="RGB",
            outputProfile=ImageCms.createProfile("sRGB"),
            outMode="RGB",
        )
    except (OSError, ImageCms.PyCMSError) as error:
        raise InvalidValueError(
            f"not an ICC profile: {error}",
            attribute="icc_profile",
            found=f"{len(icc_profile)} bytes",
            clause="PS3.3 C.11.15.1.1",
        ) from error
