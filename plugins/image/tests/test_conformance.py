"""Images conform: single-frame, multi-frame and tiled."""

from iodkit.testing.conformance import IODConformance


class TestCTImage(IODConformance):
    """CT Image Storage."""

    sop_class_uid = "1.2.840.10008.5.1.4.1.1.2"


class TestEnhancedCTImage(IODConformance):
    """Enhanced CT Image Storage."""

    sop_class_uid = "1.2.840.10008.5.1.4.1.1.2.1"


class TestSlide(IODConformance):
    """VL Whole Slide Microscopy Image Storage."""

    sop_class_uid = "1.2.840.10008.5.1.4.1.1.77.1.6"
