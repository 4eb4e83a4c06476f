"""Channels: the axes of a volume that are not spatial, and what their values mean."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from pydicom.datadict import dictionary_description, dictionary_VR, keyword_for_tag, tag_for_keyword
from pydicom.tag import BaseTag, Tag

from iodkit.errors import InvalidTypeError, InvalidValueError, NotFoundError
from iodkit.standard.enums import RGBColorChannels

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "RGB_COLOR_CHANNEL_DESCRIPTOR",
    "ChannelDescriptor",
    "ChannelIdentifier",
    "ChannelTable",
    "Channels",
]

_PYTHON_TYPES: dict[str, type] = {
    **dict.fromkeys(("AE", "AS", "CS", "DA", "DT", "LO", "LT", "PN", "SH", "ST"), str),
    **dict.fromkeys(("TM", "UC", "UI", "UR", "UT"), str),
    **dict.fromkeys(("IS", "SL", "SS", "SV", "UL", "US", "UV"), int),
    **dict.fromkeys(("DS", "FD", "FL"), float),
}


class ChannelDescriptor:
    """What an axis of channels stands for: a DICOM attribute, or something custom.

    Parameters
    ----------
    identifier : str | int | ChannelDescriptor
        Keyword or tag of a DICOM attribute, or a name if `is_custom`.
    is_custom : bool, optional
        Whether the channel is not a DICOM attribute.
    value_type : type, optional
        Type of the values of a custom channel: str, int, float or a subclass of Enum.

    Raises
    ------
    InvalidValueError
        If there is no such attribute, its values cannot identify channels, or the name of a
        custom channel is that of an attribute.
    InvalidTypeError
        If `value_type` is missing, not allowed or of another kind.
    """

    __slots__ = ("_keyword", "_tag", "_value_type")

    def __init__(
        self,
        identifier: str | int | ChannelDescriptor,
        is_custom: bool = False,
        value_type: type | None = None,
    ) -> None:
        self._tag: BaseTag | None
        self._keyword: str
        self._value_type: type
        if isinstance(identifier, ChannelDescriptor):
            self._keyword = identifier._keyword
            self._tag = identifier._tag
            self._value_type = identifier._value_type
        elif is_custom:
            self._keyword, self._tag = _custom_keyword(identifier), None
            self._value_type = _custom_type(value_type)
        else:
            if value_type is not None:
                raise InvalidTypeError(
                    "the type of an attribute's values is known", attribute="value_type"
                )
            self._tag = _attribute_tag(identifier)
            self._keyword = keyword_for_tag(self._tag)
            self._value_type = _attribute_type(self._tag)

    @property
    def keyword(self) -> str:
        """str: Keyword of the attribute, or name of the custom channel."""
        return self._keyword

    @property
    def value_type(self) -> type:
        """type: Type of the values: str, int, float or a subclass of Enum."""
        return self._value_type

    @property
    def tag(self) -> BaseTag | None:
        """pydicom.tag.BaseTag | None: Tag of the attribute; None for custom channels."""
        return self._tag

    @property
    def description(self) -> str | None:
        """str | None: Name of the attribute in PS3.6; None for custom channels."""
        return None if self._tag is None else dictionary_description(self._tag)

    @property
    def is_custom(self) -> bool:
        """bool: Whether the channel is not a DICOM attribute."""
        return self._tag is None

    @property
    def is_enumerated(self) -> bool:
        """bool: Whether the values are members of an enumeration."""
        return issubclass(self._value_type, Enum)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ChannelDescriptor):
            return NotImplemented
        return (self._keyword, self._tag, self._value_type) == (
            other._keyword,
            other._tag,
            other._value_type,
        )

    def __hash__(self) -> int:
        return hash((self._keyword, self._tag, self._value_type))

    def __repr__(self) -> str:
        return self._keyword

    def coerce(self, value: object) -> Any:
        """Convert a value to the type of the channel; refuse what would change.

        Parameters
        ----------
        value : object
            Value of a channel.

        Returns
        -------
        str | int | float | Enum
            The value.

        Raises
        ------
        InvalidTypeError
            If it is of another type.
        """
        kind = self._value_type
        if self.is_enumerated:
            try:
                return kind(value)
            except ValueError:
                pass
        elif isinstance(value, kind) and not isinstance(value, bool):
            return kind(value) if kind is not str else str(value)
        elif kind is not str and hasattr(value, "__float__") and not isinstance(value, (bool, str)):
            number = float(cast("float", value))
            if kind is float:
                return number
            if hasattr(value, "__index__"):
                return int(number)
        raise InvalidTypeError(
            "value of a channel has the wrong type",
            attribute=self._keyword,
            found=value,
            expected=kind.__name__,
        )


def _custom_keyword(identifier: object) -> str:
    if not isinstance(identifier, str):
        raise InvalidTypeError(
            "custom channels are named by a string", attribute="identifier", found=identifier
        )
    if tag_for_keyword(identifier) is not None:
        raise InvalidValueError(
            "this is the keyword of an attribute, not a name for a custom channel",
            attribute="identifier",
            found=identifier,
        )
    return identifier


def _custom_type(value_type: type | None) -> type:
    allowed = (str, int, float, Enum)
    if not isinstance(value_type, type) or not issubclass(value_type, allowed):
        raise InvalidTypeError(
            "custom channels need the type of their values",
            attribute="value_type",
            found=value_type,
            expected="str, int, float or a subclass of Enum",
        )
    return value_type


def _attribute_tag(identifier: str | int) -> BaseTag:
    tag = tag_for_keyword(identifier) if isinstance(identifier, str) else identifier
    if tag is None or not keyword_for_tag(tag):
        raise InvalidValueError(
            "no attribute of the standard has this keyword or tag",
            attribute="identifier",
            found=identifier,
            remedy="Pass is_custom=True for channels of your own.",
        )
    return Tag(tag)


def _attribute_type(tag: BaseTag) -> type:
    vr = dictionary_VR(tag).split(" or ")[0]
    if vr not in _PYTHON_TYPES:
        raise InvalidValueError(
            f"values of VR {vr} cannot identify channels", attribute=keyword_for_tag(tag)
        )
    return _PYTHON_TYPES[vr]


RGB_COLOR_CHANNEL_DESCRIPTOR = ChannelDescriptor(
    "RGBColorChannel", is_custom=True, value_type=RGBColorChannels
)
"""Descriptor of the colour channels of an RGB volume."""

ChannelIdentifier: TypeAlias = "BaseTag | int | str | ChannelDescriptor"
Channels: TypeAlias = "Mapping[ChannelIdentifier, Sequence[int | str | float | Enum]]"
ChannelTable: TypeAlias = "dict[ChannelDescriptor, tuple[Any, ...]]"


def parse_channels(channels: Channels | None, lengths: Sequence[int]) -> ChannelTable:
    """Check descriptors and values of channels against the axes of an array.

    Raises
    ------
    InvalidValueError
        If number of channels, or of values, does not fit the axes, or a descriptor is given twice.
    InvalidTypeError
        If a value is of another type than its descriptor says.
    """
    given = {} if channels is None else channels
    if len(given) != len(lengths):
        raise InvalidValueError(
            f"the array has {len(lengths)} axes of channels",
            attribute="channels",
            found=list(given),
            expected=f"{len(lengths)} items",
        )
    table: ChannelTable = {}
    for (identifier, values), length in zip(given.items(), lengths, strict=True):
        descriptor = ChannelDescriptor(identifier)
        if descriptor in table:
            raise InvalidValueError(
                "two axes have the same descriptor", attribute="channels", found=descriptor.keyword
            )
        if len(values) != length:
            raise InvalidValueError(
                f"{len(values)} values for an axis of length {length}",
                attribute=descriptor.keyword,
                found=list(values),
            )
        table[descriptor] = tuple(descriptor.coerce(v) for v in values)
    return table


def find_channel(table: ChannelTable, identifier: ChannelIdentifier) -> int:
    """Return the number of the axis of channels with a name, tag or descriptor.

    Raises
    ------
    NotFoundError
        If the volume has no such channels.
    """
    for number, descriptor in enumerate(table):
        if identifier == descriptor or identifier in (descriptor.keyword, descriptor.tag):
            return number
    raise NotFoundError(
        "the volume has no such channels",
        found=identifier,
        expected=f"one of {[d.keyword for d in table]}",
    )
