"""Looks into datasets without changing them: encoded elements stay encoded."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydicom.charset import default_encoding
from pydicom.dataelem import RawDataElement, convert_raw_data_element
from pydicom.dataset import Dataset
from pydicom.errors import BytesLengthException
from pydicom.tag import BaseTag

from iodkit.elements import DicomItem
from iodkit.errors import CorruptDataError
from iodkit.frames.headers import Encoding
from iodkit.frames.paths import parse_path
from iodkit.frames.plain_values import plain_numbers, plain_text

if TYPE_CHECKING:
    from pydicom.dataelem import DataElement

    from iodkit.frames.paths import AttributePath

__all__ = ["Snapshot", "element_encoding"]

_CHARACTER_SET = 0x00080005
_PIXEL_REPRESENTATION = 0x00280103
_PIXELS = frozenset((0x7FE00008, 0x7FE00009, 0x7FE00010, 0x7FE00001, 0x7FE00002))


def element_encoding(dataset: Dataset, element: RawDataElement) -> Encoding:
    """Find out how an encoded element of a dataset is encoded."""
    return Encoding(
        element.is_implicit_VR, element.is_little_endian, text_codecs(dataset), is_signed(dataset)
    )


def is_signed(dataset: Dataset) -> bool:
    """Tell whether the pixels of a dataset are signed, which other values depend on."""
    element = dataset._dict.get(BaseTag(_PIXEL_REPRESENTATION))
    value: Any = getattr(element, "value", None)
    if isinstance(value, bytes):
        return value.strip(b"\0") == b"\1"
    return value == 1


def text_codecs(dataset: Dataset) -> tuple[str, ...]:
    """Name Python's codecs for the encoded text of a dataset."""
    codecs = dataset.original_character_set or dataset._character_set or default_encoding
    return (codecs,) if isinstance(codecs, str) else tuple(codecs)


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """The elements of a dataset at one moment, without its pixels.

    Attributes
    ----------
    elements : dict
        The elements, encoded or not, by tag.
    codecs : tuple of str
        Python's codec names for encoded text.
    signed : bool
        Whether pixels are signed, which values of VR "US or SS" depend on.
    """

    elements: dict[int, DataElement | RawDataElement]
    codecs: tuple[str, ...] = field(default=(default_encoding,))
    signed: bool = False

    @classmethod
    def of(cls, dataset: Dataset) -> Snapshot:
        """Take the snapshot of a dataset, which is left as it is."""
        elements: dict[Any, Any] = dict(dataset._dict)  # at once, whatever other threads do
        for tag in _PIXELS:
            elements.pop(tag, None)
        for tag, element in elements.items():
            if type(element) is RawDataElement and element.value is None and element.length:
                elements[tag] = dataset[tag]
        return cls(elements, text_codecs(dataset), is_signed(dataset))

    def element(self, tag: int) -> DataElement | None:
        """Decode an element, None if there is none; what is kept stays encoded.

        Raises
        ------
        CorruptDataError
            If its value cannot be decoded.
        """
        found = self.elements.get(tag)
        if found is None or not isinstance(found, RawDataElement):
            return found
        codecs = [default_encoding] if tag == _CHARACTER_SET else list(self.codecs)
        try:
            decoded = convert_raw_data_element(found, encoding=codecs)
        except (
            ArithmeticError, BytesLengthException, LookupError, NotImplementedError, OSError,
            TypeError, ValueError,
        ) as error:  # fmt: skip
            raise CorruptDataError(
                f"value cannot be decoded: {error}", attribute=f"{BaseTag(tag)}"
            ) from error
        if decoded.VR == "SQ":
            for item in decoded.value or ():
                # As pydicom does for the items of a dataset that it decodes.
                item._pixel_rep = int(self.signed)
                # Its values are decoded later, and may be as broken as those of the dataset.
                if type(item) is Dataset:
                    item.__class__ = DicomItem
        return decoded

    def numbers(self, path: AttributePath) -> tuple[str, list[float]] | None:
        """Decode VR and values of decimal strings at the top level; None if they are unusual."""
        found = self.elements.get(path.leaf)
        if not isinstance(found, RawDataElement):
            return None
        plain = plain_numbers(found, path.vr)
        return None if plain is None else ("DS", plain)

    def value(self, keyword: str) -> Any:
        """Decode the value of an attribute; None if it is absent or empty."""
        element = self.element(parse_path(keyword).leaf)
        if element is None or element.is_empty:
            return None
        return element.value

    def whole_number(self, keyword: str) -> int | None:
        """Decode an attribute as a whole number; None if absent, empty or not a number."""
        value = self.value(keyword)
        try:
            return None if value is None else int(value)
        except (TypeError, ValueError):
            return None

    def text(self, keyword: str) -> str | None:
        """Decode an attribute as text; None if absent or empty."""
        path = parse_path(keyword)
        found = self.elements.get(path.leaf)
        if isinstance(found, RawDataElement):
            plain = plain_text(found, path.vr)
            if plain is not None:
                return plain
        value = self.value(keyword)
        return None if value is None else str(value)

    def items(self, keyword: str) -> list[Dataset]:
        """Decode the items of a sequence; none if it is absent."""
        value = self.value(keyword)
        return list(value) if value is not None and not isinstance(value, (str, bytes)) else []
