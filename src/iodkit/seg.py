"""Segmentations and label maps: the façade of the distribution ``iodkit-seg``."""

from iodkit._families import explain_absence

try:
    from iodkit_seg import *  # noqa: F403 - a façade shows what its family declares public
except ModuleNotFoundError as error:
    explain_absence("seg", error)
