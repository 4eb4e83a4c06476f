"""From names and records to descriptions of segments, with codes that are known or given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from iodkit.errors import InvalidTypeError, NotFoundError
from iodkit_seg.interchange.names import SegmentCodes, find_segment_codes
from iodkit_seg.interchange.records import SegmentRecord

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iodkit.content import AlgorithmIdentificationSequence
    from iodkit_seg.segments.description import SegmentDescription

__all__ = ["describe_records", "describe_segments"]


def describe_segments(
    names: Mapping[int, str] | Iterable[str],
    *,
    codes: Mapping[str, SegmentCodes] | None = None,
    algorithm: AlgorithmIdentificationSequence | None = None,
) -> list[SegmentDescription]:
    """Describe the segments of a list of names, such as the classes of a model.

    Parameters
    ----------
    names : Mapping[int, str] | Iterable[str]
        Names by number, or names of the segments 1, 2, 3, …; number 0 is the background and
        is left out.
    codes : Mapping[str, SegmentCodes] | None, optional
        Codes by name, for names that :func:`find_segment_codes` does not know or should not
        decide.
    algorithm : AlgorithmIdentificationSequence | None, optional
        The algorithm that made the segments; they are manual without one.

    Returns
    -------
    list[SegmentDescription]
        Descriptions in the order of the numbers.

    Raises
    ------
    NotFoundError
        If there are names without a code; the error lists all of them.
    """
    if isinstance(names, str):
        raise InvalidTypeError("names are a list or a mapping", attribute="names", found=names)
    pairs = names.items() if isinstance(names, Mapping) else enumerate(names, 1)
    numbered = sorted((int(number), str(name)) for number, name in pairs)
    records = [SegmentRecord(number, name) for number, name in numbered if number]
    return describe_records(records, codes=codes, algorithm=algorithm)


def describe_records(
    records: Iterable[SegmentRecord],
    *,
    codes: Mapping[str, SegmentCodes] | None = None,
    algorithm: AlgorithmIdentificationSequence | None = None,
) -> list[SegmentDescription]:
    """Describe segments; records without codes get those that their labels stand for.

    Parameters
    ----------
    records : Iterable[SegmentRecord]
        Records of the segments.
    codes, algorithm
        As for :func:`describe_segments`.

    Returns
    -------
    list[SegmentDescription]
        Descriptions in the order of the records.

    Raises
    ------
    NotFoundError
        If there are labels without a code; the error lists all of them.
    """
    complete = [_with_codes(record, codes or {}) for record in records]
    unknown = [record.label for record in complete if record.type is None]
    if unknown:
        raise NotFoundError(
            "no code is known for some names of segments",
            attribute="codes",
            found=unknown,
            expected="names with the words of a code of PS3.16 CID 7191 to 7198 or CID 8134",
            clause="PS3.3 C.8.20.2",
            remedy="Pass codes={name: SegmentCodes(category, type)} for these names.",
        )
    return [record.to_description(algorithm) for record in complete]


def _with_codes(record: SegmentRecord, codes: Mapping[str, SegmentCodes]) -> SegmentRecord:
    if record.type is not None and record.category is not None:
        return record
    found = codes.get(record.label) or find_segment_codes(record.label)
    if found is None:
        return record
    return replace(record, category=found.category, type=found.type, type_modifiers=found.modifiers)
