"""Coded concepts: the Code Sequence Macro of PS3.3 8.8 as a value with equality."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeVar, cast

from pydicom.dataset import Dataset

from iodkit.elements import DicomItem, check_string
from iodkit.errors import InvalidTypeError, InvalidValueError, MissingAttributeError

if TYPE_CHECKING:
    from typing import Self, TypeAlias

    from pydicom.sr.coding import Code

    _Identity: TypeAlias = tuple[str, str, str | None]
    CodeLike: TypeAlias = "Code | CodedConcept | Dataset | tuple[str, ...]"

__all__ = ["CodedConcept", "to_code", "to_codes"]

_ConceptT = TypeVar("_ConceptT", bound="CodedConcept")

_CLAUSE = "PS3.3 8.8"
_VALUE_KEYWORDS = ("CodeValue", "LongCodeValue", "URNCodeValue")
_BASIC_KEYWORDS = frozenset(
    (*_VALUE_KEYWORDS, "CodingSchemeDesignator", "CodingSchemeVersion", "CodeMeaning")
)
_URN_OR_URL = re.compile(r"(urn:|[a-z][a-z0-9+.\-]*://)\S+", re.IGNORECASE)
_SHORT_LIMIT = 16


class CodedConcept(DicomItem):
    """A concept of a coding scheme: one item of a code sequence (PS3.3 Table 8.8-1).

    The value becomes Code Value if it has at most 16 characters, Long Code Value if it has
    more, and URN Code Value if it is a URN or a URL.

    Two concepts are equal if scheme, scheme version and value are; the meaning is for people
    and does not count.  Codes of the retired SNOMED-RT (designator ``"SRT"``) equal the
    SNOMED CT codes that took their place.  Concepts compare with `pydicom.sr.coding.Code` and
    with plain items of a code sequence, too, and can be members of sets and keys.

    Parameters
    ----------
    value : str
        Code value, URN or URL.
    scheme_designator : str
        Designator of the coding scheme, at most 16 characters; private ones start with ``99``.
    meaning : str
        Text that is shown to people, at most 64 characters.
    scheme_version : str | None, optional
        Version of the coding scheme, at most 16 characters, where the designator alone does not
        identify the code.

    Raises
    ------
    InvalidTypeError
        If an argument is not a string.
    InvalidValueError
        If an argument is empty, too long or has characters that its VR forbids.

    Notes
    -----
    A concept's hash equals that of the SNOMED CT `Code` it stands for.  pydicom gives an SRT
    `Code` another hash than the SNOMED CT `Code` it equals, so do not look one up in a set of
    the other kind: convert with :func:`to_code` first.
    """

    def __init__(
        self,
        value: str,
        scheme_designator: str,
        meaning: str,
        scheme_version: str | None = None,
    ) -> None:
        super().__init__()
        self._set_value(value)
        self.CodingSchemeDesignator = check_string(
            scheme_designator, "SH", "CodingSchemeDesignator"
        )
        if scheme_version is not None:
            self.CodingSchemeVersion = check_string(scheme_version, "SH", "CodingSchemeVersion")
        self.CodeMeaning = check_string(meaning, "LO", "CodeMeaning")

    def _set_value(self, value: str) -> None:
        check_string(value, "UC", "CodeValue")
        if _URN_OR_URL.fullmatch(value):
            self.URNCodeValue = value
        elif len(value) > _SHORT_LIMIT:
            self.LongCodeValue = value
        else:
            self.CodeValue = value

    @classmethod
    def from_code(cls, code: CodeLike) -> Self:
        """Make a concept from a code of pydicom, another concept, or a tuple.

        Parameters
        ----------
        code : pydicom.sr.coding.Code | CodedConcept | pydicom.Dataset | tuple[str, ...]
            A code; a tuple holds value, scheme designator, meaning and, optionally, scheme
            version.

        Returns
        -------
        CodedConcept
            A new object that shares nothing with `code`.

        Raises
        ------
        InvalidTypeError
            If `code` is nothing of that kind.
        """
        return _convert(cls, code, "code")

    @classmethod
    def _check_dataset(cls, dataset: Dataset) -> None:
        present = [k for k in _VALUE_KEYWORDS if _text(dataset, k)]
        if not present:
            raise MissingAttributeError(
                "the item has no code value",
                attribute="CodeValue",
                expected="CodeValue, LongCodeValue or URNCodeValue",
                clause=_CLAUSE,
            )
        if len(present) > 1:
            raise InvalidValueError(
                "the item has more than one code value",
                attribute=present[0],
                found=present,
                expected="one of CodeValue, LongCodeValue and URNCodeValue",
                clause=_CLAUSE,
            )
        needed = ["CodeMeaning"]
        if present[0] != "URNCodeValue":
            needed.insert(0, "CodingSchemeDesignator")
        for keyword in needed:
            if not _text(dataset, keyword):
                raise MissingAttributeError(
                    "the code lacks an attribute",
                    attribute=keyword,
                    expected="a value",
                    clause=_CLAUSE,
                )

    @property
    def value(self) -> str:
        """The code value, whichever attribute holds it."""
        for keyword in _VALUE_KEYWORDS:
            text = _text(self, keyword)
            if text:
                return text
        raise MissingAttributeError(
            "the item has no code value", attribute="CodeValue", clause=_CLAUSE
        )

    @property
    def scheme_designator(self) -> str:
        """Designator of the coding scheme; empty for a URN without one."""
        return _text(self, "CodingSchemeDesignator") or ""

    @property
    def meaning(self) -> str:
        """Meaning of the code, for people."""
        return _text(self, "CodeMeaning") or ""

    @property
    def scheme_version(self) -> str | None:
        """Version of the coding scheme, if one is given."""
        return _text(self, "CodingSchemeVersion")

    def __eq__(self, other: object) -> bool:
        mine, theirs = _identity(self), _identity(other)
        if mine is None or theirs is None:
            return NotImplemented
        return mine == theirs or _as_current(mine) == _as_current(theirs)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:  # type: ignore[override]  # other items cannot be hashed
        value, designator, _ = _as_current(
            (self.value, self.scheme_designator, self.scheme_version)
        )
        return hash(designator + value)

    def __repr__(self) -> str:
        parts = [self.value, self.scheme_designator, self.meaning]
        if self.scheme_version is not None:
            parts.append(self.scheme_version)
        return f"{type(self).__name__}({', '.join(map(repr, parts))})"


def to_code(code: CodeLike, name: str = "code") -> CodedConcept:
    """Make a concept from whatever stands for a code.

    Parameters
    ----------
    code : pydicom.sr.coding.Code | CodedConcept | pydicom.Dataset | tuple[str, ...]
        A code; a tuple holds value, scheme designator, meaning and, optionally, scheme version.
    name : str, optional
        Name of the parameter or attribute, for the error.

    Returns
    -------
    CodedConcept
        A new object, which can become an item of a sequence without a side effect on `code`.

    Raises
    ------
    InvalidTypeError
        If `code` is nothing of that kind.
    InvalidValueError
        If it has a value that the Code Sequence Macro does not allow (PS3.3 8.8).
    """
    return _convert(CodedConcept, code, name)


def to_codes(codes: object, name: str = "codes") -> list[CodedConcept]:
    """Make concepts from a sequence of codes; see :func:`to_code`.

    Parameters
    ----------
    codes : Sequence[pydicom.sr.coding.Code | CodedConcept | tuple[str, ...]]
        Codes.
    name : str, optional
        Name of the parameter or attribute, for the error.

    Returns
    -------
    list[CodedConcept]
        New objects, in the order given.

    Raises
    ------
    InvalidTypeError
        If `codes` is a single code, or no sequence of codes.
    """
    single = isinstance(codes, (str, Dataset)) or hasattr(codes, "scheme_designator")
    if single or not isinstance(codes, Iterable):
        raise InvalidTypeError(
            "this is no sequence of codes",
            attribute=name,
            found=codes,
            expected="a list or another sequence of codes",
        )
    return [_convert(CodedConcept, code, name) for code in codes]


def _convert(cls: type[_ConceptT], code: object, name: str) -> _ConceptT:
    if isinstance(code, Dataset):
        if isinstance(code, CodedConcept) and _is_basic(code):
            return cls(code.value, code.scheme_designator, code.meaning, code.scheme_version)
        return cls.from_dataset(code)
    if isinstance(code, tuple) and len(code) in {3, 4}:
        return cls(*code)
    raise InvalidTypeError(
        "this is no code",
        attribute=name,
        found=code,
        expected="a CodedConcept, a pydicom Code, or a tuple of value, scheme designator, "
        "meaning and optional scheme version",
        clause=_CLAUSE,
    )


def _text(dataset: Dataset, keyword: str) -> str | None:
    """Text of an attribute, or ``None`` if it is absent or empty."""
    value = dataset.get(keyword)
    return None if value is None or value == "" else str(value)


def _is_basic(code: CodedConcept) -> bool:
    """Whether a concept has no attributes besides those that its constructor sets."""
    return all(element.keyword in _BASIC_KEYWORDS for element in code)


def _identity(code: object) -> _Identity | None:
    """Tell a code from others; ``None`` if `code` is no code."""
    if isinstance(code, Dataset):
        value = next(filter(None, (_text(code, k) for k in _VALUE_KEYWORDS)), None)
        if value is None:
            return None
        designator = _text(code, "CodingSchemeDesignator") or ""
        return (value, designator, _text(code, "CodingSchemeVersion"))
    # pydicom's Code is known by its fields: importing its module loads all code dictionaries.
    if isinstance(code, tuple) and {"value", "scheme_designator"} <= set(
        getattr(code, "_fields", ())
    ):
        named = cast("Code", code)
        return (named.value, named.scheme_designator, named.scheme_version)
    return None


def _as_current(code: _Identity) -> _Identity:
    """Replace a retired SNOMED-RT code by the SNOMED CT code that took its place."""
    value, designator, version = code
    if designator != "SRT":
        return code
    # Large tables: load them for those who meet a retired code only.
    from pydicom.sr._snomed_dict import mapping

    current = mapping["SRT"].get(value)
    return code if current is None else (current, "SCT", version)
