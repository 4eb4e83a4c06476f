"""Checking one object: all rules, and what a viewer needs."""

from __future__ import annotations

import os
import re
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pydicom.dataset import Dataset

from iodkit.attributes import Fault, Finding, Report, Severity
from iodkit.attributes.findings import describe_found
from iodkit.dataset import SOPClass
from iodkit.errors import InvalidTypeError, IodkitError
from iodkit.io import open_source, read_dataset
from iodkit.registry import RuleEntry, registry
from iodkit.registry.references import load_reference
from iodkit.validation.catalogue import RULES, TABLES
from iodkit.validation.profiles import profile_rules
from iodkit.validation.restating import without_restated
from iodkit.validation.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import BinaryIO

__all__ = ["name_subject", "open_subject", "validate"]

_NUMBER = re.compile(r"\[\d+\]")


def validate(
    dataset: Dataset | str | bytes | os.PathLike[str] | BinaryIO, *, profile: str | None = None
) -> Report:
    """Check a DICOM object, and say what is wrong, where, by which clause, and what to do.

    Parameters
    ----------
    dataset : pydicom.Dataset | str | bytes | os.PathLike | BinaryIO
        The object, or path, URL, content, or open file of one.  It is not changed.
    profile : str | None, optional
        Also check what a viewer needs: ``"ohif"``, ``"slicer"``, ``"weasis"``, ``"qupath"``.

    Returns
    -------
    Report
        What was found, the worst first.

    Raises
    ------
    ReadError
        If the file cannot be read, or is no DICOM file.
    InvalidValueError
        If there is no such profile.
    """
    extra = profile_rules(profile) if profile is not None else ()
    with warnings.catch_warnings():
        # What pydicom warns of while it decodes values is what the findings say.
        warnings.simplefilter("ignore")
        subject = open_subject(dataset)
        findings = list(_check(subject, extra))
        return Report(tuple(_merged(findings)), name_subject(dataset), subject.sop_class_name)


def open_subject(dataset: Any) -> Subject:
    """Make the subject of a check; pixel data stay in the file.

    Parameters
    ----------
    dataset : pydicom.Dataset | str | bytes | os.PathLike | BinaryIO
        The object, or where it is.

    Returns
    -------
    Subject
        The object, ready to be looked at.

    Raises
    ------
    ReadError
        If the file cannot be read.
    InvalidTypeError
        If it is a dataset that is none of DICOM's.
    """
    if isinstance(dataset, Dataset):
        return Subject(dataset)
    if isinstance(dataset, (list, tuple)):
        raise InvalidTypeError(
            "validate takes one object",
            attribute="dataset",
            found=type(dataset).__name__,
            remedy="For several objects that belong together use iodkit.validate_set.",
        )
    source = open_source(dataset)
    return Subject(SOPClass.from_parsed(read_dataset(source, stop_before_pixels=True)))


def name_subject(dataset: Any) -> str:
    """Name what is checked.

    Parameters
    ----------
    dataset : Any
        What :func:`validate` was given.

    Returns
    -------
    str
        A path, or an instance's UID; empty if there is neither.
    """
    if isinstance(dataset, Dataset):
        return str(dataset.get("SOPInstanceUID") or "")
    return os.fspath(dataset) if isinstance(dataset, (str, os.PathLike)) else ""


def _check(subject: Subject, extra: tuple[RuleEntry, ...]) -> Iterator[Finding]:
    # The tables after the rules: they decode, and rules on encodings want values as stored.
    rules, tables, viewers = (
        [found for rule in part for found in _of_kernel(rule, subject)]
        for part in (RULES, (TABLES,), extra)
    )
    families = [
        found
        for rule in registry.rules(subject.sop_class_uid)
        for found in _run(rule, registry.load(rule), subject.dataset)
    ]
    yield from without_restated(rules, tables, families)
    yield from viewers


def _of_kernel(rule: RuleEntry, subject: Subject) -> Iterable[Finding]:
    function: Any = load_reference(rule.reference)
    found = _run(rule, function, subject)
    return found if rule is TABLES else subject.weigh(found)


def _run(rule: RuleEntry, function: Callable[[Any], Iterable[Any]], of: Any) -> Iterator[Finding]:
    """Run a rule; one that fails must not hide what the others find."""
    try:
        for found in function(of):
            yield found.to_finding(rule) if isinstance(found, Fault) else _as_finding(found, rule)
    except IodkitError as error:
        yield Finding(
            Severity.INFO,
            "rule-skipped",
            "",
            found=str(error),
            expected=f"an object on which the rule {rule.code} can be checked",
            clause=rule.clause,
            remedy="Correct what else was found first",
        )
    except Exception as error:  # noqa: BLE001 - rules of others may raise anything on broken data
        yield Finding(
            Severity.WARNING,
            "rule-failed",
            "",
            found=f"{type(error).__name__}: {error}",
            expected=f"that the rule {rule.code} can be run",
            clause=rule.clause,
            remedy=f"Report it to the authors of {rule.reference}",
        )


def _as_finding(found: object, rule: RuleEntry) -> Finding:
    return found if isinstance(found, Finding) else Fault("", str(found)).to_finding(rule)


def _merged(findings: list[Finding]) -> Iterable[Finding]:
    """Keep the first of findings that say the same of items of the same sequence."""
    kept: dict[tuple[Any, ...], Finding] = {}
    for one in findings:
        place = _NUMBER.sub("[]", one.path)
        key = (one.severity, one.code, place, describe_found(one.found), one.expected)
        known = kept.get(key)
        kept[key] = one if known is None else replace(known, count=known.count + one.count)
    return kept.values()
