"""Documents conform."""

from iodkit.testing.conformance import IODConformance


class TestBasicTextSR(IODConformance):
    """BasicTextSR."""

    sop_class_uid = "1.2.840.10008.5.1.4.1.1.88.11"


class TestEnhancedSR(IODConformance):
    """EnhancedSR."""

    sop_class_uid = "1.2.840.10008.5.1.4.1.1.88.22"


class TestComprehensiveSR(IODConformance):
    """ComprehensiveSR."""

    sop_class_uid = "1.2.840.10008.5.1.4.1.1.88.33"


class TestComprehensive3DSR(IODConformance):
    """Comprehensive3DSR."""

    sop_class_uid = "1.2.840.10008.5.1.4.1.1.88.34"


class TestExtensibleSR(IODConformance):
    """ExtensibleSR."""

    sop_class_uid = "1.2.840.10008.5.1.4.1.1.88.35"


class TestDocumentsThatAreRead(IODConformance):
    """X-Ray Radiation Dose SR, as one of all others."""

    sop_class_uid = "1.2.840.10008.5.1.4.1.1.88.67"
