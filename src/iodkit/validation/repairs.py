"""Repairs: what can be put right without guessing, on a copy, each one reported."""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, Any

from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import DataElement
from pydicom.valuerep import VR

from iodkit.attributes import Finding, Report, Severity
from iodkit.attributes.findings import join_path
from iodkit.dataset import SOPClass, from_dataset
from iodkit.elements.decimal import format_decimal
from iodkit.elements.tolerances import EXACT_TOLERANCE
from iodkit.errors import GeometryError, InvalidValueError, IodkitError
from iodkit.spatial.orthogonality import orthonormal_cosines
from iodkit.standard.identification import TYPE_2
from iodkit.validation.rules.geometry import numbers, orthonormality_error
from iodkit.validation.rules.values import problem_of
from iodkit.validation.subject import name_of
from iodkit.validation.validating import name_subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom.dataset import Dataset

__all__ = ["repair"]

_LOST = (IodkitError, ValueError, TypeError, NotImplementedError, OverflowError)
_ORIENTATIONS = ("ImageOrientationPatient", "ImageOrientationSlide")
_OLD_DATE = re.compile(r"(\d{4})\.(\d\d)\.(\d\d)")
_OLD_TIME = re.compile(r"(\d\d):(\d\d):(\d\d)(\.\d{1,6})?")
_TEXTS = frozenset(
    (
        *("AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT"),
        *("PN", "SH", "ST", "TM", "UC", "UI", "UR", "UT"),
    )
)
_META = {"MediaStorageSOPClassUID": "SOPClassUID", "MediaStorageSOPInstanceUID": "SOPInstanceUID"}


def repair(dataset: Dataset) -> tuple[SOPClass, Report]:
    """Put right, on a copy, what is wrong in a way that leaves no choice.

    Decimal strings that are too long are rounded to the closest that fits; elements with
    another VR than the dictionary's get that one; dates and times in the form of ACR-NEMA get
    today's; codes of SNOMED-RT become those of SNOMED CT; direction cosines that rounding has
    skewed are made orthonormal; empty type 2 attributes of patient and study are added; and file
    meta information follows the object.  Nothing else is changed.

    Parameters
    ----------
    dataset : pydicom.Dataset
        The object; it is not changed.

    Returns
    -------
    repaired : SOPClass
        A copy, of the most specific class that is installed.
    report : Report
        A finding for each repair: what stood there, and what stands there now.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        copy = from_dataset(dataset, copy=True)
        findings = [*_repair_item(copy, ""), *_add_empty(copy), *_repair_meta(copy)]
        name = name_subject(dataset)
    return copy, Report(tuple(findings), name)


def _repair_item(item: Dataset, path: str) -> Iterator[Finding]:
    """Repair an item, and those below it."""
    for tag in sorted(item.keys()):
        where = join_path(path, name_of(tag))
        try:
            element = item[tag]
        except _LOST:
            continue
        if element.VR == VR.SQ:
            for number, child in enumerate(element.value or (), 1):
                yield from _repair_item(child, f"{where}[{number}]")
            continue
        for mend in (_mend_vr, _mend_decimals, _mend_moments):
            new = mend(item[tag])
            if new is not None:
                yield _report(mend.__name__, where, element.value, new, element.VR)
                item[tag] = new
    yield from _mend_code(item, path)
    yield from _mend_orientation(item, path)


def _report(code: str, path: str, old: Any, new: DataElement, vr: str) -> Finding:
    name, clause = _REPAIRS[code]
    before, after = (f"VR {vr}", f"VR {new.VR}") if code == "_mend_vr" else (old, str(new.value))
    return _repaired(name, path, before, after, clause)


def _repaired(name: str, path: str, before: Any, after: str, clause: str) -> Finding:
    return Finding(Severity.INFO, f"repaired-{name}", path, "", before, f"{after} now", clause)


def _mend_vr(element: DataElement) -> DataElement | None:
    """Give a text its VR of the dictionary, if it has the form of that VR."""
    try:
        wanted = dictionary_VR(element.tag)
    except KeyError:
        return None
    if wanted == element.VR or {element.VR, wanted} - _TEXTS:
        return None
    if any(problem_of(wanted, text) for text in _texts(element)):
        return None
    try:
        return DataElement(element.tag, wanted, _texts(element) or None)
    except _LOST:
        return None


def _mend_decimals(element: DataElement) -> DataElement | None:
    texts = _texts(element) if element.VR == VR.DS else []
    if all(len(text) <= 16 for text in texts):
        return None
    try:
        short = [text if len(text) <= 16 else format_decimal(float(text)) for text in texts]
    except (ValueError, InvalidValueError):
        return None
    return DataElement(element.tag, "DS", short)


def _mend_moments(element: DataElement) -> DataElement | None:
    pattern, joined = {
        "DA": (_OLD_DATE, r"\1\2\3"),
        "TM": (_OLD_TIME, r"\1\2\3\4"),
    }.get(str(element.VR), (None, ""))
    texts = _texts(element) if pattern is not None else []
    if pattern is None or not any(map(pattern.fullmatch, texts)):
        return None
    new = [pattern.sub(joined, text) if pattern.fullmatch(text) else text for text in texts]
    if any(problem_of(str(element.VR), text) for text in new):
        return None
    return DataElement(element.tag, element.VR, new)


def _mend_code(item: Dataset, path: str) -> Iterator[Finding]:
    if item.get("CodingSchemeDesignator") not in ("SRT", "SNM3", "99SDM"):
        return
    # Large tables: load them for those who meet a retired code only.
    from pydicom.sr._snomed_dict import mapping

    old = str(item.get("CodeValue") or "")
    current = mapping["SRT"].get(old)
    if current is None:
        return
    before = f"{old} of {item.CodingSchemeDesignator}"
    if len(current) > 16:
        del item.CodeValue
        item.LongCodeValue = current
    else:
        item.CodeValue = current
    item.CodingSchemeDesignator = "SCT"
    if "CodingSchemeVersion" in item:
        del item.CodingSchemeVersion
    yield _repaired("code", join_path(path, "CodeValue"), before, f"{current} of SCT", "PS3.16 8")


def _mend_orientation(item: Dataset, path: str) -> Iterator[Finding]:
    for keyword in _ORIENTATIONS:
        cosines = numbers(item.get(keyword)) if keyword in item else None
        if cosines is None or len(cosines) != 6:
            continue
        if orthonormality_error(cosines) <= 2 * EXACT_TOLERANCE:
            continue
        try:
            new = orthonormal_cosines(cosines.tolist()).ravel()
        except GeometryError:
            continue
        setattr(item, keyword, [format_decimal(value) for value in new.tolist()])
        after = "\\".join(map(str, item[keyword].value))
        where = join_path(path, keyword)
        yield _repaired("orientation", where, cosines.tolist(), after, "PS3.3 C.7.6.2.1.1")


def _add_empty(dataset: SOPClass) -> Iterator[Finding]:
    for keyword in TYPE_2:
        if keyword not in dataset:
            tag = tag_for_keyword(keyword)
            assert tag is not None
            dataset[tag] = DataElement(tag, dictionary_VR(tag), None)
            yield _repaired("type-2", keyword, None, "an empty value", "PS3.3 C.7.1.1, C.7.2.1")


def _repair_meta(dataset: SOPClass) -> Iterator[Finding]:
    meta = getattr(dataset, "file_meta", None)
    for keyword, of in _META.items():
        own = dataset.get(of)
        if meta is None or not own or meta.get(keyword) in (None, own):
            continue
        before = str(meta.get(keyword))
        setattr(meta, keyword, own)
        yield _repaired("meta", keyword, before, str(own), "PS3.10 7.1")


def _texts(element: DataElement) -> list[str]:
    value = element.value
    if value is None or value == "":
        return []
    values = value if element.VM > 1 else [value]
    return [str(getattr(one, "original_string", None) or one).strip(" ") for one in values]


_REPAIRS = {
    "_mend_vr": ("vr", "PS3.6 6"),
    "_mend_decimals": ("decimal", "PS3.5 6.2"),
    "_mend_moments": ("moment", "PS3.5 6.2"),
}
