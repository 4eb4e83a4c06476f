"""What a plugin hands to the registry: frozen records that refer to code by name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

from iodkit.errors import InvalidValueError
from iodkit.registry.checks import (
    check_form,
    check_identifier,
    check_sop_class_uid,
    check_text,
    to_uids,
)
from iodkit.registry.references import check_reference, check_resource

__all__ = [
    "CommandEntry",
    "ConformanceEntry",
    "ExportEntry",
    "IODEntry",
    "MacroEntry",
    "ModuleEntry",
    "Record",
    "RuleEntry",
    "Severity",
    "SummaryEntry",
]

Severity = Literal["error", "warning", "info"]
"""How bad a finding of a rule is."""

_TAG = re.compile(r"[0-9A-Fa-f]{8}")
_SUFFIX = re.compile(r"(?:\.[a-z0-9]+)+")
_COMMAND = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class IODEntry:
    """One SOP class, and the class that implements it.

    Parameters
    ----------
    sop_class_uid : str
        SOP Class UID (PS3.4 B.5, or a private one).
    keyword : str
        Keyword of the UID, for example ``"SegmentationStorage"`` (PS3.6 Table A-1).
    family : str
        The IOD family, an identifier such as ``"seg"``. Names of the kernel's modules are reserved.
    implementation : str
        Reference to the class, ``"iodkit_seg.sop:Segmentation"``; imported on first use.
    name : str, optional
        Name for people, for example ``"Segmentation Storage"``.
    table : str, optional
        Reference to the file with the modules of the IOD, ``"acme_iod:tables/iod.json"``; what the
        standard has for the SOP class if not given.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        A field is not of this form.
    """

    sop_class_uid: str
    keyword: str
    family: str
    implementation: str
    name: str = ""
    table: str = ""

    def __post_init__(self) -> None:
        check_sop_class_uid(self.sop_class_uid)
        check_identifier(self.keyword, "keyword")
        check_identifier(self.family, "family")
        check_reference(self.implementation, "implementation")
        check_text(self.name, "name")
        if self.table:
            check_resource(self.table, "table")

    @property
    def reference(self) -> str:
        """The implementation."""
        return self.implementation


@dataclass(frozen=True, slots=True)
class ModuleEntry:
    """A module or macro of PS3.3 whose attribute table a plugin brings as data.

    Parameters
    ----------
    keyword : str
        Identifier of the module, for example ``"SegmentationImage"``.
    table : str
        Reference to the file with the table, ``"iodkit_seg:tables/segmentation.json"``.
    clause : str, optional
        Where the standard defines it, for example ``"PS3.3 C.8.20.2"``.
    name : str, optional
        Name for people.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        A field is not of this form.
    """

    keyword: str
    table: str
    clause: str = ""
    name: str = ""

    def __post_init__(self) -> None:
        check_identifier(self.keyword, "keyword")
        check_resource(self.table, "table")
        check_text(self.clause, "clause")
        check_text(self.name, "name")


class _ForClasses:
    """What is for some SOP classes, or for all."""

    __slots__ = ()

    sop_class_uids: tuple[str, ...] | None

    def applies_to(self, sop_class_uid: str) -> bool:
        """Whether it is for objects of this SOP class.

        Parameters
        ----------
        sop_class_uid : str
            SOP Class UID.

        Returns
        -------
        bool
            True if it is for all classes, or names this one.
        """
        return self.sop_class_uids is None or sop_class_uid in self.sop_class_uids

    def _freeze_classes(self) -> None:
        if self.sop_class_uids is not None:
            object.__setattr__(self, "sop_class_uids", to_uids(self.sop_class_uids))


@dataclass(frozen=True, slots=True)
class RuleEntry(_ForClasses):
    """A validation rule that a table cannot express.

    Parameters
    ----------
    code : str
        Stable, machine-readable name of what the rule reports.
    clause : str
        The clause of the standard that it enforces.
    severity : {"error", "warning", "info"}
        How bad its findings are.
    reference : str
        Reference to a callable ``(dataset) -> Iterable[finding]``.
    sop_class_uids : tuple of str, optional
        The SOP classes that it is for; all of them if not given.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        A field is not of this form.
    """

    code: str
    clause: str
    severity: Severity
    reference: str
    sop_class_uids: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        check_text(self.code, "code", empty=False)
        check_text(self.clause, "clause")
        if self.severity not in get_args(Severity):
            raise InvalidValueError(
                "no such severity",
                attribute="severity",
                found=self.severity,
                expected=" or ".join(map(repr, get_args(Severity))),
            )
        check_reference(self.reference)
        self._freeze_classes()


@dataclass(frozen=True, slots=True)
class SummaryEntry(_ForClasses):
    """What a plugin adds to the summary of an object, such as a list of its segments.

    Parameters
    ----------
    reference : str
        Reference to a callable ``(dataset) -> Iterable[iodkit.summaries.Section]``.
    sop_class_uids : tuple of str, optional
        The SOP classes that it is for; all of them if not given.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        A field is not of this form.
    """

    reference: str
    sop_class_uids: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        check_reference(self.reference)
        self._freeze_classes()


@dataclass(frozen=True, slots=True)
class ExportEntry(_ForClasses):
    """A form in which a plugin writes objects for other programs (``iodkit convert``).

    Parameters
    ----------
    name : str
        Name of the form, such as ``"html"``: lower-case letters, digits and hyphens.
    suffix : str
        End of the names of such files, such as ``".html"``.
    reference : str
        Reference to a callable ``(dataset) -> str | bytes`` that gives the content of the file.
    sop_class_uids : tuple of str, optional
        The SOP classes that it is for; all of them if not given.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        A field is not of this form.
    """

    name: str
    suffix: str
    reference: str
    sop_class_uids: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        check_form(self.name, "name", _COMMAND, "lower-case letters, digits and hyphens")
        check_form(self.suffix, "suffix", _SUFFIX, 'a suffix such as ".html"')
        check_reference(self.reference)
        self._freeze_classes()


@dataclass(frozen=True, slots=True)
class CommandEntry:
    """A sub-command of ``iodkit``.

    Parameters
    ----------
    name : str
        What the user types: lower case, digits, hyphens.
    help : str
        One line for ``iodkit --help``.
    reference : str
        Reference to a callable ``(argv: list[str]) -> int | None``, called with the arguments
        after the command's name; its result is the exit code.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        A field is not of this form.
    """

    name: str
    help: str
    reference: str

    def __post_init__(self) -> None:
        check_form(self.name, "name", _COMMAND, "lower-case letters, digits and hyphens")
        check_text(self.help, "help")
        check_reference(self.reference)


@dataclass(frozen=True, slots=True)
class ConformanceEntry:
    """Cases with which the conformance kit tests an implementation.

    Parameters
    ----------
    sop_class_uid : str
        The SOP class that they are for.
    reference : str
        Reference to a callable without arguments that gives the cases.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        A field is not of this form.
    """

    sop_class_uid: str
    reference: str

    def __post_init__(self) -> None:
        check_sop_class_uid(self.sop_class_uid)
        check_reference(self.reference)


@dataclass(frozen=True, slots=True)
class MacroEntry:
    """A functional group macro that a plugin brings (PS3.3 C.7.6.16).

    Parameters
    ----------
    sequence : str
        Keyword of the functional group's sequence, or its tag as ``"ggggeeee"``.
    reference : str
        Reference to a callable without arguments that gives `iodkit.frames.Macro` objects, the
        one of this sequence among them; called when such a group is first met.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        A field is not of this form.
    """

    sequence: str
    reference: str

    def __post_init__(self) -> None:
        check_text(self.sequence, "sequence", empty=False)
        if not _TAG.fullmatch(self.sequence):
            check_identifier(self.sequence, "sequence")
        check_reference(self.reference)


Loadable = (
    IODEntry | MacroEntry | RuleEntry | SummaryEntry | ExportEntry | CommandEntry | ConformanceEntry
)
"""What refers to a class or a callable."""

Record = Loadable | ModuleEntry
"""Whatever a hook may return."""
