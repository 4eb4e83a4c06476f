"""What the image family registers; imports nothing but the registry and a table of UIDs."""

from iodkit.registry import IODEntry, hookimpl
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
