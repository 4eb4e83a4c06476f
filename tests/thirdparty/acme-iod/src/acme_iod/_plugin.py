"""What acme-iod registers; imports nothing but the registry."""

from iodkit.registry import (
    CommandEntry,
    ConformanceEntry,
    IODEntry,
    MacroEntry,
    ModuleEntry,
    RuleEntry,
    hookimpl,
)

UID = "1.2.840.10008.5.1.4.1.1.104.1"


@hookimpl
def iodkit_register_iods() -> list[IODEntry]:
    """Register Encapsulated PDF Storage."""
    return [
        IODEntry(
            UID,
            "EncapsulatedPDFStorage",
            family="acme",
            implementation="acme_iod.sop:EncapsulatedPDF",
            name="Encapsulated PDF Storage",
        )
    ]


@hookimpl
def iodkit_register_modules() -> list[ModuleEntry]:
    """Register the table of the Encapsulated Document module."""
    return [
        ModuleEntry(
            "EncapsulatedDocument",
            "acme_iod:tables/encapsulated_document.json",
            clause="PS3.3 C.24.2",
            name="Encapsulated Document",
        )
    ]


@hookimpl
def iodkit_register_macros() -> list[MacroEntry]:
    """Register a private functional group, as pages of a document might have one."""
    return [MacroEntry("00191101", "acme_iod._frames:macros")]


@hookimpl
def iodkit_validation_rules() -> list[RuleEntry]:
    """Register what the table cannot say."""
    return [
        RuleEntry(
            "acme-mime-type", "PS3.3 A.45.1.4.1", "error", "acme_iod.rules:check_mime_type", (UID,)
        )
    ]


@hookimpl
def iodkit_cli_commands() -> list[CommandEntry]:
    """Register ``iodkit pdf``."""
    return [CommandEntry("pdf", "Take the PDF out of a DICOM file", "acme_iod._cli:main")]


@hookimpl
def iodkit_conformance_cases() -> list[ConformanceEntry]:
    """Register the cases for the conformance kit."""
    return [ConformanceEntry(UID, "acme_iod._cases:cases")]
