"""Coded concepts and templates: whole tuples, living schemes (PS3.3 8.8, PS3.3 C.18.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iodkit.attributes import Fault
from iodkit.attributes.findings import join_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom.dataset import Dataset

    from iodkit.validation.subject import Subject

__all__ = ["check_code_tuples", "check_retired_schemes", "check_templates"]

_VALUES = ("CodeValue", "LongCodeValue", "URNCodeValue")
_RETIRED = {"SRT": "SCT", "SNM3": "SCT", "99SDM": "SCT"}


def _codes(subject: Subject) -> Iterator[tuple[str, Dataset]]:
    for path, item in subject.items:
        if path and any(name in item for name in (*_VALUES, "CodeMeaning")):
            yield path, item


def check_code_tuples(subject: Subject) -> Iterator[Fault]:
    """Find codes without exactly one value, without scheme, or without meaning.

    Parameters
    ----------
    subject : Subject
        The object.

    Yields
    ------
    Fault
        One for each such attribute.
    """
    for path, item in _codes(subject):
        present = [name for name in _VALUES if subject.get(name, item) is not None]
        if len(present) != 1:
            expected = "exactly one of CodeValue, LongCodeValue and URNCodeValue"
            yield Fault(path, present or None, expected)
        if subject.get("CodeMeaning", item) is None:
            yield Fault(join_path(path, "CodeMeaning"), None, "the meaning of the code")
        if "URNCodeValue" not in present and subject.get("CodingSchemeDesignator", item) is None:
            expected = "the scheme that the code is from"
            yield Fault(join_path(path, "CodingSchemeDesignator"), None, expected)
        value = str(subject.get("CodeValue", item) or "")
        if len(value) > 16:
            remedy = "Put it into LongCodeValue"
            yield Fault(join_path(path, "CodeValue"), value, "at most 16 characters", remedy)


def check_retired_schemes(subject: Subject) -> Iterator[Fault]:
    """Find codes of coding schemes that DICOM has retired.

    Parameters
    ----------
    subject : Subject
        The object.

    Yields
    ------
    Fault
        One for each such code.
    """
    for path, item in _codes(subject):
        scheme = str(subject.get("CodingSchemeDesignator", item) or "")
        if scheme in _RETIRED:
            remedy = f"Use the code of {_RETIRED[scheme]} for the same concept"
            where = join_path(path, "CodingSchemeDesignator")
            yield Fault(where, scheme, _RETIRED[scheme], remedy)


def check_templates(subject: Subject) -> Iterator[Fault]:
    """Find templates that are not identified (PS3.3 C.18.8.1.2).

    Parameters
    ----------
    subject : Subject
        The object.

    Yields
    ------
    Fault
        One for each such attribute.
    """
    for path, item in subject.items:
        if not path.rpartition(".")[2].startswith("ContentTemplateSequence["):
            continue
        identifier = str(subject.get("TemplateIdentifier", item) or "")
        if not identifier:
            where = join_path(path, "TemplateIdentifier")
            yield Fault(where, None, "the template's identifier")
        resource = subject.get("MappingResource", item)
        if resource is None:
            yield Fault(join_path(path, "MappingResource"), None, "DCMR, or another resource")
        elif resource == "DCMR" and identifier and not identifier.isdigit():
            where = join_path(path, "TemplateIdentifier")
            yield Fault(where, identifier, "the number of a template of PS3.16")
