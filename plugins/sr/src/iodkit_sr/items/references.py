"""Content items that refer to other objects: images, waveforms, and any others (PS3.3 C.18.3–5)."""

from __future__ import annotations

from operator import index
from typing import TYPE_CHECKING, ClassVar, SupportsIndex

from pydicom.charset import default_encoding
from pydicom.dataset import Dataset
from pydicom.uid import UID

from iodkit.content.encoded import set_items, set_value
from iodkit.content.items import ContentItem, content_item_class
from iodkit.content.macros import is_empty, require_attributes
from iodkit.content.valuetypes import RelationshipTypeValues, ValueTypeValues
from iodkit.elements import check_uid
from iodkit.errors import InvalidTypeError, InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydicom.sr.coding import Code

    from iodkit.coding import CodedConcept

__all__ = ["CompositeContentItem", "ImageContentItem", "WaveformContentItem"]

_LARGEST_SHORT = 65535


class _ReferenceContentItem(ContentItem):
    """An item with a Referenced SOP Sequence of one item (PS3.3 C.18.3)."""

    _clause: ClassVar[str] = "PS3.3 C.18.3"

    def __init__(
        self,
        value_type: ValueTypeValues,
        name: Code | CodedConcept,
        referenced_sop_class_uid: str | UID,
        referenced_sop_instance_uid: str | UID,
        relationship_type: str | RelationshipTypeValues | None,
    ) -> None:
        super().__init__(value_type, name, relationship_type)
        reference = Dataset()
        reference.set_original_encoding(False, True, default_encoding)
        for keyword, uid in (
            ("ReferencedSOPClassUID", referenced_sop_class_uid),
            ("ReferencedSOPInstanceUID", referenced_sop_instance_uid),
        ):
            set_value(reference, keyword, str(check_uid(uid, keyword)))
        set_items(self, "ReferencedSOPSequence", [reference])

    @classmethod
    def _check_dataset(cls, dataset: Dataset) -> None:
        # References may be without a name (PS3.3 C.17.3.2.1, type 1C).
        require_attributes(dataset, ("ValueType",), cls.__name__, cls._clause)
        if cls._value_type is not None and dataset.ValueType != cls._value_type.value:
            super()._check_dataset(dataset)
        require_attributes(dataset, ("ReferencedSOPSequence",), cls.__name__, cls._clause)
        require_attributes(
            dataset.ReferencedSOPSequence[0],
            ("ReferencedSOPClassUID", "ReferencedSOPInstanceUID"),
            cls.__name__,
            cls._clause,
        )

    @property
    def reference(self) -> Dataset:
        """pydicom.Dataset: The item of Referenced SOP Sequence."""
        return self.ReferencedSOPSequence[0]

    @property
    def value(self) -> tuple[UID, UID]:
        """tuple[UID, UID]: SOP class and SOP instance that the item refers to."""
        return self.referenced_sop_class_uid, self.referenced_sop_instance_uid

    @property
    def referenced_sop_class_uid(self) -> UID:
        """UID: SOP class of the object."""
        return UID(self.reference.ReferencedSOPClassUID)

    @property
    def referenced_sop_instance_uid(self) -> UID:
        """UID: SOP instance UID of the object."""
        return UID(self.reference.ReferencedSOPInstanceUID)


@content_item_class(ValueTypeValues.COMPOSITE)
class CompositeContentItem(_ReferenceContentItem):
    """A content item that refers to an object that is neither image nor waveform (C.18.3).

    Parameters
    ----------
    name : pydicom.sr.coding.Code | CodedConcept
        Concept that the reference is about.
    referenced_sop_class_uid, referenced_sop_instance_uid : str | UID
        The object.
    relationship_type : str | RelationshipTypeValues | None, optional
        Relationship to the item above.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If the UIDs are none, or `name` is no code.
    """

    _value_type: ClassVar[ValueTypeValues | None] = ValueTypeValues.COMPOSITE

    def __init__(
        self,
        name: Code | CodedConcept,
        referenced_sop_class_uid: str | UID,
        referenced_sop_instance_uid: str | UID,
        relationship_type: str | RelationshipTypeValues | None = None,
    ) -> None:
        super().__init__(
            ValueTypeValues.COMPOSITE,
            name,
            referenced_sop_class_uid,
            referenced_sop_instance_uid,
            relationship_type,
        )


@content_item_class(ValueTypeValues.IMAGE)
class ImageContentItem(_ReferenceContentItem):
    """A content item that refers to an image, or to frames or segments of it (PS3.3 C.18.4).

    Parameters
    ----------
    name : pydicom.sr.coding.Code | CodedConcept
        Concept that the reference is about.
    referenced_sop_class_uid, referenced_sop_instance_uid : str | UID
        The image.
    referenced_frame_numbers : int | Sequence[int] | None, optional
        Frames, counted from 1; all of them by default.
    referenced_segment_numbers : int | Sequence[int] | None, optional
        Segments of a segmentation; all of them by default.
    relationship_type : str | RelationshipTypeValues | None, optional
        Relationship to the item above.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If UIDs or numbers are none, or `name` is no code.
    """

    _value_type: ClassVar[ValueTypeValues | None] = ValueTypeValues.IMAGE
    _clause: ClassVar[str] = "PS3.3 C.18.4"

    def __init__(
        self,
        name: Code | CodedConcept,
        referenced_sop_class_uid: str | UID,
        referenced_sop_instance_uid: str | UID,
        referenced_frame_numbers: int | Sequence[int] | None = None,
        referenced_segment_numbers: int | Sequence[int] | None = None,
        relationship_type: str | RelationshipTypeValues | None = None,
    ) -> None:
        super().__init__(
            ValueTypeValues.IMAGE,
            name,
            referenced_sop_class_uid,
            referenced_sop_instance_uid,
            relationship_type,
        )
        if referenced_frame_numbers is not None:
            numbers = _numbers(referenced_frame_numbers, "referenced_frame_numbers", 2**31 - 1)
            self.reference.ReferencedFrameNumber = numbers
        if referenced_segment_numbers is not None:
            numbers = _numbers(
                referenced_segment_numbers, "referenced_segment_numbers", _LARGEST_SHORT
            )
            self.reference.ReferencedSegmentNumber = numbers

    @property
    def referenced_frame_numbers(self) -> list[int] | None:
        """list[int] | None: Frames, counted from 1; ``None`` for all."""
        return _as_list(self.reference, "ReferencedFrameNumber")

    @property
    def referenced_segment_numbers(self) -> list[int] | None:
        """list[int] | None: Segments; ``None`` for all."""
        return _as_list(self.reference, "ReferencedSegmentNumber")


@content_item_class(ValueTypeValues.WAVEFORM)
class WaveformContentItem(_ReferenceContentItem):
    """A content item that refers to a waveform, or to channels of it (PS3.3 C.18.5).

    Parameters
    ----------
    name : pydicom.sr.coding.Code | CodedConcept
        Concept that the reference is about.
    referenced_sop_class_uid, referenced_sop_instance_uid : str | UID
        The waveform.
    referenced_waveform_channels : Sequence[int] | Sequence[tuple[int, int]] | None, optional
        Pairs of multiplex group and channel, each counted from 1, one after the other or as
        tuples; channel 0 stands for all channels of the group.  All channels by default.
    relationship_type : str | RelationshipTypeValues | None, optional
        Relationship to the item above.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If UIDs or channels are none, or `name` is no code.
    """

    _value_type: ClassVar[ValueTypeValues | None] = ValueTypeValues.WAVEFORM
    _clause: ClassVar[str] = "PS3.3 C.18.5"

    def __init__(
        self,
        name: Code | CodedConcept,
        referenced_sop_class_uid: str | UID,
        referenced_sop_instance_uid: str | UID,
        referenced_waveform_channels: (
            int | Sequence[int] | Sequence[tuple[int, int]] | None
        ) = None,
        relationship_type: str | RelationshipTypeValues | None = None,
    ) -> None:
        super().__init__(
            ValueTypeValues.WAVEFORM,
            name,
            referenced_sop_class_uid,
            referenced_sop_instance_uid,
            relationship_type,
        )
        if referenced_waveform_channels is not None:
            self.reference.ReferencedWaveformChannels = _channels(referenced_waveform_channels)

    @property
    def referenced_waveform_channels(self) -> list[tuple[int, int]] | None:
        """list[tuple[int, int]] | None: Multiplex groups and channels; ``None`` for all."""
        numbers = _as_list(self.reference, "ReferencedWaveformChannels")
        if numbers is None:
            return None
        return list(zip(numbers[::2], numbers[1::2], strict=False))


def _as_list(item: Dataset, keyword: str) -> list[int] | None:
    if is_empty(item, keyword):
        return None
    value = item[keyword].value
    return [int(value)] if isinstance(value, int) else [int(number) for number in value]


def _numbers(values: object, name: str, largest: int, smallest: int = 1) -> list[int]:
    given = [values] if isinstance(values, SupportsIndex) else values
    try:
        numbers = [index(value) for value in given]  # type: ignore[attr-defined]
    except TypeError as error:
        raise InvalidTypeError(
            "these are no integers", attribute=name, found=values, expected="integers"
        ) from error
    if not numbers or min(numbers) < smallest or max(numbers) > largest:
        raise InvalidValueError(
            "these numbers are not allowed",
            attribute=name,
            found=values,
            expected=f"one number or more from {smallest} to {largest}",
        )
    return numbers


def _channels(values: object) -> list[int]:
    name = "referenced_waveform_channels"
    flat: list[object] = []
    try:
        for value in values:  # type: ignore[attr-defined]
            if isinstance(value, tuple | list):
                flat.extend(value)
            else:
                flat.append(value)
    except TypeError as error:
        raise InvalidTypeError(
            "these are no channels", attribute=name, found=values, expected="pairs of integers"
        ) from error
    numbers = _numbers(flat, name, _LARGEST_SHORT, 0)
    if len(numbers) % 2 or 0 in numbers[::2]:
        raise InvalidValueError(
            "channels are pairs of multiplex group and channel",
            attribute=name,
            found=values,
            expected="an even count of numbers; groups count from 1",
            clause="PS3.3 C.18.5.1.1",
        )
    return numbers
