"""Segmentations and label maps: the façade of the distribution ``iodkit-seg``."""

from typing import TYPE_CHECKING

from iodkit._families import front

if TYPE_CHECKING:
    from iodkit_seg import *  # noqa: F403 - a façade shows what its family declares public
else:
    __all__, __getattr__, __dir__ = front("seg", globals())
