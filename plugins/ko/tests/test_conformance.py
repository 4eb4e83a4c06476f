"""Key object selections conform."""

from iodkit.testing.conformance import IODConformance


class TestKeyObjectSelectionDocument(IODConformance):
    """KeyObjectSelectionDocument."""

    sop_class_uid = "1.2.840.10008.5.1.4.1.1.88.59"
