"""Values of content items as readable text, and as plain data for JSON."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.valuerep import PersonName

from iodkit.coding import CodedConcept

if TYPE_CHECKING:
    from iodkit_sr.tree.content_tree import ContentTree

__all__ = [
    "code_parts",
    "format_code",
    "format_content",
    "format_date",
    "format_item",
    "format_person",
    "format_value",
    "to_plain",
]

_READABLE_UNIT = re.compile(r"[A-Za-z%/0-9^*.]+")
_DATE = re.compile(r"^(\d{4})\.?(\d{2})\.?(\d{2})$")  # with dots before 1993 (PS3.5 6.2)
_CODE_VALUES = ("CodeValue", "LongCodeValue", "URNCodeValue")
_UNIT_OF_RATIOS = "1"


def code_parts(code: CodedConcept | None) -> tuple[str | None, str | None, str | None]:
    """Give value, coding scheme and meaning of a code, whichever of them it has.

    Parameters
    ----------
    code : CodedConcept | None
        The code.

    Returns
    -------
    tuple[str | None, str | None, str | None]
        The parts; ``None`` for what is missing.
    """
    if code is None:
        return None, None, None
    value = next((code.get(each) for each in _CODE_VALUES if code.get(each)), None)
    scheme, meaning = code.get("CodingSchemeDesignator"), code.get("CodeMeaning")
    return tuple(str(part) if part else None for part in (value, scheme, meaning))  # type: ignore[return-value]


def format_code(code: CodedConcept | None) -> str:
    """Write a code for readers: its meaning, or its value if it has no meaning.

    Parameters
    ----------
    code : CodedConcept | None
        The code.

    Returns
    -------
    str
        The text; empty if there is no code.
    """
    value, _, meaning = code_parts(code)
    return meaning or value or ""


def _format_unit(unit: CodedConcept) -> str:
    value, scheme, _ = code_parts(unit)
    if scheme == "UCUM" and value == _UNIT_OF_RATIOS:
        return ""
    if scheme == "UCUM" and value and _READABLE_UNIT.fullmatch(value):
        return value
    return format_code(unit)


def format_value(value: Any, unit: CodedConcept | None = None) -> str:
    """Write the value of an item for readers.

    Parameters
    ----------
    value : object
        Value of a node.
    unit : CodedConcept | None, optional
        Unit of a number.

    Returns
    -------
    str
        The text; empty if there is no value.
    """
    if value is None:
        return ""
    if isinstance(value, CodedConcept):
        return format_code(value)
    if isinstance(value, tuple):
        sop_class, instance = value
        return f"{sop_class.name or 'object'} {instance}".strip()
    if isinstance(value, np.ndarray):
        return "1 point" if len(value) == 1 else f"{len(value)} points"
    if isinstance(value, list):
        return ", ".join(map(format_value, value))
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return f"{value} {_format_unit(unit)}".rstrip() if unit is not None else str(value)


def format_person(name: PersonName | str) -> str:
    """Write the name of a person for readers.

    Parameters
    ----------
    name : pydicom.valuerep.PersonName | str
        Up to five components in up to three groups (PS3.5 6.2.1).

    Returns
    -------
    str
        Family name, then what comes before and after it: ``"Doe, Dr. Jane Mary, MD"``; other
        groups, which write the same name in other scripts, in brackets.
    """
    groups = [_format_group(group) for group in str(name).split("=")]
    first, *others = [group for group in groups if group] or [""]
    return f"{first} ({', '.join(others)})" if others else first


def _format_group(group: str) -> str:
    parts = [part.strip() for part in group.split("^")]
    family, given, middle, prefix, suffix = (*parts, "", "", "", "", "")[:5]
    called = " ".join(part for part in (prefix, given, middle) if part)
    return ", ".join(part for part in (family, called, suffix) if part)


def format_date(text: str) -> str:
    """Write a date (VR DA) for readers: ``"2024-02-29"``; what is no date stays as it is."""
    return _DATE.sub(r"\1-\2-\3", text.strip())


def format_item(tree: ContentTree, row: int) -> str:
    """Write the value of a row for readers; items by reference name their target.

    Parameters
    ----------
    tree : ContentTree
        The tree.
    row : int
        The row.

    Returns
    -------
    str
        The text; empty for containers.
    """
    if row - 1 in tree.index.scan.references:
        return f"→ {tree.reference_path(row)}"
    value, unit = tree.value(row)
    if isinstance(value, PersonName):
        return format_person(value)
    return format_content(tree.index.kind(row), value, unit)


def format_content(kind: str, value: Any, unit: CodedConcept | None) -> str:
    """Write the value of an item of a value type for readers.

    Parameters
    ----------
    kind : str
        Value type.
    value : object
        Value of the node.
    unit : CodedConcept | None
        Unit of a number.

    Returns
    -------
    str
        The text; numbers that are missing are said to be.
    """
    if value is None and kind == "NUM":
        return "no value"
    return format_value(value, unit)


def to_plain(value: Any) -> Any:
    """Turn a value into what JSON can hold.

    Parameters
    ----------
    value : object
        Value of a node.

    Returns
    -------
    object
        Numbers, texts, lists and dictionaries; numbers that are not finite become texts.
    """
    if isinstance(value, CodedConcept):
        names = ("value", "scheme", "meaning")
        return dict(zip(names, code_parts(value), strict=True))
    if isinstance(value, tuple):
        return {"sop_class_uid": str(value[0]), "sop_instance_uid": str(value[1])}
    if isinstance(value, np.ndarray):
        return [to_plain(each) for each in value.tolist()]
    if isinstance(value, list):
        return [to_plain(each) for each in value]
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(float(value))
    if value is None or isinstance(value, int):
        return value
    return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)
