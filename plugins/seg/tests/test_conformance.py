"""Segmentations conform."""

from iodkit.testing.conformance import IODConformance


class TestSegmentation(IODConformance):
    """Segmentation Storage."""

    sop_class_uid = "1.2.840.10008.5.1.4.1.1.66.4"


class TestLabelMapSegmentation(IODConformance):
    """Label Map Segmentation Storage."""

    sop_class_uid = "1.2.840.10008.5.1.4.1.1.66.7"
