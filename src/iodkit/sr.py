"""Structured reports: the façade of the distribution ``iodkit-sr``."""

from typing import TYPE_CHECKING

from iodkit._families import front

if TYPE_CHECKING:
    from iodkit_sr import *  # noqa: F403 - a façade shows what its family declares public
else:
    __all__, __getattr__, __dir__ = front("sr", globals())
