"""Frame stores that are kept as long as they say the truth, and those of whole series."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydicom.tag import Tag

from iodkit_image.pixels import PIXEL_KEYWORDS, FrameStore, PixelLayout, pixel_element

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

    from iodkit.io import ByteSource

__all__ = ["KEPT", "InstanceFrames", "kept_store", "open_store"]

# Where images keep it; copies may share it, pickles leave it out.
KEPT = "_kept_store"

# What a layout is made of (PS3.3 C.7.6.3), apart from the pixel data.
_LAYOUT_TAGS = tuple(
    Tag(keyword)
    for keyword in (
        "Rows",
        "Columns",
        "SamplesPerPixel",
        "BitsAllocated",
        "BitsStored",
        "HighBit",
        "PixelRepresentation",
        "PhotometricInterpretation",
        "PlanarConfiguration",
        "NumberOfFrames",
    )
)
_PIXEL_TAGS = tuple(Tag(keyword) for keyword in PIXEL_KEYWORDS)


def open_store(dataset: Dataset, layout: PixelLayout | None = None) -> FrameStore:
    """Open the frames of an image, wherever its pixel data is.

    Parameters
    ----------
    dataset : pydicom.Dataset
        The image.
    layout : PixelLayout | None, optional
        Its layout, if known.

    Returns
    -------
    FrameStore
        The frames.
    """
    located = getattr(dataset, "deferred_pixel_data", None)
    source: ByteSource | None = None if located is None else located[0]
    return FrameStore.from_dataset(dataset, source, layout)


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    """A store, and what it was made of."""

    element: Any
    value: Any
    layout: PixelLayout
    syntax: str
    store: FrameStore

    def is_of(self, element: Any, layout: PixelLayout, syntax: str) -> bool:
        return (
            self.element is element
            and self.value is element.value
            and self.layout == layout
            and self.syntax == syntax
        )


def kept_store(dataset: Dataset) -> FrameStore:
    """Return the frames of an image, the same store while nothing of it changes.

    Finding the frames of encapsulated pixel data may need a walk through all of them, which is
    done once.

    Parameters
    ----------
    dataset : pydicom.Dataset
        The image; the store is kept with it.

    Returns
    -------
    FrameStore
        The frames.
    """
    layout = PixelLayout.from_dataset(dataset)
    element = pixel_element(dataset)
    meta = getattr(dataset, "file_meta", None)
    syntax = str(meta.get("TransferSyntaxUID", "")) if meta is not None else ""
    kept = vars(dataset).get(KEPT)
    if kept is None or not kept.is_of(element, layout, syntax):
        store = open_store(dataset, layout)
        kept = vars(dataset)[KEPT] = _Kept(element, element.value, layout, syntax, store)
    found: FrameStore = kept.store
    return found


class InstanceFrames:
    """The frames of single-frame instances, opened one by one.

    Parameters
    ----------
    datasets : Sequence[pydicom.Dataset]
        The instances.
    """

    def __init__(self, datasets: Sequence[Dataset]) -> None:
        self.datasets = datasets
        self._layouts: dict[Any, PixelLayout] = {}

    @property
    def shape(self) -> tuple[int, int]:
        """tuple[int, int]: Rows and columns of the first instance."""
        layout = self._layout(self.datasets[0])
        return layout.rows, layout.columns

    @property
    def blank_pixel(self) -> NDArray[Any]:
        """One pixel of zeros: a frame of one row and column."""
        return open_store(self.datasets[0]).blank_pixel

    def view(self, index: int, rows: slice = slice(None)) -> NDArray[Any]:
        """Decode the frame of an instance, or some rows of it; see :meth:`FrameStore.view`."""
        dataset = self.datasets[index]
        return open_store(dataset, self._layout(dataset)).view(0, rows)

    def _layout(self, dataset: Dataset) -> PixelLayout:
        """Layout of an instance; those of a series are nearly always the same."""
        key = _layout_key(dataset)
        layout = self._layouts.get(key)
        if layout is None:
            layout = self._layouts[key] = PixelLayout.from_dataset(dataset)
        return layout


def _layout_key(dataset: Dataset) -> tuple[Any, ...]:
    """Values that a layout is made of, encoded or not."""
    stored = [dataset.get_item(tag, keep_deferred=True) for tag in _LAYOUT_TAGS if tag in dataset]
    present = [tag for tag in _PIXEL_TAGS if tag in dataset]
    values = [(element.tag, str(element.value)) for element in stored]
    return (*values, *present, dataset.original_encoding)
