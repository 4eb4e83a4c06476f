"""What the segmentation family registers; imports nothing but the registry."""

from iodkit.registry import ConformanceEntry, IODEntry, hookimpl

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
