"""Any DICOM image as one class: its frames, and where they lie in space."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iodkit.dataset import require
from iodkit.errors import InvalidTypeError
from iodkit_image.views import ViewableImage

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from iodkit.io.sources import SourceLike

__all__ = ["Image", "imread"]


class Image(ViewableImage):
    """Any image: single-frame, multi-frame or tiled.

    Objects are made by :func:`imread`, :meth:`from_file`, :meth:`from_dataset` or
    :func:`iodkit.read`.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        del args, kwargs
        raise InvalidTypeError(
            f"{type(self).__name__} has no constructor",
            remedy="Use iodkit.imread(path), or from_dataset(dataset) of the class.",
        )

    @classmethod
    def _check_dataset(cls, dataset: Dataset) -> None:
        for keyword in ("Rows", "Columns"):
            require(dataset, keyword, clause="PS3.3 C.7.6.3", what="image")

    def _repr_png_(self) -> bytes | None:
        """Picture for notebooks; None if there is none to be had."""
        from iodkit_image.rendering.notebook import as_png

        return as_png(self)

    def _repr_html_(self) -> str:
        """Summary with a picture for notebooks."""
        from iodkit_image.rendering.notebook import as_html

        return as_html(self)


def imread(fp: SourceLike, lazy_frame_retrieval: bool = False) -> Image:
    """Read an image.

    Parameters
    ----------
    fp : str | bytes | os.PathLike | BinaryIO | list
        Path, URL, content, or open file of a DICOM file; or a list of all parts of a concatenation.
    lazy_frame_retrieval : bool, optional
        Whether pixel data stay in the file until they are asked for.

    Returns
    -------
    Image
        The image.

    Raises
    ------
    ReadError
        If the file cannot be read.
    MissingAttributeError
        If it holds no image.
    """
    return Image.from_file(fp, lazy_frame_retrieval)
