"""Content items whose value is a time range within a waveform or a cine image (PS3.3 C.18.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydicom.valuerep import DT

from iodkit.content.encoded import set_value
from iodkit.content.items import ContentItem, content_item_class
from iodkit.content.macros import finite_numbers, is_empty
from iodkit.content.valuetypes import RelationshipTypeValues, ValueTypeValues
from iodkit.elements import coerce_enum, format_datetime, to_decimal_string
from iodkit.errors import InvalidTypeError, InvalidValueError, MissingAttributeError
from iodkit_sr.enums import TemporalRangeTypeValues
from iodkit_sr.items.references import _numbers

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from pydicom.dataset import Dataset
    from pydicom.sr.coding import Code

    from iodkit.coding import CodedConcept

__all__ = ["TcoordContentItem"]

_KEYWORDS = ("ReferencedSamplePositions", "ReferencedTimeOffsets", "ReferencedDateTime")


@content_item_class(ValueTypeValues.TCOORD)
class TcoordContentItem(ContentItem):
    """A content item whose value are points or ranges in time (PS3.3 C.18.7).

    Exactly one of the three kinds of points is given.

    Parameters
    ----------
    name : pydicom.sr.coding.Code | CodedConcept
        Concept that the range is about.
    temporal_range_type : str | TemporalRangeTypeValues
        What the points make.
    referenced_sample_positions : Sequence[int] | None, optional
        Samples of a waveform, counted from 1.
    referenced_time_offsets : Sequence[float] | None, optional
        Seconds since the start of the acquisition.
    referenced_date_time : Sequence[datetime.datetime] | None, optional
        Moments.
    relationship_type : str | RelationshipTypeValues | None, optional
        Relationship to the item above.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If not exactly one kind of points is given, or their number does not fit the type.
    """

    _value_type: ClassVar[ValueTypeValues | None] = ValueTypeValues.TCOORD
    _value_keywords: ClassVar[tuple[str, ...]] = ("TemporalRangeType",)
    _clause: ClassVar[str] = "PS3.3 C.18.7"

    def __init__(
        self,
        name: Code | CodedConcept,
        temporal_range_type: str | TemporalRangeTypeValues,
        referenced_sample_positions: Sequence[int] | None = None,
        referenced_time_offsets: Sequence[float] | None = None,
        referenced_date_time: Sequence[dt.datetime] | None = None,
        relationship_type: str | RelationshipTypeValues | None = None,
    ) -> None:
        super().__init__(ValueTypeValues.TCOORD, name, relationship_type)
        kind = coerce_enum(temporal_range_type, TemporalRangeTypeValues, "temporal_range_type")
        set_value(self, "TemporalRangeType", kind.value)
        given = (referenced_sample_positions, referenced_time_offsets, referenced_date_time)
        if sum(points is not None for points in given) != 1:
            raise InvalidValueError(
                "a temporal range has points of exactly one kind",
                attribute="referenced_sample_positions",
                found=f"{sum(points is not None for points in given)} kinds",
                expected="sample positions, time offsets, or moments",
                clause=self._clause,
            )
        if referenced_sample_positions is not None:
            positions = _numbers(referenced_sample_positions, _KEYWORDS[0], 2**32 - 1)
            _check_count(kind, len(positions))
            self.ReferencedSamplePositions = positions
        elif referenced_time_offsets is not None:
            offsets = _listed(referenced_time_offsets, _KEYWORDS[1])
            _check_count(kind, len(offsets))
            numbers = finite_numbers(offsets, len(offsets), _KEYWORDS[1])
            self.ReferencedTimeOffsets = [to_decimal_string(number) for number in numbers]
        else:
            moments = _listed(referenced_date_time, _KEYWORDS[2])
            _check_count(kind, len(moments))
            texts = [format_datetime(moment, _KEYWORDS[2]) for moment in moments]
            self.ReferencedDateTime = texts

    @classmethod
    def _check_dataset(cls, dataset: Dataset) -> None:
        super()._check_dataset(dataset)
        if all(is_empty(dataset, keyword) for keyword in _KEYWORDS):
            raise MissingAttributeError(
                f"{cls.__name__} needs points that the item lacks",
                attribute=_KEYWORDS[0],
                expected=" or ".join(_KEYWORDS),
                clause=cls._clause,
            )

    @property
    def value(self) -> list[int] | list[float] | list[dt.datetime]:
        """list: Samples (int), seconds (float), or moments (datetime)."""
        converters: tuple[Any, ...] = (int, float, DT)
        for keyword, convert in zip(_KEYWORDS, converters, strict=True):
            if not is_empty(self, keyword):
                found: Any = self[keyword].value
                single = isinstance(found, str | int | float | DT)
                values: list[Any] = [convert(each) for each in ([found] if single else found)]
                return values
        return []

    @property
    def temporal_range_type(self) -> TemporalRangeTypeValues:
        """TemporalRangeTypeValues: What the points make."""
        return coerce_enum(self.TemporalRangeType, TemporalRangeTypeValues, "TemporalRangeType")


def _listed(values: Any, name: str) -> list[Any]:
    if isinstance(values, str) or not hasattr(values, "__iter__"):
        raise InvalidTypeError(
            "these are no points in time", attribute=name, found=values, expected="a sequence"
        )
    return list(values)


def _check_count(kind: TemporalRangeTypeValues, count: int) -> None:
    """Check the number of points (PS3.3 C.18.7.1.1)."""
    values = TemporalRangeTypeValues
    wanted = {values.SEGMENT: 2}.get(
        kind, 1 if kind in {values.POINT, values.BEGIN, values.END} else None
    )
    pairs = kind is values.MULTISEGMENT and count % 2
    if not count or (wanted is not None and count != wanted) or pairs:
        raise InvalidValueError(
            f"a temporal range of type {kind.value} has another number of points",
            attribute="temporal_range_type",
            found=f"{count} points",
            expected="pairs of points" if pairs else f"{wanted or 'at least 1'}",
            clause="PS3.3 C.18.7.1.1",
        )
