"""What the image family registers; imports nothing but the registry and a table of UIDs."""

from iodkit.registry import CommandEntry, ConformanceEntry, IODEntry, SummaryEntry, hookimpl
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


@hookimpl
def iodkit_summaries() -> list[SummaryEntry]:
    """Register what summaries say of pixels and geometry: of any object that has them.

    Returns
    -------
    list of SummaryEntry
        One record, for all SOP classes: those of other families may be images too.
    """
    return [SummaryEntry("iodkit_image.summary:sections")]


@hookimpl
def iodkit_cli_commands() -> list[CommandEntry]:
    """Register ``iodkit render``.

    Returns
    -------
    list of CommandEntry
        The command.
    """
    return [
        CommandEntry(
            "render", "draw images, with overlays, into a picture", "iodkit_image._cli:render_files"
        )
    ]
