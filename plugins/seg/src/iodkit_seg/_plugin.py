"""What the segmentation family registers; imports nothing but the registry."""

from typing import Literal

from iodkit.registry import (
    ConformanceEntry,
    ExportEntry,
    IODEntry,
    RuleEntry,
    SummaryEntry,
    hookimpl,
)

_IMPLEMENTATION = "iodkit_seg.sop:Segmentation"


@hookimpl
def iodkit_register_iods() -> list[IODEntry]:
    """Register the SOP classes of PS3.3 A.51 and of its label maps.

    Returns
    -------
    list of IODEntry
        One record for each SOP class.
    """
    return [
        IODEntry(
            "1.2.840.10008.5.1.4.1.1.66.4",
            "SegmentationStorage",
            family="seg",
            implementation=_IMPLEMENTATION,
            name="Segmentation Storage",
        ),
        IODEntry(
            "1.2.840.10008.5.1.4.1.1.66.7",
            "LabelMapSegmentationStorage",
            family="seg",
            implementation=_IMPLEMENTATION,
            name="Label Map Segmentation Storage",
        ),
    ]


_CASES = {
    "1.2.840.10008.5.1.4.1.1.66.4": "segmentations",
    "1.2.840.10008.5.1.4.1.1.66.7": "label_maps",
}


@hookimpl
def iodkit_conformance_cases() -> list[ConformanceEntry]:
    """Register the cases for the conformance kit.

    Returns
    -------
    list of ConformanceEntry
        One record for each SOP class that there are cases for.
    """
    return [ConformanceEntry(uid, f"iodkit_seg._cases:{name}") for uid, name in _CASES.items()]


_RULES: tuple[tuple[str, str, Literal["error", "warning"], str], ...] = (
    ("seg-type", "PS3.3 C.8.20.2.3", "error", "rules:check_type"),
    ("seg-image-type", "PS3.3 C.8.20.2", "error", "rules:check_image_type"),
    ("seg-segment-numbers", "PS3.3 C.8.20.2", "error", "rules:check_segment_numbers"),
    ("seg-referenced-segments", "PS3.3 C.8.20.3.1", "error", "rules:check_referenced_segments"),
    ("seg-bits", "PS3.3 C.8.20.2.1", "error", "rules:check_bits"),
    ("seg-loss", "PS3.3 C.8.20.2.2", "error", "rules:check_loss"),
    ("seg-fractions", "PS3.3 C.8.20.2.3.2", "error", "rules:check_fractions"),
    ("seg-label-values", "PS3.3 C.8.20.2.3.3", "error", "rules:check_label_values"),
    ("seg-palette", "PS3.3 C.8.20.2", "error", "rules:check_palette"),
    ("seg-overlap", "PS3.3 C.8.20.2.3", "error", "frame_rules:check_overlap"),
    ("seg-derivation", "PS3.3 A.51.5.1", "warning", "frame_rules:check_derivation"),
)


@hookimpl
def iodkit_validation_rules() -> list[RuleEntry]:
    """Register the rules of PS3.3 A.51 and C.8.20.

    Returns
    -------
    list of RuleEntry
        One record for each rule.
    """
    return [
        RuleEntry(code, clause, severity, f"iodkit_seg.{function}", tuple(_CASES))
        for code, clause, severity, function in _RULES
    ]


@hookimpl
def iodkit_summaries() -> list[SummaryEntry]:
    """Register what summaries say of segments.

    Returns
    -------
    list of SummaryEntry
        One record.
    """
    return [SummaryEntry("iodkit_seg.summary:sections", tuple(_CASES))]


_FORMS = (
    ("segments-csv", ".segments.csv", "to_csv"),
    ("segments-json", ".segments.json", "to_json"),
    ("binary", ".binary.dcm", "to_binary"),
    ("fractional", ".fractional.dcm", "to_fractional"),
    ("labelmap", ".labelmap.dcm", "to_labelmap"),
    ("nifti", ".nii.gz", "to_nifti"),
    ("seg-nrrd", ".seg.nrrd", "to_seg_nrrd"),
    ("label-table", ".csv", "to_label_table"),
    ("label-json", ".labels.json", "to_label_json"),
)


@hookimpl
def iodkit_exports() -> list[ExportEntry]:
    """Register the forms in which segmentations are written.

    Returns
    -------
    list of ExportEntry
        One record for each form.
    """
    return [
        ExportEntry(name, suffix, f"iodkit_seg.exports:{function}", tuple(_CASES))
        for name, suffix, function in _FORMS
    ]
