"""SOP instances: the base class, identification, reading and writing."""

from iodkit.dataset.equipment import ContributingEquipment, require_enhanced
from iodkit.dataset.identification import (
    copy_attributes,
    copy_specimen,
    require,
    require_same_study,
)
from iodkit.dataset.reading import from_dataset, implementation_for, read
from iodkit.dataset.sop_class import SOPClass, SOPClassOptions
from iodkit.dataset.storage import StoredDataset, attach_pixel_data

__all__ = [
    "ContributingEquipment",
    "SOPClass",
    "SOPClassOptions",
    "StoredDataset",
    "attach_pixel_data",
    "copy_attributes",
    "copy_specimen",
    "from_dataset",
    "implementation_for",
    "read",
    "require",
    "require_enhanced",
    "require_same_study",
]
