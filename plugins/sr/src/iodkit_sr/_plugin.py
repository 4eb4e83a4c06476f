"""What the document family registers; imports nothing but the registry."""

from iodkit.registry import (
    ConformanceEntry,
    ExportEntry,
    IODEntry,
    RuleEntry,
    SummaryEntry,
    hookimpl,
)

_ROOT = "1.2.840.10008.5.1.4.1.1."
_CREATABLE = (
    ("88.11", "BasicTextSRStorage", "BasicTextSR", "Basic Text SR Storage"),
    ("88.22", "EnhancedSRStorage", "EnhancedSR", "Enhanced SR Storage"),
    ("88.33", "ComprehensiveSRStorage", "ComprehensiveSR", "Comprehensive SR Storage"),
    ("88.34", "Comprehensive3DSRStorage", "Comprehensive3DSR", "Comprehensive 3D SR Storage"),
    ("88.35", "ExtensibleSRStorage", "ExtensibleSR", "Extensible SR Storage"),
)
# Documents that are read as any report; their content follows templates of PS3.16.
_READABLE = (
    ("78.6", "SpectaclePrescriptionReportStorage", "Spectacle Prescription Report Storage"),
    (
        "79.1",
        "MacularGridThicknessAndVolumeReportStorage",
        "Macular Grid Thickness and Volume Report Storage",
    ),
    ("88.1", "TextSRStorageTrial", "Text SR Storage - Trial"),
    ("88.2", "AudioSRStorageTrial", "Audio SR Storage - Trial"),
    ("88.3", "DetailSRStorageTrial", "Detail SR Storage - Trial"),
    ("88.4", "ComprehensiveSRStorageTrial", "Comprehensive SR Storage - Trial"),
    ("88.40", "ProcedureLogStorage", "Procedure Log Storage"),
    ("88.50", "MammographyCADSRStorage", "Mammography CAD SR Storage"),
    ("88.65", "ChestCADSRStorage", "Chest CAD SR Storage"),
    ("88.67", "XRayRadiationDoseSRStorage", "X-Ray Radiation Dose SR Storage"),
    (
        "88.68",
        "RadiopharmaceuticalRadiationDoseSRStorage",
        "Radiopharmaceutical Radiation Dose SR Storage",
    ),
    ("88.69", "ColonCADSRStorage", "Colon CAD SR Storage"),
    ("88.70", "ImplantationPlanSRStorage", "Implantation Plan SR Storage"),
    ("88.71", "AcquisitionContextSRStorage", "Acquisition Context SR Storage"),
    ("88.72", "SimplifiedAdultEchoSRStorage", "Simplified Adult Echo SR Storage"),
    ("88.73", "PatientRadiationDoseSRStorage", "Patient Radiation Dose SR Storage"),
    (
        "88.74",
        "PlannedImagingAgentAdministrationSRStorage",
        "Planned Imaging Agent Administration SR Storage",
    ),
    (
        "88.75",
        "PerformedImagingAgentAdministrationSRStorage",
        "Performed Imaging Agent Administration SR Storage",
    ),
    (
        "88.76",
        "EnhancedXRayRadiationDoseSRStorage",
        "Enhanced X-Ray Radiation Dose SR Storage",
    ),
    ("88.77", "WaveformAnnotationSRStorage", "Waveform Annotation SR Storage"),
)


# Selections of key objects are documents, too; another family has their class.
_SELECTION = "88.59"
_DOCUMENTS = tuple(
    _ROOT + uid for uid in (*(uid for uid, *_ in (*_CREATABLE, *_READABLE)), _SELECTION)
)


@hookimpl
def iodkit_register_iods() -> list[IODEntry]:
    """Register all SR storage classes of PS3.4 B.5, but for key object selections.

    Returns
    -------
    list of IODEntry
        One record for each SOP class.
    """
    created = [
        IODEntry(_ROOT + uid, keyword, "sr", f"iodkit_sr.sop:{cls}", name)
        for uid, keyword, cls, name in _CREATABLE
    ]
    read = [
        IODEntry(_ROOT + uid, keyword, "sr", "iodkit_sr.document:SRDocument", name)
        for uid, keyword, name in _READABLE
    ]
    return created + read


@hookimpl
def iodkit_conformance_cases() -> list[ConformanceEntry]:
    """Register the cases for the conformance kit.

    Returns
    -------
    list of ConformanceEntry
        One record for each SOP class that can be created, and one for those that are read.
    """
    names = ("basic_text", "enhanced", "comprehensive", "comprehensive_3d", "extensible")
    created = [
        ConformanceEntry(_ROOT + uid, f"iodkit_sr._cases:{name}")
        for (uid, *_), name in zip(_CREATABLE, names, strict=True)
    ]
    # One class reads all the others.
    return [*created, ConformanceEntry(_ROOT + "88.67", "iodkit_sr._cases:radiation_dose")]


@hookimpl
def iodkit_validation_rules() -> list[RuleEntry]:
    """Register what is checked in every document, and the constraints of IODs that have some.

    Returns
    -------
    list of RuleEntry
        One record for each rule.
    """
    return [
        _rule("sr-relationship", "A.35", "relationships:check_relationships", _DOCUMENTS),
        _rule("sr-value", "C.17.3.3", "items:check_values", _DOCUMENTS),
        _rule("sr-name", "C.17.3.3", "items:check_names", _DOCUMENTS),
        _rule("sr-graphic", "C.18.6", "items:check_graphics", _DOCUMENTS),
        _rule("sr-evidence", "C.17.2", "evidence:check_evidence", _DOCUMENTS),
        _rule("sr-item-reference", "C.17.3.2.5", "evidence:check_item_references", _DOCUMENTS),
        RuleEntry(
            "sr-retired-code",
            "PS3.16 8.1",
            "info",
            "iodkit_sr.rules.codes:check_retired_codes",
            _DOCUMENTS,
        ),
    ]


def _rule(code: str, section: str, function: str, classes: tuple[str, ...]) -> RuleEntry:
    """Make the record of a rule of PS3.3 whose findings are errors."""
    return RuleEntry(code, f"PS3.3 {section}", "error", f"iodkit_sr.rules.{function}", classes)


@hookimpl
def iodkit_summaries() -> list[SummaryEntry]:
    """Register what summaries say of documents.

    Returns
    -------
    list of SummaryEntry
        One record.
    """
    return [SummaryEntry("iodkit_sr.summary:sections", _DOCUMENTS)]


@hookimpl
def iodkit_exports() -> list[ExportEntry]:
    """Register the forms in which documents are written.

    Returns
    -------
    list of ExportEntry
        One record for each form.
    """
    forms = (("text", ".txt"), ("html", ".html"), ("json", ".json"), ("csv", ".csv"))
    return [
        ExportEntry(name, suffix, f"iodkit_sr.conversions:to_{name}", _DOCUMENTS)
        for name, suffix in forms
    ]
