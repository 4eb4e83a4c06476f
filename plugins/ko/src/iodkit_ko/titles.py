"""Titles of selections and what modifies them (PS3.16 CID 7010, CID 7011, CID 7012)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from pydicom.sr import codedict

from iodkit.coding import CodedConcept

if TYPE_CHECKING:
    from iodkit.coding.concepts import CodeLike

__all__ = ["document_titles", "is_modifiable", "rejection_reasons", "selection_scopes"]

_REJECTED_FOR_QUALITY = "113001"
_QUALITY_ISSUE = "113010"
_BEST_IN_SET = "113013"


@cache
def _concepts(cid: int) -> tuple[CodedConcept, ...]:
    group = getattr(codedict.codes, f"cid{cid}")
    found = [getattr(group, keyword) for keyword in group.dir()]
    return tuple(CodedConcept.from_code(code) for code in sorted(found, key=lambda c: c.value))


def document_titles() -> list[CodedConcept]:
    """List the titles of CID 7010, Key Object Selection Document Title.

    Returns
    -------
    list[CodedConcept]
        For example (113000, DCM, "Of Interest"); the group is extensible.
    """
    return list(_concepts(7010))


def rejection_reasons() -> list[CodedConcept]:
    """List the reasons of CID 7011, Rejected for Quality Reasons.

    Returns
    -------
    list[CodedConcept]
        For example (111207, DCM, "Image artifact(s)"); the group is extensible.
    """
    return list(_concepts(7011))


def selection_scopes() -> list[CodedConcept]:
    """List what a best object may be best of: CID 7012, Best In Set.

    Returns
    -------
    list[CodedConcept]
        For example (113015, DCM, "Series"); the group is extensible.
    """
    return list(_concepts(7012))


def is_modifiable(title: CodeLike) -> bool:
    """Tell whether a title may have modifiers (PS3.16 TID 2010, rows 2 and 3).

    Parameters
    ----------
    title : Code | CodedConcept
        Title of the selection.

    Returns
    -------
    bool
        ``True`` for rejections for quality reasons, quality issues, and the best in a set.
    """
    return any(
        CodedConcept(value, "DCM", "title") == title
        for value in (_REJECTED_FOR_QUALITY, _QUALITY_ISSUE, _BEST_IN_SET)
    )
