"""What the image family registers; imports nothing but the registry and a table of UIDs."""

from iodkit.registry import ConformanceEntry, IODEntry, hookimpl
from iodkit_image._sop_classes import SOP_CLASSES


@hookimpl
def iodkit_register_iods() -> list[IODEntry]:
    """Register all storage SOP classes of images (PS3.4 B.5), retired ones included.

    Returns
    -------
    list of IODEntry
        One record for each SOP class.
    """
    return [
        IODEntry(uid, keyword, "image", "iodkit_image.image:Image", name)
        for uid, keyword, name in SOP_CLASSES
    ]


_CASES = {
    "1.2.840.10008.5.1.4.1.1.2": "ct",
    "1.2.840.10008.5.1.4.1.1.2.1": "enhanced_ct",
    "1.2.840.10008.5.1.4.1.1.77.1.6": "slide",
}


@hookimpl
def iodkit_conformance_cases() -> list[ConformanceEntry]:
    """Register the cases for the conformance kit.

    Returns
    -------
    list of ConformanceEntry
        One record for each SOP class that there are cases for.
    """
    return [ConformanceEntry(uid, f"iodkit_image._cases:{name}") for uid, name in _CASES.items()]
