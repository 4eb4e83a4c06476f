"""What a caller sets once for a block of code: equipment, numbers, clock and UID generator."""

from iodkit.context.equipment import Equipment
from iodkit.context.settings import Settings, current, defaults, generate_uid, now
from iodkit.context.uid import IMPLEMENTATION_CLASS_UID, UID, SeededUIDs

__all__ = [
    "IMPLEMENTATION_CLASS_UID",
    "UID",
    "Equipment",
    "SeededUIDs",
    "Settings",
    "current",
    "defaults",
    "generate_uid",
    "now",
]
