"""Segmentations: the class, its creation, and queries for segments (PS3.3 A.51)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import UID

from iodkit.coding import CodedConcept, to_code
from iodkit.dataset import SOPClass
from iodkit.elements import coerce_enum
from iodkit.errors import NotFoundError, SOPClassError
from iodkit.standard.enums import DimensionOrganizationTypeValues
from iodkit_image import Image
from iodkit_seg.access import SegmentAccess, VolumeRequest
from iodkit_seg.creation import SegmentationPlan
from iodkit_seg.description import SegmentDescription
from iodkit_seg.enums import (
    SegmentAlgorithmTypeValues,
    SegmentationFractionalTypeValues,
    SegmentationTypeValues,
)

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Executor
    from typing import BinaryIO, Unpack

    from numpy.typing import DTypeLike, NDArray
    from pydicom.sr.coding import Code
    from pydicom.valuerep import PersonName

    from iodkit.content import (
        ContentCreatorIdentificationCodeSequence,
        PixelMeasuresSequence,
        PlaneOrientationSequence,
        PlanePositionSequence,
    )
    from iodkit.dataset import ContributingEquipment, SOPClassOptions
    from iodkit.spatial import Volume
    from iodkit_image import PaletteColorLUTTransformation

__all__ = ["SOP_CLASS_UIDS", "Segmentation", "segread"]

SEGMENTATION_STORAGE = UID("1.2.840.10008.5.1.4.1.1.66.4")
LABEL_MAP_SEGMENTATION_STORAGE = UID("1.2.840.10008.5.1.4.1.1.66.7")
SOP_CLASS_UIDS = (SEGMENTATION_STORAGE, LABEL_MAP_SEGMENTATION_STORAGE)
