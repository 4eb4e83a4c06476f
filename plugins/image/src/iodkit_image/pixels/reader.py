"""Reading of single frames from a file that stays closed in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from iodkit.errors import ReadError
from iodkit_image.image import Image

if TYPE_CHECKING:
    import os
    from types import TracebackType
    from typing import BinaryIO, Self

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset
    from pydicom.uid import UID

__all__ = ["ImageFileReader"]


class ImageFileReader:
    """Reads frames of an image file one by one, without reading the others.

    Parameters
    ----------
    filename : str | os.PathLike | BinaryIO
        Path, URL, or open file of a DICOM image.

    Examples
    --------
    ``with ImageFileReader(path) as reader: frame = reader.read_frame(0)``
    """

    def __init__(self, filename: str | os.PathLike[str] | BinaryIO) -> None:
        self._source = filename
        self._image: Image | None = None

    @property
    def filename(self) -> str:
        """str: Path or URL of the file."""
        return str(getattr(self._source, "name", self._source))

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self,
        except_type: type[BaseException] | None,
        except_value: BaseException | None,
        except_trace: TracebackType | None,
    ) -> None:
        self.close()

    def open(self) -> None:
        """Read what the file says of its frames.

        Raises
        ------
        ReadError
            If the file cannot be read.
        MissingAttributeError
            If it holds no image.
        """
        if self._image is None:
            self._image = Image.from_file(self._source, lazy_frame_retrieval=True)

    def close(self) -> None:
        """Forget what was read; a file that was given open stays open."""
        self._image = None

    @property
    def _opened(self) -> Image:
        if self._image is None:
            raise ReadError(
                "the reader is not open",
                attribute="ImageFileReader",
                remedy="Call open(), or use it as a context manager.",
            )
        return self._image

    @property
    def metadata(self) -> Dataset:
        """pydicom.Dataset: All attributes but the pixels."""
        return self._opened

    @property
    def transfer_syntax_uid(self) -> UID:
        """pydicom.uid.UID: Transfer syntax of the file."""
        return self._opened.file_meta.TransferSyntaxUID

    @property
    def number_of_frames(self) -> int:
        """int: Number of frames."""
        return self._opened.number_of_frames

    def read_frame_raw(self, index: int) -> bytes:
        """Read the encoded bytes of a frame.

        Parameters
        ----------
        index : int
            Index of the frame, from 0.

        Returns
        -------
        bytes
            Bytes as they are stored, fragments joined.

        Raises
        ------
        OutOfRangeError
            If there is no such frame.
        """
        return self._opened.get_raw_frame(index, as_index=True)

    def read_frame(self, index: int, correct_color: bool = True) -> NDArray[Any]:
        """Read and decode a frame.

        Parameters
        ----------
        index : int
            Index of the frame, from 0.
        correct_color : bool, optional
            Whether colours are transformed with the ICC profile, if the image has one.

        Returns
        -------
        numpy.ndarray
            Stored values, shape (rows, columns) or (rows, columns, samples); colour as RGB.

        Raises
        ------
        OutOfRangeError
            If there is no such frame.
        PixelDataError
            If it cannot be decoded.
        """
        image = self._opened
        frame = image.get_stored_frame(index, as_index=True)
        if correct_color and frame.ndim == 3 and frame.dtype == np.uint8:
            transforms = image.frame_transforms(dtype=np.uint8, apply_icc_profile=None)
            return transforms.apply(frame, index)
        return frame
