"""Structured reports: the façade of the distribution ``iodkit-sr``."""

from iodkit._families import explain_absence

try:
    from iodkit_sr import *  # noqa: F403 - a façade shows what its family declares public
except ModuleNotFoundError as error:
    explain_absence("sr", error)
