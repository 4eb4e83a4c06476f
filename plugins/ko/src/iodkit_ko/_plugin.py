"""What the family of key object selections registers; imports nothing but the registry."""

from iodkit.registry import ConformanceEntry, IODEntry, hookimpl

_UID = "1.2.840.10008.5.1.4.1.1.88.59"


@hookimpl
def iodkit_register_iods() -> list[IODEntry]:
    """Register Key Object Selection Document Storage.

    Returns
    -------
    list of IODEntry
        One record.
    """
    return [
        IODEntry(
            _UID,
            "KeyObjectSelectionDocumentStorage",
            "ko",
            "iodkit_ko.sop:KeyObjectSelectionDocument",
            "Key Object Selection Document Storage",
        )
    ]


@hookimpl
def iodkit_conformance_cases() -> list[ConformanceEntry]:
    """Register the cases for the conformance kit.

    Returns
    -------
    list of ConformanceEntry
        One record.
    """
    return [ConformanceEntry(_UID, "iodkit_ko._cases:key_object_selections")]
