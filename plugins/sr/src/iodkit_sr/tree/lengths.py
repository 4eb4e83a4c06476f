"""Texts of a content tree that are too long, or hold what their VR forbids (PS3.5 6.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iodkit.attributes import Fault
from iodkit.elements import check_string, check_uid
from iodkit.errors import IodkitError
from iodkit_sr.tree.fields import decode_code, decode_simple
from iodkit_sr.tree.gaps import attribute_path, rows_of
from iodkit_sr.tree.scan import VALUE_TAGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iodkit.coding import CodedConcept
    from iodkit_sr.tree.index import TreeIndex

__all__ = ["find_unfit_texts"]

_GROUPS, _GROUP_LENGTH = 3, 64
_CODE_VRS = {"CodeValue": "SH", "CodingSchemeDesignator": "SH", "CodeMeaning": "LO"}


def find_unfit_texts(index: TreeIndex) -> Iterator[Fault]:
    """Find names, codes, persons and identifiers that are longer than their VR allows.

    Parameters
    ----------
    index : TreeIndex
        Index of the tree.

    Yields
    ------
    Fault
        One for each text, with its first item.
    """
    _, rows = np.unique(index.name_ids, return_index=True)
    for row in sorted(rows.tolist()):
        path = f"{attribute_path(index, row, 'ConceptNameCodeSequence')}[1]"
        yield from _judge_code(index.name(row), path)
    for row, data in _distinct_values(index, "CODE"):
        code = decode_code(data, index.scan.implicit[row - 1], index.encodings)
        yield from _judge_code(code, f"{attribute_path(index, row, 'ConceptCodeSequence')}[1]")
    for row, data in _distinct_values(index, "PNAME"):
        groups = str(decode_simple("PersonName", data, index.encodings)).split("=")
        if len(groups) > _GROUPS or max(map(len, groups)) > _GROUP_LENGTH:
            expected = f"up to {_GROUPS} groups of up to {_GROUP_LENGTH} characters"
            path = attribute_path(index, row, "PersonName")
            yield Fault(path, "=".join(groups), expected, clause="PS3.5 6.2.1")
    for row, data in _distinct_values(index, "UIDREF"):
        try:
            check_uid(decode_simple("UID", data, index.encodings), "UID")
        except IodkitError as error:
            yield _fault(attribute_path(index, row, "UID"), error)


def _distinct_values(index: TreeIndex, kind: str) -> Iterator[tuple[int, bytes]]:
    """Rows of a value type with their encoded values, each value once; empty ones are left out."""
    scan = index.scan
    seen: set[bytes] = set()
    for row in rows_of(index, kind).tolist():
        tag, start, end = scan.values[row - 1]
        data = scan.data[start:end]
        if tag in VALUE_TAGS and data and data not in seen:
            seen.add(data)
            yield row, data


def _judge_code(code: CodedConcept | None, path: str) -> Iterator[Fault]:
    for keyword, vr in _CODE_VRS.items():
        text = None if code is None else code.get(keyword)
        if text:
            try:
                check_string(str(text), vr, keyword)
            except IodkitError as error:
                yield _fault(f"{path}.{keyword}", error)


def _fault(path: str, error: IodkitError) -> Fault:
    return Fault(path, error.found, str(error.expected), error.message, clause=error.clause or "")
