"""Codes as text: the triplets that formats of other programs write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iodkit.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydicom.sr.coding import Code

__all__ = [
    "code_from_mapping",
    "code_from_triplet",
    "code_to_mapping",
    "code_to_triplet",
    "make_code",
]

_VALUE_KEYWORDS = ("CodeValue", "LongCodeValue", "URNCodeValue")


def make_code(value: str, scheme: str, meaning: str, version: str | None = None) -> Code:
    """Make a code; pydicom's dictionary of codes, which comes with the class, is loaded now."""
    from pydicom.sr.coding import Code

    return Code(value, scheme, meaning, version)


def code_from_mapping(value: Any, attribute: str) -> Code:
    """Read a code from an object of JSON with the keywords of DICOM.

    Parameters
    ----------
    value : Mapping
        Object with ``CodeValue``, ``CodingSchemeDesignator`` and ``CodeMeaning``.
    attribute : str
        Where it stands, for errors.

    Returns
    -------
    pydicom.sr.coding.Code
        The code.

    Raises
    ------
    InvalidValueError
        If a part is missing.
    """
    parts: Mapping[str, Any] = value if isinstance(value, dict) else {}
    number = next((parts[k] for k in _VALUE_KEYWORDS if parts.get(k)), None)
    triplet = (number, parts.get("CodingSchemeDesignator"), parts.get("CodeMeaning"))
    if not all(isinstance(part, str) and part for part in triplet):
        raise InvalidValueError(
            "not a code",
            attribute=attribute,
            found=value,
            expected="CodeValue, CodingSchemeDesignator and CodeMeaning, all of them texts",
            clause="PS3.3 8.8",
        )
    value, scheme, meaning = map(str, triplet)
    return make_code(value, scheme, meaning)


def code_to_mapping(code: Code) -> dict[str, str]:
    """Write a code as an object of JSON with the keywords of DICOM."""
    return {
        "CodeValue": code.value,
        "CodingSchemeDesignator": code.scheme_designator,
        "CodeMeaning": code.meaning,
    }


def code_from_triplet(parts: Sequence[str], attribute: str) -> Code | None:
    """Read a code from (scheme, value, meaning).

    Parameters
    ----------
    parts : Sequence[str]
        Coding scheme designator, code value and code meaning.
    attribute : str
        Where it stands, for errors.

    Returns
    -------
    pydicom.sr.coding.Code | None
        The code; None if all parts are empty.

    Raises
    ------
    InvalidValueError
        If only some of the parts are there.
    """
    texts = [part.strip() for part in parts]
    if not any(texts):
        return None
    if len(texts) != 3 or not all(texts):
        raise InvalidValueError(
            "not a code",
            attribute=attribute,
            found=list(parts),
            expected="coding scheme, code value and code meaning",
            clause="PS3.3 8.8",
        )
    scheme, value, meaning = texts
    return make_code(value, scheme, meaning)


def code_to_triplet(code: Code | None) -> tuple[str, str, str]:
    """Write a code as (scheme, value, meaning), empty texts if there is none."""
    if code is None:
        return "", "", ""
    return code.scheme_designator, code.value, code.meaning
