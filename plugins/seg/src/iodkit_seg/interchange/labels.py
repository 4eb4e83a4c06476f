"""Lists of labels in JSON: what stands beside label maps of models and data sets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from iodkit.errors import InvalidValueError, MissingFileError
from iodkit_seg.interchange.codes import code_from_mapping, code_to_mapping
from iodkit_seg.interchange.records import SegmentRecord

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Sequence

    from pydicom.sr.coding import Code

    from iodkit_seg.segments.description import SegmentDescription

__all__ = ["LabelSource", "load_json", "read_labels", "write_labels"]

LabelSource: TypeAlias = "str | os.PathLike[str] | Mapping[Any, Any]"
"""A JSON file, or what it holds."""

_TEXTS = ("algorithm_type", "algorithm_name", "description", "tracking_id", "tracking_uid")


def read_labels(source: LabelSource) -> list[SegmentRecord]:
    """Read a list of labels.

    Parameters
    ----------
    source : str | os.PathLike | Mapping
        JSON file or its content, in one of three forms: what :func:`write_labels` writes;
        numbers and names, ``{"1": "liver"}`` or ``{"liver": 1}``; or either of them under
        ``"labels"``, as ``dataset.json`` of nnU-Net has it.

    Returns
    -------
    list[SegmentRecord]
        Records in the order of their numbers, without the background 0.

    Raises
    ------
    MissingFileError
        If there is no such file.
    InvalidValueError
        If it has none of these forms, or a number stands twice.
    """
    content = source if isinstance(source, Mapping) else load_json(source)
    if isinstance(content, Mapping) and isinstance(content.get("segments"), list):
        records = [_record(item, place) for place, item in enumerate(content["segments"])]
    elif isinstance(content, Mapping):
        named = content.get("labels", content)
        if not isinstance(named, Mapping):
            raise _not_labels(named)
        records = [SegmentRecord(*_numbered(key, value)) for key, value in named.items()]
    else:
        raise _not_labels(content)
    records = sorted((r for r in records if r.number), key=lambda record: record.number)
    numbers = [record.number for record in records]
    if len(set(numbers)) < len(numbers):
        raise InvalidValueError("a number stands for two labels", attribute="labels", found=numbers)
    return records


def write_labels(descriptions: Iterable[SegmentDescription]) -> str:
    """Write descriptions of segments as JSON.

    Parameters
    ----------
    descriptions : Iterable[SegmentDescription]
        Descriptions.

    Returns
    -------
    str
        JSON with an object for each segment: number, label, codes, colour and algorithm.
    """
    items = [_to_object(SegmentRecord.from_description(each)) for each in descriptions]
    return json.dumps({"segments": items}, indent=2, ensure_ascii=False) + "\n"


def load_json(path: str | os.PathLike[str]) -> Any:
    """Read a JSON file.

    Raises
    ------
    MissingFileError
        If there is no such file.
    InvalidValueError
        If it holds no JSON.
    """
    try:
        return json.loads(Path(path).read_text("utf-8"))
    except FileNotFoundError as error:
        raise MissingFileError("there is no such file", found=str(path)) from error
    except ValueError as error:
        raise InvalidValueError(
            f"the file holds no JSON: {error}", attribute="path", found=str(path)
        ) from error


def _not_labels(found: object) -> InvalidValueError:
    return InvalidValueError(
        "not a list of labels",
        attribute="labels",
        found=found,
        expected='{"1": "liver"}, {"liver": 1}, {"labels": …}, or {"segments": […]}',
    )


def _numbered(key: object, value: object) -> tuple[int, str]:
    """Tell number and name apart; data sets write them in either order."""
    for number, name in ((key, value), (value, key)):
        if isinstance(name, str) and not isinstance(number, bool):
            if isinstance(number, int):
                return number, name
            if isinstance(number, str) and number.isdecimal():
                return int(number), name
    raise InvalidValueError(
        "not a number and a name",
        attribute=f"labels[{key!r}]",
        found=value,
        expected="one number for one name",
    )


def _record(item: Any, place: int) -> SegmentRecord:
    where = f"segments[{place}]"
    if not isinstance(item, Mapping) or not isinstance(item.get("label"), str):
        raise InvalidValueError(
            "not a segment", attribute=where, found=item, expected="number, label, and codes"
        )
    number, label = _numbered(item.get("number"), item["label"])
    color = item.get("color")
    return SegmentRecord(
        number,
        label,
        category=_code(item, "category", where),
        type=_code(item, "type", where),
        type_modifiers=_codes(item, "type_modifiers", where),
        region=_code(item, "region", where),
        region_modifiers=_codes(item, "region_modifiers", where),
        rgb=None if color is None else check_rgb(color, f"{where}.color"),
        **{name: item[name] for name in _TEXTS if item.get(name)},
    )


def check_rgb(value: Any, attribute: str) -> tuple[int, int, int]:
    """Check a colour of three whole numbers from 0 to 255."""
    numbers: Sequence[Any] = value if isinstance(value, (list, tuple)) else ()
    if len(numbers) != 3 or not all(type(n) is int and 0 <= n <= 255 for n in numbers):
        raise InvalidValueError(
            "not a colour",
            attribute=attribute,
            found=value,
            expected="red, green and blue, whole numbers from 0 to 255",
        )
    red, green, blue = numbers
    return red, green, blue


def _code(item: Mapping[str, Any], key: str, where: str) -> Code | None:
    return None if item.get(key) is None else code_from_mapping(item[key], f"{where}.{key}")


def _codes(item: Mapping[str, Any], key: str, where: str) -> tuple[Code, ...]:
    return tuple(code_from_mapping(each, f"{where}.{key}") for each in item.get(key) or ())


def _to_object(record: SegmentRecord) -> dict[str, Any]:
    item: dict[str, Any] = {"number": record.number, "label": record.label}
    for key in ("category", "type", "region"):
        code: Code | None = getattr(record, key)
        if code is not None:
            item[key] = code_to_mapping(code)
    for key in ("type_modifiers", "region_modifiers"):
        if getattr(record, key):
            item[key] = [code_to_mapping(code) for code in getattr(record, key)]
    item |= {name: getattr(record, name) for name in _TEXTS if getattr(record, name)}
    if record.rgb is not None:
        item["color"] = list(record.rgb)
    return item
